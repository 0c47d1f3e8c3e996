"""The whole at a glance: findings by who acts, how well promises are kept, and how far the figures can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from statistics import median_low

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, count, grid, text
from quarterdeck.frames import between
from quarterdeck.model import At, Exhibit, Grade, KpiValue
from quarterdeck.period import Period

_OPEN = ("new", "persisting")
_ALARMING = ("critical", "high")
_MEANING = {
    Grade.A: "complete to the period's end",
    Grade.B: "some rows left out, or books derived from bank rows",
    Grade.C: "ends early, is an older reading, leaves tenants out, or does not tie out",
    Grade.D: "cannot be worked out",
}
_NAMED = 4  # figures of a grade


@exhibit("findings_by_role", title="Findings by who acts")
def findings_by_role(findings: pd.DataFrame, at: At) -> Exhibit | None:
    """Open findings of each role, those high or critical with the age of the oldest, and what was done of what was due."""
    rows: list[Row] = []
    for role, of in findings.groupby("owner", sort=True):
        going = of[of["state"].isin(_OPEN)]
        high = going[going["severity"].isin(_ALARMING)]
        due = between(of, at.start, at.end, "due_on")
        ages = sorted(_age(first, at) for first in going["first_seen"])
        oldest = max((_age(first, at) for first in high["first_seen"]), default=None)
        cells = (
            _spoken(str(role)),
            len(going),
            len(high),
            oldest,
            int((high["state"] == "new").sum()),
            int((of["state"] == "fixed").sum()),
            int((due["state"] == "fixed").sum()),
            int(due["state"].isin(_OPEN).sum()),
            median_low(ages) if ages else None,
        )
        rows.append(("", cells))
    return grid(
        (
            text("role", "Role"),
            count("open", "Open"),
            count("high", "High"),
            count("oldest", "Oldest high, days"),
            count("new", "New high"),
            count("fixed", "Fixed"),
            count("kept", "Due and done"),
            count("late", "Due and late"),
            count("age", "Median age, days"),
        ),
        rows,
        note="High: high or critical. Due: within the period. Age: days since the end of the period that saw it first",
    )


def _age(first_seen: str, at: At) -> int:
    first: date = Period.parse(first_seen, fiscal_start=at.fiscal_start).end
    return max((at.period.end - first).days, 0)


def _spoken(role: str) -> str:
    return role.upper() if len(role) == 3 else role.replace("-", " ").capitalize()


@exhibit("data_confidence", title="How far the figures can be trusted")
def data_confidence(tenant: pd.DataFrame, kpis: Mapping[str, KpiValue], at: At) -> Exhibit | None:  # noqa: ARG001
    """How many figures have each grade, and the first of them; of those that cannot be worked out, only the number."""
    if not len(tenant):
        return None
    graded: dict[Grade, list[str]] = {grade: [] for grade in Grade}
    for value in kpis.values():
        graded[value.grade].append(value.label)
    rows: list[Row] = [
        ("", (grade.value, _MEANING[grade], len(labels), "" if grade is Grade.D else _first(labels)))
        for grade, labels in graded.items()
        if labels
    ]
    return grid((text("grade", "Grade"), text("meaning", "Meaning"), count("figures", "Figures"), text("which", "Which")), rows)


def _first(labels: list[str]) -> str:
    return ", ".join(labels[:_NAMED]) + (f" and {len(labels) - _NAMED} more" if len(labels) > _NAMED else "")
