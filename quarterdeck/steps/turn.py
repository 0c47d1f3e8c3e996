"""The right to send over a channel: one process has it at a time, so that the channel's rate is kept by the one who sends.

Nothing else hangs on it: that no message goes out twice is kept by the states of its delivery, whoever sends.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType

from quarterdeck.audit import AuditStore
from quarterdeck.audit.records import Lease
from quarterdeck.errors import QuarterdeckError

TTL = timedelta(minutes=2)  # longer than one message can take, with the longest pause before it
_POLL = timedelta(seconds=1)


class TurnBusyError(QuarterdeckError):
    """Another process is sending over the channel; what was to be sent stays planned."""

    permanent = False


class Turn:
    """A turn to send over one channel, as a context: it is waited for, kept by `keep` before each message, given back.

    `owner` names this process and `is_gone` says of another's name that it certainly runs no more, which then gives way at
    once. Who still waits after `patience` raises TurnBusyError, and so does `keep` where somebody took over meanwhile.
    """

    def __init__(
        self,
        audit: AuditStore,
        channel: str,
        owner: str,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        is_gone: Callable[[str], bool] = lambda _: False,
        patience: timedelta = timedelta(minutes=5),
    ) -> None:
        self._audit, self._channel, self._owner = audit, channel, owner
        self._clock, self._sleep, self._is_gone, self._patience = clock, sleep, is_gone, patience
        self._lease: Lease | None = None

    def __enter__(self) -> Turn:
        waited = timedelta(0)
        while True:
            lease = self._audit.acquire(self._name, self._owner, TTL, self._clock())
            if lease.holder == self._owner:
                self._lease = lease
                return self
            if self._is_gone(lease.holder):
                self._audit.release(lease)
            elif waited >= self._patience:
                raise self._busy(lease)
            else:
                self._sleep(_POLL.total_seconds())
                waited += _POLL

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._lease is not None:
            self._audit.release(self._lease)
            self._lease = None

    def keep(self) -> None:
        """Have the turn for long enough to send one more message; TurnBusyError where somebody else has it since."""
        now = self._clock()
        if self._lease is None or self._lease.until - now > TTL / 2:
            return
        lease = self._audit.renew(self._lease, TTL, now) or self._audit.acquire(self._name, self._owner, TTL, now)
        if lease.holder != self._owner:
            self._lease = None
            raise self._busy(lease)
        self._lease = lease

    @property
    def _name(self) -> str:
        return f"sender:{self._channel}"

    def _busy(self, lease: Lease) -> TurnBusyError:
        until = f"{lease.until:%Y-%m-%d %H:%M:%S} UTC"
        what = f"{lease.holder} is sending over {self._channel}; its turn ends at {until} unless it goes on"
        return TurnBusyError(what, remedy="`quarterdeck retry` sends what is left, after that")
