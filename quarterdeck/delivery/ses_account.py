"""What the account of SES allows: how fast, how many a day, and to whom."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from quarterdeck.aws import Aws, fault_of
from quarterdeck.delivery.rate import Rate
from quarterdeck.errors import DeliveryError

FRESH = timedelta(minutes=10)  # how long a reading holds: AWS asks for waits of up to 10 minutes where a quota is used up
FRESH_GUESS = timedelta(minutes=1)  # how long to do without one; a delivery under way has no time for trying long
_CAUTIOUS = 1.0  # a second: what every account may send, the sandbox's too
SANDBOX = "the account is in the sandbox, which sends to verified readers only: ask AWS for production access"


@dataclass(frozen=True, slots=True)
class Account:
    """An account in a region. `left` is what remains of the last 24 hours' quota, infinite where there is none.

    `unread` says why the account could not be read; the rest is then a cautious guess.
    """

    per_second: float = _CAUTIOUS
    quota: float = math.inf
    left: float = math.inf
    in_sandbox: bool = False
    may_send: bool = True
    unread: str = ""

    def remarks(self) -> Iterator[str]:
        """What a person should know, a line each."""
        if self.unread:
            yield f"SES does not tell what the account may send ({self.unread}); `rate_per_second` holds, or 1 a second"
            return
        most = "as many a day as you like" if math.isinf(self.quota) else f"{self.left:.0f} of {self.quota:.0f} left for today"
        yield f"SES takes {self.per_second:g} messages a second, {most}"
        if self.in_sandbox:
            yield SANDBOX
        if not self.may_send:
            yield "SES has paused this account's sending"


def read_account(aws: Aws) -> Account:
    """The account as SES tells it; where it does not, the guess, for sending needs no permission to read."""
    try:
        told = aws.client("sesv2", "once").get_account()
    except Exception as error:
        fault = fault_of(error)
        if fault is None:
            raise
        return Account(unread=fault.code)
    quota = told.get("SendQuota", {})
    most = float(quota.get("Max24HourSend", -1))
    most = math.inf if most < 0 else most  # -1 is AWS's word for no limit
    rate = float(quota.get("MaxSendRate", 0))
    return Account(
        per_second=rate if rate > 0 else _CAUTIOUS,
        quota=most,
        left=most - float(quota.get("SentLast24Hours", 0)),
        in_sandbox=told.get("ProductionAccessEnabled") is False,
        may_send=told.get("SendingEnabled") is not False,
    )


class Allowance:
    """The account's limits, kept by this process: it reads them before its first message, and again when they are old."""

    def __init__(
        self,
        read: Callable[[], Account],
        per_second: float | None = None,
        clock: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._read, self._wanted, self._clock = read, per_second, clock
        self._rate = Rate(per_second or _CAUTIOUS, clock, sleep)
        self._lock = Lock()
        self._account: Account | None = None
        self._read_at = 0
        self._taken = 0

    def account(self) -> Account:
        """The account, as it was not long ago."""
        with self._lock:
            return self._current()

    def take(self) -> None:
        """Wait for a turn to send; DeliveryError, with the time to wait, where today's quota is used up."""
        with self._lock:
            account = self._current()
            if account.left - self._taken < 1:
                raise DeliveryError(
                    f"the account has sent all of its {account.quota:.0f} messages of 24 hours",
                    remedy="wait, or ask AWS for a higher quota",
                    permanent=False,
                    retry_after=FRESH - self._age(),
                )
            self._taken += 1
        self._rate.wait()

    def _current(self) -> Account:
        if self._account is None or self._age() >= (FRESH_GUESS if self._account.unread else FRESH):
            self._account, self._read_at, self._taken = self._read(), self._clock(), 0
            self._rate.limit(self._pace(self._account))
        return self._account

    def _age(self) -> timedelta:
        return timedelta(microseconds=(self._clock() - self._read_at) / 1000)

    def _pace(self, account: Account) -> float:
        """What the settings ask for, but never more than the account may; what it may is not known where it is unread."""
        if self._wanted is None:
            return account.per_second
        return self._wanted if account.unread else min(self._wanted, account.per_second)
