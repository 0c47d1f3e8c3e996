"""Messages ready for a channel, for the tests of channels and of delivery."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quarterdeck.addresses import Address, parse_address
from quarterdeck.audit.states import delivery_key
from quarterdeck.aws import Aws
from quarterdeck.delivery import Envelope, Label, Means, Reader
from quarterdeck.delivery.readers import Kind
from quarterdeck.secrets import secrets_of

SENDER = parse_address("Quarterdeck <reports@example.com>")
REVISION = "f" * 64
NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
MESSAGE = b"From: Quarterdeck <reports@example.com>\r\nTo: ana@example.com\r\nSubject: x\r\n\r\nhello\r\n"


def means(home: Path, aws: Aws | None = None, **secrets: str) -> Means:
    """What a channel works with: a home folder, and secrets by the name of their variable."""
    return Means(home, aws or Aws("us-east-1"), secrets_of(secrets, aws or Aws("us-east-1")), lambda: NOW)


def envelope(reader: str = "ana@example.com", message: bytes = MESSAGE, channel: str = "outbox", **changes: Any) -> Envelope:
    """One message of alpha's CEO report for October 2026."""
    report_id, revision = "alpha_ceo_2026-10", changes.pop("revision", REVISION)
    label = Label(
        key=delivery_key(report_id, revision, channel, reader),
        report_id=report_id,
        revision=revision,
        tenant="alpha",
        role="ceo",
        period="2026-10",
        reader=reader,
        content_sha256=hashlib.sha256(message).hexdigest(),
    )
    return Envelope(label, SENDER, Reader(Address(reader), changes.pop("kind", Kind.TO)), message)
