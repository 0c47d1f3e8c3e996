"""Records as rows of the embedded trail's tables, and the questions that are asked of these tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, fields
from typing import Any, TypeVar

from quarterdeck import codec
from quarterdeck.audit.anchors import Head
from quarterdeck.audit.chain import GENESIS
from quarterdeck.audit.records import Entry, Filter, Note, Record, Report, Run, instant, stamp
from quarterdeck.audit.states import Delivery, State
from quarterdeck.errors import AuditError

_DELIVERY = tuple(field.name for field in fields(Delivery))
_REPORT = tuple(field.name for field in fields(Report))
_RUN = tuple(field.name for field in fields(Run))
_NOTE = tuple(field.name for field in fields(Note))
_PART = 1000  # events at once
_TIMES = ("lease_until", "not_before", "updated_at")


T = TypeVar("T")


def _intact(convert: Callable[[tuple[Any, ...]], T]) -> Callable[[tuple[Any, ...]], T]:
    """A row that we did not write so is damage, not a fault of the program."""

    def converted(row: tuple[Any, ...]) -> T:
        try:
            return convert(row)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise AuditError(f"a row of the audit trail is damaged: {str(row[0])[:80]}: {error!r}") from error

    return converted


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> bool:
    """Add a row: True, or False where its key, or another set of columns that is unique, is taken."""
    columns, places = ", ".join(row), ", ".join(f":{name}" for name in row)
    sql = f"INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608 - names of our own
    return connection.execute(sql, row).rowcount == 1


def update_delivery(connection: sqlite3.Connection, delivery: Delivery) -> None:
    columns = ", ".join(f"{name} = :{name}" for name in _DELIVERY if name != "key")
    connection.execute(f"UPDATE deliveries SET {columns} WHERE key = :key", delivery_row(delivery))  # noqa: S608


def update_run(connection: sqlite3.Connection, run: Run) -> None:
    connection.execute("UPDATE runs SET ended = :ended, outcome = :outcome WHERE run_id = :run_id", run_row(run))


def find_delivery(connection: sqlite3.Connection, key: str) -> Delivery | None:
    row = connection.execute(f"SELECT {', '.join(_DELIVERY)} FROM deliveries WHERE key = ?", (key,)).fetchone()  # noqa: S608
    return _delivery(row) if row else None


def deliveries(connection: sqlite3.Connection, wanted: Filter) -> tuple[Delivery, ...]:
    """The deliveries that fit a filter, by report, channel and reader, then revision."""
    names = [name for name in ("tenant", "role", "period", "channel", "report_id") if getattr(wanted, name)]
    values = [getattr(wanted, name) for name in names]
    where = [f"{name} = ?" for name in names]
    if wanted.states:
        where.append(f"state IN ({', '.join('?' * len(wanted.states))})")
        values += sorted(wanted.states)
    condition = " AND ".join(where) or "1"
    sql = f"SELECT {', '.join(_DELIVERY)} FROM deliveries WHERE {condition} ORDER BY report_id, channel, reader, revision"  # noqa: S608
    return tuple(map(_delivery, connection.execute(sql, values)))


def reports(connection: sqlite3.Connection, report_id: str | None = None) -> tuple[Report, ...]:
    """The revisions of a report, or of all, in the order of their filing."""
    sql = f"SELECT {', '.join(_REPORT)} FROM reports WHERE :id IS NULL OR report_id = :id ORDER BY position"  # noqa: S608
    return tuple(map(_report, connection.execute(sql, {"id": report_id})))


def find_run(connection: sqlite3.Connection, run_id: str) -> Run | None:
    return next((run for run in runs(connection) if run.run_id == run_id), None)


def runs(connection: sqlite3.Connection) -> tuple[Run, ...]:
    sql = f"SELECT {', '.join(_RUN)} FROM runs ORDER BY started DESC, run_id"  # noqa: S608
    return tuple(map(_run, connection.execute(sql)))


def notes(connection: sqlite3.Connection, kind: str = "", tenant: str = "") -> tuple[Note, ...]:
    """The notes of a kind, or of all, the oldest first."""
    condition = "(:kind = '' OR kind = :kind) AND (:tenant = '' OR tenant = :tenant)"
    sql = f"SELECT {', '.join(_NOTE)} FROM notes WHERE {condition} ORDER BY at, kind, id"  # noqa: S608
    return tuple(map(_note, connection.execute(sql, {"kind": kind, "tenant": tenant})))


def with_addresses(connection: sqlite3.Connection) -> list[Delivery | Report | Note]:
    """All records that can name a reader."""
    return [*deliveries(connection, Filter()), *reports(connection), *notes(connection)]


def update_addresses(connection: sqlite3.Connection, record: Record) -> None:
    """Write a record's addresses anew and leave the rest of it alone."""
    match record:
        case Delivery():
            connection.execute("UPDATE deliveries SET reader = :reader WHERE key = :key", delivery_row(record))
        case Report():
            sql = "UPDATE reports SET recipients = :recipients WHERE report_id = :report_id AND revision = :revision"
            connection.execute(sql, report_row(record))
        case Note():
            connection.execute("UPDATE notes SET private = :private WHERE kind = :kind AND id = :id", note_row(record))


