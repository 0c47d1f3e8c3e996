"""The trail in one DynamoDB table, for any number of machines. `dynamodb_items` tells what lies where in it.

Every change is one conditional transaction of the row, its event and the head of its tenant's chain, so that tenants do
not wait for each other. All reads are consistent. Anchors are kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from quarterdeck.audit import dynamodb_items as items
from quarterdeck.audit import dynamodb_leases as leases
from quarterdeck.audit import forgetting, telling
from quarterdeck.audit.anchors import Anchor, Anchors
from quarterdeck.audit.dynamodb_calls import Calls
from quarterdeck.audit.dynamodb_change import Draft, change
from quarterdeck.audit.dynamodb_items import Item, Key, partition
from quarterdeck.audit.dynamodb_meta import DynamoMeta
from quarterdeck.audit.dynamodb_table import DynamoTable
from quarterdeck.audit.dynamodb_verify import verify
from quarterdeck.audit.happenings import Refresh
from quarterdeck.audit.records import RUNS, Entry, Filter, Lease, Note, Planned, Record, Report, Run, Story, as_noted
from quarterdeck.audit.states import Delivery, Denied, Event, as_planned, step
from quarterdeck.audit.verify import Verification
from quarterdeck.errors import AuditError

T = TypeVar("T")
_ALL = Filter()
_PLANNED_AT_ONCE = 24  # a transaction has 100 items: row, event, place and owner of each, and the chain's own two


class DynamoAudit:
    """An AuditStore in a table."""

    def __init__(self, calls: Calls, anchors: Anchors) -> None:
        self.anchors = anchors
        self._table = DynamoTable(calls)
        self._meta = DynamoMeta(self._table)
        self._places: dict[str, Key] = {}  # of rows by their keys: a row never moves

    def file(self, report: Report) -> bool:
        def build(draft: Draft) -> bool:
            if self._table.get(items.key_of(report)):
                return False
            seq = draft.tell(telling.filed(report, self._meta.mask))
            draft.put(items.record_item(report, position=seq), None)
            _own(draft, report.report_id, report.tenant)
            return True

        return self._change(report.tenant, build)

    def start(self, run: Run) -> None:
        def build(draft: Draft) -> None:
            if self._table.get(items.key_of(run)):
                raise AuditError(f"there is a run {run.run_id} already")
            draft.put(items.record_item(run), None)
            draft.tell(telling.started(run, self._meta.mask))

        self._change(RUNS, build)

    def end(self, run_id: str, outcome: Mapping[str, Any], now: datetime) -> Run:
        def build(draft: Draft) -> Run:
            item = self._table.get((partition(RUNS), f"run#{run_id}"))
            found = items.run_of(item) if item else None
            if found is None or found.ended is not None:
                raise AuditError(f"there is no run {run_id} under way")
            run = replace(found, ended=now, outcome=outcome)
            draft.put(items.record_item(run), item)
            draft.tell(telling.ended(run, now, self._meta.mask))
            return run

        return self._change(RUNS, build)

    def plan(self, deliveries: Iterable[Delivery], now: datetime) -> Planned:
        """As the protocol says, a few dozen at a time: a crash between leaves the rest to the next planning."""
        rows = [as_planned(wanted, now) for wanted in deliveries]
        for row in rows:  # all of them before the first is written: a wrong one among them plans nothing
            items.to_wire(items.record_item(row))
        new: list[str] = []
        known: list[str] = []
        for chunk in _chunks(rows):
            is_new = self._plan(chunk, now)
            for row in chunk:
                (new if row.key in is_new else known).append(row.key)
        return Planned(tuple(new), tuple(known))

    def apply(self, key: str, event: Event, now: datetime) -> Delivery | Denied:
        place = self._place(key)
        if place is None:
            return Denied(f"there is no delivery {key}")

        def build(draft: Draft) -> Delivery | Denied:
            item = self._table.get(place)
            return self._step(draft, item, event, now) if item else Denied(f"there is no delivery {key}")

        return self._change(place[0].removeprefix(partition("")), build)

    def get(self, key: str) -> Delivery | None:
        place = self._place(key)
        item = self._table.get(place) if place else None
        return items.delivery_of(item) if item else None

    def list(self, wanted: Filter = _ALL) -> tuple[Delivery, ...]:
        self._meta.check()
        found = (items.delivery_of(item) for item in self._delivery_items(wanted))
        rows = (row for row in found if _fits(row, wanted))
        return tuple(sorted(rows, key=lambda row: (row.report_id, row.channel, row.reader, row.revision)))

    def reports(self, report_id: str) -> tuple[Report, ...]:
        self._meta.check()
        prefix = items.report_prefix(report_id)
        found = [item for tenant in self._owners(report_id) for item in self._table.query(partition(tenant), prefix)]
        reports = (items.report_of(item) for item in sorted(found, key=items.position_of))
        return tuple(report for report in reports if report.report_id == report_id)

    def runs(self) -> tuple[Run, ...]:
        self._meta.check()
        runs = [items.run_of(item) for item in self._table.query(partition(RUNS), "run#")]
        return tuple(sorted(sorted(runs, key=lambda run: run.run_id), key=lambda run: run.started, reverse=True))

    def note(self, note: Note) -> bool:
        kept = as_noted(note)

        def build(draft: Draft) -> bool:
            if self._table.get(items.key_of(kept)):
                return False
            draft.put(items.record_item(kept), None)
            draft.tell(telling.noted(kept, self._meta.mask))
            if kept.report_id:
                _own(draft, kept.report_id, items.chain_of(kept))
            return True

        return self._change(items.chain_of(kept), build)

    def notes(self, kind: str, tenant: str = "") -> tuple[Note, ...]:
        self._meta.check()
        notes = (items.note_of(item) for item in self._table.query(f"notes#{kind}"))
        return tuple(sorted((note for note in notes if tenant in ("", note.tenant)), key=lambda note: (note.at, note.id)))

    def forget(self, address: str, by: str, now: datetime) -> int:
        digest = self._meta.mask(forgetting.wanted(address, by))
        records = ((item, items.record_of(item)) for item in self._table.scan())
        found = [item.key for item, record in records if record and self._without(record, digest) != record]
        if found:
            self.note(forgetting.note_of(digest, by, now))
        for key in found:
            self._forget(key, digest)
        return len(found)

    def show(self, report_id: str) -> Story:
        where = {"report_id": report_id}
        events = tuple(
            items.body_of(item)
            for tenant in self._owners(report_id)
            for item in self._table.query(partition(tenant), items.EVENT, where)
        )
        return Story(self.reports(report_id), self.list(Filter(report_id=report_id)), events)

    def entries(self, chain: str = "") -> Iterator[Entry]:
        self._meta.check()
        chains = (chain,) if chain else sorted(self._table.chains())
        return (items.entry_of(item) for each in chains for item in self._table.query(partition(each), items.EVENT))

    def acquire(self, name: str, holder: str, ttl: timedelta, now: datetime) -> Lease:
        return leases.acquire(self._table, name, holder, ttl, now)

    def renew(self, lease: Lease, ttl: timedelta, now: datetime) -> Lease | None:
        return leases.renew(self._table, lease, ttl, now)

    def release(self, lease: Lease) -> bool:
        return leases.release(self._table, lease)

    def anchor(self, now: datetime) -> Anchor:
        before = self.anchors.read()
        anchor = Anchor(now, {chain: self._table.head(chain)[0] for chain in self._table.chains()})
        if before and before[-1].heads == anchor.heads:
            return before[-1]
        self.anchors.append(anchor)
        self._meta.count_anchors(len(before) + 1)
        return anchor

    def verify(self) -> Verification:
        self._meta.check()
        return verify(self._table, self._meta, self.anchors)

    def _change(self, chain: str, build: Callable[[Draft], T]) -> T:
        self._meta.prepare()
        return change(self._table, chain, build)

    def _plan(self, chunk: Sequence[Delivery], now: datetime) -> set[str]:
        """Plan some deliveries of one tenant in one transaction; the keys of those that are new."""

        def build(draft: Draft) -> set[str]:
            prefixes = {items.delivery_prefix(row.report_id) for row in chunk}
            there = {item.key: item for prefix in prefixes for item in self._table.query(partition(chunk[0].tenant), prefix)}
            new = [row for row in chunk if items.key_of(row) not in there]
            for row in new:
                draft.put(items.record_item(row), None)
                draft.put(items.place_item(row), None)
                draft.tell(telling.planned(row, now, self._meta.mask))
                _own(draft, row.report_id, row.tenant)
            for row in chunk:
                if item := there.get(items.key_of(row)):
                    self._plan_again(draft, item, row, now)
            return {row.key for row in new}

        return self._change(chunk[0].tenant, build)

    def _plan_again(self, draft: Draft, item: Item, row: Delivery, now: datetime) -> None:
        found = items.delivery_of(item)
        if (found.content_sha256, found.not_before) != (row.content_sha256, row.not_before):
            self._step(draft, item, Refresh(row.content_sha256, row.not_before), now)

    def _step(self, draft: Draft, item: Item, event: Event, now: datetime) -> Delivery | Denied:
        found = items.delivery_of(item)
        row = step(found, event, now)
        if isinstance(row, Delivery):
            draft.put(items.record_item(row), item)
            draft.tell(telling.stepped(found, row, event, now, self._meta.mask))
        return row

    def _without(self, record: Record, digest: str) -> Record:
        return forgetting.without(record, digest, self._meta.mask)

    def _forget(self, key: Key, digest: str) -> None:
        def build(draft: Draft) -> None:
            item = self._table.get(key)
            record = items.record_of(item) if item else None
            if item and record and (forgotten := self._without(record, digest)) != record:
                draft.put(items.record_item(forgotten, **items.extras_of(item)), item)

        self._change("forgetting", build)

    def _place(self, key: str) -> Key | None:
        self._meta.check()
        if key not in self._places:
            item = self._table.get(items.place_key(key))
            if item is None:
                return None
            self._places[key] = items.place_of(item)
        return self._places[key]

    def _owners(self, report_id: str) -> tuple[str, ...]:
        """The tenants that have a report of an id: one, if all is well."""
        return tuple(item.sk for item in self._table.query(items.owner_key(report_id, "")[0]))

    def _delivery_items(self, wanted: Filter) -> Iterator[Item]:
        prefix = items.delivery_prefix(wanted.report_id) if wanted.report_id else "delivery#"
        tenants = self._owners(wanted.report_id) if wanted.report_id else self._table.chains()
        for tenant in (wanted.tenant,) if wanted.tenant else tenants:
            yield from self._table.query(partition(tenant), prefix)


def _own(draft: Draft, report_id: str, tenant: str) -> None:
    draft.ensure(items.owner_item(report_id, tenant))


def _chunks(rows: Iterable[Delivery]) -> Iterator[list[Delivery]]:
    """Rows in their order, few at a time, each time of one tenant and none twice."""
    chunk: list[Delivery] = []
    for row in rows:
        if chunk and (len(chunk) == _PLANNED_AT_ONCE or chunk[0].tenant != row.tenant or row.key in {r.key for r in chunk}):
            yield chunk
            chunk = []
        chunk.append(row)
    if chunk:
        yield chunk


def _fits(row: Delivery, wanted: Filter) -> bool:
    named = all(
        getattr(wanted, name) in ("", getattr(row, name)) for name in ("tenant", "role", "period", "channel", "report_id")
    )
    return named and (not wanted.states or row.state in wanted.states)
