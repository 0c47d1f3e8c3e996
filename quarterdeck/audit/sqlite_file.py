"""The file of the embedded trail: its connection, its transactions, and its faults in our words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from quarterdeck.audit import sqlite_rows as rows
from quarterdeck.audit.masking import masked
from quarterdeck.audit.sqlite_schema import connect
from quarterdeck.errors import AuditError

_PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})


class SqliteFile:
    """A trail's file, opened at the first use. Threads take turns on one connection; a forked child opens its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = RLock()
        self._connection: sqlite3.Connection | None = None
        self._salt = ""
        self._pid = os.getpid()
        self._inherited: list[object] = []

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None and self._pid == os.getpid():
                self._connection.close()
            self._connection = None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that nobody else writes beside: all of it is stored for good, or nothing."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One view of the file that no writer changes meanwhile."""
        with self._transaction("BEGIN") as connection:
            yield connection

    def scrub(self) -> None:
        """Write the file anew without what was changed or deleted, and empty its log, which both keep older pages."""
        self._notice_fork()
        with self._lock:
            try:
                connection = self._open()
                connection.execute("VACUUM")
                is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except sqlite3.Error as error:
                raise self._unscrubbed(str(error)) from error
        if is_busy:
            raise self._unscrubbed("another process reads it")

    def mask(self, address: str) -> str:
        """The digest that stands for an address in the events."""
        return masked(self._salt, address)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        self._notice_fork()
        with self._lock:
            try:
                connection = self._open()
                connection.execute(begin)
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
            except (sqlite3.Error, OSError, UnicodeEncodeError) as error:
                raise self._audit_error(error) from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = connect(self.path)
            self._salt = rows.meta(self._connection, "salt")
        return self._connection

    def _notice_fork(self) -> None:
        """In a forked child: leave the parent's connection alone, even unclosed, for closing it would upset its locks."""
        if self._pid != os.getpid():
            self._inherited.append(self._connection)
            self._connection, self._lock, self._pid = None, RLock(), os.getpid()

    def _unscrubbed(self, why: str) -> AuditError:
        return AuditError(
            f"older pages of {self.path} could not be removed: {why}",
            remedy="ask again when nothing else uses the trail and the disk has room for the file a second time",
            permanent=False,
        )

    def _audit_error(self, error: Exception) -> AuditError:
        code = getattr(error, "sqlite_errorcode", None) or 0
        return AuditError(
            f"the audit trail {self.path} cannot be used: {error}",
            remedy="see that the disk has room and the file belongs to you; nothing was changed",
            permanent=code & 0xFF not in _PASSING,
        )
