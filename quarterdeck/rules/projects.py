"""Faults that the hand-off documents of projects show: what is stuck, unowned, or no longer kept up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from quarterdeck.frames import day, is_blank
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import days_between, evidence

_STALE_DAYS = 60

Row = Mapping[Any, Any]  # one hand-off


@rule(
    "project_blocked",
    severity=Severity.HIGH,
    owner="cto",
    effort=Effort.M,
    due_days=15,
    absent_ok=("blockers",),
    title="{project} is held up by {blockers:open blocker|open blockers}",
    why="Its hand-off document says '{state}', as of {updated}.",
    remedy="Settle the blockers of {project}, or take it off the plan",
)
def project_blocked(handoffs: pd.DataFrame, blockers: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A project that is not done is blocked, or names open blockers."""
    stuck = handoffs[(handoffs["state"] == "blocked") | (handoffs["blockers"] > 0)]
    for row in _not_done(stuck):
        named = blockers[blockers["project"] == row["project"]].sort_values(["since", "source_line"])
        yield Hit(
            subject=str(row["project"]),
            facts=_facts(row, blockers=int(row["blockers"])),
            evidence=evidence(named, at, "blocker", "since", "source_file", "source_line"),
            severity=None if row["state"] == "blocked" else Severity.MEDIUM,
        )


@rule(
    "project_without_owner",
    severity=Severity.MEDIUM,
    owner="ceo",
    effort=Effort.S,
    due_days=15,
    title="{project} has no owner",
    why="Its hand-off document says '{state}' and names nobody who answers for it.",
    remedy="Name an owner in the hand-off document of {project}",
)
def project_without_owner(handoffs: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A project that is not done names no owner."""
    unowned = handoffs[is_blank(handoffs["owner"])]
    for row in _not_done(unowned):
        yield Hit(str(row["project"]), _facts(row), _document(unowned, row, at))


@rule(
    "handoff_stale",
    severity=Severity.LOW,
    owner="cto",
    effort=Effort.S,
    due_days=20,
    title="The hand-off document of {project} is {age:days} old",
    why="It says '{state}' and was last brought up to date on {updated}; after {limit:days} it may no longer be true.",
    remedy="Bring the hand-off document of {project} up to date",
)
def handoff_stale(handoffs: pd.DataFrame, at: At) -> Iterable[Hit]:
    """The document of an active or blocked project has not been touched for sixty days."""
    running = handoffs[handoffs["state"].isin(("active", "blocked"))]
    for row in _not_done(running):
        age = days_between(day(row["updated_on"]), at.end)
        if age > _STALE_DAYS:
            facts = _facts(row, age=age, limit=_STALE_DAYS)
            yield Hit(str(row["project"]), facts, _document(running, row, at))


def _not_done(handoffs: pd.DataFrame) -> list[Row]:
    rows = handoffs[handoffs["state"] != "done"].sort_values("project").to_dict("records")
    return list(rows)


def _facts(row: Row, **more: Fact) -> dict[str, Fact]:
    return {"project": str(row["title"]), "state": str(row["state"]), "updated": day(row["updated_on"]), **more}


def _document(handoffs: pd.DataFrame, row: Row, at: At) -> tuple[Mapping[str, Fact], ...]:
    one = handoffs[handoffs["project"] == row["project"]]
    return evidence(one, at, "project", "state", "owner", "updated_on", "source_file")
