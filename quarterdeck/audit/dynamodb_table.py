"""One DynamoDB table as items under conditions: what is read of it, and changes that happen whole or not at all.

A change reads, decides, and writes everything in one transaction on the condition that nothing of it has changed since.
Where another writer was first it begins anew. Where the answer is lost it looks whether it was done before it tries again.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from quarterdeck import codec
from quarterdeck.audit.anchors import Head
from quarterdeck.audit.chain import GENESIS
from quarterdeck.audit.dynamodb_calls import Calls, Sent, write_pauses
from quarterdeck.audit.dynamodb_items import (
    EVENT,
    HEAD,
    TENANTS,
    Item,
    Key,
    chain_item,
    entry_item,
    from_wire,
    intact,
    partition,
    to_wire,
)
from quarterdeck.audit.telling import Told
from quarterdeck.errors import AuditError

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

    def change(self, scope: str, build: Callable[[Draft], T]) -> T:
        """Let `build` read and draft until its draft is written; what it returned then.

        Threads that change the same scope take turns; other processes are met by conditions. AuditError where it was not
        written, or where nobody knows.
        """
        lost: list[tuple[Draft, T]] = []
        sent = Sent.DONE
        for pause in write_pauses():
            with self.calls.turn(scope):
                try:
                    draft = Draft(self, uuid.uuid4().hex)
                    result = build(draft)
                    # Only now, after what was read: a write that came through before that has been seen by `build`.
                    for earlier, its_result in lost:
                        if earlier.was_written():
                            return its_result
                    sent = self.calls.write(draft.transaction()) if draft else Sent.DONE
                except AuditError as error:
                    raise _in_doubt(error) if lost else error from None
                if sent is Sent.DONE:
                    return result
                if sent is Sent.LOST:
                    lost.append((draft, result))
            if pause is not None:
                self.calls.sleep(pause)
        return self._settle(lost, sent)

    def _settle(self, lost: list[tuple[Draft, T]], sent: Sent) -> T:
        """After the last try."""
        try:
            for draft, result in lost:
                if draft.was_written():
                    return result
        except AuditError as error:
            raise _in_doubt(error) from None
        unwritten = AuditError(
            f"the audit trail in the table {self.calls.table} was not written, try after try: {sent.value}",
            remedy="run again later; where it stays so, see what `quarterdeck audit verify` says",
            permanent=False,
        )
        raise _in_doubt(unwritten) if lost else unwritten

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


class Draft:
    """One transaction in the making. It is on no more than one chain, and holds an item no more than once."""

    def __init__(self, table: DynamoTable, write: str) -> None:
        self._table = table
        self._write = write
        self._puts: list[dict[str, Any]] = []
        self._proof: Key | None = None
        self._chain = ""
        self._head: Head = (0, GENESIS)
        self._head_item: Item | None = None

    def __bool__(self) -> bool:
        return bool(self._puts)

    def put(self, item: Item, seen: Item | None, *, expires: int | None = None) -> None:
        """Write an item in the place of the one that was seen, or where none was."""
        names, values = {"#pk": "PK"}, {}
        condition = "attribute_not_exists(#pk)"
        if seen is not None:
            names, values, condition = {"#write": "write"}, {":write": {"S": seen.write}}, "#write = :write"
        self._put(item, expires, ConditionExpression=condition, ExpressionAttributeNames=names, **_given(values))
        self._proof = self._proof or item.key

    def ensure(self, item: Item) -> None:
        """Write an item that is the same whoever writes it."""
        if not any(put["Item"]["PK"]["S"] == item.pk and put["Item"]["SK"]["S"] == item.sk for put in self._puts):
            self._put(item, None)

    def tell(self, told: Told) -> int:
        """Write an event after the last one of its chain; its number."""
        if not self._chain:
            self._chain = told.chain
            self._head, self._head_item = self._table.head(told.chain)
        entry = told.after(self._head)
        self._head = entry.seq, entry.hash
        item = entry_item(entry)
        self.put(item, None)
        self._proof = item.key  # an event stays as it is, so that it can be found again
        return entry.seq

    def next_seq(self, chain: str) -> int:
        return (self._head if self._chain else self._table.head(chain)[0])[0] + 1

    def transaction(self) -> list[dict[str, Any]]:
        """What is to be sent."""
        if self._chain:
            seq, hash = self._head
            if self._head_item is None:
                self.ensure(chain_item(self._chain))
            self.put(Item(partition(self._chain), HEAD, codec.canonical({"seq": seq, "hash": hash})), self._head_item)
        return [{"Put": put} for put in self._puts]

    def was_written(self) -> bool:
        """Whether the transaction came through after all."""
        found = self._table.get(self._proof) if self._proof else None
        return found is not None and found.write == self._write

    def _put(self, item: Item, expires: int | None, **condition: Any) -> None:
        wire = to_wire(replace(item, write=self._write))
        if expires is not None:
            wire["expires"] = {"N": str(expires)}
        self._puts.append({"TableName": self._table.calls.table, "Item": wire, **condition})


def head_of(item: Item) -> Head:
    def parse() -> Head:
        found = json.loads(item.body)
        return int(found["seq"]), str(found["hash"])

    return intact(item, parse)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"ExpressionAttributeValues": dict(values)} if values else {}


def _in_doubt(error: AuditError) -> AuditError:
    """The same, where an earlier try may have been recorded."""
    what = f"{error.problem.what}; whether the last change was recorded is not known"
    return AuditError(what, remedy=error.problem.remedy, permanent=error.permanent)
