"""What can happen to a delivery: one small class per event, each with the condition under which it applies.

The sender's own way is Claim, Send, then Accept, Refuse or Lose. Expire, Accept, Release and Hold settle what a crash
left behind. The rest are decisions of people and of the configuration, and what the channel hears later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from quarterdeck.audit.states import Delivery, Denied, State, back_to_planned, now_sent

_PENDING = frozenset({State.PLANNED, State.AWAITING_APPROVAL})
_MAY_BE_OUT = frozenset({State.SENDING, State.UNKNOWN, State.PLANNED, State.CLAIMED})
_RANK = (State.SENT, State.DELIVERED, State.BOUNCED, State.COMPLAINED)


@dataclass(frozen=True, slots=True)
class Claim:
    """An owner takes a delivery for a while. Nothing has left the machine yet, so a claim that ran out is free again."""

    owner: str
    lease: timedelta

    def on(self, row: Delivery, now: datetime, /) -> Delivery | Denied:
        if row.state is State.PLANNED and row.not_before is not None and now < row.not_before:
            return Denied(f"not before {row.not_before.isoformat()}")
        if row.state is not State.PLANNED and not (row.state is State.CLAIMED and not row.leased(now)):
            return Denied(f"it is {row.state}")
        return replace(row, state=State.CLAIMED, owner=self.owner, lease_until=now + self.lease, fence=row.fence + 1, reason="")


@dataclass(frozen=True, slots=True)
class Send:
    """The owner says that he is about to send: written before the message can go out, with the attempt's id."""

    fence: int
    attempt: str

    def on(self, row: Delivery, now: datetime, /) -> Delivery | Denied:
        if row.state is not State.CLAIMED or row.fence != self.fence:
            return Denied("it is no longer yours")
        if not row.leased(now):
            return Denied("your lease is over")
        if not self.attempt or self.attempt in row.attempts:
            return Denied("an attempt needs an id of its own")
        return replace(row, state=State.SENDING, attempt=self.attempt, attempts=(*row.attempts, self.attempt))


@dataclass(frozen=True, slots=True)
class Accept:
    """The message of an attempt is out, under this id: the channel said so, or proof was found later.

    Holds at any time and from anybody, for an attempt's id is known to its sender and its channel alone. A held delivery
    stays held, with the proof noted for the person who resolves it.
    """

    attempt: str
    message_id: str
    reason: str = ""

    def on(self, row: Delivery, _now: datetime, /) -> Delivery | Denied:
        if self.attempt not in row.attempts or not self.message_id:
            return Denied("only an attempt of this delivery can be accepted, and with an id")
        if row.state is State.HELD:
            return replace(row, message_id=self.message_id, reason="the channel says that it is out")
        if row.state not in _MAY_BE_OUT:
            return Denied(f"it is {row.state}")
        return now_sent(row, self.message_id, self.reason)


@dataclass(frozen=True, slots=True)
class Refuse:
    """The channel refused before it accepted anything: the message certainly is not out. `permanent` ends the delivery."""

    fence: int
    attempt: str
    reason: str
    permanent: bool = False
    not_before: datetime | None = None

    def on(self, row: Delivery, _now: datetime, /) -> Delivery | Denied:
        if not _is_latest(row, self.fence, self.attempt) or row.state not in {State.SENDING, State.UNKNOWN}:
            return Denied("it is no longer yours")
        planned = back_to_planned(row, self.reason, self.not_before)
        return replace(planned, state=State.FAILED) if self.permanent else planned


@dataclass(frozen=True, slots=True)
class Lose:
    """The answer of the channel was lost: nobody knows whether the message is out."""

    fence: int
    attempt: str
    reason: str

    def on(self, row: Delivery, _now: datetime, /) -> Delivery | Denied:
        if not _is_latest(row, self.fence, self.attempt) or row.state is not State.SENDING:
            return Denied("it is no longer yours")
        return _unknown(row, self.reason)


@dataclass(frozen=True, slots=True)
class Expire:
    """The lease of one who was sending is over: he may have died before or after the message went out."""

    reason: str = "the sender went away while sending"

    def on(self, row: Delivery, now: datetime, /) -> Delivery | Denied:
        if row.state is not State.SENDING or row.leased(now):
            return Denied(f"it is {row.state} and not expired")
        return _unknown(row, self.reason)


@dataclass(frozen=True, slots=True)
class OwnerGone:
    """Its owner is known to run no more, so his lease ends now. Were that wrong, his fence would still keep him out."""

    owner: str

    def on(self, row: Delivery, now: datetime, /) -> Delivery | Denied:
        if row.state not in {State.CLAIMED, State.SENDING} or row.owner != self.owner or not row.leased(now):
            return Denied(f"it is {row.state} and not leased to {self.owner}")
        return replace(row, lease_until=now)