def entries(connection: sqlite3.Connection) -> Iterator[Entry]:
    """All events, chain by chain."""
    for row in connection.execute("SELECT tenant, seq, report_id, body, prev, hash FROM events ORDER BY tenant, seq"):
        yield Entry(*row)


def entries_after(connection: sqlite3.Connection, tenant: str, seq: int, *, only: str = "") -> list[Entry]:
    """The next events behind one, chain by chain, or those of one chain only."""
    chosen = "tenant = ? AND seq > ?" if only else "(tenant, seq) > (?, ?)"
    query = f"SELECT tenant, seq, report_id, body, prev, hash FROM events WHERE {chosen} ORDER BY tenant, seq LIMIT {_PART}"  # noqa: S608
    return [Entry(*row) for row in connection.execute(query, (tenant, seq))]


def events(connection: sqlite3.Connection, report_id: str) -> tuple[Mapping[str, Any], ...]:
    rows = connection.execute("SELECT body FROM events WHERE report_id = ? ORDER BY tenant, seq", (report_id,))
    return tuple(json.loads(body) for (body,) in rows)


def insert_entry(connection: sqlite3.Connection, entry: Entry) -> None:
    connection.execute(
        "INSERT INTO events (tenant, seq, report_id, body, prev, hash) VALUES (?, ?, ?, ?, ?, ?)", astuple(entry)
    )


def head(connection: sqlite3.Connection, tenant: str) -> Head:
    """The last event of a chain; where there is none, what the first one follows."""
    row = connection.execute("SELECT seq, hash FROM events WHERE tenant = ? ORDER BY seq DESC LIMIT 1", (tenant,)).fetchone()
    return (int(row[0]), str(row[1])) if row else (0, GENESIS)


def heads(connection: sqlite3.Connection) -> dict[str, Head]:
    tenants = [row[0] for row in connection.execute("SELECT DISTINCT tenant FROM events ORDER BY tenant")]
    return {tenant: head(connection, tenant) for tenant in tenants}


def meta(connection: sqlite3.Connection, name: str) -> str:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise AuditError(f"the audit trail is damaged: its {name} is gone")
    return str(row[0])


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    row = {name: getattr(delivery, name) for name in _DELIVERY}
    times = {name: stamp(row[name]) if row[name] else None for name in _TIMES}
    return {**row, **times, "state": delivery.state.value, "attempts": codec.canonical(list(delivery.attempts))}


def report_row(report: Report) -> dict[str, Any]:
    row = {name: getattr(report, name) for name in _REPORT}
    lists = {name: codec.canonical([*row[name]]) for name in ("snapshots", "recipients")}
    return {**row, **lists, "filed_at": stamp(report.filed_at)}


def note_row(note: Note) -> dict[str, Any]:
    row = {name: getattr(note, name) for name in _NOTE}
    return {**row, "at": stamp(note.at), "facts": codec.canonical(note.facts), "private": codec.canonical(note.private)}


def run_row(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "started": stamp(run.started),
        "ended": stamp(run.ended) if run.ended else None,
        "parameters": codec.canonical(run.parameters),
        "outcome": None if run.outcome is None else codec.canonical(run.outcome),
    }


@_intact
def _delivery(row: tuple[Any, ...]) -> Delivery:
    found = dict(zip(_DELIVERY, row, strict=True))
    times = {name: instant(found[name]) if found[name] else None for name in _TIMES}
    return Delivery(**{**found, **times, "state": State(found["state"]), "attempts": tuple(json.loads(found["attempts"]))})


@_intact
def _report(row: tuple[Any, ...]) -> Report:
    found = dict(zip(_REPORT, row, strict=True))
    lists = {name: tuple(json.loads(found[name])) for name in ("snapshots", "recipients")}
    return Report(**{**found, **lists, "filed_at": instant(found["filed_at"])})


@_intact
def _note(row: tuple[Any, ...]) -> Note:
    found = dict(zip(_NOTE, row, strict=True))
    return Note(
        **{**found, "at": instant(found["at"]), "facts": json.loads(found["facts"]), "private": json.loads(found["private"])}
    )


@_intact
def _run(row: tuple[Any, ...]) -> Run:
    run_id, started, parameters, ended, outcome = row
    return Run(
        run_id,
        instant(started),
        json.loads(parameters),
        instant(ended) if ended else None,
        None if outcome is None else json.loads(outcome),
    )
