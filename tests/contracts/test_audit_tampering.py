"""`verify` finds what somebody who can write the trail's tables did to them: generated tamperings, many of each kind."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quarterdeck import codec
from quarterdeck.audit.anchors import AnchorFile
from quarterdeck.audit.chain import link
from quarterdeck.audit.happenings import Claim
from quarterdeck.audit.records import Note, Run
from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.audit.verify import Verification
from quarterdeck.errors import AuditError
from tests.trails import MINUTE, NOW, delivery, report, send

EACH = 150
Tampering = Callable[[sqlite3.Connection, random.Random], None]


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trail of three tenants with about sixty events, anchored."""
    folder = tmp_path_factory.mktemp("trail")
    audit = SqliteAudit(folder / "audit.sqlite")
    audit.start(Run("run-1", NOW, {"period": "2026-10"}))
    for tenant in ("alpha", "beta", "portfolio"):
        for role in ("ceo", "cfo"):
            audit.file(report(tenant, role))
            rows = [delivery(tenant, role), delivery(tenant, role, "bob@example.com")]
            audit.plan(rows, NOW)
            for row in rows:
                send(audit, row)
        audit.note(Note("suppressed", tenant, tenant, "", NOW, {"why": "bounced"}, {"reader": "ana@example.com"}))
    audit.end("run-1", {"sent": 12}, NOW)
    audit.anchor(NOW)
    assert audit.verify().ok
    audit.close()  # which also folds the write-ahead log into the file
    return folder


def verify_after(trail: Path, tmp_path: Path, tamper: Callable[[sqlite3.Connection], object]) -> Verification:
    """The verdict on a copy of the trail that was tampered with by whoever owns the file."""
    for name in ("audit.sqlite", "anchors.jsonl"):
        shutil.copy(trail / name, tmp_path / name)
    for name in ("audit.sqlite-wal", "audit.sqlite-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    connection = sqlite3.connect(tmp_path / "audit.sqlite", isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    for trigger in ("events_stay", "events_remain", "deliveries_remain", "reports_remain", "notes_remain"):
        connection.execute(f"DROP TRIGGER {trigger}")
    tamper(connection)
    connection.execute("COMMIT")
    connection.close()
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    try:
        return audit.verify()
    finally:
        audit.close()


def pick(connection: sqlite3.Connection, drawn: random.Random) -> tuple[str, int, str]:
    """Some event: tenant, seq, body."""
    tenant, seq, body = drawn.choice(connection.execute("SELECT tenant, seq, body FROM events ORDER BY tenant, seq").fetchall())
    return tenant, seq, body


def length(connection: sqlite3.Connection, tenant: str) -> int:
    return int(connection.execute("SELECT max(seq) FROM events WHERE tenant = ?", (tenant,)).fetchone()[0])


def edit(connection: sqlite3.Connection, drawn: random.Random) -> None:
    """Change one field of one event: a byte of the body, a hash, or the report it is found by."""
    tenant, seq, _ = pick(connection, drawn)
    column = drawn.choice(["body", "body", "body", "hash", "prev", "report_id"])
    value = connection.execute(f"SELECT {column} FROM events WHERE tenant = ? AND seq = ?", (tenant, seq)).fetchone()[0] or "x"
    place = drawn.randrange(len(value))
    other = drawn.choice([c for c in "0123456789abcdef " if c != value[place]])
    changed = value[:place] + other + value[place + 1 :]
    connection.execute(f"UPDATE events SET {column} = ? WHERE tenant = ? AND seq = ?", (changed, tenant, seq))


def delete(connection: sqlite3.Connection, drawn: random.Random) -> None:
    tenant, seq, _ = pick(connection, drawn)
    connection.execute("DELETE FROM events WHERE tenant = ? AND seq = ?", (tenant, seq))
    if drawn.random() < 0.5:  # and close the gap
        for later in range(seq + 1, length(connection, tenant) + 1) if seq < length(connection, tenant) else ():
            connection.execute("UPDATE events SET seq = ? WHERE tenant = ? AND seq = ?", (later - 1, tenant, later))


def insert(connection: sqlite3.Connection, drawn: random.Random) -> None:
    """Put a copy of an event, or one with another fact, into the chain."""
    tenant, seq, body = pick(connection, drawn)
    for later in range(length(connection, tenant), seq, -1):
        connection.execute("UPDATE events SET seq = ? WHERE tenant = ? AND seq = ?", (later + 1, tenant, later))
    if drawn.random() < 0.5:
        body = body.replace("planned", "unknown")
    head = connection.execute("SELECT hash FROM events WHERE tenant = ? AND seq = ?", (tenant, seq)).fetchone()[0]
    connection.execute("INSERT INTO events VALUES (?, ?, '', ?, ?, ?)", (tenant, seq + 1, body, head, link(head, body)))


def swap(connection: sqlite3.Connection, drawn: random.Random) -> None:
    tenant, seq, _ = pick(connection, drawn)
    other = drawn.choice([n for n in range(1, length(connection, tenant) + 1) if n != seq])
    for old, new in ((seq, 0), (other, seq), (0, other)):
        connection.execute("UPDATE events SET seq = ? WHERE tenant = ? AND seq = ?", (new, tenant, old))


def truncate(connection: sqlite3.Connection, drawn: random.Random) -> None:
    """Cut the end of a chain off, and with it everything the tables know of it."""
    tenant, seq, _ = pick(connection, drawn)
    connection.execute("DELETE FROM events WHERE tenant = ? AND seq >= ?", (tenant, seq))
    forget_untold(connection)


def rewrite(connection: sqlite3.Connection, drawn: random.Random) -> None:
    """Change an event and work out all later hashes anew; the tables are made to agree."""
    tenant, seq, body = pick(connection, drawn)
    chain = connection.execute("SELECT seq, body, prev FROM events WHERE tenant = ? AND seq >= ? ORDER BY seq", (tenant, seq))
    prev = ""
    for number, old, before in chain.fetchall():
        body = json.loads(old)
        if number == seq:
            prev, body["at"] = before, "2026-12-31T00:00:00.000000Z"
        text = codec.canonical(body)
        values = (text, prev, link(prev, text), tenant, number)
        connection.execute("UPDATE events SET body = ?, prev = ?, hash = ? WHERE tenant = ? AND seq = ?", values)
        prev = link(prev, text)


def edit_row(connection: sqlite3.Connection, drawn: random.Random) -> None:
    """Change a row of a table and leave the trail alone."""
    table, column, value = drawn.choice(
        [
            ("deliveries", column, f"x{drawn.random()}")
            for column in ("message_id", "reader", "content_sha256", "reason", "owner")
        ]
        + [("deliveries", "state", "held"), ("deliveries", "fence", 9), ("deliveries", "version", 1)]
        + [("reports", column, f'["x{drawn.random()}"]') for column in ("recipients", "snapshots", "status")]
        + [("notes", "facts", "{}"), ("notes", "private", '{"reader":"bob@example.com"}'), ("notes", "tenant", "gamma")]
        + [("runs", "parameters", "{}"), ("runs", "outcome", '{"sent":13}')]
    )
    rowid = drawn.choice(connection.execute(f"SELECT rowid FROM {table}").fetchall())[0]
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, rowid))


