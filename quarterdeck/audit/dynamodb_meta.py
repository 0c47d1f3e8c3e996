"""What the table says of itself: its version, the salt of its digests, how many anchors were written; and its making."""

from __future__ import annotations

import json
import secrets
from typing import Any

from quarterdeck import codec
from quarterdeck.audit.dynamodb_change import Draft, change
from quarterdeck.audit.dynamodb_items import ANCHORS, META, Item, intact
from quarterdeck.audit.dynamodb_table import DynamoTable
from quarterdeck.audit.masking import masked
from quarterdeck.errors import AuditError

VERSION = 1


def create_table(client: Any, name: str) -> None:
    """Make an empty table for a trail with a DynamoDB client, and wait until it can be used."""
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": part, "AttributeType": "S"} for part in ("PK", "SK")],
        BillingMode="PAY_PER_REQUEST",
    )
    client.get_waiter("table_exists").wait(TableName=name)
    client.update_time_to_live(TableName=name, TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True})


class DynamoMeta:
    """Read once; the salt never changes."""

    def __init__(self, table: DynamoTable) -> None:
        self._table = table
        self._salt = ""

    def mask(self, address: str) -> str:
        """The digest that stands for an address in the events."""
        self.prepare()
        return masked(self._salt, address)

    def prepare(self) -> None:
        """Before the first event: every table has its salt by then."""
        self._salt = self._salt or self._read() or self._make()

    def check(self) -> None:
        """AuditError where the table is of a newer version."""
        self._salt = self._salt or self._read()

    def anchors(self) -> int:
        """How many anchors were written."""
        return _count(self._table.get(ANCHORS))

    def count_anchors(self, written: int) -> None:
        """Note that at least so many were written."""

        def build(draft: Draft) -> None:
            item = self._table.get(ANCHORS)
            if _count(item) < written:
                draft.put(Item(*ANCHORS, str(written)), item)

        change(self._table, "anchors", build)

    def _read(self) -> str:
        item = self._table.get(META)
        if item is None:
            return ""
        found = intact(item, lambda: json.loads(item.body))
        version, salt = intact(item, lambda: (int(found["version"]), str(found["salt"])))
        if version > VERSION:
            what = f"the audit trail has version {version}, this program knows {VERSION}"
            raise AuditError(what, remedy="use a newer Quarterdeck")
        return salt

    def _make(self) -> str:
        def build(draft: Draft) -> str:
            if found := self._read():
                return found
            if self._table.chains():
                raise AuditError("the audit trail is damaged: its salt is gone")
            salt = secrets.token_hex(32)
            draft.put(Item(*META, codec.canonical({"version": VERSION, "salt": salt})), None)
            return salt

        return change(self._table, "meta", build)


def _count(item: Item | None) -> int:
    return intact(item, lambda: int(item.body)) if item else 0
