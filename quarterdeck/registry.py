"""A folder is the registry: importing its modules, in name order, is what makes the entries known.

`Registry` holds the entries of one kind (KPIs, rules, sources ...). Nothing is found on import; the first
lookup scans the package once. Users' own packages join by the entry point group `quarterdeck.<kind>`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.metadata import entry_points
from threading import RLock
from typing import Generic, TypeVar

from quarterdeck.errors import ConfigError

T = TypeVar("T")


def discover(package: str) -> tuple[str, ...]:
    """Import all modules directly in a package, in name order; their full names. Leading underscores stay out."""
    path = importlib.import_module(package).__path__
    names = sorted(f"{package}.{info.name}" for info in pkgutil.iter_modules(path) if not info.name.startswith("_"))
    for name in names:
        importlib.import_module(name)
    return tuple(names)


class Registry(Generic[T]):
    """Entries of one kind by id, filled by the decorators in the modules of `package`; doubles are refused."""

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.package = package
        self._entries: dict[str, T] = {}
        self._scanned = False
        self._lock = RLock()

    def add(self, id: str, entry: T) -> None:
        if id in self._entries:
            raise ConfigError(f"two {self.kind} entries have the id {id!r}", remedy="ids are unique; rename one")
        self._entries[id] = entry

    def all(self) -> dict[str, T]:
        """Every entry, in the order of the modules' names and, within one, of the code."""
        self._scan()
        return dict(self._entries)

    def get(self, id: str) -> T:
        """The entry of an id, or ConfigError that names the ones there are."""
        self._scan()
        if id not in self._entries:
            raise ConfigError(f"there is no {self.kind} {id!r}", remedy=f"known: {', '.join(self._entries) or 'none'}")
        return self._entries[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.all())

    def __contains__(self, id: object) -> bool:
        return id in self.all()

    def _scan(self) -> None:
        with self._lock:
            if self._scanned:
                return
            self._scanned = True  # first, so that a module which looks up while being imported does not recurse
            try:
                discover(self.package)
                for point in sorted(entry_points(group=f"quarterdeck.{self.kind}"), key=lambda point: point.name):
                    point.load()  # a module of the user's own; loading it runs its decorators
            except BaseException:
                self._scanned = False
                raise
