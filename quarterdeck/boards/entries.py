"""What Quarterdeck remembers of a card: whose finding it is, what was last written of it, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from quarterdeck.boards.records import Card, Content


class Status(StrEnum):
    """How a card stands between the finding and the people.

    reserved    it is about to be made, or was and nobody wrote that down: the board is searched first
    live        it is on the board for an open finding
    closing     it is about to be closed for its finding is gone, or was and nobody wrote that down
    closed      it was closed for its finding was gone
    reopening   it is about to be opened again, or was and nobody wrote that down
    done        a person closed it although its finding is still open
    accepted    its finding is accepted in the settings
    suppressed  a person closed it as not planned, or deleted it: it is not made again
    """

    RESERVED = "reserved"
    LIVE = "live"
    CLOSING = "closing"
    CLOSED = "closed"
    REOPENING = "reopening"
    DONE = "done"
    ACCEPTED = "accepted"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One card of one finding on one board of a tenant.

    `sequence` counts the cards a finding has had; the newest is the one that counts. `sent` is what we last wrote, `base` is
    how the board gave that back: what differs from `base` a person has changed. `frozen` are the fields a person has changed,
    `told` those of them that a comment spoke of. `last_end` is the end of the last period in which the finding was open,
    `misses` the number of periods in which it was gone, `missed` the end of the last of those; `settled` is the end of the
    period in which the card was closed, done, accepted or suppressed, `why` the reason, `until` when that ends. `was_dropped`
    says of a card that is about to be opened again whether it lay there as not planned.
    """

    tenant: str
    board: str
    fingerprint: str
    sequence: int
    status: Status
    rule: str
    severity: str
    made_in: str
    last_end: date
    card_id: str = ""
    key: str = ""
    url: str = ""
    sent: Content | None = None
    base: Content | None = None
    frozen: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    misses: int = 0
    missed: date | None = None
    settled: date | None = None
    why: str = ""
    until: date | None = None
    earlier: str = ""  # where the card before this one lies
    was_dropped: bool = False

    @property
    def reference(self) -> str:
        return reference(self.tenant, self.fingerprint, self.sequence)

    def settle(self, status: Status, end: date, why: str, until: date | None = None) -> Entry:
        return replace(self, status=status, settled=end, why=why, until=until)

    def revive(self, severity: str, end: date) -> Entry:
        told = replace(self, status=Status.LIVE, settled=None, why="", until=None, was_dropped=False)
        return replace(told, misses=0, missed=None, severity=severity, last_end=end)

    def adopt(self, card: Card, seen: Content) -> Entry:
        """The entry of a card that was found on the board: what it says now counts as what was written."""
        return replace(self, status=Status.LIVE, card_id=card.id, key=card.key, url=card.url, sent=seen, base=seen)


def reference(tenant: str, fingerprint: str, sequence: int = 1) -> str:
    """The external reference of a card: short enough for a label of any board, and the same in every run."""
    return f"qd:{tenant}:{fingerprint[:16]}" + (f"-{sequence}" if sequence > 1 else "")
