"""The charts of a report as data: what each shows, in series of figures; how it looks is no matter here.

A role names its charts: exhibits listed in `FROM_EXHIBITS`, and KPIs as `trend_cash` (a line) or `columns_deployments`.
Series have the codes of IBCS: AC actual, PY a year before, PL plan, FC outlook with its edges LO and HI.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from quarterdeck import codec
from quarterdeck.compose.material import Material
from quarterdeck.model import Direction, Exhibit, Fact, KpiValue, Role, Unit

Section = list[dict[str, Any]]

KINDS = ("trend", "columns")
"""How a KPI can be shown over time: a state as a line, what happens within a period as columns."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One column of an exhibit as a series."""

    column: str
    code: str = "AC"
    unit: Unit = Unit.MONEY
    direction: Direction = Direction.UP


@dataclass(frozen=True, slots=True)
class Plan:
    """How an exhibit becomes a chart: its first column labels, the named ones are the series."""

    kind: str
    series: tuple[Shown, ...]


FROM_EXHIBITS: Mapping[str, Plan] = {
    "revenue_by_month": Plan("columns", (Shown("revenue"), Shown("last_year", "PY"), Shown("budget", "PL"))),
    "cash_outlook": Plan("trend", (Shown("cash"), Shown("outlook", "FC"), Shown("low", "LO"), Shown("high", "HI"))),
    "ebitda_bridge": Plan("bridge", (Shown("amount"),)),
    "ebitda_budget_bridge": Plan("bridge", (Shown("amount"),)),
    "receivables_ageing": Plan("stack", (Shown("amount", direction=Direction.DOWN),)),
    "missing_documents_by_age": Plan("stack", (Shown("amount", direction=Direction.DOWN),)),
    "companies_compared": Plan(
        "map",
        (
            Shown("cash"),
            Shown("net_burn", direction=Direction.DOWN),
            Shown("runway", unit=Unit.MONTHS),
            Shown("growth", unit=Unit.RATIO),
            Shown("margin", unit=Unit.RATIO),
        ),
    ),
    "companies_watched": Plan(
        "map",
        (
            Shown("high", unit=Unit.COUNT, direction=Direction.DOWN),
            Shown("incidents", unit=Unit.COUNT, direction=Direction.DOWN),
            Shown("closing", unit=Unit.COUNT, direction=Direction.DOWN),
        ),
    ),
}


def exhibits_of(role: Role) -> tuple[str, ...]:
    """The exhibits that a role's charts show."""
    return tuple(name for name in role.charts if name in FROM_EXHIBITS)


def kpis_of(role: Role) -> tuple[str, ...]:
    """The KPIs that a role's charts show over time."""
    return tuple(name.partition("_")[2] for name in role.charts if name not in FROM_EXHIBITS)


def charts(material: Material) -> Section:
    """The role's charts in its order; one without two figures to compare is left out."""
    exhibits = {exhibit.id: exhibit for exhibit in material.charted}
    values = {value.id: value for value in material.kpis}
    made: Section = []
    for name in material.role.charts:
        kind, _, id = name.partition("_")
        if name in exhibits:
            made.append(_from_exhibit(exhibits[name], material))
        elif name not in FROM_EXHIBITS and id in values:
            made.append(_over_time(kind, values[id], material))
    return [chart for chart in made if _says_something(chart)]


def _says_something(chart: Mapping[str, Any]) -> bool:
    return any(sum(point is not None for point in series["points"]) > 1 for series in chart["series"])


def _over_time(kind: str, value: KpiValue, material: Material) -> dict[str, Any]:
    before = material.year_before.get(value.id)
    series = [_series("AC", value.label, value.unit, value.direction, value.series)]
    series += [_series("PY", "A year before", value.unit, value.direction, before)] if before else []
    return {
        "id": f"{kind}_{value.id}",
        "kind": kind,
        "title": value.label,
        "note": "",
        "kpi": value.id,
        "labels": [period.text for period in material.at.period.trailing(len(value.series))],
        "series": series,
    }


def _from_exhibit(exhibit: Exhibit, material: Material) -> dict[str, Any]:
    plan = FROM_EXHIBITS[exhibit.id]
    place = {column.id: number for number, column in enumerate(exhibit.columns)}
    rows = exhibit.rows[:-1] if exhibit.total_row else exhibit.rows
    series = [
        _series(
            shown.code,
            exhibit.columns[place[shown.column]].label,
            shown.unit,
            shown.direction,
            [row[place[shown.column]] for row in rows],
        )
        for shown in plan.series
    ]
    known = [each for each in series if any(point is not None for point in each["points"])]
    return {
        "id": exhibit.id,
        "kind": plan.kind,
        "title": exhibit.title,
        "note": exhibit.note,
        "kpi": None,
        "labels": _labels(plan, [row[0] for row in rows], material),
        "series": series if plan.kind == "map" else known,  # a map keeps a column that nobody has a figure for
    }


def _labels(plan: Plan, cells: Sequence[Fact | None], material: Material) -> list[str]:
    """Months by their first day become periods, the ends of a bridge between two periods their names."""
    labels = [f"{cell:%Y-%m}" if isinstance(cell, date) else str(cell) for cell in cells]
    if plan.kind == "bridge":
        period, voice = material.at.period, material.voice
        named = {"Period before": voice.period(period.previous()), "Period": voice.period(period)}
        labels = [named.get(label, label) for label in labels]
    return labels


def _series(code: str, label: str, unit: Unit, direction: Direction, points: Iterable[Fact | None]) -> dict[str, Any]:
    return {
        "code": code,
        "label": label,
        "unit": unit.value,
        "direction": direction.value,
        "points": [codec.plain(point) for point in points],
    }
