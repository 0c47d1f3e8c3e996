"""What each change tells its chain, and what the tables must say to agree with it: the same for every store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quarterdeck.audit import chain
from quarterdeck.audit.anchors import Head
from quarterdeck.audit.masking import Masked
from quarterdeck.audit.records import (
    GENERAL,
    RUNS,
    Entry,
    Note,
    Record,
    Report,
    Run,
    Subject,
    delivery_facts,
    note_facts,
    report_facts,
    run_facts,
    stamp,
    subject_of,
)
from quarterdeck.audit.states import Delivery, Event


@dataclass(frozen=True, slots=True)
class Told:
    """An event that has no place in its chain yet."""

    chain: str
    report_id: str
    body: Mapping[str, Any]

    def after(self, head: Head) -> Entry:
        """The entry of the event after the last one of its chain."""
        return chain.after(head, self.chain, self.report_id, self.body)


def filed(report: Report, mask: Masked) -> Told:
    return _told(report, report.tenant, report.report_id, report.filed_at, mask, event="file")


def started(run: Run, mask: Masked) -> Told:
    return _told(run, RUNS, "", run.started, mask, event="start")


def ended(run: Run, now: datetime, mask: Masked) -> Told:
    return _told(run, RUNS, "", now, mask, event="end")


def planned(row: Delivery, now: datetime, mask: Masked) -> Told:
    return _told(row, row.tenant, row.report_id, now, mask, event="plan")


def stepped(before: Delivery, row: Delivery, event: Event, now: datetime, mask: Masked) -> Told:
    told = {"event": type(event).__name__.lower(), "from": before.state.value, "by": getattr(event, "by", "")}
    return _told(row, row.tenant, row.report_id, now, mask, **told)


def noted(note: Note, mask: Masked) -> Told:
    return _told(note, note.tenant or GENERAL, note.report_id, note.at, mask, event="note")


def facts_of(records: Iterable[Record], mask: Masked) -> dict[Subject, Any]:
    """What the trail must have said last of each record of the tables."""
    return {subject_of(record): _facts(record, mask) for record in records}


def _told(record: Record, chain: str, report_id: str, at: datetime, mask: Masked, **told: str) -> Told:
    kind, id = subject_of(record)
    return Told(chain, report_id, {**told, "kind": kind, "id": id, "at": stamp(at), "facts": _facts(record, mask)})


def _facts(record: Record, mask: Masked) -> dict[str, Any]:
    match record:
        case Delivery():
            return delivery_facts(record, mask)
        case Report():
            return report_facts(record, mask)
        case Note():
            return note_facts(record, mask)
        case Run():
            return run_facts(record)
