"""Whoever can write a trail's tables, and what he does to them: the same tamperings for all stores."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from quarterdeck import codec
from quarterdeck.audit.chain import GENESIS, link
from quarterdeck.audit.dynamodb_items import (
    HEAD,
    Item,
    Key,
    chain_item,
    entry_item,
    entry_of,
    from_wire,
    owner_item,
    partition,
    place_item,
    place_key,
    record_of,
    to_wire,
)
from quarterdeck.audit.records import Entry
from quarterdeck.audit.states import Delivery
from tests.trails import delivery

Row = dict[str, Any]


class Hand(Protocol):
    """What lies in the tables, and how it is put there past the store."""

    def entries(self) -> list[Entry]:
        """All events, chain by chain."""
        ...

    def set_chain(self, tenant: str, entries: Sequence[Entry]) -> None:
        """Put these events in the place of a chain's."""
        ...

    def rows(self, table: str) -> dict[Any, Row]:
        """The rows of `deliveries`, `reports`, `runs` or `notes` by something that names them."""
        ...

    def set_row(self, table: str, name: Any, row: Row) -> None: ...

    def drop_row(self, table: str, name: Any) -> None: ...

    def add_row(self, table: str, row: Row) -> None: ...


Tampering = Callable[[Hand, random.Random], None]
_JSON = frozenset({"attempts", "snapshots", "recipients", "parameters", "outcome", "facts", "private"})
_TRIGGERS = ("events_stay", "events_remain", "deliveries_remain", "reports_remain", "notes_remain")


class SqliteHand:
    """The owner of the file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.row_factory = sqlite3.Row
        for trigger in _TRIGGERS:
            connection.execute(f"DROP TRIGGER {trigger}")

    def entries(self) -> list[Entry]:
        found = self.connection.execute("SELECT tenant, seq, report_id, body, prev, hash FROM events ORDER BY tenant, seq")
        return [Entry(*row) for row in found]

    def set_chain(self, tenant: str, entries: Sequence[Entry]) -> None:
        self.connection.execute("DELETE FROM events WHERE tenant = ?", (tenant,))
        rows = [(entry.tenant, entry.seq, entry.report_id, entry.body, entry.prev, entry.hash) for entry in entries]
        self.connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)

    def rows(self, table: str) -> dict[Any, Row]:
        found = {row["rowid"]: dict(row) for row in self.connection.execute(f"SELECT rowid AS rowid, * FROM {table}")}
        for row in found.values():
            for name in {"rowid", "position"} & row.keys():
                del row[name]
            row.update({name: json.loads(row[name]) for name in _JSON & row.keys() if row[name] is not None})
        return found

    def set_row(self, table: str, name: Any, row: Row) -> None:
        columns = ", ".join(f"{column} = :{column}" for column in row)
        self.connection.execute(f"UPDATE {table} SET {columns} WHERE rowid = :rowid", {**_texts(row), "rowid": name})

    def drop_row(self, table: str, name: Any) -> None:
        self.connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (name,))

    def add_row(self, table: str, row: Row) -> None:
        places = ", ".join(f":{column}" for column in row)
        self.connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", _texts(row))


def _texts(row: Row) -> Row:
    return {name: codec.canonical(value) if name in _JSON and value is not None else value for name, value in row.items()}


class DynamoHand:
    """Whoever may write the table's items. He knows them well, and makes what leads to a record and a chain agree."""

    def __init__(self, wire: Mapping[Key, Mapping[str, Any]]) -> None:
        self.items = {key: from_wire(item) for key, item in wire.items()}

    def wire(self) -> dict[Key, dict[str, Any]]:
        return {key: to_wire(item) for key, item in self.items.items()}

    def put(self, item: Item) -> None:
        self.items[item.key] = replace(item, write="by hand")

    def entries(self) -> list[Entry]:
        return [entry_of(self.items[key]) for key in sorted(self.items) if key[1].startswith("event#")]

    def set_chain(self, tenant: str, entries: Sequence[Entry]) -> None:
        for key in [key for key in self.items if key[0] == partition(tenant) and key[1].startswith("event#")]:
            del self.items[key]
        for entry in entries:
            self.put(entry_item(entry))
        if entries:
            last = max(entries, key=lambda entry: entry.seq)
            self.put(Item(partition(tenant), HEAD, codec.canonical({"seq": last.seq, "hash": last.hash})))
        else:
            del self.items[partition(tenant), HEAD], self.items[chain_item(tenant).key]

    def rows(self, table: str) -> dict[Any, Row]:
        found = {key: item for key, item in self.items.items() if _table_of(item) == table}
        return {key: json.loads(item.body) for key, item in found.items()}

    def set_row(self, table: str, name: Any, row: Row) -> None:
        self.put(Item(name[0], name[1], codec.canonical(row)))

    def drop_row(self, table: str, name: Any) -> None:
        record = record_of(self.items.pop(name))
        if isinstance(record, Delivery):
            del self.items[place_key(record.key)]
        self.leave_no_way_to_nothing()

    def add_row(self, table: str, row: Row) -> None:
        name = f"notes#{row.get('kind')}", str(row.get("id"))
        if table in {"deliveries", "reports"}:
            kind, last = ("delivery", row["key"]) if table == "deliveries" else ("report", row["revision"])
            name = partition(row["tenant"]), f"{kind}#{row['report_id']}#{last}"
        self.set_row(table, name, row)
        record = record_of(self.items[name])
        if isinstance(record, Delivery):
            self.put(place_item(record))

    def leave_no_way_to_nothing(self) -> None:
        records = [record_of(item) for item in self.items.values()]
        used = {(getattr(record, "report_id", ""), getattr(record, "tenant", "")) for record in records}
        for key in [key for key in self.items if key[0].startswith("report#")]:
            if (key[0].removeprefix("report#"), key[1]) not in used:
                del self.items[key]


