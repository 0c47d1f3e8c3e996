"""Does the table tell what happened? Every item is read, every chain followed, while others may go on writing.

A row that was changed after it was read does not agree with its chain; it is read again before anything is said of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from quarterdeck.audit import dynamodb_items as items
from quarterdeck.audit import forgetting, telling
from quarterdeck.audit.anchors import Anchors
from quarterdeck.audit.dynamodb_items import EVENT, HEAD, LEASES, META, TENANTS, Item, Key, partition
from quarterdeck.audit.dynamodb_meta import DynamoMeta
from quarterdeck.audit.dynamodb_table import DynamoTable
from quarterdeck.audit.records import RUNS, Record, Run, Subject, subject_of
from quarterdeck.audit.states import Delivery
from quarterdeck.audit.verify import Verification, Verifier, complain
from quarterdeck.errors import AuditError

_ROUNDS = 50  # of reading again what others changed meanwhile
_LAST = EVENT + "~"  # behind all events


def verify(table: DynamoTable, meta: DynamoMeta, anchors: Anchors) -> Verification:
    check = _Check(table, meta)
    try:
        written, listed = meta.anchors(), anchors.read()  # before the chains, which may move on but not back
        check.read_all()
        check.follow_all()
        check.verifier.compare_anchors(listed, written)
    except AuditError as error:
        complain(check.verifier, error)
    return check.verifier.result()


class _Check:
    def __init__(self, table: DynamoTable, meta: DynamoMeta) -> None:
        self.verifier = Verifier()
        self._table = table
        self._meta = meta
        self._records: dict[Key, Record] = {}
        self._others: dict[Key, Item] = {}
        self._chains: set[str] = set()

    def read_all(self) -> None:
        """Every item but the events: the records, and what leads to them."""
        for item in self._table.scan():
            try:
                self._take(item)
            except AuditError as error:
                complain(self.verifier, error)

    def follow_all(self) -> None:
        """Every chain to its end, and the records against it."""
        for chain in sorted(self._chains):
            self._follow(chain)
        facts = self._facts(self._records.values())
        for _ in range(_ROUNDS):
            if not self._catch_up(facts):
                break
        self.verifier.compare_rows(facts)
        for problem in forgetting.unexplained(self._records.values()):
            self.verifier.complain(problem)
        for chain in sorted(self._chains):
            self._check_end(chain)
        self._check_ways()

    def _take(self, item: Item) -> None:
        record = items.record_of(item)
        if record is not None:
            self._records[item.key] = record
            self._chains.add(items.chain_of(record))
        elif item.pk == TENANTS:
            self._others[item.key] = item
            self._chains.add(item.sk)
        elif item.sk == HEAD:
            self._chains.add(item.pk.removeprefix(partition("")))
        elif item.pk not in {LEASES, META[0]}:
            self._others[item.key] = item

    def _follow(self, chain: str) -> bool:
        """Walk a chain from where we are to where its head says that it ends; whether there was something new."""
        seq = self.verifier.head(chain)[0]
        try:
            head, _ = self._table.head(chain)
            first, last = items.event_key(chain, seq + 1)[1], items.event_key(chain, head[0])[1]
            if head[0] > seq:
                self.verifier.walk(map(items.entry_of, self._table.between(partition(chain), first, last)))
            if head != self.verifier.head(chain):
                self.verifier.complain(f"{chain}: its head is event {head[0]}, which is not the last one of its events")
        except AuditError as error:
            complain(self.verifier, error)
        return self.verifier.head(chain)[0] > seq

    def _check_end(self, chain: str) -> None:
        """Events behind the last one that was walked are of the chain only where its head has moved on to them meanwhile."""
        seq = self.verifier.head(chain)[0]
        beyond = self._table.between(partition(chain), items.event_key(chain, seq + 1)[1], _LAST)
        if next(beyond, None) and self._table.head(chain)[0][0] <= seq:
            self.verifier.complain(f"{chain}: there are events beyond its last one, which is event {seq}")

    def _catch_up(self, facts: dict[Subject, Any]) -> bool:
        """Read again what does not agree, and follow the chains further; whether anything came of it."""
        differing = self.verifier.differing(facts)
        before = {subject: facts.pop(subject, None) for subject in differing}
        places = {subject_of(record): key for key, record in self._records.items()}
        for subject in differing:
            key = places.get(subject) or _place_told(subject, self.verifier.told(subject))
            record = self._read(key) if key else None
            if key and record:
                self._records[key] = record
                facts.update(self._facts([record]))
        followed = [self._follow(chain) for chain in sorted(self._chains)] if differing else []
        return any(followed) or any(facts.get(subject) != told for subject, told in before.items())

    def _read(self, key: Key) -> Record | None:
        item = self._table.get(key)
        return items.record_of(item) if item else None

    def _check_ways(self) -> None:
        """What leads to the records must lead to each, and nowhere else."""
        expected = {item.key: item for record in self._records.values() for item in _ways_to(record)}
        walked = [chain for chain in self._chains if self.verifier.head(chain)[0]]
        expected |= {item.key: item for item in map(items.chain_item, walked)}
        for key, item in expected.items():
            found = self._others.get(key) or self._table.get(key)
            if found is None or found.body != item.body:
                self.verifier.complain(f"{' '.join(key)}: does not lead to what the trail has")
        for key in self._others.keys() - expected.keys():
            self.verifier.complain(f"{' '.join(key)}: is no item of the trail")

    def _facts(self, records: Iterable[Record]) -> dict[Subject, Any]:
        return telling.facts_of(records, self._meta.mask)


def _ways_to(record: Record) -> Iterator[Item]:
    if isinstance(record, Delivery):
        yield items.place_item(record)
    if not isinstance(record, Run) and record.report_id:
        yield items.owner_item(record.report_id, items.chain_of(record))


def _place_told(subject: Subject, facts: Any) -> Key | None:
    """Where a record lies that the trail tells of."""
    try:
        match subject[0]:
            case "delivery":
                return partition(facts["tenant"]), items.delivery_prefix(facts["report_id"]) + facts["key"]
            case "report":
                return partition(facts["tenant"]), items.report_prefix(facts["report_id"]) + facts["revision"]
            case "run":
                return partition(RUNS), f"run#{facts['run_id']}"
            case "note":
                return f"notes#{facts['kind']}", facts["id"]
    except (KeyError, TypeError):
        pass
    return None
