"""The register of cards: a row per card of a finding on a board, in SQLite; the newest of a finding is what counts."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import Any

from quarterdeck import codec
from quarterdeck.boards.entries import Entry, Status
from quarterdeck.boards.faults import BoardError
from quarterdeck.boards.records import Content

_BUSY_SECONDS = 30.0
_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS cards_made (
    tenant TEXT NOT NULL, board TEXT NOT NULL, fingerprint TEXT NOT NULL, sequence INTEGER NOT NULL,
    status TEXT NOT NULL, card_id TEXT NOT NULL, rule TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (tenant, board, fingerprint, sequence)
) STRICT
"""


class SqliteRegister:
    """The register of one tenant's board in a file that many boards may share."""

    def __init__(self, path: Path, tenant: str, board: str) -> None:
        self.path, self.tenant, self.board = path, tenant, board
        self._lock = threading.Lock()

    def entries(self) -> dict[str, Entry]:
        """The newest entry of every finding, by fingerprint, in the order in which they were made."""
        if not self.path.exists():  # to look makes no file
            return {}
        with self._open() as connection:
            rows = connection.execute(
                "SELECT body FROM cards_made WHERE tenant = ? AND board = ? ORDER BY rowid", (self.tenant, self.board)
            ).fetchall()
        found: dict[str, Entry] = {}
        for (body,) in rows:
            entry = read(json.loads(body))
            if entry.fingerprint not in found or found[entry.fingerprint].sequence < entry.sequence:
                found[entry.fingerprint] = entry
        return found

    def save(self, entry: Entry) -> None:
        """Remember an entry for good; an equal one is not written again."""
        if (entry.tenant, entry.board) != (self.tenant, self.board):
            raise BoardError(f"a card of {entry.tenant} on {entry.board} does not belong into the register of {self.tenant}")
        body = codec.canonical(write(entry))
        key = (entry.tenant, entry.board, entry.fingerprint, entry.sequence)
        with self._open() as connection:
            connection.execute(
                "INSERT INTO cards_made VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                "status = excluded.status, card_id = excluded.card_id, body = excluded.body WHERE body <> excluded.body",
                (*key, entry.status.value, entry.card_id, entry.rule, body),
            )

    def forget(self, entry: Entry) -> None:
        """Let a finding have a new card as if it had none."""
        with self._open() as connection:
            connection.execute(
                "DELETE FROM cards_made WHERE tenant = ? AND board = ? AND fingerprint = ?",
                (entry.tenant, entry.board, entry.fingerprint),
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock, opened(self.path) as connection:
            connection.execute(_TABLES)
            yield connection


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A transaction on a file of boards; BoardError where it cannot be used."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            path.chmod(0o600)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            _check_version(connection, path)
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()  # what was not committed is gone with it
    except (sqlite3.Error, OSError) as error:
        raise BoardError(
            f"the boards' file {path} cannot be used: {error}",
            remedy="see that the disk has room and the file is yours",
            permanent=False,
        ) from error


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise BoardError(f"{path} has version {version}, this program knows {_VERSION}", remedy="use a newer Quarterdeck")
    if version < _VERSION:
        connection.execute(f"PRAGMA user_version = {_VERSION}")


def write(entry: Entry) -> dict[str, Any]:
    """An entry as plain values, for JSON."""
    return {name: _plain(value) for name, value in ((each.name, getattr(entry, each.name)) for each in fields(entry))}


def _plain(value: Any) -> Any:
    if isinstance(value, Content):
        return {name: _plain(part) for name, part in asdict(value).items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value


def read(row: Mapping[str, Any]) -> Entry:
    """The entry of plain values."""
    return Entry(
        **{
            **row,
            "status": Status(row["status"]),
            "last_end": date.fromisoformat(row["last_end"]),
            **{name: _day(row[name]) for name in ("settled", "until", "missed")},
            **{name: frozenset(row[name]) for name in ("frozen", "told")},
            **{name: _content(row[name]) for name in ("sent", "base")},
        }
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _content(row: Mapping[str, Any] | None) -> Content | None:
    if row is None:
        return None
    return Content(**{**row, "due": _day(row["due"]), "labels": frozenset(row["labels"])})
