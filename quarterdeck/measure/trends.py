"""Trends of a year before, to lay beside those of KPIs: worked out when a report is made, only for what it charts."""

from __future__ import annotations

from collections.abc import Iterable

from quarterdeck.kpis import KPIS
from quarterdeck.measure.inputs import Inputs
from quarterdeck.measure.values import TREND, figure
from quarterdeck.model import At, Figure, Unavailable, Unit

_COMPARED = frozenset({Unit.MONEY, Unit.COUNT})  # ratios and spans wander: two of their lines would only tangle


def year_before(ids: Iterable[str], inputs: Inputs, at: At) -> dict[str, tuple[Figure | None, ...]]:
    """The figures of the twelve periods a year before those of a KPI's trend; without any, the KPI is not in it.

    What only shows a state has no such past, as nobody remembers it.
    """
    found = {}
    for id in ids:
        kpi = KPIS.get(id)
        if kpi.unit in _COMPARED and not inputs.is_state(kpi.tables, absent_ok=kpi.absent_ok):
            figures = (figure(kpi, inputs, at.of(period.last_year())) for period in at.period.trailing(TREND))
            known = tuple(None if isinstance(value, Unavailable) else value for value in figures)
            if any(value is not None for value in known):
                found[id] = known
    return found
