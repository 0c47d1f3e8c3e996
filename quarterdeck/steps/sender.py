"""One message to its reader: claim it, announce it, hand it to the channel, record the answer; and settle what is unclear.

Nothing is sent that the trail does not allow, and whatever the channel answers is written down before anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from quarterdeck.audit import AuditStore, Delivery, State
from quarterdeck.audit.happenings import Accept, Claim, Hold, Lose, Refresh, Refuse, Release, Send, Unclaim
from quarterdeck.audit.states import OUT, Denied, Event
from quarterdeck.delivery import Channel, Envelope, Label, Receipt, Unsettled
from quarterdeck.errors import DeliveryError, DeliveryUnknown, QuarterdeckError
from quarterdeck.steps.counts import Try
from quarterdeck.steps.parcel import Parcel


@dataclass(frozen=True, slots=True)
class Sender:
    """A process that sends over one channel.

    `lease` is how long it may take for one message, `hold_after` when an unknown one is left to a person. `later` gives the
    moment that a delivery has to wait for, if there is one, and `objection` the reason why it must not go out as things
    stand now, or nothing: asked right before the message leaves.
    """

    audit: AuditStore
    channel: Channel
    owner: str
    clock: Callable[[], datetime]
    lease: timedelta
    hold_after: timedelta
    later: Callable[[Delivery], datetime | None]
    objection: Callable[[Delivery], str]

    def send(self, wanted: Parcel) -> Try:
        """Try to take a message to its reader."""
        if moment := self.later(wanted.delivery):
            if moment != wanted.delivery.not_before:  # its time was over before its turn came
                self.apply(wanted.key, Refresh(wanted.delivery.content_sha256, moment))
            return Try.NOT_OURS
        row = self.apply(wanted.key, Claim(self.owner, self.lease))
        if row is None:
            return Try.NOT_OURS
        if row.content_sha256 != wanted.delivery.content_sha256:
            self.apply(wanted.key, Unclaim(row.fence, "another run has planned it with other content"))
            return Try.FAILED
        row = self.apply(wanted.key, Send(row.fence, f"{wanted.key[:24]}-{row.fence}"))
        return Try.NOT_OURS if row is None else self._transmit(wanted.envelope, row)

    def settle(self, key: str) -> None:
        """Ask the channel about an unknown delivery; what nobody can tell is left to a person in time."""
        row = self.audit.get(key)
        if row is None or row.state is not State.UNKNOWN:
            return
        found = self._ask(row)
        if isinstance(found, Receipt):
            self.apply(key, Accept(row.attempt, found.message_id, "found in its channel after a crash"))
        elif found is Unsettled.ABSENT:
            self.apply(key, Release(row.fence, row.attempt, f"not in its channel: {row.reason}"))
        elif row.updated_at is not None and self.clock() - row.updated_at >= self.hold_after:
            self.apply(key, Hold(row.reason))

    def apply(self, key: str, event: Event) -> Delivery | None:
        """The row after an event, or None where it does not apply (any more): then somebody else has decided."""
        row = self.audit.apply(key, event, self.clock())
        return None if isinstance(row, Denied) else row

    def _ask(self, row: Delivery) -> Receipt | Unsettled:
        names = (row.key, row.report_id, row.revision, row.tenant, row.role, row.period, row.reader, row.content_sha256)
        try:
            return self.channel.settle(Label(*names), row.attempts)
        except QuarterdeckError:
            return Unsettled.UNSURE

    def _transmit(self, envelope: Envelope, row: Delivery) -> Try:
        """Hand the message to the channel and record its answer, whatever it is."""
        try:
            receipt = self.channel.send(envelope, row.attempt, lambda: self._check(row))
            event = _answered(row, receipt)
        except DeliveryError as error:
            event = self._refused(row, error)
        except DeliveryUnknown as error:
            event = Lose(row.fence, row.attempt, error.problem.what)
        except Exception as error:  # noqa: BLE001 - a fault of a channel: nobody knows what it did before
            event = Lose(row.fence, row.attempt, f"{type(error).__name__}: {error}")
        self.apply(row.key, event)
        self.settle(row.key)
        return self._outcome(row)

    def _outcome(self, row: Delivery) -> Try:
        after = self.audit.get(row.key)
        if after is None or after.attempt != row.attempt:
            return Try.FAILED
        if after.state is State.PLANNED:
            return Try.REFUSED
        return Try.SENT if after.state in OUT else Try.FAILED

    def _refused(self, row: Delivery, error: DeliveryError) -> Event:
        wait = None if error.permanent else error.retry_after
        not_before = self.clock() + wait if wait else None
        return Refuse(row.fence, row.attempt, error.problem.what, permanent=error.permanent, not_before=not_before)

    def _check(self, row: Delivery) -> None:
        """The last thing before a message goes out: whether it still may, and whether this process still may send it."""
        if why := self.objection(row):
            raise DeliveryError(why)
        if not row.leased(self.clock()):  # a process that slept for too long must not send any more
            raise DeliveryError("the lease ran out before the message went out", permanent=False)


def _answered(row: Delivery, receipt: Receipt) -> Event:
    if not receipt.message_id:  # an answer that was cut short
        return Lose(row.fence, row.attempt, "the channel answered without the message's id")
    return Accept(row.attempt, receipt.message_id)
