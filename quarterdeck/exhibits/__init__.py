"""Tables of a report that are no KPI: one decorated function each, from frames to an `Exhibit`.

An exhibit function takes the tables it names, and `at`, like a KPI, and `kpis` (KPI values by id) where it shows their
trends. It returns None where there is nothing to show. The
first table is what it is about, and arrives as an empty frame only if it is empty; the others may be absent. Cells are
facts (Money, Decimal, int, date, text), never text made of figures. The columns and rows come from `_grid.grid`; id and
title stand in the decorator alone.

To add one: one function here, and its id in the role files that show it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps

from quarterdeck.model import Exhibit
from quarterdeck.registry import Registry


@dataclass(frozen=True, slots=True)
class ExhibitSpec:
    """An exhibit as declared."""

    id: str
    title: str
    tables: tuple[str, ...]
    make: Callable[..., Exhibit | None]
    reads_kpis: bool = False


EXHIBITS: Registry[ExhibitSpec] = Registry("exhibits", "quarterdeck.exhibits")


def exhibit(id: str, *, title: str) -> Callable[[Callable[..., Exhibit | None]], Callable[..., Exhibit | None]]:
    """Make a function known as an exhibit."""

    def known(make: Callable[..., Exhibit | None]) -> Callable[..., Exhibit | None]:
        parameters = inspect.signature(make).parameters
        tables = tuple(name for name in parameters if name not in ("at", "kpis"))

        @wraps(make)
        def titled(**arguments: object) -> Exhibit | None:
            made = make(**arguments)
            return None if made is None else replace(made, id=id, title=title)

        EXHIBITS.add(id, ExhibitSpec(id, title, tables, titled, "kpis" in parameters))
        return titled

    return known
