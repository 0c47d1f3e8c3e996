"""The archive's pages as they are stored: one is written only where the facts it shows are not those it was written from.

What a page was written from is remembered as a digest, per tenant, in `<tenant>/site.json`, beside what was gathered about
the tenant's reports. These files hold nothing that is not in the reports: remove one, and its pages are written anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from quarterdeck import codec
from quarterdeck.storage import Store

_STATE = "site.json"
_SCHEMA = 1
_MOST_PENDING = 16 << 20  # bytes of pages that wait to be stored together


class Pages:
    """The pages in a store. `version` stands for all that they look like; `keys` are those that the store has."""

    def __init__(self, store: Store, version: str) -> None:
        self.store = store
        self.version = version
        self.keys = set(store.list())
        self.written = 0
        self._states: dict[str, dict[str, Any]] = {}
        self._stored: dict[str, str] = {}
        self._pending: dict[str, bytes] = {}

    def state(self, tenant: str) -> dict[str, Any]:
        """What is remembered of a tenant, to be read and changed; "" is the archive as a whole."""
        if tenant not in self._states:
            self._states[tenant] = self._load(tenant)
        return self._states[tenant]

    def write(self, key: str, facts: object, make: Callable[[], bytes]) -> None:
        """Make and store a page, unless it stands there as made from the same facts."""
        self.write_all(key, facts, lambda: [(key, make())])

    def write_all(self, key: str, facts: object, make: Callable[[], Iterable[tuple[str, bytes]]]) -> None:
        """The same for pages that are made together; the one under `key` is made last, and stands for all of them."""
        known: dict[str, str] = self.state(_tenant(key))["pages"]
        digest = self.digest_of(facts)
        if known.get(key) == digest and key in self.keys:
            return
        for name, data in make():
            self._pending[name] = data
            self.keys.add(name)
            self.written += 1
        known[key] = digest
        if sum(map(len, self._pending.values())) > _MOST_PENDING:
            self._flush()

    def digest_of(self, facts: object) -> str:
        """The digest of facts as this version's pages show them: of records of plain values, which their repr tells apart."""
        return hashlib.sha256(f"{self.version} {facts!r}".encode("utf-8", "backslashreplace")).hexdigest()

    @cached_property
    def folders(self) -> dict[str, tuple[str, ...]]:
        """The names of the files that lay beside each other at first, by folder."""
        found: dict[str, list[str]] = {}
        for key in sorted(self.keys):
            folder, _, name = key.rpartition("/")
            found.setdefault(folder, []).append(name)
        return {folder: tuple(names) for folder, names in found.items()}

    def stand(self, tenant: str) -> bool:
        """Whether every page that was written of a tenant is still there."""
        return set(self.state(tenant)["pages"]) <= self.keys

    def save(self) -> None:
        """Store what is left, then remember what was written; if this is not reached, the pages are simply written again."""
        self._flush()
        for tenant, state in sorted(self._states.items()):
            text = codec.canonical(state)
            if text != self._stored.get(tenant):
                self.store.put(_key(tenant), text.encode())
                self._stored[tenant] = text

    def _flush(self) -> None:
        self.store.put_all(self._pending)
        self._pending.clear()

    def _load(self, tenant: str) -> dict[str, Any]:
        empty: dict[str, Any] = {"schema": _SCHEMA, "pages": {}}
        if _key(tenant) not in self.keys:
            return empty
        try:
            text = self.store.get(_key(tenant)).decode()
            state: dict[str, Any] = json.loads(text)
            if state["schema"] != _SCHEMA or not all(isinstance(digest, str) for digest in state["pages"].values()):
                return empty
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return empty
        self._stored[tenant] = text
        return state


def _tenant(key: str) -> str:
    return key.rpartition("/")[0].partition("/")[0]


def _key(tenant: str) -> str:
    return f"{tenant}/{_STATE}" if tenant else _STATE
