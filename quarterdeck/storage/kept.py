"""Bytes that were stored or read last, kept in memory: a run's reports all stand on the same tables."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock


class Kept:
    """Bytes by key, those that were asked for last, up to a size in all. It may be used by many threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._data: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> bytes | None:
        with self._lock:
            if key in self._data:
                self._data.move_to_end(key)
            return self._data.get(key)

    def keep(self, key: str, data: bytes) -> None:
        """Keep bytes, and let those go that were not asked for the longest; what is too large for all is not kept."""
        with self._lock:
            self._forget(key)
            if len(data) > self._most:
                return
            self._data[key] = data
            self._size += len(data)
            while self._size > self._most:
                self._forget(next(iter(self._data)))

    def forget(self, key: str) -> None:
        with self._lock:
            self._forget(key)

    def _forget(self, key: str) -> None:
        self._size -= len(self._data.pop(key, b""))
