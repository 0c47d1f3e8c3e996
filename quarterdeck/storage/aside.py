"""A store that is read and never written: what is put goes aside, into memory, and is gone with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from quarterdeck.storage.keys import Store, check_key


class Aside:
    """Another store's bytes with those that were put aside here before them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._aside: dict[str, bytes] = {}

    def get(self, key: str) -> bytes:
        return self._aside[key] if key in self._aside else self._store.get(key)

    def exists(self, key: str) -> bool:
        return key in self._aside or self._store.exists(key)

    def put_new(self, key: str, data: bytes) -> bool:
        if self.exists(key):
            return False
        self.put(key, data)
        return True

    def put_new_all(self, files: Mapping[str, bytes]) -> None:
        for key, data in files.items():
            self.put_new(key, data)

    def put(self, key: str, data: bytes) -> None:
        check_key(key)
        self._aside[key] = data

    def put_all(self, files: Mapping[str, bytes]) -> None:
        for key, data in files.items():
            self.put(key, data)

    def list(self, prefix: str = "") -> tuple[str, ...]:
        aside = (key for key in self._aside if key.startswith(prefix))
        return tuple(sorted({*self._store.list(prefix), *aside}))

    def reach(self) -> str:
        return self._store.reach()

    def locate(self, key: str) -> str:
        return self._store.locate(key)

    def signed(self, key: str, lifetime: timedelta) -> str | None:
        return self._store.signed(key, lifetime)
