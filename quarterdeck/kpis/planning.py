"""What lies ahead: the lowest cash of the coming weeks, the capital that a plan takes, the revenue that a year needs."""

from __future__ import annotations

import pandas as pd

from quarterdeck import books
from quarterdeck.budgeting import year_goal
from quarterdeck.forecast import WEEKS, forecast, has_cash
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, NO_BOOKS, too_short
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.planning import BUFFER_MONTHS, plan

_QUARTER = f"{BOOKS}, for three months, with a cash account"
_NO_QUARTER = Unavailable("the books hold less than three months of cash movements")


@kpi(
    "lowest_cash",
    label=f"Lowest cash within {WEEKS} weeks",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula=f"least closing cash of the next {WEEKS} weeks: open invoices, what recurs, planned cash, the rest as of late",
    needs=_QUARTER,
    absent_ok=("invoices", "planned_cash"),
)
def lowest_cash(postings: pd.DataFrame, invoices: pd.DataFrame, planned_cash: pd.DataFrame, at: At) -> Value:
    """The least cash at the end of a week in the forecast of the next quarter."""
    if not has_cash(postings, at.end):
        return _NO_QUARTER
    return forecast(postings, invoices, planned_cash, at.end, at.currency).lowest.closing


@kpi(
    "capital_needed",
    label="Capital needed for the plan",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula=f"{BUFFER_MONTHS} months of today's net burn - lowest cash on the way to the milestones of burn and EBITDA, "
    "at least 0",
    needs=_QUARTER,
    absent_ok=("milestones", "planned_cash"),
)
def capital_needed(postings: pd.DataFrame, milestones: pd.DataFrame, planned_cash: pd.DataFrame, at: At) -> Value:
    """What must come in so that cash stays above a buffer until the milestones are reached."""
    gap = too_short(postings, at)
    if gap is not None:
        return gap
    if not has_cash(postings, at.end):
        return _NO_QUARTER
    return plan(postings, milestones, planned_cash, at.end).needed


@kpi(
    "required_revenue",
    label="Revenue a month to reach the budget",
    unit=Unit.MONEY,
    good=Direction.NEUTRAL,
    formula="(budgeted net revenue of the fiscal year - net revenue of it so far) / months that are left of it",
    needs=f"{BOOKS}, and a budget of revenue for the whole fiscal year",
)
def required_revenue(postings: pd.DataFrame, budget: pd.DataFrame, at: At) -> Value:
    """What each remaining month of the fiscal year must bring so that its budget is reached."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    goal = year_goal(postings, budget, at.end, at.fiscal_start)
    if goal is None:
        return Unavailable("no budget covers the revenue of the whole fiscal year, or none of the year is left")
    return goal.needed
