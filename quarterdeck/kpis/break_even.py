"""What moves with volume and what does not, and where revenue carries both."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pandas as pd

from quarterdeck import books
from quarterdeck.books import BURN_MONTHS
from quarterdeck.frames import before, between, total
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import MARKED_CHART, of_revenue, too_short
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even

_UNMARKED_LIMIT = 10  # at most one part in so many of the expenses may be neither fixed nor variable


@kpi(
    "fixed_costs",
    label="Fixed costs a month",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="expenses on accounts marked as fixed of the last three months / 3",
    needs=MARKED_CHART,
)
def fixed_costs(postings: pd.DataFrame, at: At) -> Value:
    """What the business costs in a month in which it sells nothing, as a mean of the last three."""
    fixed = _fixed(postings, at)
    return fixed if isinstance(fixed, Unavailable) else round_half_even(fixed)


@kpi(
    "contribution_margin",
    label="Contribution margin",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="(net revenue - expenses on accounts marked as variable) / net revenue",
    needs=MARKED_CHART,
)
def contribution_margin(postings: pd.DataFrame, at: At) -> Value:
    """The part of each unit of revenue that is left to carry the fixed costs."""
    gap = _unmarked(postings, "variable", at)
    if gap is not None:
        return gap
    earned = books.revenue(postings, at.start, at.end)
    return of_revenue(earned - _marked(postings, "variable", at.start, at.end), postings, at)


@kpi(
    "break_even_revenue",
    label="Break-even revenue a month",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="fixed costs a month / contribution margin",
    needs=MARKED_CHART,
    version=2,  # rounded once, at the end
)
def break_even_revenue(postings: pd.DataFrame, at: At) -> Value:
    """The revenue a month at which the business neither gains nor loses."""
    carried = _carried(postings, at)
    return carried if isinstance(carried, Unavailable) else round_half_even(carried)


@kpi(
    "margin_of_safety",
    label="Margin of safety",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="(net revenue a month - break-even revenue a month) / net revenue a month",
    needs=MARKED_CHART,
    version=2,  # rounded once, at the end
)
def margin_of_safety(postings: pd.DataFrame, at: At) -> Value:
    """How far revenue may fall before the business loses money; negative while it does."""
    carried = _carried(postings, at)
    if isinstance(carried, Unavailable):
        return carried
    monthly = Fraction(books.revenue(postings, at.start, at.end)) / Fraction(at.months)
    return Decimal(round_half_even((monthly - carried) / monthly * 10**8)) / 10**8


@kpi(
    "break_even_units",
    label="Break-even units a month",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="fixed costs a month / (price - variable cost of one unit of the main product), rounded up",
    needs=f"{MARKED_CHART}, and a list of prices with the main product and its variable cost",
    version=2,  # rounded once, at the end
)
def break_even_units(postings: pd.DataFrame, prices: pd.DataFrame, at: At) -> Value:
    """How many units of the main product a month carry the fixed costs."""
    fixed = _fixed(postings, at)
    if isinstance(fixed, Unavailable):
        return fixed
    margin = _unit_margin(prices)
    return margin if isinstance(margin, Unavailable) else ceil(fixed / margin)


def _fixed(postings: pd.DataFrame, at: At) -> Fraction | Unavailable:
    """Fixed costs a month, not rounded: what is divided by it should be rounded once."""
    gap = too_short(postings, at) or _unmarked(postings, "fixed", at)
    return gap or Fraction(_marked(postings, "fixed", at.months_back(BURN_MONTHS), at.end), BURN_MONTHS)


def _carried(postings: pd.DataFrame, at: At) -> Fraction | Unavailable:
    """The revenue a month that carries the fixed costs, not rounded."""
    fixed, margin = _fixed(postings, at), contribution_margin(postings, at)
    if isinstance(fixed, Unavailable):
        return fixed
    if isinstance(margin, Unavailable):
        return margin
    earned = books.revenue(postings, at.start, at.end)
    left = earned - _marked(postings, "variable", at.start, at.end)
    if left <= 0:
        return Unavailable("variable costs are not below revenue, so no revenue carries the fixed costs")
    return fixed * earned / left


def _unit_margin(prices: pd.DataFrame) -> int | Unavailable:
    main = prices[prices["is_main"].eq(True)]
    if not len(main):
        return Unavailable("no product is marked as the main one")
    if len(main) > 1:
        return Unavailable("more than one product is marked as the main one")
    if main["variable_cost_minor"].isna().any():
        return Unavailable("the variable cost of the main product is not known")
    margin = total(main["price_minor"]) - total(main["variable_cost_minor"])
    return margin if margin > 0 else Unavailable("the main product costs as much as it brings in, or more")


def _marked(posted: pd.DataFrame, behaviour: str, start: date, end: date) -> int:
    return total(_on_marked(between(posted, start, end), behaviour)["amount_minor"])


def _on_marked(posted: pd.DataFrame, behaviour: str) -> pd.DataFrame:
    spent = posted.loc[posted["is_expense"], ["behaviour", "amount_minor"]]
    marked: pd.DataFrame = spent[spent["behaviour"] == behaviour]
    return marked


def _unmarked(posted: pd.DataFrame, behaviour: str, at: At) -> Unavailable | None:
    """Why the chart's marks say too little: an expense that is neither fixed nor variable would be left out of both."""
    if not len(_on_marked(before(posted, at.end), behaviour)):
        return Unavailable(f"no expense account with postings is marked as {behaviour}")
    recent = books.spending(posted, at.months_back(BURN_MONTHS), at.end)
    if total(recent.loc[recent["behaviour"].isna(), "amount_minor"]) * _UNMARKED_LIMIT > total(recent["amount_minor"]):
        return Unavailable("more than a tenth of the expenses is neither fixed nor variable in the chart of accounts")
    return None
