"""A reader's address taken out of the tables: which records hold it, and what they are without it. Pure, for every store.

The events never held it. A marker takes its place, made of the digest that the events hold, and a note says that this was
done and by whom; a marker that no note speaks of is a change by another hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from quarterdeck.audit.masking import Masked, digest_in, marker
from quarterdeck.audit.records import Note, Record, Report, Run, stamp, subject_of
from quarterdeck.audit.states import Delivery
from quarterdeck.errors import AuditError

KIND = "forgotten"
R = TypeVar("R", bound=Record)


def wanted(address: str, by: str) -> str:
    """The address that is to be forgotten; AuditError without one or without a name."""
    if not address.strip() or digest_in(address.strip()):
        raise AuditError("there is no address to forget")
    if not by.strip():
        raise AuditError("to forget an address needs the name of who asks for it")
    return address.strip()


def without(record: R, digest: str, mask: Masked) -> R:
    """A record in which a marker stands for the address of a digest; the same one where it does not hold it."""

    def kept(text: str) -> str:
        return marker(digest) if mask(text) == digest else text

    match record:
        case Delivery() if mask(record.reader) == digest:
            return replace(record, reader=marker(digest))
        case Report() if digest in map(mask, record.recipients):
            return replace(record, recipients=tuple(map(kept, record.recipients)))
        case Note() if digest in map(mask, record.private.values()):
            return replace(record, private={name: kept(text) for name, text in record.private.items()})
    return record


def note_of(digest: str, by: str, now: datetime) -> Note:
    """What the trail keeps of it."""
    return Note(KIND, f"{digest} {stamp(now)}", "", "", now, {"digest": digest, "by": by.strip()})


def unexplained(records: Iterable[Record]) -> Iterator[str]:
    """A problem for each record that holds a marker of which no note tells."""
    listed = list(records)
    told = {str(record.facts.get("digest")) for record in listed if isinstance(record, Note) and record.kind == KIND}
    for record in listed:
        if {digest for text in _addresses(record) if (digest := digest_in(text))} - told:
            yield f"{' '.join(subject_of(record))}: an address was taken out of it and nobody says who did"


def _addresses(record: Record) -> Iterable[str]:
    match record:
        case Delivery():
            return (record.reader,)
        case Report():
            return record.recipients
        case Note():
            return record.private.values()
        case Run():
            return ()
