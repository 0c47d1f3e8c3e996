"""What lies in the table: the keys of its items, and records as items and back.

An item is `PK`, `SK`, `body` (JSON text, packed where it is long) and `write`, the id of the write that made it, on which
the next write is conditional. PK and SK, by what they hold:

    tenant#TENANT    head, event#SEQ, delivery#REPORT#KEY, report#REPORT#REVISION, run#RUN    a chain and its tables
    tenants          TENANT                  which chains there are
    delivery#KEY     place                   where the row of a delivery lies
    report#REPORT    TENANT                  whose report it is
    notes#KIND       ID                      a note
    leases           NAME                    a lease, the only item that DynamoDB may let go in time
    meta             meta, anchors           version and salt; how many anchors were written
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from quarterdeck import codec
from quarterdeck.audit.records import GENERAL, RUNS, Entry, Note, Record, Report, Run, instant, plain
from quarterdeck.audit.states import Delivery, State
from quarterdeck.errors import AuditError

Key = tuple[str, str]
HEAD, EVENT = "head", "event#"
META: Key = ("meta", "meta")
ANCHORS: Key = ("meta", "anchors")
TENANTS, LEASES = "tenants", "leases"
_LONG = 32 * 1024  # bytes of a body above which it is packed
_MOST = 400_000 - 4_000  # bytes of an item that DynamoDB takes, less what its names need
_UNPACKED_MOST = 64 * 1024 * 1024
R = TypeVar("R", bound=Record)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item:
    """An item as we know it. `more` are further texts beside the body."""

    pk: str
    sk: str
    body: str
    write: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return self.pk, self.sk


def partition(tenant: str) -> str:
    return f"tenant#{tenant}"


def event_key(tenant: str, seq: int) -> Key:
    return partition(tenant), f"{EVENT}{seq:012d}"


def delivery_prefix(report_id: str) -> str:
    return f"delivery#{report_id}#"


def report_prefix(report_id: str) -> str:
    return f"report#{report_id}#"


def place_key(delivery_key: str) -> Key:
    return f"delivery#{delivery_key}", "place"


def owner_key(report_id: str, tenant: str) -> Key:
    return f"report#{report_id}", tenant


def key_of(record: Record) -> Key:
    """Where a record lies."""
    match record:
        case Delivery():
            return partition(record.tenant), delivery_prefix(record.report_id) + record.key
        case Report():
            return partition(record.tenant), report_prefix(record.report_id) + record.revision
        case Run():
            return partition(RUNS), f"run#{record.run_id}"
        case Note():
            return f"notes#{record.kind}", record.id


def chain_of(record: Record) -> str:
    """The chain that tells of a record."""
    return RUNS if isinstance(record, Run) else record.tenant or GENERAL


def to_wire(item: Item) -> dict[str, Any]:
    """An item as the API takes it; AuditError where it cannot be stored."""
    try:
        data = item.body.encode()
        size = len(item.pk.encode()) + len(item.sk.encode()) + sum(len(text.encode()) for text in item.more.values())
    except UnicodeEncodeError as error:
        raise AuditError(f"{item.sk} holds text that is no valid Unicode") from error
    is_long = len(data) > _LONG
    packed = zlib.compress(data) if is_long else data
    if len(packed) + size > _MOST:
        remedy = "name fewer sources for one report, or keep the trail in a file: leave `storage.audit` out"
        raise AuditError(f"{item.sk} is too large for DynamoDB: {len(packed) + size:,} bytes", remedy=remedy)
    body = {"B": packed} if is_long else {"S": item.body}
    more = {name: {"S": text} for name, text in item.more.items()}
    return {"PK": {"S": item.pk}, "SK": {"S": item.sk}, "body": body, "write": {"S": item.write}, **more}


def from_wire(found: Mapping[str, Any]) -> Item:
    """An item of the API; AuditError where we did not write it so."""
    try:
        texts = {name: value["S"] for name, value in found.items() if name != "body" and "S" in value}
        body = _unpacked(found["body"]["B"]) if "B" in found["body"] else found["body"]["S"]
        return Item(texts.pop("PK"), texts.pop("SK"), body, texts.pop("write"), texts)
    except (KeyError, TypeError, AttributeError, ValueError, zlib.error) as error:
        name = " ".join(str(found.get(part, {}).get("S", "")) for part in ("PK", "SK"))
        raise AuditError(f"the item {name[:200]} of the audit trail is damaged: {error!r}") from error


def record_item(record: Record, **more: Any) -> Item:
    """The item of a record; `more` goes into its body."""
    return Item(*key_of(record), codec.canonical({**plain(record), **more}))


def place_item(row: Delivery) -> Item:
    """What leads from a delivery's key to its row."""
    return Item(*place_key(row.key), codec.canonical(key_of(row)))