def drop_row(connection: sqlite3.Connection, drawn: random.Random) -> None:
    table = drawn.choice(["deliveries", "reports", "notes"])
    rowid = drawn.choice(connection.execute(f"SELECT rowid FROM {table}").fetchall())[0]
    connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))


def add_row(connection: sqlite3.Connection, drawn: random.Random) -> None:
    """A delivery that never was, a report, or a note."""
    if drawn.random() < 0.3:
        connection.execute("INSERT INTO notes SELECT kind, 'new', tenant, '', at, facts, private FROM notes LIMIT 1")
    elif drawn.random() < 0.5:
        copied = "report_id, 'r9', tenant, role, period, snapshots, recipients, status, filed_at"
        connection.execute(f"INSERT INTO reports SELECT 99, {copied} FROM reports ORDER BY random() LIMIT 1")
    else:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(deliveries)")]
        copied = ", ".join({"key": "'new'", "reader": "'eve@example.com'"}.get(name, name) for name in columns)
        connection.execute(f"INSERT INTO deliveries SELECT {copied} FROM deliveries LIMIT 1")


def forget_untold(connection: sqlite3.Connection) -> None:
    """Make the tables say no more than the events that are left."""
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for (body,) in connection.execute("SELECT body FROM events ORDER BY tenant, seq"):
        event = json.loads(body)
        told[event["kind"], event["id"]] = event["facts"]
    for key, reader in connection.execute("SELECT key, reader FROM deliveries").fetchall():
        facts = told.get(("delivery", key))
        if facts is None:
            connection.execute("DELETE FROM deliveries WHERE key = ?", (key,))
            continue
        values = {**facts, "reader": reader, "attempts": codec.canonical(facts["attempts"])}
        columns = ", ".join(f"{name} = :{name}" for name in values if name != "key")
        connection.execute(f"UPDATE deliveries SET {columns} WHERE key = :key", values)
    for report_id, revision in connection.execute("SELECT report_id, revision FROM reports").fetchall():
        if ("report", f"{report_id} {revision}") not in told:
            connection.execute("DELETE FROM reports WHERE report_id = ?", (report_id,))
    for kind, id in connection.execute("SELECT kind, id FROM notes").fetchall():
        if ("note", f"{kind} {id}") not in told:
            connection.execute("DELETE FROM notes WHERE kind = ? AND id = ?", (kind, id))
    run = told.get(("run", "run-1"))
    if run is None:
        connection.execute("DELETE FROM runs")
    elif run["ended"] is None:
        connection.execute("UPDATE runs SET ended = NULL, outcome = NULL")


_KINDS: dict[str, tuple[Tampering, str]] = {
    "edit": (edit, ""),
    "delete": (delete, ""),
    "insert": (insert, ""),
    "swap": (swap, "does not follow"),
    "truncate": (truncate, "anchored"),
    "rewrite": (rewrite, "anchored"),
    "edit row": (edit_row, "says something else"),
    "drop row": (drop_row, "not in its table"),
    "add row": (add_row, "knows nothing"),
}


