"""Figures that must be equal and are not."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck.model import At, Effort, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, Scope, rule


@rule(
    "figures_do_not_tie",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.M,
    due_days=10,
    scope=Scope.EVERY,
    title="{what} does not tie out: {difference} between two figures that must be equal",
    why="{one} is {left}, {other} {right}. Until the difference is found, {kpis:KPI|KPIs} on it are graded C at best.",
    remedy="Find the difference between {one} and {other}, and correct what is wrong",
)
def figures_do_not_tie(tie_outs: pd.DataFrame, at: At) -> Iterable[Hit]:  # noqa: ARG001 - asked for a period like all
    """Two figures that must be equal differ by more than they may."""
    known = tie_outs.dropna(subset=["one_minor", "other_minor"])
    for row in known[known["state"] == "differs"].to_dict("records"):
        left, right = (Money(int(row[name]), row["currency"]) for name in ("one_minor", "other_minor"))
        difference = Money(abs(left.minor - right.minor), row["currency"])
        facts = {"what": row["what"], "one": row["one"], "other": row["other"], "left": left, "right": right}
        yield Hit(
            subject=row["id"],
            facts={**facts, "difference": difference, "kpis": len(row["kpis"].split(","))},
            evidence=({"tie_out": row["id"], "one": left, "other": right, "difference": difference, "kpis": row["kpis"]},),
            money_at_stake=difference,
        )
