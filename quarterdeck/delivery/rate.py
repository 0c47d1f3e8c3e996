"""How fast messages may go: a bucket that holds one token and fills at a steady pace."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil, floor
from threading import Lock

_SECOND = 1_000_000_000  # nanoseconds: whole numbers, so that a thousand steps do not drift


class Rate:
    """At most `per_second` turns in any second, for all threads of a process; a bucket of one lets no burst through.

    A part of a turn counts only below one a second (0.5 is one in two seconds): 2.5 a second are 2. `clock` tells
    nanoseconds that never go back, `sleep` takes seconds and may wake early or late.
    """

    def __init__(
        self, per_second: float, clock: Callable[[], int] = time.monotonic_ns, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._lock = Lock()
        self._next = clock()
        self.limit(per_second)

    def limit(self, per_second: float) -> None:
        """From the next turn on, so many a second."""
        self._pause = ceil(_SECOND / (floor(per_second) if per_second >= 1 else per_second))

    def wait(self) -> None:
        """Return when it is the caller's turn; those who wait take turns, each a pause after the one before."""
        with self._lock:
            while (early := self._next - self._clock()) > 0:
                self._sleep(early / _SECOND)
            self._next = self._clock() + self._pause
