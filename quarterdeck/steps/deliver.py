"""Report to reader: each message once, whoever crashes, waits, or runs at the same time.

The audit trail decides what may be sent, the channel sends it, and this is the way between them: plan, settle what earlier
runs left behind, then take each delivery to its reader. What a channel refuses for now is tried again after a pause.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from quarterdeck.audit import AuditStore, Delivery, State
from quarterdeck.audit.happenings import Close, Expire, OwnerGone, Reopen
from quarterdeck.audit.records import Filter
from quarterdeck.delivery import Channel
from quarterdeck.errors import AuditError, Problem
from quarterdeck.steps.approved import Approved
from quarterdeck.steps.counts import UNDER_WAY, DeliveryCounts, Try, count
from quarterdeck.steps.parcel import Parcel, refuse_mismatch
from quarterdeck.steps.sender import Sender
from quarterdeck.steps.turn import Turn, TurnBusyError

__all__ = ["DeliveryCounts", "Parcel", "Policy", "deliver"]

SUPERSEDED = "superseded by revision "
TAKEN_BACK = "taken back: "
_NOT_APPROVED = f"{TAKEN_BACK}it needs an approval now"
_BY_ITSELF = (SUPERSEDED, TAKEN_BACK)  # how the reason begins where it was no person who took it back
_OPEN = frozenset({State.PLANNED, State.AWAITING_APPROVAL})
_RANDOM = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a sender may take for one message, and when an unknown one is left to a person.

    What is refused for now is tried again after pauses that double from `pause` to `longest_pause`, each cut at random, as
    long as they are no more than `retry_for` together; after `in_a_row` refusals the pause comes at once.
    """

    lease: timedelta = timedelta(minutes=1)
    hold_after: timedelta = timedelta(hours=1)
    retry_for: timedelta = timedelta(minutes=2)
    pause: timedelta = timedelta(seconds=1)
    longest_pause: timedelta = timedelta(seconds=30)
    in_a_row: int = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """What speaks against a delivery, each with the reason: `skipped` by reader, in lower case, the others by row.

    `objection` is to whom it goes: what waits is taken back for it. It and `unapproved` are asked right before each message
    leaves, whatever was found before; a delivery with a reason against it fails for good. `later` is the moment that one has
    to wait for, if there is one.
    """

    skipped: Mapping[str, str] = field(default_factory=dict)
    objection: Callable[[Delivery], str] = lambda _: ""
    unapproved: Callable[[Delivery], str] = lambda _: ""
    later: Callable[[Delivery], datetime | None] = lambda _: None

    def last_objection(self, row: Delivery) -> str:
        return self.objection(row) or self.unapproved(row)


def deliver(
    audit: AuditStore,
    channel: Channel,
    parcels: Sequence[Parcel],
    *,
    owner: str,
    clock: Callable[[], datetime],
    policy: Policy = Policy(),
    is_gone: Callable[[str], bool] = lambda _: False,
    rules: Rules = Rules(),
    turn: Turn | None = None,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = _RANDOM.random,
) -> DeliveryCounts:
    """Take every parcel to its reader, once over all runs; the counts and a problem for each that did not get there.

    `owner` names this process in the trail; `is_gone` says of another's name that it certainly runs no more. With a `turn`
    nothing is sent until it is ours; where it does not come, everything stays planned. AuditError where the trail cannot be
    kept: then nothing further is sent.
    """
    for wanted in parcels:
        refuse_mismatch(wanted, channel.kind)
    sender = Sender(audit, channel, owner, clock, policy.lease, policy.hold_after, rules.later, rules.last_objection)
    keep = turn.keep if turn else _nothing
    desk = _Desk(sender, policy, rules, is_gone, turn or nullcontext(), keep, _Pauses(policy, sleep, chance, keep))
    return desk.run({wanted.key: wanted for wanted in parcels})


def _nothing() -> None:
    """What keeps the turn where there is none to keep."""


class _Pauses:
    """The pauses of one run between tries, until they have used up their time."""

    def __init__(
        self, policy: Policy, sleep: Callable[[float], None], chance: Callable[[], float], keep: Callable[[], None]
    ) -> None:
        self._policy, self._sleep, self._chance, self._keep = policy, sleep, chance, keep
        self._number, self._left = 0, policy.retry_for

    def take(self, at_least: timedelta) -> bool:
        """Pause for the next time, or do not and say False where it would take too long."""
        growing = min(self._policy.longest_pause, self._policy.pause * 2**self._number)
        pause = at_least + growing * self._chance()
        if pause > self._left:
            return False
        self._number, self._left = self._number + 1, self._left - pause
        while pause > timedelta(0):
            part = min(pause, self._policy.longest_pause)
            self._sleep(part.total_seconds())
            self._keep()
            pause -= part
        return True


