"""What an event of the mail service comes to in our words: one record a recipient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What happened to a message."""

    SEND = "send"  # the mail service has accepted it
    DELIVERY = "delivery"  # the reader's server has taken it
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    WANTED = "wanted"  # a reader takes a complaint back
    DELAY = "delay"
    REJECT = "reject"  # the mail service took it, and will not send it: it found a virus
    RENDERING_FAILURE = "rendering_failure"


@dataclass(frozen=True, slots=True)
class MailEvent:
    """One event about one recipient of one message. `id` is the same however often, and in which order, it is told.

    `attempt`, `report_id` and `tenant` are what the message was tagged with when it was sent, `canary` the name of one that
    only shows that events come through; empty where it had no such tag. `said` is what servers said, in their words.
    """

    id: str
    kind: Kind
    message_id: str
    recipient: str
    at: datetime
    attempt: str = ""
    report_id: str = ""
    tenant: str = ""
    canary: str = ""
    permanent: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message that is well formed and of a type that says nothing to us."""

    id: str
    type: str
    message_id: str = ""