def _table_of(item: Item) -> str:
    record = record_of(item)
    return {"Delivery": "deliveries", "Report": "reports", "Run": "runs", "Note": "notes"}.get(type(record).__name__, "")


# --- what is done -----------------------------------------------------------------------------------------------------


def pick(hand: Hand, drawn: random.Random) -> tuple[list[Entry], int]:
    """Some chain, and the place of some event in it."""
    entries = hand.entries()
    chosen = drawn.choice(entries)
    chain = [entry for entry in entries if entry.tenant == chosen.tenant]
    return chain, chain.index(chosen)


def edit(hand: Hand, drawn: random.Random) -> None:
    """Change one field of one event: a byte of the body, a hash, or the report it is found by."""
    chain, at = pick(hand, drawn)
    name = drawn.choice(["body", "body", "body", "hash", "prev", "report_id"])
    value = getattr(chain[at], name) or "x"
    place = drawn.randrange(len(value))
    other = drawn.choice([c for c in "0123456789abcdef " if c != value[place]])
    chain[at] = replace(chain[at], **{name: value[:place] + other + value[place + 1 :]})  # type: ignore[arg-type]
    hand.set_chain(chain[at].tenant, chain)


def delete(hand: Hand, drawn: random.Random) -> None:
    chain, at = pick(hand, drawn)
    tenant = chain.pop(at).tenant
    if drawn.random() < 0.5:  # and close the gap
        chain[at:] = [replace(entry, seq=entry.seq - 1) for entry in chain[at:]]
    hand.set_chain(tenant, chain)


def insert(hand: Hand, drawn: random.Random) -> None:
    """Put a copy of an event, or one with another fact, into the chain."""
    chain, at = pick(hand, drawn)
    before = chain[at]
    body = before.body.replace("planned", "unknown") if drawn.random() < 0.5 else before.body
    copy = Entry(before.tenant, before.seq + 1, "", body, before.hash, link(before.hash, body))
    chain[at + 1 :] = [copy, *(replace(entry, seq=entry.seq + 1) for entry in chain[at + 1 :])]
    hand.set_chain(before.tenant, chain)