@pytest.mark.parametrize("kind", _KINDS)
def test_finds_every_tampering(kind: str, trail: Path, tmp_path: Path) -> None:
    tamper, said = _KINDS[kind]
    missed = []
    for seed in range(EACH):
        drawn = random.Random(f"{kind} {seed}")
        verdict = verify_after(trail, tmp_path, lambda connection, drawn=drawn: tamper(connection, drawn))  # type: ignore[misc]
        if verdict.ok or not any(said in problem for problem in verdict.problems):
            missed.append((seed, verdict.problems))
    assert missed == []


def test_a_careful_truncation_is_found_by_the_anchor_alone(trail: Path, tmp_path: Path) -> None:
    def cut(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM events WHERE tenant = 'beta' AND seq > 3")
        forget_untold(connection)

    verdict = verify_after(trail, tmp_path, cut)
    assert len(verdict.problems) == 1
    assert "anchored on 2026-11-01 08:00" in verdict.problems[0]


def test_nothing_is_found_where_nothing_was_done(trail: Path, tmp_path: Path) -> None:
    verdict = verify_after(trail, tmp_path, lambda _: None)
    assert verdict.problems == ()
    assert verdict.unanchored == {}


def test_what_came_after_the_last_anchor_is_counted_as_unanchored(trail: Path, tmp_path: Path) -> None:
    verify_after(trail, tmp_path, lambda _: None)
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    audit.plan([delivery("beta", "cmo"), delivery("gamma")], NOW)
    audit.apply(delivery("gamma").key, Claim("one", MINUTE), NOW)
    verdict = audit.verify()
    assert (verdict.ok, verdict.unanchored) == (True, {"beta": 1, "gamma": 2})


def test_a_shortened_or_missing_anchor_file_is_found(trail: Path, tmp_path: Path) -> None:
    verify_after(trail, tmp_path, lambda _: None)
    (tmp_path / "anchors.jsonl").write_bytes(b"")
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    assert audit.verify().problems == ("1 anchors were written and 0 are left",)
    (tmp_path / "anchors.jsonl").unlink()
    assert audit.verify().problems == ("1 anchors were written and 0 are left",)


def test_an_edited_or_broken_anchor_is_found(trail: Path, tmp_path: Path) -> None:
    verify_after(trail, tmp_path, lambda _: None)
    path = tmp_path / "anchors.jsonl"
    intact = json.loads(path.read_text())
    intact["heads"]["beta"][0] += 1
    path.write_text(json.dumps(intact) + "\n")
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    (problem,) = audit.verify().problems
    assert "is not the event that was anchored" in problem
    for text in ("{}\n", "null\n", "not json\n", '{"at": 1, "heads": {}}\n', '{"at": "2026-11-01", "heads": {"a": 1}}\n'):
        path.write_text(text)
        (problem,) = audit.verify().problems
        assert "jsonl:1 is no anchor" in problem


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE deliveries SET state = 'nonsense'",
        "UPDATE deliveries SET attempts = 'no json'",
        "UPDATE deliveries SET updated_at = 'yesterday'",
        "UPDATE reports SET snapshots = '1'",
        "UPDATE runs SET parameters = '['",
        "UPDATE events SET body = 'no json'",
        "UPDATE events SET body = '[]'",
        "DELETE FROM meta WHERE name = 'anchors'",
        "UPDATE meta SET value = 'many' WHERE name = 'anchors'",
    ],
)
def test_nonsense_in_a_table_is_a_problem_and_no_crash(sql: str, trail: Path, tmp_path: Path) -> None:
    assert not verify_after(trail, tmp_path, lambda connection: connection.execute(sql)).ok


def test_a_line_that_a_crash_cut_short_is_no_anchor_and_is_replaced(trail: Path, tmp_path: Path) -> None:
    verify_after(trail, tmp_path, lambda _: None)
    path = tmp_path / "anchors.jsonl"
    with path.open("ab") as file:
        file.write(b'{"at": "2026-')
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    assert audit.verify().ok
    audit.plan([delivery("gamma")], NOW)
    audit.anchor(NOW + MINUTE)
    assert len(AnchorFile(path).read()) == 2
    assert path.read_bytes().count(b"\n") == 2
    assert audit.verify().unanchored == {}


def test_a_damaged_file_is_found(trail: Path, tmp_path: Path) -> None:
    data = bytearray((trail / "audit.sqlite").read_bytes())
    drawn = random.Random(3)
    silent = 0
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(64):
            damaged[drawn.randrange(4096, len(damaged))] = drawn.randrange(256)
        (tmp_path / "audit.sqlite").write_bytes(damaged)
        shutil.copy(trail / "anchors.jsonl", tmp_path / "anchors.jsonl")
        audit = SqliteAudit(tmp_path / "audit.sqlite")
        try:
            silent += audit.verify().ok
        except AuditError:
            pass
        finally:
            audit.close()
    assert silent == 0
