"""What the trail keeps beside deliveries, and the facts of each record that go into its events.

An event holds the facts of a record as it stood after the change, with a digest in the place of every address. So the
tables can be held against the trail, and a reader's address can be forgotten without breaking the chain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from quarterdeck.audit.masking import Masked, without
from quarterdeck.audit.states import Delivery, State
from quarterdeck.errors import AuditError

_KIND = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_LONGEST_ID = 900  # what every store takes as part of a key
RUNS = "_runs"  # the chain of runs; no tenant's id begins with an underscore
GENERAL = "_general"  # the chain of notes that are no tenant's own


class UnusableError(AuditError):
    """The store cannot be asked, whatever lies in it: it is not there, or does not let us in."""


@dataclass(frozen=True, slots=True)
class Report:
    """A filed revision of a report: what it was made of, and who is to read it."""

    report_id: str
    revision: str
    tenant: str
    role: str
    period: str
    snapshots: tuple[Mapping[str, Any], ...]
    recipients: tuple[str, ...]
    filed_at: datetime
    status: str = "filed"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the flow: what it was asked for and how it ended; `ended` is None while it runs or when it died."""

    run_id: str
    started: datetime
    parameters: Mapping[str, Any]
    ended: datetime | None = None
    outcome: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A fact of its own that the trail keeps once: what a channel told, who is suppressed, a canary, an approval.

    `facts` go into the chain for good and hold no address and no secret. What is `private`, such as addresses, stays beside
    the chain, which holds digests of it, and can be forgotten. `tenant` and `report_id` are empty where it is about none.
    """

    kind: str
    id: str
    tenant: str
    report_id: str
    at: datetime
    facts: Mapping[str, Any]
    private: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may do something alone, until when; `fence` grows with every new holder."""

    name: str
    holder: str
    until: datetime
    fence: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the trail. `body` is canonical JSON and names all but the hashes itself; `hash` covers it and `prev`."""

    tenant: str
    seq: int
    report_id: str
    body: str
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class Story:
    """All that is known of one report: its revisions, where each delivery stands, and every event, oldest first."""

    reports: tuple[Report, ...]
    deliveries: tuple[Delivery, ...]
    events: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which deliveries to list; what is empty does not restrict."""

    tenant: str = ""
    role: str = ""
    period: str = ""
    channel: str = ""
    report_id: str = ""
    states: frozenset[State] = frozenset()


@dataclass(frozen=True, slots=True)
class Planned:
    """What planning came to: keys that are new, and those that were there."""

    new: tuple[str, ...]
    known: tuple[str, ...]


Record = Delivery | Report | Run | Note
_NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in (Delivery, Report, Run, Note)}
Subject = tuple[str, str]  # the kind of a record and its id, as events name it


def subject_of(record: Record) -> Subject:
    """What events call a record."""
    match record:
        case Delivery():
            return "delivery", record.key
        case Report():
            return "report", f"{record.report_id} {record.revision}"
        case Run():
            return "run", record.run_id
        case Note():
            return "note", f"{record.kind} {record.id}"


def delivery_facts(row: Delivery, masked: Masked) -> dict[str, Any]:
    """A delivery as its events hold it."""
    return {**plain(row), "reader": masked(row.reader)}


def report_facts(report: Report, masked: Masked) -> dict[str, Any]:
    """A report as its event holds it."""
    return {**plain(report), "recipients": [masked(address) for address in report.recipients]}


def note_facts(note: Note, masked: Masked) -> dict[str, Any]:
    """A note as its event holds it."""
    return {**plain(note), "private": {name: masked(value) for name, value in note.private.items()}}


def as_noted(note: Note) -> Note:
    """A note as the trail keeps it: plain values, and no private one among the facts; AuditError where it names nothing."""
    if not _KIND.fullmatch(note.kind) or not 0 < len(note.id.encode(errors="surrogatepass")) <= _LONGEST_ID:
        raise AuditError(f"a note needs a kind of one word, and an id of at most {_LONGEST_ID} bytes: {note.kind[:80]!r}")
    if note.report_id and not note.tenant:
        raise AuditError(f"a note of {note.report_id} needs its tenant")
    return replace(note, facts=_clean(_value(note.facts), tuple(note.private.values())), private=dict(note.private))


def run_facts(run: Run) -> dict[str, Any]:
    return plain(run)


def stamp(instant: datetime) -> str:
    """UTC with microseconds, always as long, so that texts sort as instants do; AuditError without a time zone."""
    if instant.tzinfo is None:
        raise AuditError(f"{instant} has no time zone")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def plain(record: Record) -> dict[str, Any]:
    """A record's fields as JSON has them."""
    return {name: _value(getattr(record, name)) for name in _NAMES[type(record)]}


def _clean(value: Any, private: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        return without(private, value)
    if isinstance(value, list):
        return [_clean(part, private) for part in value]
    if isinstance(value, dict):
        return {without(private, str(name)): _clean(part, private) for name, part in value.items()}
    return value


def _value(value: Any) -> Any:
    if value is None or isinstance(value, str | int):  # first, for most are
        return value
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, tuple | list):
        return [_value(part) for part in value]
    if isinstance(value, Mapping):
        return {name: _value(part) for name, part in value.items()}
    return str(value)
