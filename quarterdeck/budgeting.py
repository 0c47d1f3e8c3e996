"""The budget against what came of it: the lines of EBITDA side by side, and what the rest of the year must bring. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from quarterdeck import books
from quarterdeck.money import round_half_even
from quarterdeck.period import add_months

_YEAR = 12  # months


@dataclass(frozen=True, slots=True)
class YearGoal:
    """The budget of a fiscal year: its revenue, what came in so far, and the months that are left."""

    planned: int
    so_far: int
    months: Decimal

    @property
    def needed(self) -> int:
        """Revenue a month, for the rest of the year."""
        return round_half_even(Fraction(self.planned - self.so_far) / Fraction(self.months))


def fiscal_year(last: date, first_month: int) -> tuple[date, date]:
    """The fiscal year `[start, end)` in which a day lies."""
    start = add_months(last.replace(day=1), -((last.month - first_month) % _YEAR))
    return start, add_months(start, _YEAR)


def year_goal(postings: pd.DataFrame, budget: pd.DataFrame, end: date, first_month: int) -> YearGoal | None:
    """The revenue of the fiscal year in which the eve of `end` lies, over the companies whose budget speaks of all of it.

    None where there is no such budget, or no part of the year is left after `end`.
    """
    start, stop = fiscal_year(end - timedelta(days=1), first_month)
    if stop <= end:
        return None
    revenue, refunds = (books.budgeted(budget, (line,), start, stop) for line in books.REVENUE_LINES)
    if not revenue:
        return None
    own = postings[postings["tenant"].isin(list(revenue))]
    planned = sum(minor - refunds.get(tenant, 0) for tenant, minor in revenue.items())
    return YearGoal(planned, books.revenue(own, start, end), _months(end, stop))


def _months(start: date, end: date) -> Decimal:
    """Months of `[start, end)`, days of a broken one as their part of a mean month."""
    whole = (end.year - start.year) * _YEAR + end.month - start.month
    if start.day == 1:
        return Decimal(whole)
    first = add_months(start.replace(day=1), 1)
    return whole - 1 + (Decimal((first - start).days) / Decimal("30.4375")).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the result, as it adds to EBITDA: costs are negative. `better` is above zero where profit gains."""

    id: str
    label: str
    actual: int
    planned: int

    @property
    def better(self) -> int:
        return self.actual - self.planned


_LINES = (
    ("net_revenue", "Net revenue", books.REVENUE_LINES),
    ("cost_of_sales", "Cost of sales", books.DIRECT_LINES),
    ("operating_expenses", "Operating expenses", books.OPERATING_LINES),
)


def against_budget(postings: pd.DataFrame, budget: pd.DataFrame, start: date, end: date) -> tuple[Line, ...]:
    """The lines of EBITDA beside their budget, over the companies whose budget speaks of all that they have.

    Nothing where there is none: a budget without salaries has no EBITDA to compare with. One that plans revenue and no refunds
    has planned what is left of it.
    """
    names = {line for _, _, lines in _LINES for line in lines}
    planned = {line: books.budgeted(budget, (line,), start, end) for line in names}
    whole = [tenant for tenant in sorted(planned["revenue"]) if _is_whole(postings, tenant, planned, start, end)]
    if not whole:
        return ()
    own = postings[postings["tenant"].isin(whole)]
    return tuple(
        Line(id, label, -sum(books.expenses(own, start, end, (line,)) for line in lines), _planned(planned, lines, whole))
        for id, label, lines in _LINES
    )


def _is_whole(postings: pd.DataFrame, tenant: str, planned: Mapping[str, Mapping[str, int]], start: date, end: date) -> bool:
    own = postings[postings["tenant"] == tenant]
    costs = (*books.DIRECT_LINES, *books.OPERATING_LINES)
    begun = books.begun(own, end)
    return begun and all(tenant in planned[line] or not books.expenses(own, start, end, (line,)) for line in costs)


def _planned(planned: Mapping[str, Mapping[str, int]], lines: tuple[str, ...], tenants: list[str]) -> int:
    """What is planned on some lines as it adds to EBITDA; a budget states revenue, refunds and costs as positive."""
    return sum(planned[line].get(tenant, 0) * (1 if line == "revenue" else -1) for line in lines for tenant in tenants)
