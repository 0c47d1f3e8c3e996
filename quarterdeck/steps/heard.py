"""What the mail service told, as notes of the trail: kept first, each once, and joined to its delivery when that is known.

An event may be told before its sender has recorded the message's id, twice, or in any order. So nothing is decided when it
comes in: it is noted, and a second note says what became of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from quarterdeck.audit.masking import nameless
from quarterdeck.audit.records import Note, instant, stamp
from quarterdeck.feedback import Kind, MailEvent, Refused, Unknown
from quarterdeck.wiring import Parts

HEARD = "feedback"
APPLIED = "feedback-applied"
UNKNOWN = "feedback-unknown"
REFUSED = "feedback-refused"
READ = "feedback-read"
_ADDRESS = "address"


def keep(parts: Parts, told: MailEvent | Unknown) -> bool:
    """Note what was told: True, or False where it was told before."""
    now = parts.clock()
    if isinstance(told, Unknown):
        facts = {"type": told.type, "message_id": told.message_id}
        return parts.audit.note(Note(UNKNOWN, told.id, "", "", now, facts))
    return parts.audit.note(_note(told, now))


def keep_refused(parts: Parts, refused: Refused) -> None:
    """Note a message that could not be read, and when that was first so: what it tells, nobody knows."""
    facts = {"reason": refused.problem.what}
    parts.audit.note(Note(REFUSED, refused.id, "", "", parts.clock(), facts))


def keep_read(parts: Parts, message: str) -> None:
    """Note that a message which was refused before has been read."""
    parts.audit.note(Note(READ, message, "", "", parts.clock(), {}))


def unread(parts: Parts) -> dict[str, datetime]:
    """The messages of the queue that were refused and never read, each with the time at which it was first refused."""
    read = {note.id for note in parts.audit.notes(READ)}
    return {note.id: note.at for note in parts.audit.notes(REFUSED) if note.id not in read}


def events(parts: Parts) -> tuple[MailEvent, ...]:
    """All events that were ever told, in the order in which they were noted."""
    return tuple(map(_event, parts.audit.notes(HEARD)))


def pending(parts: Parts) -> tuple[tuple[MailEvent, datetime], ...]:
    """The events of which it is not known yet what they are about, each with the time at which it was noted."""
    applied = {note.id for note in parts.audit.notes(APPLIED)}
    return tuple((_event(note), note.at) for note in parts.audit.notes(HEARD) if note.id not in applied)


def keep_applied(parts: Parts, event: MailEvent, outcome: str, *, tenant: str = "", report_id: str = "", key: str = "") -> bool:
    """Note what became of an event, in the chain of the tenant that it concerns: True, or False where that was noted before."""
    facts = {"kind": event.kind.value, "at": stamp(event.at), "said": _said(event), "outcome": outcome, "delivery": key}
    return parts.audit.note(Note(APPLIED, event.id, tenant, report_id, parts.clock(), facts))


def tried(events: Iterable[MailEvent]) -> frozenset[str]:
    """The attempts that some event speaks of."""
    return frozenset(event.attempt for event in events if event.attempt)


def _note(event: MailEvent, now: datetime) -> Note:
    facts = {
        "kind": event.kind.value,
        "message_id": event.message_id,
        "at": stamp(event.at),
        "attempt": event.attempt,
        "report": event.report_id,
        "tenant": event.tenant,
        "permanent": "yes" if event.permanent else "",
        "said": _said(event),
    }
    return Note(HEARD, event.id, "", "", now, facts, {_ADDRESS: event.recipient})


def _said(event: MailEvent) -> str:
    return nameless(event.recipient, event.said)


def _event(note: Note) -> MailEvent:
    facts = {name: str(value) for name, value in note.facts.items()}
    return MailEvent(
        id=note.id,
        kind=Kind(facts["kind"]),
        message_id=facts["message_id"],
        recipient=note.private[_ADDRESS],
        at=instant(facts["at"]),
        attempt=facts["attempt"],
        report_id=facts["report"],
        tenant=facts["tenant"],
        permanent=bool(facts["permanent"]),
        said=facts["said"],
    )
