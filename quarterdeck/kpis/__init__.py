"""What it means: one decorated function per KPI, pure, from frames to one figure.

A KPI function takes the tables it names as parameters, and `at`; it returns the figure or `Unavailable(reason)`:

    @kpi("net_burn", label="Net burn", unit=Unit.MONEY, good=Direction.DOWN, formula="opening cash - closing cash + ...")
    def net_burn(entries, accounts, at):
        \"\"\"What the business itself used up of its cash, as a rate per month.\"\"\"

Money is an integer of minor units in `at.currency`, a ratio is a Decimal, counts are integers. The parameters are the
list of tables (a test holds both together); a table that no source gives makes the KPI unavailable before it is called.
To add a KPI: one function in the file of its field, and its id in the role files that show it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from quarterdeck.model import Direction, Unavailable, Unit
from quarterdeck.registry import Registry

Value = int | Decimal | Unavailable


@dataclass(frozen=True, slots=True)
class Kpi:
    """A KPI as declared. `version` goes up whenever the formula changes, so that old figures stay explainable."""

    id: str
    label: str
    unit: Unit
    direction: Direction
    formula: str
    version: int
    tables: tuple[str, ...]
    definition: str
    needs: str
    compute: Callable[..., Value]
    absent_ok: frozenset[str] = frozenset()


KPIS: Registry[Kpi] = Registry("kpis", "quarterdeck.kpis")


def kpi(
    id: str,
    *,
    label: str,
    unit: Unit,
    good: Direction,
    formula: str,
    needs: str = "",
    version: int = 1,
    absent_ok: tuple[str, ...] = (),
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Make a function known as a KPI.

    `formula` states the figure in words with its unit; `needs` says in words which data it takes, for the list of
    KPIs that cannot be worked out yet. The docstring's first line is the definition in the glossary. Tables in `absent_ok`
    come as empty frames where no source is configured to give them; what they add is then left out.
    """

    def known(compute: Callable[..., Value]) -> Callable[..., Value]:
        tables = tuple(name for name in inspect.signature(compute).parameters if name != "at")
        definition = (inspect.getdoc(compute) or "").partition("\n")[0]
        KPIS.add(id, Kpi(id, label, unit, good, formula, version, tables, definition, needs, compute, frozenset(absent_ok)))
        return compute

    return known
