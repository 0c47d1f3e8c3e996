"""Faults that lie ahead, or show against the plan: cash that runs short within weeks, costs beyond their budget."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from quarterdeck.budgeting import against_budget
from quarterdeck.forecast import WEEKS, forecast, has_cash, month_of_costs
from quarterdeck.frames import ratio
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import major

_OVER = Decimal("0.1")
_GAP = 1_000  # whole units of the currency; a tenth of a small budget is no finding


@rule(
    "cash_ahead_short",
    severity=Severity.HIGH,
    owner="cfo",
    effort=Effort.L,
    due_days=10,
    absent_ok=("invoices", "planned_cash"),
    title="Cash falls to {lowest} in the week from {week}",
    why="{cash} is there now; within {weeks:week|weeks} {gap} is missing to hold {floor}, what a month costs.",
    remedy="Bring in {gap} before {week}: collect what is open, move what can wait, or ask owners and lenders",
)
def cash_ahead_short(postings: pd.DataFrame, invoices: pd.DataFrame, planned_cash: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Cash is below a month's costs at the end of one of the next thirteen weeks; below zero it is critical."""
    if not has_cash(postings, at.end):
        return
    made = forecast(postings, invoices, planned_cash, at.end, at.currency)
    low, floor = made.lowest, max(month_of_costs(postings, at.end), 0)
    if low.closing >= floor:
        return
    lowest, cash = Money(low.closing, at.currency), Money(made.weeks[0].opening, at.currency)
    gap = Money(floor - low.closing, at.currency)
    yield Hit(
        subject="cash",
        facts={
            "lowest": lowest,
            "week": low.start,
            "cash": cash,
            "weeks": WEEKS,
            "gap": gap,
            "floor": Money(floor, at.currency),
        },
        evidence=tuple(
            {
                "week": week.start,
                "in": Money(week.inflow, at.currency),
                "out": Money(-week.outflow, at.currency),
                "closing": Money(week.closing, at.currency),
            }
            for week in made.weeks
        ),
        money_at_stake=gap,
        severity=Severity.CRITICAL if low.closing < 0 else None,
    )


@rule(
    "costs_over_budget",
    severity=Severity.MEDIUM,
    owner="cfo",
    effort=Effort.M,
    due_days=20,
    title="{line}: {gap} over budget, {share:percent} of it",
    why="{actual} was spent where {planned} was planned; beyond {limit:percent} a plan no longer tells what to expect.",
    remedy="Find out which of {line} went beyond the plan, and end it or plan it anew",
)
def costs_over_budget(postings: pd.DataFrame, budget: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A line of costs is more than a tenth and more than 1,000 over its budget."""
    for line in against_budget(postings, budget, at.start, at.end):
        actual, planned = Money(-line.actual, at.currency), Money(-line.planned, at.currency)
        gap = actual - planned
        if line.id == "net_revenue" or planned.minor <= 0 or gap <= major(_GAP, at):
            continue
        share = ratio(gap.minor, planned.minor)
        if share > _OVER:
            facts: dict[str, Fact] = {"line": line.label, "gap": gap, "share": share, "limit": _OVER}
            facts |= {"actual": actual, "planned": planned}
            yield Hit(line.id.replace("_", " "), facts, money_at_stake=gap)
