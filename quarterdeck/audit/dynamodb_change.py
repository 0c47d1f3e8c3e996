"""A change of a DynamoDB table: it happens whole or not at all, and once.

It reads, decides, and writes everything in one transaction on the condition that nothing of it has changed since. Where
another writer was first it begins anew. Where an answer is lost it looks whether it was done before it tries again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Generic, TypeVar

from quarterdeck import codec
from quarterdeck.audit.anchors import Head
from quarterdeck.audit.chain import GENESIS
from quarterdeck.audit.dynamodb_calls import Sent, write_pauses
from quarterdeck.audit.dynamodb_items import HEAD, Item, Key, chain_item, entry_item, partition, to_wire
from quarterdeck.audit.dynamodb_table import DynamoTable
from quarterdeck.audit.telling import Told
from quarterdeck.errors import AuditError

T = TypeVar("T")


def change(table: DynamoTable, scope: str, build: Callable[[Draft], T]) -> T:
    """Let `build` read and draft until its draft is written; what it returned then.

    Threads that change the same scope take turns; other processes are met by conditions. AuditError where it was not
    written, or where nobody knows.
    """
    tries = _Tries(table, build)
    for pause in write_pauses():
        with table.calls.turn(scope):
            done = tries.once()
        if not isinstance(done, Sent):
            return done[0]
        if pause is None:
            return tries.settle(done)
        table.calls.sleep(pause)
    raise AssertionError("the pauses have an end")


class _Tries(Generic[T]):
    """All tries at one change."""

    def __init__(self, table: DynamoTable, build: Callable[[Draft], T]) -> None:
        self._table = table
        self._build = build
        self._lost: list[tuple[Draft, T]] = []

    def once(self) -> tuple[T] | Sent:
        """The result, or why there is none yet."""
        draft = Draft(self._table, uuid.uuid4().hex)
        try:
            try:
                result = self._build(draft)
            except AuditError:
                if landed := self._landed():  # which is why it refuses, perhaps
                    return landed
                raise
            # Only now, after all reading: what came through before that, `build` has seen.
            if landed := self._landed():
                return landed
            sent = self._table.calls.write(draft.transaction()) if draft else Sent.DONE
        except AuditError as error:
            raise self._in_doubt(error) from None
        if sent is Sent.LOST:
            self._lost.append((draft, result))
        return (result,) if sent is Sent.DONE else sent

    def settle(self, sent: Sent) -> T:
        """The result after the last try, or AuditError."""
        try:
            landed = self._landed()
        except AuditError as error:
            raise self._in_doubt(error) from None
        if landed:
            return landed[0]
        raise self._in_doubt(
            AuditError(
                f"the audit trail in the table {self._table.calls.table} was not written, try after try: {sent.value}",
                remedy="run again later; where it stays so, see what `quarterdeck audit verify` says",
                permanent=False,
            )
        )

    def _landed(self) -> tuple[T] | None:
        """The result of a try whose answer was lost and that came through after all."""
        return next(((result,) for draft, result in self._lost if draft.was_written()), None)

    def _in_doubt(self, error: AuditError) -> AuditError:
        """An error as it is told where an earlier try may have come through, or may still."""
        if not self._lost:
            return error
        what = f"{error.problem.what}; whether the last change was recorded is not known"
        return AuditError(what, remedy=error.problem.remedy, permanent=error.permanent)


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


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"ExpressionAttributeValues": dict(values)} if values else {}
