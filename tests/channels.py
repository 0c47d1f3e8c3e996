"""Channels that can send, each with what it needs on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.delivery import KnownChannel
from quarterdeck.delivery.outbox import Outbox
from quarterdeck.delivery.ses import Ses, SesOptions
from tests.emulator import Emulator
from tests.parcels import SENDER, means

Ready = Callable[[pytest.FixtureRequest, Path], KnownChannel]


def ready(kind: str, request: pytest.FixtureRequest, home: Path) -> KnownChannel:
    """A channel by its kind; KeyError for one that nobody has said how to set up, here."""
    return _READY[kind](request, home)


def ses(emulator: Emulator, home: Path, **options: Any) -> Ses:
    """SES on the emulator, with the tests' sender verified."""
    emulator.aws().client("sesv2").create_email_identity(EmailIdentity=SENDER.domain)
    return Ses(means(home, emulator.aws()), SesOptions(**options))


_READY: Mapping[str, Ready] = {
    "outbox": lambda _, home: Outbox(means(home)),
    "ses": lambda request, home: ses(request.getfixturevalue("emulator"), home),
}
