"""A folder is the registry: importing its modules, in name order, is what makes the entries known.

`Registry` holds the entries of one kind (KPIs, rules, sources ...). Nothing is found on import; the first
lookup scans the package once. Users' own packages join by the entry point group `quarterdeck.<kind>`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import entry_points
from threading import RLock
from typing import Generic, TypeVar

from quarterdeck.errors import ConfigError

T = TypeVar("T")


def modules(package: str) -> tuple[str, ...]:
    """The full names of all modules directly in a package, in order. Leading underscores stay out."""
    path = importlib.import_module(package).__path__
    return tuple(sorted(f"{package}.{info.name}" for info in pkgutil.iter_modules(path) if not info.name.startswith("_")))


def discover(package: str) -> tuple[str, ...]:
    """Import all modules directly in a package, in name order; their full names."""
    for name in modules(package):
        importlib.import_module(name)
    return modules(package)


class Registry(Generic[T]):
    """Entries of one kind by id, filled by the decorators in the modules of `package`; doubles are refused."""

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.package = package
        self._entries: dict[str, T] = {}
        self._scanned = False
        self._failure: ConfigError | None = None
        self._lock = RLock()

    def add(self, id: str, entry: T) -> None:
        if id in self._entries:
            raise ConfigError(f"two {self.kind} entries have the id {id!r}", remedy="ids are unique; rename one")
        self._entries[id] = entry

    def all(self) -> dict[str, T]:
        """Every entry, in the order of the ids, so that nothing hangs on which module somebody imported first.

        ConfigError, now and at every later lookup, where a module cannot be imported: half a registry is none.
        """
        self._scan()
        return dict(sorted(self._entries.items()))

    def get(self, id: str) -> T:
        """The entry of an id, or ConfigError that names the ones there are."""
        self._scan()
        if id not in self._entries:
            raise ConfigError(f"there is no {self.kind} {id!r}", remedy=f"known: {', '.join(self.all()) or 'none'}")
        return self._entries[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.all())

    def __contains__(self, id: object) -> bool:
        self._scan()
        return id in self._entries

    def _scan(self) -> None:
        with self._lock:
            if not self._scanned:
                self._scanned = True  # first, so that a module which looks up while being imported does not recurse
                self._failure = self._load_all()
        if self._failure is not None:
            raise self._failure

    def _load_all(self) -> ConfigError | None:
        """Import the package's modules, then the users' own; what went wrong, or None."""
        loads: list[tuple[str, Callable[[], object]]] = [
            (name, partial(importlib.import_module, name)) for name in modules(self.package)
        ]
        points = entry_points(group=f"quarterdeck.{self.kind}")
        loads += [(point.value, point.load) for point in sorted(points, key=lambda point: point.name)]
        for name, load in loads:
            try:
                load()
            except ConfigError as error:
                return error
            except Exception as error:  # noqa: BLE001 - whatever a module does wrong, the registry has one clear line for it
                failure = ConfigError(
                    f"{name} cannot be imported: {type(error).__name__}: {error}", remedy="mend it or move it away"
                )
                failure.__cause__ = error
                return failure
        return None
