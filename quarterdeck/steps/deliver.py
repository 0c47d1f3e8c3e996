"""Report to reader: each message once, whoever crashes, waits, or runs at the same time.

The audit trail decides what may be sent, the channel sends it, and this is the way between them: settle what earlier runs
left behind, plan, then for each delivery claim, announce, send, record. Nothing is sent that the trail does not allow.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from quarterdeck.audit import AuditStore, Delivery, State
from quarterdeck.audit.happenings import (
    Accept,
    Claim,
    Close,
    Expire,
    Hold,
    Lose,
    OwnerGone,
    Refuse,
    Release,
    Reopen,
    Send,
    Unclaim,
)
from quarterdeck.audit.records import Filter
from quarterdeck.audit.states import OUT, Denied, Event, delivery_key
from quarterdeck.delivery import Channel, Envelope, Label, Receipt, Unsettled
from quarterdeck.errors import AuditError, DeliveryError, DeliveryUnknown, Problem, QuarterdeckError

_WAITING = "waiting"  # for its time, for an approval, or for another sender
_SUPERSEDED = "superseded by revision "
_OPEN = frozenset({State.PLANNED, State.AWAITING_APPROVAL})
_UNDER_WAY = frozenset({State.CLAIMED, State.SENDING})


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a sender may take for one message, and when an unknown one is left to a person."""

    lease: timedelta = timedelta(minutes=1)
    hold_after: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One envelope with the row that the trail keeps of it."""

    delivery: Delivery
    envelope: Envelope

    @classmethod
    def of(
        cls, envelope: Envelope, channel: str, *, not_before: datetime | None = None, needs_approval: bool = False
    ) -> Parcel:
        """An envelope to go out over a channel, at once or from a moment on, or when somebody has approved it."""
        label = envelope.label
        row = Delivery(
            key=label.key,
            report_id=label.report_id,
            revision=label.revision,
            tenant=label.tenant,
            role=label.role,
            period=label.period,
            channel=channel,
            reader=label.reader,
            content_sha256=label.content_sha256,
            state=State.AWAITING_APPROVAL if needs_approval else State.PLANNED,
            not_before=not_before,
        )
        return cls(row, envelope)


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """What became of the deliveries of a run: `planned` of them in all, each one of the others or still waiting.

    What waits for its time or an approval is no problem; what another sender has in hand is named among the problems.
    `outdated` of those that went out before did so in an earlier revision, which is what their readers have.
    """

    planned: int = 0
    sent: int = 0
    already: int = 0
    unknown: int = 0
    failed: int = 0
    held: int = 0
    outdated: int = 0
    problems: tuple[Problem, ...] = ()


def deliver(
    audit: AuditStore,
    channel: Channel,
    parcels: Sequence[Parcel],
    *,
    owner: str,
    clock: Callable[[], datetime],
    policy: Policy = Policy(),
    is_gone: Callable[[str], bool] = lambda _: False,
) -> DeliveryCounts:
    """Take every parcel to its reader, once over all runs; the counts and a problem for each that did not get there.

    `owner` names this process in the trail; `is_gone` says of another's name that it certainly runs no more. AuditError
    where the trail cannot be kept: then nothing further is sent.
    """
    for wanted in parcels:
        _refuse_mismatch(wanted, channel)
    return _Sender(audit, channel, owner, clock, policy, is_gone).run(parcels)


class _Try(Enum):
    """What this run did about a delivery."""

    NOT_OURS = "not ours"  # it was not free to be claimed
    FAILED = "failed"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class _Sender:
    audit: AuditStore
    channel: Channel
    owner: str
    clock: Callable[[], datetime]
    policy: Policy
    is_gone: Callable[[str], bool]

    def run(self, parcels: Sequence[Parcel]) -> DeliveryCounts:
        self._clear_up()
        self._supersede(parcels)
        self.audit.plan([wanted.delivery for wanted in parcels], self.clock())
        tried = {wanted.delivery.key: self._send(wanted) for wanted in parcels}
        return self._count(tried)

    def _clear_up(self) -> None:
        """Settle what earlier senders on this channel left when they went away."""
        states = _UNDER_WAY | {State.UNKNOWN}
        for row in self.audit.list(Filter(channel=self.channel.kind, states=states)):
            if row.state in _UNDER_WAY and self.is_gone(row.owner):
                self._apply(row.key, OwnerGone(row.owner))
            self._apply(row.key, Expire())
            self._settle(row.key)

    def _settle(self, key: str) -> None:
        """Ask the channel about an unknown delivery; what nobody can tell is left to a person in time."""
        row = self.audit.get(key)
        if row is None or row.state is not State.UNKNOWN:
            return
        found = self._ask(row)
        if isinstance(found, Receipt):
            self._apply(key, Accept(row.attempt, found.message_id, "found in its channel after a crash"))
        elif found is Unsettled.ABSENT:
            self._apply(key, Release(row.fence, row.attempt, f"not in its channel: {row.reason}"))
        elif row.updated_at is not None and self.clock() - row.updated_at >= self.policy.hold_after:
            self._apply(key, Hold(row.reason))

    def _ask(self, row: Delivery) -> Receipt | Unsettled:
        names = (row.key, row.report_id, row.revision, row.tenant, row.role, row.period, row.reader, row.content_sha256)
        try:
            return self.channel.settle(Label(*names), row.attempts)
        except QuarterdeckError:
            return Unsettled.UNSURE

    def _supersede(self, parcels: Iterable[Parcel]) -> None:
        """Take back what still waits of other revisions, and take up again what failed or was taken back before."""
        wanted = {(p.delivery.report_id, p.delivery.reader.lower()): p.delivery for p in parcels}
        for report_id in dict.fromkeys(report_id for report_id, _ in wanted):
            for row in self.audit.list(Filter(report_id=report_id, channel=self.channel.kind)):
                now_wanted = wanted.get((report_id, row.reader.lower()))
                if now_wanted is None:
                    continue
                if row.key != now_wanted.key and row.state in _OPEN:
                    self._apply(row.key, Close(State.CANCELLED, f"{_SUPERSEDED}{now_wanted.revision}"))
                elif row.key == now_wanted.key and (row.state is State.FAILED or row.reason.startswith(_SUPERSEDED)):
                    waits = now_wanted.state is State.AWAITING_APPROVAL
                    self._apply(row.key, Reopen("asked for again", needs_approval=waits))

    def _send(self, wanted: Parcel) -> _Try:
        """Try to take a message to its reader."""
        key = wanted.delivery.key
        row = self._apply(key, Claim(self.owner, self.policy.lease))
        if row is None:
            return _Try.NOT_OURS
        if row.content_sha256 != wanted.delivery.content_sha256:
            self._apply(key, Unclaim(row.fence, "another run has planned it with other content"))
            return _Try.FAILED
        row = self._apply(key, Send(row.fence, f"{key[:24]}-{row.fence}"))
        return _Try.NOT_OURS if row is None else self._transmit(wanted.envelope, row)

    def _transmit(self, envelope: Envelope, row: Delivery) -> _Try:
        """Hand the message to the channel and record its answer, whatever it is."""
        try:
            receipt = self.channel.send(envelope, row.attempt, lambda: self._check_lease(row))
            event = _answered(row, receipt)
        except DeliveryError as error:
            event = Refuse(row.fence, row.attempt, error.problem.what, permanent=error.permanent)
        except DeliveryUnknown as error:
            event = Lose(row.fence, row.attempt, error.problem.what)
        except Exception as error:  # noqa: BLE001 - a fault of a channel: nobody knows what it did before
            event = Lose(row.fence, row.attempt, f"{type(error).__name__}: {error}")
        self._apply(row.key, event)
        self._settle(row.key)
        after = self.audit.get(row.key)
        return _Try.SENT if after is not None and after.state in OUT and after.attempt == row.attempt else _Try.FAILED

    def _check_lease(self, row: Delivery) -> None:
        """The last thing before a message goes out: a process that slept for too long must not send any more."""
        if not row.leased(self.clock()):
            raise DeliveryError("the lease ran out before the message went out", permanent=False)

    def _apply(self, key: str, event: Event) -> Delivery | None:
        """The row after an event, or None where it does not apply (any more): then somebody else has decided."""
        row = self.audit.apply(key, event, self.clock())
        return None if isinstance(row, Denied) else row

    def _count(self, tried: Mapping[str, _Try]) -> DeliveryCounts:
        counts: Counter[str] = Counter()
        problems: list[Problem] = []
        for key, ours in tried.items():
            row = self.audit.get(key)
            if row is None:
                raise AuditError(f"the delivery {key} is gone from the trail")
            outcome = _outcome(row, ours)
            counts[outcome] += 1
            problems += _problem(row, outcome)
        del counts[_WAITING]
        return DeliveryCounts(planned=len(tried), problems=tuple(problems), **counts)


def _answered(row: Delivery, receipt: Receipt) -> Event:
    if not receipt.message_id:  # an answer that was cut short
        return Lose(row.fence, row.attempt, "the channel answered without the message's id")
    return Accept(row.attempt, receipt.message_id)


def _outcome(row: Delivery, ours: _Try) -> str:
    if row.state in OUT:
        return "sent" if ours is _Try.SENT else "already"
    if row.state in {State.UNKNOWN, State.HELD}:
        return row.state.value
    waits = row.state in _UNDER_WAY or (row.state in _OPEN and ours is _Try.NOT_OURS)
    return _WAITING if waits else "failed"


def _problem(row: Delivery, outcome: str) -> list[Problem]:
    """What a person must know of a delivery that is not out. The reader is not named: run records keep problems for good."""
    what, show = f"{row.report_id} over {row.channel}", f"`quarterdeck audit show {row.report_id}`"
    if row.state in _UNDER_WAY and row.lease_until:
        until = f"{row.lease_until:%Y-%m-%d %H:%M:%S} UTC"
        return [Problem(f"{what} is in the hands of {row.owner} until {until}", remedy="run again after that")]
    if row.state in {State.UNKNOWN, State.HELD}:
        remedy = f"ask the reader that {show} names, then `quarterdeck audit resolve`"
        return [Problem(f"{what}: nobody knows whether it went out: {row.reason}", remedy=remedy)]
    if outcome == "failed":
        return [Problem(f"{what} was not sent and is {row.state}: {row.reason}", remedy=f"see {show}, then run again")]
    return []


def _refuse_mismatch(wanted: Parcel, channel: Channel) -> None:
    """The last look before anything is planned: row, label, reader and bytes must speak of one report of one tenant."""
    label = wanted.envelope.label
    fits = (
        Parcel.of(wanted.envelope, channel.kind).delivery == replace(wanted.delivery, state=State.PLANNED, not_before=None)
        and label.key == delivery_key(label.report_id, label.revision, channel.kind, label.reader)
        and label.report_id == f"{label.tenant}_{label.role}_{label.period}"
        and label.reader == wanted.envelope.reader.spec
        and label.content_sha256 == hashlib.sha256(wanted.envelope.message).hexdigest()
    )
    if not fits:
        raise DeliveryError(f"a parcel of {label.report_id} does not fit its label", remedy="nothing was sent; make it again")
