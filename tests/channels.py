"""Channels that can send, each with what it needs on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.aws import Aws
from quarterdeck.delivery import Envelope, KnownChannel, Room
from quarterdeck.delivery.outbox import Outbox
from quarterdeck.delivery.ses import Ses, SesOptions
from quarterdeck.delivery.slack import Slack, SlackOptions
from quarterdeck.delivery.smtp import Smtp, SmtpOptions
from quarterdeck.render.slack import message, section
from tests.emulator import Emulator
from tests.mail_servers import HOST, certificates, mail_server
from tests.parcels import SENDER, envelope, means
from tests.slack_server import TOKEN, slack_server

Ready = Callable[[pytest.FixtureRequest, Path], KnownChannel]


def ready(kind: str, request: pytest.FixtureRequest, home: Path) -> KnownChannel:
    """A channel by its kind; KeyError for one that nobody has said how to set up, here."""
    return _READY[kind](request, home)


def something(channel: KnownChannel, number: int = 0) -> Envelope:
    """A message that a channel carries, to the first or the second of its readers."""
    if channel.carries == "mail":
        return envelope(("ana@example.com", "bob@example.com")[number])
    room = ("#reports", "#others")[number]
    made = envelope(room, message=message("hello", [section(["hello"])]), channel=channel.kind)
    return Envelope(made.label, SENDER, Room(room), made.message)


def ses(emulator: Emulator, home: Path, **options: Any) -> Ses:
    """SES on the emulator, with the tests' sender verified."""
    mail_service(emulator.url).client("sesv2").create_email_identity(EmailIdentity=SENDER.domain)
    return Ses(means(home, mail_service(emulator.url)), SesOptions(**options))


@cache
def mail_service(url: str) -> Aws:
    """AWS on the emulator, the same for all tests of a run: making its clients takes longer than most of them."""
    return Emulator(url).aws()


def smtp(request: pytest.FixtureRequest, home: Path) -> Smtp:
    """SMTP to a server that wants STARTTLS, for as long as the test takes."""
    server = mail_server()
    inbox = server.__enter__()
    request.addfinalizer(lambda: server.__exit__(None, None, None))
    return Smtp(means(home), SmtpOptions(host=HOST, port=inbox.port, ca_file=str(certificates().authority)))


def slack(request: pytest.FixtureRequest, home: Path) -> Slack:
    """A bot of Slack, for as long as the test takes; what it would wait for is over at once."""
    server = slack_server()
    serving = server.__enter__()
    request.addfinalizer(lambda: server.__exit__(None, None, None))
    request.getfixturevalue("monkeypatch").setattr(Slack, "api", serving.api)
    return Slack(means(home, TOKEN=TOKEN), SlackOptions(token="${env:TOKEN}"), sleep=lambda _: None)


_READY: Mapping[str, Ready] = {
    "outbox": lambda _, home: Outbox(means(home)),
    "ses": lambda request, home: ses(request.getfixturevalue("emulator"), home),
    "slack": slack,
    "smtp": smtp,
}
