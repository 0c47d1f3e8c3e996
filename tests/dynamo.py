"""Tables of DynamoDB in the emulator, for the tests of the source that reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from quarterdeck.aws import Aws

Item = Mapping[str, Mapping[str, Any]]
COLUMNS = {
    "booking": "id",
    "date": "created",
    "status": {"attribute": "state", "values": {"PAID": "confirmed", "OPEN": "pending"}},
    "service_date": "trip.day",
    "party": "party.name",
    "amount": "total",
    "currency": "currency",
}


def table(aws: Aws, name: str = "bookings", key: str = "id", sort: str | None = None) -> None:
    """An empty table, its keys text; where it has a sort key, `key` and `sort` are those of the index `by-time` too."""
    keys = [{"AttributeName": key, "KeyType": "HASH"}]
    keys += [{"AttributeName": sort, "KeyType": "RANGE"}] if sort else []
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=keys,
        AttributeDefinitions=[{"AttributeName": each["AttributeName"], "AttributeType": "S"} for each in keys],
        BillingMode="PAY_PER_REQUEST",
    )


def indexed(aws: Aws, name: str, index: str, key: str, sort: str, kind: str = "S") -> None:
    """A table with the key `id` and a time index."""
    named = {"id": "S", key: "S", sort: kind}
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": type} for each, type in named.items()],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def put(aws: Aws, items: Iterable[Item], name: str = "bookings") -> None:
    client, waiting = aws.client("dynamodb"), [{"PutRequest": {"Item": item}} for item in items]
    for start in range(0, len(waiting), 25):
        client.batch_write_item(RequestItems={name: waiting[start : start + 25]})


def booking(number: int, **more: Mapping[str, Any] | None) -> Item:
    """A booking of October; `more` replaces attributes, None leaves one out."""
    made: dict[str, Mapping[str, Any] | None] = {
        "id": {"S": f"B{number}"},
        "created": {"S": f"2026-10-{1 + number % 28:02}"},
        "state": {"S": "PAID"},
        "total": {"N": f"{100 + number}.5"},
        "trip": {"M": {"day": {"S": "2026-11-07"}, "guests": {"N": "4"}}},
        "party": {"M": {"name": {"S": "Ana Ruiz"}}},
        **more,
    }
    return {name: value for name, value in made.items() if value is not None}