def place_of(item: Item) -> Key:
    def parse() -> Key:
        pk, sk = json.loads(item.body)
        return str(pk), str(sk)

    return intact(item, parse)


def owner_item(report_id: str, tenant: str) -> Item:
    """What leads from a report's id to its tenant."""
    return Item(*owner_key(report_id, tenant), "{}")


def chain_item(chain: str) -> Item:
    """What says that there is a chain."""
    return Item(TENANTS, chain, "{}")


def entry_item(entry: Entry) -> Item:
    more = {"report_id": entry.report_id, "prev": entry.prev, "hash": entry.hash}
    return Item(*event_key(entry.tenant, entry.seq), entry.body, more=more)


def entry_of(item: Item) -> Entry:
    def parse() -> Entry:
        tenant, seq = item.pk.removeprefix("tenant#"), int(item.sk.removeprefix(EVENT))
        return Entry(tenant, seq, item.more["report_id"], item.body, item.more["prev"], item.more["hash"])

    return intact(item, parse)


def body_of(item: Item) -> dict[str, Any]:
    """What an event says."""
    found: dict[str, Any] = intact(item, lambda: json.loads(item.body))
    return found


def record_of(item: Item) -> Record | None:
    """The record of an item, or None for one that is none."""
    parsers = (("delivery#", delivery_of), ("report#", report_of), ("run#", run_of)) if item.pk.startswith("tenant#") else ()
    for prefix, parse in parsers:
        if item.sk.startswith(prefix):
            return parse(item)
    return note_of(item) if item.pk.startswith("notes#") else None


def delivery_of(item: Item) -> Delivery:
    def parse() -> Delivery:
        found = json.loads(item.body)
        times = {name: found[name] and instant(found[name]) for name in ("lease_until", "not_before", "updated_at")}
        return Delivery(**{**found, **times, "state": State(found["state"]), "attempts": tuple(found["attempts"])})

    return _at_its_place(item, parse)


def report_of(item: Item) -> Report:
    def parse() -> Report:
        found = json.loads(item.body)
        found.pop("position")
        lists = {name: tuple(found[name]) for name in ("snapshots", "recipients")}
        return Report(**{**found, **lists, "filed_at": instant(found["filed_at"])})

    return _at_its_place(item, parse)


def position_of(item: Item) -> int:
    """The place of a filed revision among all of its tenant."""
    return intact(item, lambda: int(json.loads(item.body)["position"]))


def extras_of(item: Item) -> dict[str, Any]:
    """What the body of a record's item holds beside the record."""
    return {"position": position_of(item)} if item.sk.startswith("report#") else {}


def run_of(item: Item) -> Run:
    def parse() -> Run:
        found = json.loads(item.body)
        return Run(**{**found, "started": instant(found["started"]), "ended": found["ended"] and instant(found["ended"])})

    return _at_its_place(item, parse)


def note_of(item: Item) -> Note:
    def parse() -> Note:
        found = json.loads(item.body)
        return Note(**{**found, "at": instant(found["at"])})

    return _at_its_place(item, parse)


def intact(item: Item, parse: Callable[[], T]) -> T:
    """What an item holds; AuditError where it is not as we write it."""
    try:
        return parse()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise AuditError(f"the item {item.pk} {item.sk} of the audit trail is damaged: {error!r}") from error


def _at_its_place(item: Item, parse: Callable[[], R]) -> R:
    record = intact(item, parse)
    if key_of(record) != item.key:
        raise AuditError(f"the item {item.pk} {item.sk} of the audit trail is damaged: it is not at its place")
    return record


def _unpacked(data: bytes) -> str:
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(data, _UNPACKED_MOST)
    if not unpacking.eof:
        raise ValueError("it is longer than it can be")
    return text.decode()
