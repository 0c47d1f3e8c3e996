"""Tables of a report that are no KPI: one decorated function each, from frames to an `Exhibit`.

An exhibit function takes the tables it names, and `at`, like a KPI. It returns None where there is nothing to show; a
missing table leaves it out and the data notice says why. Cells are facts (Money, Decimal, int, date, text), never text
made of figures. To add one: one function here, and its id in the role files that show it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from quarterdeck.model import Exhibit
from quarterdeck.registry import Registry


@dataclass(frozen=True, slots=True)
class ExhibitSpec:
    """An exhibit as declared."""

    id: str
    title: str
    tables: tuple[str, ...]
    make: Callable[..., Exhibit | None]


EXHIBITS: Registry[ExhibitSpec] = Registry("exhibits", "quarterdeck.exhibits")


def exhibit(id: str, *, title: str) -> Callable[[Callable[..., Exhibit | None]], Callable[..., Exhibit | None]]:
    """Make a function known as an exhibit."""

    def known(make: Callable[..., Exhibit | None]) -> Callable[..., Exhibit | None]:
        tables = tuple(name for name in inspect.signature(make).parameters if name != "at")
        EXHIBITS.add(id, ExhibitSpec(id, title, tables, make))
        return make

    return known
