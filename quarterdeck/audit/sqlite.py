"""The embedded trail: one SQLite file in WAL mode, written through to the disk, for any number of local processes.

Every change is one immediate transaction that reads the row, lets `step` decide, and writes row and event together.
Beside the file lies `anchors.jsonl` with the heads of the chains.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from quarterdeck.audit import forgetting, telling
from quarterdeck.audit import sqlite_leases as leases
from quarterdeck.audit import sqlite_rows as rows
from quarterdeck.audit.anchors import Anchor, AnchorFile, Anchors
from quarterdeck.audit.happenings import Refresh
from quarterdeck.audit.records import Entry, Filter, Lease, Note, Planned, Report, Run, Story, as_noted
from quarterdeck.audit.sqlite_file import SqliteFile
from quarterdeck.audit.states import Delivery, Denied, Event, as_planned, step
from quarterdeck.audit.telling import Told
from quarterdeck.audit.verify import Verification, Verifier, complain
from quarterdeck.errors import AuditError

_ALL = Filter()


class SqliteAudit:
    """An AuditStore in a file."""

    def __init__(self, path: Path, anchors: Anchors | None = None) -> None:
        self.anchors: Anchors = anchors or AnchorFile(path.with_name("anchors.jsonl"))
        self._file = SqliteFile(path)

    def close(self) -> None:
        self._file.close()

    def file(self, report: Report) -> bool:
        with self._file.writing() as connection:
            is_new = rows.insert(connection, "reports", rows.report_row(report))
            if is_new:
                _append(connection, telling.filed(report, self._file.mask))
            return is_new

    def start(self, run: Run) -> None:
        with self._file.writing() as connection:
            if not rows.insert(connection, "runs", rows.run_row(run)):
                raise AuditError(f"there is a run {run.run_id} already")
            _append(connection, telling.started(run, self._file.mask))

    def end(self, run_id: str, outcome: Mapping[str, Any], now: datetime) -> Run:
        with self._file.writing() as connection:
            found = rows.find_run(connection, run_id)
            if found is None or found.ended is not None:
                raise AuditError(f"there is no run {run_id} under way")
            run = replace(found, ended=now, outcome=outcome)
            rows.update_run(connection, run)
            _append(connection, telling.ended(run, now, self._file.mask))
            return run

    def plan(self, deliveries: Iterable[Delivery], now: datetime) -> Planned:
        new, known = [], []
        with self._file.writing() as connection:
            for wanted in deliveries:
                row = as_planned(wanted, now)
                if rows.insert(connection, "deliveries", rows.delivery_row(row)):
                    _append(connection, telling.planned(row, now, self._file.mask))
                    new.append(row.key)
                else:
                    self._plan_again(connection, row, now)
                    known.append(row.key)
        return Planned(tuple(new), tuple(known))

    def apply(self, key: str, event: Event, now: datetime) -> Delivery | Denied:
        with self._file.writing() as connection:
            found = rows.find_delivery(connection, key)
            return self._step(connection, found, event, now) if found else Denied(f"there is no delivery {key}")

    def get(self, key: str) -> Delivery | None:
        with self._file.reading() as connection:
            return rows.find_delivery(connection, key)

    def list(self, wanted: Filter = _ALL) -> tuple[Delivery, ...]:
        with self._file.reading() as connection:
            return rows.deliveries(connection, wanted)

    def reports(self, report_id: str) -> tuple[Report, ...]:
        with self._file.reading() as connection:
            return rows.reports(connection, report_id)

    def runs(self) -> tuple[Run, ...]:
        with self._file.reading() as connection:
            return rows.runs(connection)

    def note(self, note: Note) -> bool:
        kept = as_noted(note)
        with self._file.writing() as connection:
            return self._note(connection, kept)

    def notes(self, kind: str, tenant: str = "") -> tuple[Note, ...]:
        with self._file.reading() as connection:
            return rows.notes(connection, kind, tenant)

    def forget(self, address: str, by: str, now: datetime) -> int:
        address = forgetting.wanted(address, by)
        with self._file.writing() as connection:
            digest = self._file.mask(address)
            changed = 0
            for record in rows.with_addresses(connection):
                forgotten = forgetting.without(record, digest, self._file.mask)
                if forgotten != record:
                    rows.update_addresses(connection, forgotten)
                    changed += 1
            if changed:
                self._note(connection, forgetting.note_of(digest, by, now))
        self._file.scrub()  # whatever was found: the time before, it may not have come to this
        return changed

    def show(self, report_id: str) -> Story:
        with self._file.reading() as connection:
            return Story(
                rows.reports(connection, report_id),
                rows.deliveries(connection, Filter(report_id=report_id)),
                rows.events(connection, report_id),
            )

    def entries(self, chain: str = "") -> Iterator[Entry]:
        last = (chain, 0)
        while True:  # in parts, since nobody may write while one is read
            with self._file.reading() as connection:
                part = rows.entries_after(connection, *last, only=chain)
            if not part:
                return
            yield from part
            last = part[-1].tenant, part[-1].seq

    def acquire(self, name: str, holder: str, ttl: timedelta, now: datetime) -> Lease:
        with self._file.writing() as connection:
            return leases.acquire(connection, name, holder, ttl, now)

    def renew(self, lease: Lease, ttl: timedelta, now: datetime) -> Lease | None:
        with self._file.writing() as connection:
            return leases.renew(connection, lease, ttl, now)

    def release(self, lease: Lease) -> bool:
        with self._file.writing() as connection:
            return leases.release(connection, lease)

    def anchor(self, now: datetime) -> Anchor:
        with self._file.writing() as connection:  # so that of two processes one comes after the other
            before = self.anchors.read()
            anchor = Anchor(now, rows.heads(connection))
            if before and before[-1].heads == anchor.heads:
                return before[-1]
            self.anchors.append(anchor)
            connection.execute("UPDATE meta SET value = ? WHERE name = 'anchors'", (str(len(before) + 1),))
            return anchor

    def verify(self) -> Verification:
        verifier = Verifier()
        written, listed = self._anchors(verifier)
        with self._file.reading() as connection:
            for (line,) in connection.execute("PRAGMA integrity_check"):
                if line != "ok":
                    verifier.complain(f"the database is damaged: {line}")
            verifier.walk(rows.entries(connection))
            try:
                verifier.compare_anchors(listed, written)
                records = [*rows.with_addresses(connection), *rows.runs(connection)]
                verifier.compare_rows(telling.facts_of(records, self._file.mask))
                for problem in forgetting.unexplained(records):
                    verifier.complain(problem)
            except AuditError as error:
                complain(verifier, error)
        return verifier.result()

    def _anchors(self, verifier: Verifier) -> tuple[int, Sequence[Anchor]]:
        """How many anchors there must be, and which there are. Read before the chains, which may go on meanwhile."""
        try:
            with self._file.reading() as connection:
                written = int(rows.meta(connection, "anchors"))
            return written, self.anchors.read()
        except AuditError as error:
            complain(verifier, error)
        except ValueError as error:
            verifier.complain(str(error))
        return 0, ()

    def _note(self, connection: sqlite3.Connection, note: Note) -> bool:
        is_new = rows.insert(connection, "notes", rows.note_row(note))
        if is_new:
            _append(connection, telling.noted(note, self._file.mask))
        return is_new

    def _plan_again(self, connection: sqlite3.Connection, row: Delivery, now: datetime) -> None:
        found = rows.find_delivery(connection, row.key)
        if found and (found.content_sha256, found.not_before) != (row.content_sha256, row.not_before):
            self._step(connection, found, Refresh(row.content_sha256, row.not_before), now)

    def _step(self, connection: sqlite3.Connection, found: Delivery, event: Event, now: datetime) -> Delivery | Denied:
        row = step(found, event, now)
        if isinstance(row, Delivery):
            rows.update_delivery(connection, row)
            _append(connection, telling.stepped(found, row, event, now, self._file.mask))
        return row


def _append(connection: sqlite3.Connection, told: Told) -> None:
    rows.insert_entry(connection, told.after(rows.head(connection, told.chain)))