def swap(hand: Hand, drawn: random.Random) -> None:
    chain, at = pick(hand, drawn)
    other = drawn.choice([n for n in range(len(chain)) if n != at])
    one, two = chain[at], chain[other]
    chain[at], chain[other] = replace(two, seq=one.seq), replace(one, seq=two.seq)
    hand.set_chain(one.tenant, chain)


def truncate(hand: Hand, drawn: random.Random) -> None:
    """Cut the end of a chain off, and with it everything the tables know of it."""
    chain, at = pick(hand, drawn)
    hand.set_chain(chain[at].tenant, chain[:at])
    forget_untold(hand)


def rewrite(hand: Hand, drawn: random.Random) -> None:
    """Change an event and work out all later hashes anew."""
    chain, at = pick(hand, drawn)
    prev = chain[at].prev
    for number in range(at, len(chain)):
        body = json.loads(chain[number].body)
        if number == at:
            body["at"] = "2026-12-31T00:00:00.000000Z"
        text = codec.canonical(body)
        chain[number] = replace(chain[number], body=text, prev=prev, hash=link(prev, text))
        prev = chain[number].hash
    hand.set_chain(chain[at].tenant, chain)


def edit_row(hand: Hand, drawn: random.Random) -> None:
    """Change a row of a table and leave the trail alone."""
    new = f"x{drawn.random()}"
    texts = ("message_id", "reader", "content_sha256", "reason", "owner")
    table, name, value = drawn.choice(
        [
            *(("deliveries", column, new) for column in texts),
            *(("deliveries", "state", "held"), ("deliveries", "fence", 9), ("deliveries", "version", 1)),
            *(("deliveries", "attempts", [new]), ("reports", "recipients", [new]), ("reports", "snapshots", [{"table": new}])),
            *(("reports", "status", new), ("runs", "parameters", {}), ("runs", "outcome", {"sent": 13})),
            *(("notes", "facts", {}), ("notes", "private", {"reader": "bob@example.com"}), ("notes", "tenant", "gamma")),
        ]
    )
    chosen, row = drawn.choice(sorted(hand.rows(table).items()))
    hand.set_row(table, chosen, {**row, name: value})


def forget_by_hand(hand: Hand, drawn: random.Random) -> None:
    """Put the marker of a forgotten address into a row, which agrees with the trail, and tell nobody."""
    table, name = drawn.choice([("deliveries", "reader"), ("reports", "recipients"), ("notes", "private")])
    told = {(body["kind"], body["id"]): body["facts"] for body in (json.loads(entry.body) for entry in hand.entries())}
    chosen, row = drawn.choice(sorted(hand.rows(table).items()))
    facts = told[_subject(table, row)][name]
    hand.set_row(table, chosen, {**row, name: _marked(facts)})


def _marked(facts: Any) -> Any:
    """Each digest as the marker that holds it."""
    if isinstance(facts, str):
        return f"forgotten:{facts}"
    return [*map(_marked, facts)] if isinstance(facts, list) else {part: _marked(each) for part, each in facts.items()}


def drop_row(hand: Hand, drawn: random.Random) -> None:
    table = drawn.choice(["deliveries", "reports", "notes"])
    hand.drop_row(table, drawn.choice(sorted(hand.rows(table))))


def add_row(hand: Hand, drawn: random.Random) -> None:
    """A delivery that never was, a report, or a note."""
    table = drawn.choice(["deliveries", "reports", "notes"])
    _, row = drawn.choice(sorted(hand.rows(table).items()))
    eve = delivery(row["tenant"], row.get("role", ""), "eve@example.com")
    changes: dict[str, Row] = {
        "deliveries": {"key": eve.key, "reader": eve.reader},
        "reports": {"revision": "r9"},
        "notes": {"id": "new"},
    }
    hand.add_row(table, {**row, **changes[table]})


