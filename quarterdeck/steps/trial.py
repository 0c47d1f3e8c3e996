"""A report sent to one address to try it out: marked as a test, noted in the trail, and never the report's own delivery."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping

from quarterdeck.addresses import Address, parse_address
from quarterdeck.audit.records import Note
from quarterdeck.delivery import Envelope, Label, Reader
from quarterdeck.delivery.checks import require_allowed
from quarterdeck.delivery.message import build
from quarterdeck.errors import ConfigError, DeliveryError, DeliveryUnknown
from quarterdeck.steps.letters import Made, trial
from quarterdeck.steps.readers import sender_of
from quarterdeck.steps.send import turn_of
from quarterdeck.steps.suppression import suppressed
from quarterdeck.wiring import Parts

ASKED, OUTCOME = "test-send", "test-outcome"


def trial_reader(parts: Parts, address: str) -> Address:
    """Who a test goes to; ConfigError for what is no address, a domain that is not allowed, or one that is suppressed."""
    reader = parse_address(address)
    require_allowed(reader, parts.settings.delivery)
    if reason := suppressed(parts).get(reader.spec.lower()):
        raise ConfigError(f"nothing is sent to this address: {reason}", remedy="name another one")
    return reader


def send_trial(parts: Parts, made: Made, reader: Address) -> Mapping[str, str]:
    """Send a report's mail to one address now, over the channel of mails: that channel, and the message's id there.

    DeliveryError where it was refused, DeliveryUnknown where its answer was lost: it is not tried again.
    """
    document, id, kind = made.document, uuid.uuid4().hex, parts.settings.delivery.channel
    tenant, report_id = document["tenant"], document["report_id"]
    message = build(trial(parts, made, reader, id[:12]))
    label = Label(
        key=hashlib.sha256(f"test\0{id}".encode()).hexdigest(),
        report_id=report_id,
        revision=document["revision"],
        tenant=tenant,
        role=document["role"],
        period=document["period"],
        reader=reader.spec,
        content_sha256=hashlib.sha256(message).hexdigest(),
    )
    envelope, private = Envelope(label, sender_of(parts, tenant), Reader(reader), message), {"reader": reader.spec}

    def note(what: str, facts: Mapping[str, str]) -> None:
        parts.audit.note(Note(what, id, tenant, report_id, parts.clock(), facts, private))

    with turn_of(parts, kind):
        note(ASKED, {"channel": kind, "revision": label.revision, "content_sha256": label.content_sha256})
        try:
            receipt = parts.channel_of(kind).send(envelope, f"test-{id}", lambda: None)
        except (DeliveryError, DeliveryUnknown) as error:
            outcome = "refused" if isinstance(error, DeliveryError) else "unknown"
            note(OUTCOME, {"outcome": outcome, "reason": error.problem.what})
            raise
        note(OUTCOME, {"outcome": "sent", "message_id": receipt.message_id})
    parts.audit.anchor(parts.clock())
    return {"channel": kind, "message_id": receipt.message_id}
