"""Leases in DynamoDB, each a conditional write of one item. DynamoDB may let an item go long after its lease ran out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from quarterdeck import codec
from quarterdeck.audit.dynamodb_change import Draft, change
from quarterdeck.audit.dynamodb_items import LEASES, Item, intact
from quarterdeck.audit.dynamodb_table import DynamoTable
from quarterdeck.audit.records import Lease, instant, stamp

_KEPT = timedelta(days=30)  # how long the fence goes on counting after a lease's end
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def acquire(table: DynamoTable, name: str, holder: str, ttl: timedelta, now: datetime) -> Lease:
    def build(draft: Draft) -> Lease:
        item = table.get((LEASES, name))
        found = _lease(item) if item else None
        if found and now < found.until and found.holder != holder:
            return found
        goes_on = found is not None and found.holder == holder and now < found.until
        fence = 1 if found is None else found.fence if goes_on else found.fence + 1
        return _put(draft, Lease(name, holder, now + ttl, fence), item, now)

    return change(table, f"{LEASES} {name}", build)


def renew(table: DynamoTable, lease: Lease, ttl: timedelta, now: datetime) -> Lease | None:
    return _change(table, lease, lambda draft, item: _put(draft, replace(lease, until=now + ttl), item, now))


def release(table: DynamoTable, lease: Lease) -> bool:
    # The item stays, run out long ago, so that the fence goes on counting.
    ended = replace(lease, until=_LONG_AGO)
    return _change(table, lease, lambda draft, item: _put(draft, ended, item, lease.until)) is not None


def _change(table: DynamoTable, lease: Lease, put: Callable[[Draft, Item], Lease]) -> Lease | None:
    """A lease is one's own, run out or not, as long as nobody took it since."""

    def build(draft: Draft) -> Lease | None:
        item = table.get((LEASES, lease.name))
        if item is None:
            return None
        found = _lease(item)
        return put(draft, item) if (found.holder, found.fence) == (lease.holder, lease.fence) else None

    return change(table, f"{LEASES} {lease.name}", build)


def _put(draft: Draft, lease: Lease, seen: Item | None, now: datetime) -> Lease:
    body = codec.canonical({"holder": lease.holder, "until": stamp(lease.until), "fence": lease.fence})
    expires = int((max(lease.until, now) + _KEPT).timestamp())
    draft.put(Item(LEASES, lease.name, body), seen, expires=expires)
    return lease


def _lease(item: Item) -> Lease:
    def parse() -> Lease:
        found = json.loads(item.body)
        return Lease(item.sk, str(found["holder"]), instant(found["until"]), int(found["fence"]))

    return intact(item, parse)