def forget_untold(hand: Hand) -> None:
    """Make the tables say no more than the events that are left."""
    told = {(body["kind"], body["id"]): body["facts"] for body in (json.loads(entry.body) for entry in hand.entries())}
    for table in ("deliveries", "reports", "notes", "runs"):
        for name, row in hand.rows(table).items():
            facts = told.get(_subject(table, row))
            if facts is None:
                hand.drop_row(table, name)
            else:
                kept: Row = {part: row[part] for part in ("reader", "recipients", "private") if part in row}
                hand.set_row(table, name, {**row, **facts, **kept})


def _subject(table: str, row: Row) -> tuple[str, str]:
    subjects: dict[str, Callable[[], tuple[str, str]]] = {
        "deliveries": lambda: ("delivery", row["key"]),
        "reports": lambda: ("report", f"{row['report_id']} {row['revision']}"),
        "notes": lambda: ("note", f"{row['kind']} {row['id']}"),
        "runs": lambda: ("run", row["run_id"]),
    }
    return subjects[table]()


# What each kind of tampering is, and what is said of it at least.
KINDS: dict[str, tuple[Tampering, str]] = {
    "edit": (edit, ""),
    "delete": (delete, ""),
    "insert": (insert, ""),
    "swap": (swap, "does not follow"),
    "truncate": (truncate, "anchored"),
    "rewrite": (rewrite, "anchored"),
    "edit row": (edit_row, "says something else"),
    "forget by hand": (forget_by_hand, "nobody says who did"),
    "drop row": (drop_row, "not in its table"),
    "add row": (add_row, "knows nothing"),
}


# --- what only a table of items has -----------------------------------------------------------------------------------


def _draw(hand: DynamoHand, drawn: random.Random, *starts: str) -> Key:
    return drawn.choice(sorted(key for key in hand.items if key[0].startswith(starts)))


def edit_way(hand: DynamoHand, drawn: random.Random) -> None:
    """Let what leads to a record or a chain lead somewhere else."""
    name = _draw(hand, drawn, "delivery#", "report#", "tenants")
    hand.put(Item(*name, codec.canonical([partition("beta"), f"delivery#{drawn.random()}"])))


def drop_way(hand: DynamoHand, drawn: random.Random) -> None:
    del hand.items[_draw(hand, drawn, "delivery#", "report#", "tenants")]


def add_item(hand: DynamoHand, drawn: random.Random) -> None:
    """Something that is no part of a trail, or leads to nothing that is."""
    hand.put(
        drawn.choice(
            [
                Item("other", "thing", "{}"),
                Item(partition("alpha"), "other", "{}"),
                chain_item("gamma"),
                owner_item("gamma_ceo_2026-10", "gamma"),
                Item(*place_key("0" * 64), "[]"),
                Item(partition("alpha"), "event#zzz", "{}", more={"report_id": "", "prev": GENESIS, "hash": GENESIS}),
            ]
        )
    )


def move_head(hand: DynamoHand, drawn: random.Random) -> None:
    """Say that a chain ends earlier, later or otherwise than it does, or say nothing of its end."""
    tenant = drawn.choice(["alpha", "beta", "portfolio", "_runs", "_general"])
    key = partition(tenant), HEAD
    head = json.loads(hand.items[key].body)
    other = drawn.choice([{"seq": head["seq"] - 1}, {"seq": head["seq"] + 1}, {"hash": "0" * 64}, None])
    if other is None:
        del hand.items[key]
    else:
        hand.put(Item(*key, codec.canonical({**head, **other})))


def spoil_item(hand: DynamoHand, drawn: random.Random) -> None:
    """Nonsense in an item."""
    key = _draw(hand, drawn, "tenant#", "notes#", "delivery#", "meta")
    hand.put(replace(hand.items[key], body=drawn.choice(["", "no json", "[]", "null", "7", '{"seq": "many"}', "[" * 9000])))


DYNAMO_KINDS: dict[str, Callable[[DynamoHand, random.Random], None]] = {
    "edit way": edit_way,
    "drop way": drop_way,
    "add item": add_item,
    "move head": move_head,
    "spoil item": spoil_item,
}
