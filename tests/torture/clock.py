"""One time for all processes of a scenario, for their states and for their signatures."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import botocore.auth

from tests.trails import NOW


class Clock:
    """A time that stands still until it is moved, for this process and all that it forks, awake or asleep.

    `ahead` is how far this process's own clock is wrong.
    """

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        self._memory = mmap.mmap(-1, 8)
        self.begin()

    def begin(self) -> None:
        self.set(NOW)

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(struct.unpack("d", self._memory[:8])[0], UTC) + self.ahead

    def set(self, now: datetime) -> None:
        self._memory[:8] = struct.pack("d", now.timestamp())

    def sleep(self, seconds: float) -> None:
        """What this process takes for a sleep."""
        self.ahead += timedelta(seconds=seconds)

    def rule_here(self) -> None:
        """Let this process sign its requests at this time, for good."""
        botocore.auth.get_current_datetime = self._signing()

    @contextmanager
    def ruling(self) -> Iterator[None]:
        """A block in which requests are signed at this time."""
        real = botocore.auth.get_current_datetime
        self.rule_here()
        try:
            yield
        finally:
            botocore.auth.get_current_datetime = real

    def _signing(self) -> Callable[..., datetime]:
        def now(remove_tzinfo: bool = True) -> datetime:
            return self().replace(tzinfo=None) if remove_tzinfo else self()

        return now