@dataclass(frozen=True, slots=True)
class Release:
    """Proof that the message of the latest attempt is not out and cannot go out any more."""

    fence: int
    attempt: str
    reason: str

    def on(self, row: Delivery, _now: datetime, /) -> Delivery | Denied:
        if row.state is not State.UNKNOWN or not _is_latest(row, self.fence, self.attempt):
            return Denied(f"it is {row.state}, or another attempt was made since")
        return back_to_planned(row, self.reason)


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing has settled it in time; from here only a person does."""

    reason: str

    def on(self, row: Delivery, _now: datetime, /) -> Delivery | Denied:
        if row.state is not State.UNKNOWN:
            return Denied(f"it is {row.state}")
        return replace(row, state=State.HELD, reason=self.reason)


@dataclass(frozen=True, slots=True)
class Resolve:
    """A person says what became of an unknown or held delivery: it is out, or it is to be sent again."""

    by: str
    reason: str
    sent: bool

    def on(self, row: Delivery, _now: datetime, /) -> Delivery | Denied:
        if not self.by.strip() or not self.reason.strip():
            return Denied("a decision needs a name and a reason")
        if row.state not in {State.UNKNOWN, State.HELD}:
            return Denied(f"it is {row.state}; only unknown and held ones can be resolved")
        if row.message_id and not self.sent:
            return Denied(f"the channel says that it is out, as {row.message_id}")
        return now_sent(row, row.message_id, self.reason) if self.sent else back_to_planned(row, self.reason)


@dataclass(frozen=True, slots=True)
class Approve:
    """A person lets a report go out that waited for it."""

    by: str

    def on(self, row: Delivery, _now: datetime, /) -> Delivery | Denied:
        if not self.by.strip():
            return Denied("an approval needs a name")
        if row.state is not State.AWAITING_APPROVAL:
            return Denied(f"it is {row.state}")
        return back_to_planned(row, "", row.not_before)


@dataclass(frozen=True, slots=True)
class Refresh:
    """The same revision, planned again with other bytes or another send time while nothing is under way."""

    content_sha256: str
    not_before: datetime | None = None

    def on(self, row: Delivery, _now: datetime, /) -> Delivery | Denied:
        if row.state not in _PENDING:
            return Denied(f"it is {row.state}")
        return replace(row, content_sha256=self.content_sha256, not_before=self.not_before)


@dataclass(frozen=True, slots=True)
class Unclaim:
    """The owner gives a claim back before sending."""

    fence: int
    reason: str

    def on(self, row: Delivery, _now: datetime, /) -> Delivery | Denied:
        if row.state is not State.CLAIMED or row.fence != self.fence:
            return Denied("it is no longer yours")
        return back_to_planned(row, self.reason)


@dataclass(frozen=True, slots=True)
class Close:
    """It will not be sent: `skipped` (the reader is suppressed), `cancelled` (superseded, taken back), `failed`."""

    state: State
    reason: str

    def on(self, row: Delivery, _now: datetime, /) -> Delivery | Denied:
        if self.state not in {State.SKIPPED, State.CANCELLED, State.FAILED} or row.state not in _PENDING:
            return Denied(f"it is {row.state}")
        return replace(row, state=self.state, reason=self.reason)


@dataclass(frozen=True, slots=True)
class Reopen:
    """A delivery that failed for good or was taken back is wanted again; it certainly is not out.

    One that failed had been let go; one that was taken back may never have been, so it waits for approval if it needs one.
    """

    reason: str
    needs_approval: bool = False

    def on(self, row: Delivery, _now: datetime, /) -> Delivery | Denied:
        if row.state not in {State.FAILED, State.CANCELLED}:
            return Denied(f"it is {row.state}")
        planned = back_to_planned(row, self.reason)
        waits = self.needs_approval and row.state is State.CANCELLED
        return replace(planned, state=State.AWAITING_APPROVAL) if waits else planned


@dataclass(frozen=True, slots=True)
class Hear:
    """What the channel tells about a message later. Whatever the order of arrival, a row only moves towards the worse."""

    state: State
    reason: str = ""

    def on(self, row: Delivery, _now: datetime, /) -> Delivery | Denied:
        if row.state not in _RANK or self.state not in _RANK or _RANK.index(self.state) <= _RANK.index(row.state):
            return Denied(f"it is {row.state} already")
        return replace(row, state=self.state, reason=self.reason)


@dataclass(frozen=True, slots=True)
class Remark:
    """What the channel tells of a message on its way, such as a delay: the delivery is as sent as it was."""

    reason: str

    def on(self, row: Delivery, _now: datetime, /) -> Delivery | Denied:
        if row.state is not State.SENT:
            return Denied(f"it is {row.state}")
        return replace(row, reason=self.reason)


def _is_latest(row: Delivery, fence: int, attempt: str) -> bool:
    return row.fence == fence and bool(attempt) and row.attempt == attempt


def _unknown(row: Delivery, reason: str) -> Delivery:
    return replace(row, state=State.UNKNOWN, reason=reason)
