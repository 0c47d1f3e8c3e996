"""Leases in the embedded trail, each function within a transaction of the caller."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

from quarterdeck.audit.records import Lease, instant, stamp


def acquire(connection: sqlite3.Connection, name: str, holder: str, ttl: timedelta, now: datetime) -> Lease:
    found = _find(connection, name)
    if found and now < found.until and found.holder != holder:
        return found
    goes_on = found is not None and found.holder == holder and now < found.until
    fence = 1 if found is None else found.fence if goes_on else found.fence + 1
    lease = Lease(name, holder, now + ttl, fence)
    connection.execute(
        "INSERT INTO leases VALUES (?, ?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until, fence = excluded.fence",
        (name, holder, stamp(lease.until), fence),
    )
    return lease


def renew(connection: sqlite3.Connection, lease: Lease, ttl: timedelta, now: datetime) -> Lease | None:
    renewed = replace(lease, until=now + ttl)
    return renewed if _change(connection, lease, renewed.until) else None


def release(connection: sqlite3.Connection, lease: Lease) -> bool:
    # The row stays, run out long ago, so that the fence goes on counting.
    return _change(connection, lease, datetime.min.replace(year=1970, tzinfo=lease.until.tzinfo))


def _change(connection: sqlite3.Connection, lease: Lease, until: datetime) -> bool:
    """A lease is one's own, run out or not, as long as nobody took it since."""
    changed = connection.execute(
        "UPDATE leases SET until = ? WHERE name = ? AND holder = ? AND fence = ?",
        (stamp(until), lease.name, lease.holder, lease.fence),
    )
    return changed.rowcount == 1


def _find(connection: sqlite3.Connection, name: str) -> Lease | None:
    row = connection.execute("SELECT name, holder, until, fence FROM leases WHERE name = ?", (name,)).fetchone()
    return Lease(row[0], row[1], instant(row[2]), row[3]) if row else None
