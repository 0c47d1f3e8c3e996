"""What a store of the audit trail can do; every store passes the contract suite in tests/contracts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from quarterdeck.audit.anchors import Anchor
from quarterdeck.audit.records import Entry, Filter, Lease, Note, Planned, Report, Run, Story
from quarterdeck.audit.states import Delivery, Denied, Event
from quarterdeck.audit.verify import Verification


class AuditStore(Protocol):
    """The trail. Raises AuditError on failure; what a method returns is stored for good, with its event in the chain.

    No method looks at a clock: `now` is passed in, aware.
    """

    def file(self, report: Report) -> bool:
        """Record a filed revision: True, or False where it was recorded before (the first record stays)."""
        ...

    def start(self, run: Run) -> None:
        """Record that a run has begun."""
        ...

    def end(self, run_id: str, outcome: Mapping[str, Any], now: datetime) -> Run:
        """Record how a run ended."""
        ...

    def plan(self, deliveries: Iterable[Delivery], now: datetime) -> Planned:
        """Add the deliveries that are new; known ones of which nothing is under way take the new bytes and send time."""
        ...

    def apply(self, key: str, event: Event, now: datetime) -> Delivery | Denied:
        """Let an event happen to a delivery, as one conditional write: the new row, or why not."""
        ...

    def get(self, key: str) -> Delivery | None: ...

    def list(self, wanted: Filter = ...) -> tuple[Delivery, ...]:
        """Deliveries in the order of report, channel and reader."""
        ...

    def reports(self, report_id: str) -> tuple[Report, ...]:
        """The filed revisions of a report, the first one first."""
        ...

    def runs(self) -> tuple[Run, ...]:
        """All runs, the latest first."""
        ...

    def note(self, note: Note) -> bool:
        """Keep a note: True, or False where its kind and id were noted before (the first note stays)."""
        ...

    def notes(self, kind: str, tenant: str = "") -> tuple[Note, ...]:
        """The notes of a kind, of one tenant or of all, the oldest first."""
        ...

    def forget(self, address: str, by: str, now: datetime) -> int:
        """Take a reader's address out of everything that is kept, for good; how many records held it.

        A marker stands in its place, and a note of the kind `forgotten` says who asked for it. A delivery is the same as
        before: its reader is not sent it again. AuditError that is passing where others keep parts of it in use: ask again.
        """
        ...

    def show(self, report_id: str) -> Story: ...

    def entries(self, chain: str = "") -> Iterator[Entry]:
        """Every event of one chain or of all, chain by chain and in order, with the hashes that link them."""
        ...

    def acquire(self, name: str, holder: str, ttl: timedelta, now: datetime) -> Lease:
        """The lease of a name as it stands then: yours if its holder is you; you get it when it is free or run out."""
        ...

    def renew(self, lease: Lease, ttl: timedelta, now: datetime) -> Lease | None:
        """The lease with a later end; None where somebody else has it since."""
        ...

    def release(self, lease: Lease) -> bool:
        """Give a lease back; False where it was no longer yours."""
        ...

    def anchor(self, now: datetime) -> Anchor:
        """Write the heads of all chains to a place outside the store, where they have moved since the last time."""
        ...

    def verify(self) -> Verification:
        """Walk all chains, and hold them against the anchors and the tables."""
        ...
