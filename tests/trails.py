"""Deliveries, reports and stores of the audit trail, for the tests of everything that keeps or walks one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from quarterdeck.audit import AuditStore, Delivery
from quarterdeck.audit.anchors import AnchorFile
from quarterdeck.audit.dynamodb import DynamoAudit
from quarterdeck.audit.dynamodb_calls import Calls
from quarterdeck.audit.dynamodb_meta import create_table
from quarterdeck.audit.happenings import Accept, Claim, Send
from quarterdeck.audit.records import Report
from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.audit.states import delivery_key
from quarterdeck.aws import Aws
from tests.emulator import REGION, Emulator

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

STORES = ("sqlite", "dynamodb")
TABLE = "trail"


def open_store(name: str, folder: Path, emulator: Callable[[], Emulator]) -> AuditStore:
    """A store by its name, with its anchors in a folder; the emulator is asked for only where it is needed."""
    return SqliteAudit(folder / "audit.sqlite") if name == "sqlite" else dynamo_store(emulator(), folder)


def dynamo_store(emulator: Emulator, folder: Path, made: Callable[[str, Aws], Calls] = Calls) -> DynamoAudit:
    """A store in a table of the emulator, which is made where it is not there."""
    calls = made(TABLE, _aws(emulator.url))
    client = calls.client()
    if TABLE not in client.list_tables()["TableNames"]:
        create_table(client, TABLE)
    return DynamoAudit(calls, AnchorFile(folder / "anchors.jsonl"))


@cache
def _aws(url: str) -> Aws:
    """One for all stores of an emulator: to make a client takes longer than most tests. A forked child makes its own."""
    return Aws(REGION, url)


def delivery(
    tenant: str = "alpha", role: str = "ceo", reader: str = "ana@example.com", revision: str = "r1", **changes: Any
) -> Delivery:
    """A fresh delivery over the outbox for October 2026."""
    report_id, channel = f"{tenant}_{role}_2026-10", changes.pop("channel", "outbox")
    key = delivery_key(report_id, revision, channel, reader)
    return replace(Delivery(key, report_id, revision, tenant, role, "2026-10", channel, reader, "c0"), **changes)


def report(tenant: str = "alpha", role: str = "ceo", revision: str = "r1", **changes: Any) -> Report:
    snapshots = ({"tenant": tenant, "table": "entries", "digest": "d1", "rows": 3},)
    made = Report(f"{tenant}_{role}_2026-10", revision, tenant, role, "2026-10", snapshots, ("ana@example.com",), NOW)
    return replace(made, **changes)


def send(audit: AuditStore, row: Delivery, owner: str = "one", now: datetime = NOW) -> Delivery:
    """Take a planned delivery all the way to sent."""
    claimed = audit.apply(row.key, Claim(owner, MINUTE), now)
    assert isinstance(claimed, Delivery), claimed
    audit.apply(row.key, Send(claimed.fence, f"a{claimed.fence}"), now)
    sent = audit.apply(row.key, Accept(f"a{claimed.fence}", f"m-{row.key[:8]}"), now)
    assert isinstance(sent, Delivery), sent
    return sent
