"""The accounts of the example as portfolio.yaml lists them: the sources of a tenant that ask AWS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from examples.cloud.shapes import Account

Source = Mapping[str, Any]


def sources(account: Account) -> list[Source]:
    """All sources of the tenant whose account it is."""
    entered = [{"role": account.role}]
    regions = list(account.regions)
    found: list[Source] = [
        {"id": "inventory-of-aws", "kind": "aws_inventory", "accounts": entered, "regions": regions},
        {"id": "metrics", "kind": "cloudwatch", "accounts": entered, "regions": regions},
        {"id": "bill", "kind": "aws_cost", "accounts": entered, "tag": "stack"},
    ]
    return found + [_table(account, name) for name in _COLUMNS if any(table.name == name for table in account.tables)]


def _table(account: Account, name: str) -> Source:
    region = next(table.region for table in account.tables if table.name == name)
    place = {"region": region, "role": account.role, "table": name, "into": name}
    return {"id": name, "kind": "dynamodb", **place, **_COLUMNS[name]}


_COLUMNS: Mapping[str, Source] = {
    "bookings": {
        "columns": {
            "booking": "booking",
            "date": "made_on",
            "status": "status",
            "service_date": "sail.date",
            "product": "sail.product",
            "party": "guest",
            "channel": "channel",
            "amount": "amount",
            "currency": "currency",
        }
    },
    "events": {
        "columns": {
            "event": "event",
            "date": {"attribute": "at", "form": "instant"},
            "occurred_at": "at",
            "kind": "kind",
            "subject": "booking",
        }
    },
}
