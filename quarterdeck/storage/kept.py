"""What was stored or read last, kept in memory: a run's reports all stand on the same tables."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Things by key, those that were asked for last, up to a size in all. It may be used by many threads."""

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        self._most = most
        self._measure = size
        self._size = 0
        self._data: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> T | None:
        with self._lock:
            if key in self._data:
                self._data.move_to_end(key)
            return self._data.get(key)

    def keep(self, key: str, thing: T) -> None:
        """Keep a thing, and let those go that were not asked for the longest; what is too large for all is not kept."""
        with self._lock:
            self._forget(key)
            if self._measure(thing) > self._most:
                return
            self._data[key] = thing
            self._size += self._measure(thing)
            while self._size > self._most:
                self._forget(next(iter(self._data)))

    def forget(self, key: str) -> None:
        with self._lock:
            self._forget(key)

    def _forget(self, key: str) -> None:
        if key in self._data:
            self._size -= self._measure(self._data.pop(key))
