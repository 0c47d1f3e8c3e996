"""What is read of a DynamoDB table: items by their keys, partitions in order, and the heads of the chains."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from quarterdeck.audit.anchors import Head
from quarterdeck.audit.chain import GENESIS
from quarterdeck.audit.dynamodb_calls import Calls
from quarterdeck.audit.dynamodb_items import (
    EVENT,
    HEAD,
    TENANTS,
    Item,
    Key,
    from_wire,
    intact,
    partition,
)

T = TypeVar("T")
_NAMES = {"#pk": "PK", "#sk": "SK"}


class DynamoTable:
    """The items of a table."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls

    def get(self, key: Key) -> Item | None:
        answer = self.calls.read("get_item", Key={"PK": {"S": key[0]}, "SK": {"S": key[1]}})
        return from_wire(answer["Item"]) if "Item" in answer else None

    def query(self, pk: str, prefix: str = "", where: Mapping[str, str] | None = None) -> Iterator[Item]:
        """The items of a partition in the order of SK, where SK begins with a prefix and other attributes are as given."""
        condition, values = "#pk = :pk", {":pk": {"S": pk}}
        if prefix:
            condition, values = f"{condition} AND begins_with(#sk, :sk)", {**values, ":sk": {"S": prefix}}
        return self._query(condition, values, where or {}, with_sk=bool(prefix))

    def between(self, pk: str, first: str, last: str) -> Iterator[Item]:
        """The items of a partition from one SK to another, both included."""
        values = {":pk": {"S": pk}, ":first": {"S": first}, ":last": {"S": last}}
        return self._query("#pk = :pk AND #sk BETWEEN :first AND :last", values, {}, with_sk=True)

    def scan(self) -> Iterator[Item]:
        """All items but the events, in no order."""
        return self._pages(
            "scan",
            FilterExpression="NOT begins_with(#sk, :event)",
            ExpressionAttributeNames={"#sk": "SK"},
            ExpressionAttributeValues={":event": {"S": EVENT}},
        )

    def head(self, chain: str) -> tuple[Head, Item | None]:
        """The last event of a chain, and the item that says so; where there is none, what the first one follows."""
        item = self.get((partition(chain), HEAD))
        return (head_of(item) if item else (0, GENESIS)), item

    def chains(self) -> tuple[str, ...]:
        return tuple(item.sk for item in self.query(TENANTS))

    def _query(self, condition: str, values: Mapping[str, Any], where: Mapping[str, str], *, with_sk: bool) -> Iterator[Item]:
        names = _NAMES if with_sk else {"#pk": "PK"}
        filters: dict[str, Any] = {}
        if where:
            names = {**names, **{f"#{name}": name for name in where}}
            values = {**values, **{f":{name}": {"S": text} for name, text in where.items()}}
            filters["FilterExpression"] = " AND ".join(f"#{name} = :{name}" for name in where)
        return self._pages(
            "query",
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            **filters,
        )

    def _pages(self, operation: str, **arguments: Any) -> Iterator[Item]:
        """The items of all pages; a page may be empty and not be the last one."""
        more: dict[str, Any] = {}
        while True:
            answer = self.calls.read(operation, **arguments, **more)
            yield from map(from_wire, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def head_of(item: Item) -> Head:
    def parse() -> Head:
        found = json.loads(item.body)
        return int(found["seq"]), str(found["hash"])

    return intact(item, parse)
