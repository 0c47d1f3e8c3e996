"""Keeping within what a board allows: a bucket of calls that refills steadily. Waiting here costs less than being refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Bucket:
    """`most` calls at once, and `per_second` of them from then on; threads may share it."""

    def __init__(
        self,
        most: int,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._most, self._rate, self._clock, self._sleep = float(most), per_second, clock, sleep
        self._left, self._seen = self._most, clock()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Wait until another call may be made."""
        with self._lock:
            now = self._clock()
            self._left = min(self._most, self._left + (now - self._seen) * self._rate) - 1
            self._seen = now
            wait = -self._left / self._rate
        if wait > 0:
            self._sleep(wait)
