"""The sections that show figures: KPIs, milestones, tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from quarterdeck import codec
from quarterdeck.compose.decided import changed
from quarterdeck.compose.material import Material
from quarterdeck.measure.decisions import decisions
from quarterdeck.model import Direction, Exhibit, Fact, Figure, KpiValue, Unit
from quarterdeck.money import Money
from quarterdeck.people import Decision
from quarterdeck.period import Period

Section = list[dict[str, Any]]


def kpis(material: Material) -> Section:
    """The role's KPIs in its order, those that cannot be worked out with the reason and what they need."""
    return [_kpi(value, material) for value in material.role_kpis()]


def _kpi(value: KpiValue, material: Material) -> dict[str, Any]:
    return {
        "id": value.id,
        "label": value.label,
        "unit": value.unit.value,
        "value": codec.plain(value.value),
        "display": material.voice.figure(value.value, value.unit),
        "previous": codec.plain(value.previous),
        "last_year": codec.plain(value.last_year),
        "target": codec.plain(value.target),
        "delta": codec.plain(difference(value.value, value.previous)),
        "state": value.state.value,
        "grade": value.grade.value,
        "direction": value.direction.value,
        "formula": value.formula,
        "unavailable_reason": value.unavailable_reason or None,
        "needs": value.needs,
        "series": [codec.plain(point) for point in value.series],
    }


def restatements(material: Material) -> Section:
    """The figures that this role was told before and that are others now: the latest period first, then as the role reads."""
    place = {id: number for number, id in enumerate(material.role.kpis)}
    mine = (row for row in material.restatements if row["role"] == material.role.id and row["id"] in place)
    dated = ((_period(row, material), row) for row in mine)
    ordered = sorted(dated, key=lambda each: (-each[0].start.toordinal(), place[each[1]["id"]]))
    return [_restatement(row, period, material) for period, row in ordered]


def _period(row: Mapping[str, Any], material: Material) -> Period:
    return Period.parse(row["period"], fiscal_start=material.at.fiscal_start)


def _restatement(row: Mapping[str, Any], period: Period, material: Material) -> dict[str, Any]:
    names = material.tenant.names
    return {
        "kpi": row["id"],
        "label": row["label"],
        "unit": row["unit"],
        "period": row["period"],
        "period_name": material.voice.period(period),
        "old": json.loads(row["old"]),
        "new": json.loads(row["new"]),
        "cause": row["cause"],
        "because": row["because"],
        "counts": json.loads(row["counts"]),
        "explained": None if row["explained"] is None else json.loads(row["explained"]),
        "entries": [{**each, "tenant": names.get(each["tenant"], each["tenant"])} for each in json.loads(row["entries"])],
    }


def difference(now: Figure | None, then: Figure | None) -> Figure | None:
    """`now` less `then`, None where either is not known."""
    if now is None or then is None:
        return None
    if isinstance(now, Money):
        return now - then if isinstance(then, Money) else None
    return None if isinstance(then, Money) else now - then


def milestones(material: Material) -> Section:
    """Milestones by due date, each with the KPI that shows its progress."""
    if "milestones" not in material.tables:
        return []
    rows = material.tables["milestones"].sort_values(["due_on", "milestone"]).to_dict("records")
    known = {value.id: value for value in material.kpis}
    words = decisions(material.tables, material.at, "milestone")
    about = {row["milestone"]: tuple(word for id, word in words if id == row["milestone"]) for row in rows}
    listed = [_milestone(row, known.get(str(row["kpi"])), about[row["milestone"]], material) for row in rows]
    return sorted(listed, key=lambda each: each["due"])  # stable


def _milestone(row: dict[Any, Any], value: KpiValue | None, words: tuple[Decision, ...], material: Material) -> dict[str, Any]:
    planned = row["due_on"].date()
    due = next((word.due_on for word in reversed(words) if word.due_on), planned)
    target = _milestone_target(row, value, material)
    reached = _reached(value, target)
    return {
        "id": row["milestone"],
        "title": row["title"],
        "kpi": value.id if value else None,
        "target": codec.plain(target),
        "value": codec.plain(value.value) if value else None,
        "unit": value.unit.value if value else None,
        "due": due.isoformat(),
        "owner": None if pd.isna(row["owner"]) else row["owner"],
        "progress": _progress(value, target),
        "state": _milestone_state(reached, due, material.at.end),
        "overrides": changed({"due": planned.isoformat()}, words),
    }


def _milestone_target(row: dict[Any, Any], value: KpiValue | None, material: Material) -> Figure | None:
    if value is None or pd.isna(row["target"]):
        return None
    amount = Decimal(row["target"])
    return Money(int(amount), material.at.currency) if value.unit is Unit.MONEY else amount


def _reached(value: KpiValue | None, target: Figure | None) -> bool | None:
    short = None if value is None else difference(target, value.value)
    if value is None or short is None:
        return None
    bare = short.minor if isinstance(short, Money) else short
    return bare <= 0 if value.direction is not Direction.DOWN else bare >= 0


def _milestone_state(reached: bool | None, due: date, end: date) -> str:
    if reached:
        return "reached"
    if due < end:
        return "overdue"
    return "unknown" if reached is None else "open"


def _progress(value: KpiValue | None, target: Figure | None) -> str | None:
    """Value over target, where more is better and the target is above zero; anything else is no progress bar."""
    if value is None or value.direction is not Direction.UP or value.value is None or target is None:
        return None
    now = Decimal(value.value.minor if isinstance(value.value, Money) else value.value)
    wanted = Decimal(target.minor if isinstance(target, Money) else target)
    return codec.number((now / wanted).quantize(Decimal("0.0001"))) if wanted > 0 else None


def tables(material: Material, first: Iterable[Exhibit | None] = ()) -> Section:
    """The role's exhibits, behind those that are made of its figures; a column of tenants shows their names."""
    leading = (exhibit for exhibit in first if exhibit is not None)
    return [
        {
            "id": exhibit.id,
            "title": exhibit.title,
            "columns": [{"id": c.id, "label": c.label, "kind": c.kind.value} for c in exhibit.columns],
            "rows": [_cells(exhibit, row, material) for row in exhibit.rows],
            "note": exhibit.note,
            "total_row": exhibit.total_row,
        }
        for exhibit in (*leading, *material.exhibits)
    ]


def _cells(exhibit: Exhibit, row: tuple[Fact | None, ...], material: Material) -> list[Any]:
    names = material.tenant.names
    return [
        names.get(str(cell), cell) if column.id == "tenant" else codec.plain(cell)
        for column, cell in zip(exhibit.columns, row, strict=True)
    ]