@dataclass(frozen=True, slots=True)
class _Desk:
    sender: Sender
    policy: Policy
    rules: Rules
    is_gone: Callable[[str], bool]
    turn: AbstractContextManager[object]
    keep: Callable[[], None]
    pauses: _Pauses

    def run(self, wanted: Mapping[str, Parcel]) -> DeliveryCounts:
        self._prepare(wanted)
        tried: dict[str, Try] = {}
        busy: tuple[Problem, ...] = ()
        try:
            with self.turn:
                self._clear_up()
                self._send_all(list(wanted.values()), tried)
        except TurnBusyError as error:
            busy = (error.problem,)
        counts = count(map(self._row, wanted), tried, self.sender.clock())
        return replace(counts, problems=(*busy, *counts.problems))

    def _prepare(self, wanted: Mapping[str, Parcel]) -> None:
        """Note what is to go out, and take back what shall not any more."""
        self._supersede(wanted)
        self.sender.audit.plan([parcel.delivery for parcel in wanted.values()], self.sender.clock())
        for key, parcel in wanted.items():
            if reason := self.rules.skipped.get(parcel.delivery.reader.lower()):
                self.sender.apply(key, Close(State.SKIPPED, reason))

    def _supersede(self, wanted: Mapping[str, Parcel]) -> None:
        """Take back what still waits of other revisions, and take up again what failed or was taken back before."""
        by_reader = {(p.delivery.report_id, p.delivery.reader.lower()): p for p in wanted.values()}
        for report_id in dict.fromkeys(report_id for report_id, _ in by_reader):
            approved = Approved(self.sender.audit, report_id)
            for row in self.sender.audit.list(Filter(report_id=report_id, channel=self.sender.channel.kind)):
                parcel = by_reader.get((report_id, row.reader.lower()))
                if parcel is None:
                    self._let_go(row)
                elif row.key != parcel.key and row.state in _OPEN:
                    self.sender.apply(row.key, Close(State.CANCELLED, f"{SUPERSEDED}{parcel.delivery.revision}"))
                elif row.key == parcel.key:
                    self._take_up(row, parcel, approved)

    def _let_go(self, row: Delivery) -> None:
        """What waits for somebody who is no reader any more will not be sent."""
        if row.state in _OPEN and (why := self.rules.objection(row)):
            self.sender.apply(row.key, Close(State.CANCELLED, f"{TAKEN_BACK}{why}"))

    def _take_up(self, row: Delivery, parcel: Parcel, approved: Approved) -> None:
        if row.state is State.FAILED or (row.state is State.CANCELLED and row.reason.startswith(_BY_ITSELF)):
            row = self.sender.apply(row.key, Reopen("asked for again", needs_approval=parcel.needs_approval)) or row
        if row.state is State.PLANNED and parcel.needs_approval and row.key not in approved.keys:
            self.sender.apply(row.key, Close(State.CANCELLED, _NOT_APPROVED))
            self.sender.apply(row.key, Reopen(_NOT_APPROVED, needs_approval=True))

    def _clear_up(self) -> None:
        """Settle what earlier senders on this channel left when they went away."""
        states = UNDER_WAY | {State.UNKNOWN}
        for row in self.sender.audit.list(Filter(channel=self.sender.channel.kind, states=states)):
            if row.state in UNDER_WAY and self.is_gone(row.owner):
                self.sender.apply(row.key, OwnerGone(row.owner))
            self.sender.apply(row.key, Expire())
            self.sender.settle(row.key)

    def _send_all(self, parcels: Sequence[Parcel], tried: dict[str, Try]) -> None:
        """Try each, and those that are refused for now again after a pause, until the pauses are used up."""
        left = self._round(parcels, tried)
        while left and self.pauses.take(self._until_due(left)):
            due = [parcel for parcel in left if not self._wait(parcel)]
            later = [parcel for parcel in left if parcel not in due]
            left = [*self._round(due, tried), *later]

    def _round(self, parcels: Iterable[Parcel], tried: dict[str, Try]) -> list[Parcel]:
        """Try each once; those that are left for a next round. Refusals in a row put off all that come after them."""
        left: list[Parcel] = []
        refused = 0
        for parcel in parcels:
            if refused >= self.policy.in_a_row:
                tried.setdefault(parcel.key, Try.UNTRIED)
                left.append(parcel)
                continue
            self.keep()
            outcome = tried[parcel.key] = self.sender.send(parcel)
            if outcome is Try.REFUSED:
                left.append(parcel)
            refused = refused + 1 if outcome is Try.REFUSED else refused if outcome is Try.NOT_OURS else 0
        return left

    def _until_due(self, parcels: Iterable[Parcel]) -> timedelta:
        """How long until one of them may be tried."""
        return min(map(self._wait, parcels))

    def _wait(self, parcel: Parcel) -> timedelta:
        not_before = self._row(parcel.key).not_before
        return max(timedelta(0), not_before - self.sender.clock()) if not_before else timedelta(0)

    def _row(self, key: str) -> Delivery:
        row = self.sender.audit.get(key)
        if row is None:
            raise AuditError(f"the delivery {key} is gone from the trail")
        return row
