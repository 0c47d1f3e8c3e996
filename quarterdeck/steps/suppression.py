"""Whom nothing is sent to any more: addresses that bounced for good, and readers who complained.

The trail keeps each reason and each lifting as a note of its own. An address is suppressed as long as something came to
pass after it was last lifted, so the order in which the mail service tells things does not matter.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from quarterdeck.addresses import parse_address
from quarterdeck.audit.masking import digest_in
from quarterdeck.audit.records import Note, instant, stamp
from quarterdeck.errors import ConfigError
from quarterdeck.wiring import Parts

SUPPRESSION = "suppression"
LIFTED = "suppression-lifted"
_ADDRESS = "address"


class Cause(StrEnum):
    """Why an address is suppressed; the later one of the two weighs more."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"


_WORDS = {Cause.BOUNCE: "the address bounced for good", Cause.COMPLAINT: "the reader complained"}


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that nothing is sent to, in lower case; since when, in UTC, and why, in words that name nobody."""

    address: str
    cause: Cause
    since: datetime

    @property
    def reason(self) -> str:
        return f"{_WORDS[self.cause]} on {self.since:%Y-%m-%d}"


def suppressed(parts: Parts) -> Mapping[str, str]:
    """The addresses that nothing is sent to, in lower case, each with the reason."""
    return {entry.address: entry.reason for entry in suppressions(parts)}


def suppressions(parts: Parts) -> tuple[Suppression, ...]:
    """All that is suppressed now, by address; of several reasons for one, a complaint before a bounce, then the latest."""
    lifted: dict[str, datetime] = {}
    for note in parts.audit.notes(LIFTED):
        address = note.private[_ADDRESS].lower()
        lifted[address] = max(note.at, lifted.get(address, note.at))
    found: dict[str, Suppression] = {}
    for note in parts.audit.notes(SUPPRESSION):
        entry = _read(note)
        is_lifted = entry.address in lifted and entry.since <= lifted[entry.address]
        if is_lifted or digest_in(entry.address):  # one that was forgotten can be compared with nobody
            continue
        known = found.get(entry.address, entry)
        found[entry.address] = max(known, entry, key=lambda each: (each.cause is Cause.COMPLAINT, each.since))
    return tuple(found[address] for address in sorted(found))


def suppress(parts: Parts, event: str, address: str, cause: Cause, since: datetime) -> bool:
    """Send nothing to an address from now on, for an event of this id; False where the event was noted before.

    `since` is when it came to pass, which no clock of others may put into the future: it could never be lifted then.
    """
    now = parts.clock()
    facts = {"cause": cause.value, "since": stamp(min(since, now)), "event": event}
    return parts.audit.note(Note(SUPPRESSION, event, "", "", now, facts, {_ADDRESS: address.lower()}))


def lift(parts: Parts, address: str, by: str, reason: str) -> Suppression:
    """Let an address be sent to again, on a person's word; what was lifted.

    ConfigError where it is no address, is not suppressed, or a name or reason is missing.
    """
    if not by.strip() or not reason.strip():
        raise ConfigError("lifting a suppression needs a name and a reason", remedy="give --by and --reason")
    wanted = parse_address(address).spec.lower()
    found = [entry for entry in suppressions(parts) if entry.address == wanted]
    if not found:
        raise ConfigError("this address is not suppressed", remedy="`quarterdeck feedback list` shows those that are")
    facts = {"by": by.strip(), "reason": reason.strip(), "was": found[0].reason}
    now = parts.clock()
    parts.audit.note(Note(LIFTED, uuid.uuid4().hex, "", "", now, facts, {_ADDRESS: wanted}))
    parts.audit.anchor(now)
    return found[0]


def _read(note: Note) -> Suppression:
    cause = Cause(str(note.facts["cause"]))
    return Suppression(note.private[_ADDRESS].lower(), cause, instant(str(note.facts["since"])))
