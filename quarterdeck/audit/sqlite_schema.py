"""The tables of the embedded trail, and the steps from each version of them to the next."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from quarterdeck.errors import AuditError

_BUSY_SECONDS = 30.0
_TRIES, _PAUSE = 200, 0.05

_FIRST = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE reports (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    report_id TEXT NOT NULL, revision TEXT NOT NULL, tenant TEXT NOT NULL, role TEXT NOT NULL, period TEXT NOT NULL,
    snapshots TEXT NOT NULL, recipients TEXT NOT NULL, status TEXT NOT NULL, filed_at TEXT NOT NULL,
    UNIQUE (report_id, revision)
) STRICT;
CREATE TABLE deliveries (
    key TEXT PRIMARY KEY, report_id TEXT NOT NULL, revision TEXT NOT NULL, tenant TEXT NOT NULL, role TEXT NOT NULL,
    period TEXT NOT NULL, channel TEXT NOT NULL, reader TEXT NOT NULL, content_sha256 TEXT NOT NULL, state TEXT NOT NULL,
    owner TEXT NOT NULL, lease_until TEXT, fence INTEGER NOT NULL, attempt TEXT NOT NULL, attempts TEXT NOT NULL,
    message_id TEXT NOT NULL, not_before TEXT, updated_at TEXT, reason TEXT NOT NULL, version INTEGER NOT NULL,
    UNIQUE (report_id, revision, channel, reader)
) STRICT;
CREATE INDEX deliveries_by_state ON deliveries (channel, state);
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY, started TEXT NOT NULL, ended TEXT, parameters TEXT NOT NULL, outcome TEXT
) STRICT;
CREATE TABLE leases (
    name TEXT PRIMARY KEY, holder TEXT NOT NULL, until TEXT NOT NULL, fence INTEGER NOT NULL
) STRICT;
CREATE TABLE events (
    tenant TEXT NOT NULL, seq INTEGER NOT NULL, report_id TEXT NOT NULL, body TEXT NOT NULL, prev TEXT NOT NULL,
    hash TEXT NOT NULL, PRIMARY KEY (tenant, seq)
) STRICT;
CREATE INDEX events_by_report ON events (report_id);
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER deliveries_remain BEFORE DELETE ON deliveries BEGIN SELECT RAISE(ABORT, 'deliveries are never deleted'); END;
CREATE TRIGGER reports_remain BEFORE DELETE ON reports BEGIN SELECT RAISE(ABORT, 'reports are never deleted'); END;
"""

_SECOND = """
CREATE TABLE notes (
    kind TEXT NOT NULL, id TEXT NOT NULL, tenant TEXT NOT NULL, report_id TEXT NOT NULL, at TEXT NOT NULL,
    facts TEXT NOT NULL, private TEXT NOT NULL, PRIMARY KEY (kind, id)
) STRICT;
CREATE TRIGGER notes_remain BEFORE DELETE ON notes BEGIN SELECT RAISE(ABORT, 'notes are never deleted'); END;
"""

MIGRATIONS: Sequence[str] = (_FIRST, _SECOND)  # number n leads from version n-1 to n; one that was released is never changed


def connect(path: Path) -> sqlite3.Connection:
    """A connection to a trail of today's version, made or brought up to it; AuditError where it is newer than that."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        path.chmod(0o600)  # it names readers
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the tables; 0 for an empty database."""
    known = connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'migrations'").fetchone()[0]
    return int(connection.execute("SELECT coalesce(max(version), 0) FROM migrations").fetchone()[0]) if known else 0


def _use_wal(connection: sqlite3.Connection) -> None:
    """Readers never wait for writers. Changing the mode does not honour the busy timeout, so wait for others here."""
    for _ in range(_TRIES):
        try:
            if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal":
                return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise
        time.sleep(_PAUSE)
    raise AuditError("the audit trail cannot be kept in WAL mode", remedy="keep it on a local disk")


def _migrate(connection: sqlite3.Connection) -> None:
    if version_of(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = version_of(connection)  # another process may have been first
        if version > len(MIGRATIONS):
            raise AuditError(
                f"the audit trail has version {version}, this program knows {len(MIGRATIONS)}", remedy="use a newer Quarterdeck"
            )
        connection.execute("CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY) STRICT")
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            for statement in _statements(script):
                connection.execute(statement)
            connection.execute("INSERT INTO migrations VALUES (?)", (number,))
        connection.execute("INSERT OR IGNORE INTO meta VALUES ('salt', ?), ('anchors', '0')", (secrets.token_hex(32),))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> list[str]:
    """The statements of a script one by one: `executescript` would commit the transaction first."""
    found, statement = [], ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            found.append(statement)
            statement = ""
    return found
