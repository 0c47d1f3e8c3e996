"""Faults of promises: milestones whose date has passed or comes near, judged by the KPI that shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from quarterdeck.frames import day
from quarterdeck.model import At, Direction, Effort, Fact, Figure, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, Scope, rule
from quarterdeck.rules._shared import Kpis, days_between

_RISK_DAYS = 45

Row = Mapping[Any, Any]  # one milestone


@dataclass(frozen=True, slots=True)
class _Measured:
    """How a milestone stands, where its KPI can be worked out."""

    kpi: str
    value: Figure
    target: Figure
    is_reached: bool


@rule(
    "milestone_overdue",
    scope=Scope.EVERY,
    severity=Severity.HIGH,
    owner="ceo",
    effort=Effort.M,
    due_days=15,
    title="'{milestone}' was due on {due}",
    why="The period ended {late:days} later, and nothing in the data shows it as reached.",
    remedy="Say what is missing for '{milestone}', and set a date that holds",
)
def milestone_overdue(milestones: pd.DataFrame, kpis: Kpis, at: At) -> Iterable[Hit]:
    """A milestone is past its date and its KPI has not reached the target; one without KPI is judged by its date."""
    for row in _by_date(milestones):
        due, measured = day(row["due_on"]), _measure(row, kpis, at)
        if due < at.end and not (measured and measured.is_reached):
            facts: dict[str, Fact] = {"milestone": str(row["title"]), "due": due, "late": days_between(due, at.end)}
            severity = None if measured else Severity.MEDIUM
            yield Hit(str(row["milestone"]), facts, (_row(row, measured),), severity=severity)


@rule(
    "milestone_at_risk",
    scope=Scope.EVERY,
    severity=Severity.MEDIUM,
    owner="ceo",
    effort=Effort.M,
    due_days=20,
    title="'{milestone}' is due on {due} and not reached",
    why="The date is within {window:days} of the period's end, and its KPI has not reached the target.",
    remedy="Decide what is still done for '{milestone}' before {due}, or move the date now",
)
def milestone_at_risk(milestones: pd.DataFrame, kpis: Kpis, at: At) -> Iterable[Hit]:
    """A milestone falls due soon and its KPI, which is known, has not reached the target."""
    for row in _by_date(milestones):
        due, measured = day(row["due_on"]), _measure(row, kpis, at)
        if at.end <= due < at.end + timedelta(days=_RISK_DAYS) and measured and not measured.is_reached:
            facts: dict[str, Fact] = {"milestone": str(row["title"]), "due": due, "window": _RISK_DAYS}
            yield Hit(str(row["milestone"]), facts, (_row(row, measured),))


def _by_date(milestones: pd.DataFrame) -> list[Row]:
    return list(milestones.sort_values(["due_on", "milestone"]).to_dict("records"))


def _measure(row: Row, kpis: Kpis, at: At) -> _Measured | None:
    """The milestone's KPI against its target; None where either is not known, so that only the date can be judged."""
    kpi = kpis.get(row["kpi"])
    if kpi is None or kpi.value is None or pd.isna(row["target"]):
        return None
    target = Decimal(row["target"])
    if isinstance(kpi.value, Money):
        reached = _reaches(Decimal(kpi.value.minor), target, kpi.direction)
        return _Measured(kpi.label, kpi.value, Money(int(target), at.currency), reached)
    return _Measured(kpi.label, kpi.value, target, _reaches(Decimal(kpi.value), target, kpi.direction))


def _reaches(now: Decimal, target: Decimal, direction: Direction) -> bool:
    return now <= target if direction is Direction.DOWN else now >= target


def _row(row: Row, measured: _Measured | None) -> dict[str, Fact]:
    shown: dict[str, Fact] = {"milestone": str(row["title"]), "due": day(row["due_on"])}
    if not pd.isna(row["owner"]):
        shown["owner"] = str(row["owner"])
    if measured:
        shown |= {"kpi": measured.kpi, "value": measured.value, "target": measured.target}
    return shown
