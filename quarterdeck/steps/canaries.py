"""Canaries: messages to the mail service's own simulator, which show by their event that events come through."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from quarterdeck.addresses import Address
from quarterdeck.audit.records import Note
from quarterdeck.config import PORTFOLIO
from quarterdeck.errors import DeliveryError, DeliveryUnknown, Problem
from quarterdeck.feedback import Kind, MailEvent
from quarterdeck.steps.readers import sender_of
from quarterdeck.wiring import Parts

CANARY = "canary"
BACK = "canary-back"


@dataclass(frozen=True, slots=True)
class Canary:
    """One canary: from when on it may be out, and when its event was taken in, if it was."""

    name: str
    sent: datetime
    back: datetime | None


@runtime_checkable
class WithCanary(Protocol):
    """A channel that can send one; the message's id, or DeliveryError or DeliveryUnknown."""

    def canary(self, sender: Address, name: str) -> str: ...


def canaries(parts: Parts) -> tuple[Canary, ...]:
    """All canaries that certainly went out, the oldest first."""
    back = {note.id: note.at for note in parts.audit.notes(BACK)}
    return tuple(Canary(note.id, note.at, back.get(note.id)) for note in parts.audit.notes(CANARY))


def keep_back(parts: Parts, event: MailEvent) -> bool:
    """Note that a canary is back: True, or False where it was before.

    Only the event of its acceptance counts, for that one a report has as soon. Others come at once from a simulator, and
    hours later from a reader's server, so they say nothing of how long an event takes.
    """
    if event.kind is not Kind.SEND:
        return False
    return parts.audit.note(Note(BACK, event.canary, "", "", parts.clock(), {"message_id": event.message_id}))


def send(parts: Parts) -> Problem | None:
    """Send a canary over the mails' channel and note it; a problem where it could not be sent."""
    name, before, channel = uuid.uuid4().hex, parts.clock(), parts.channel
    if not isinstance(channel, WithCanary):
        return Problem(f"{channel.kind} can send no canary")
    try:
        message_id = channel.canary(sender_of(parts, PORTFOLIO), name)
    except (DeliveryError, DeliveryUnknown) as error:
        return Problem(f"no canary could be sent: {error.problem.what}", remedy=error.problem.remedy)
    parts.audit.note(Note(CANARY, name, "", "", before, {"message_id": message_id}))
    return None
