"""What people decided about actions and milestones, from the table `overrides`, as far as it counts in a period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from quarterdeck.frames import Tables, day
from quarterdeck.model import At
from quarterdeck.people import Decision

TABLE = "overrides"
Said = tuple[tuple[str, Decision], ...]


def decisions(tables: Tables, at: At, kind: str) -> Said:
    """Subjects and what was decided about them, the oldest decision first; of one day, as they stand in their files.

    `kind` is action or milestone. One that has run out before the period's last day is none any more.
    """
    if TABLE not in tables:
        return ()
    last = at.period.end - timedelta(days=1)
    rows = tables[TABLE].to_dict("records")
    holding = [
        row
        for row in rows
        if row["kind"] == kind
        and day(row["counts_from"]) < at.period.end
        and (pd.isna(row["until"]) or day(row["until"]) >= last)
    ]
    holding.sort(key=lambda row: day(row["date"]))  # stable: the rows are in the order of their files and lines
    return tuple((str(row["subject"]), _decision(row)) for row in holding)


def _decision(row: Mapping[Any, Any]) -> Decision:
    text = {name: None if pd.isna(row[name]) else str(row[name]) for name in ("owner", "priority")}
    days = {name: None if pd.isna(row[name]) else day(row[name]) for name in ("due_on", "until")}
    return Decision(
        by=str(row["by"]),
        on=day(row["date"]),
        reason=str(row["reason"]),
        owner=text["owner"],
        due_on=days["due_on"],
        priority=text["priority"],
        until=days["until"],
    )
