"""What comes in by itself: recurring revenue, who stays, and what its growth costs."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pandas as pd

from quarterdeck import books, recurring_revenue
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, part_of, too_short
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even

_YEAR = 12
_LIST = "a list of subscriptions with price, start and end"
_NONE = Unavailable("no subscription had begun before the end of the period")
_HUNDREDTH = Decimal("0.01")


@kpi(
    "mrr",
    label="Monthly recurring revenue",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="sum of the prices of the subscriptions paid for on the period's last day, of a month each",
    needs=_LIST,
)
def mrr(subscriptions: pd.DataFrame, at: At) -> Value:
    """What subscriptions bring a month as they stand."""
    if not recurring_revenue.begun(subscriptions, at.end):
        return _NONE
    return recurring_revenue.mrr(recurring_revenue.by_customer(subscriptions, at.end))


@kpi(
    "arr",
    label="Annual recurring revenue",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="12 x monthly recurring revenue",
    needs=_LIST,
)
def arr(subscriptions: pd.DataFrame, at: At) -> Value:
    """What subscriptions would bring in a year if nothing changed."""
    if not recurring_revenue.begun(subscriptions, at.end):
        return _NONE
    return round_half_even(_YEAR * sum(recurring_revenue.by_customer(subscriptions, at.end).values(), Fraction(0)))


@kpi(
    "net_revenue_retention",
    label="Net revenue retention",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="what the subscribers of 12 months ago pay a month now / what they paid then",
    needs=f"{_LIST}, reaching back 12 months",
)
def net_revenue_retention(subscriptions: pd.DataFrame, at: At) -> Value:
    """How much of last year's recurring revenue is still there, with what those customers added."""
    then = recurring_revenue.by_customer(subscriptions, at.months_back(_YEAR))
    now = recurring_revenue.by_customer(subscriptions, at.end)
    kept = sum((now.get(customer, Fraction(0)) for customer in then), Fraction(0))
    return part_of(kept, sum(then.values(), Fraction(0)), Unavailable("nobody paid for a subscription twelve months ago"))


@kpi(
    "subscriber_churn",
    label="Subscriber churn",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="subscribers on the day before the period who are none on its last day / subscribers on the day before it",
    needs=_LIST,
)
def subscriber_churn(subscriptions: pd.DataFrame, at: At) -> Value:
    """Which part of the subscribers left within the period."""
    then, now = (recurring_revenue.by_customer(subscriptions, end) for end in (at.start, at.end))
    lost = sum(customer not in now for customer in then)
    return part_of(Fraction(lost), Fraction(len(then)), Unavailable("there was no subscriber when the period began"))


@kpi(
    "burn_multiple",
    label="Burn multiple",
    unit=Unit.TIMES,
    good=Direction.DOWN,
    formula="net burn / growth of annual recurring revenue, both of the last three months",
    needs=f"{_LIST}, and {BOOKS} for three months",
)
def burn_multiple(subscriptions: pd.DataFrame, postings: pd.DataFrame, at: At) -> Value:
    """What a unit of new annual recurring revenue costs in cash."""
    gap = too_short(postings, at)
    if gap is not None:
        return gap
    since = at.months_back(books.BURN_MONTHS)
    then, now = (recurring_revenue.by_customer(subscriptions, end) for end in (since, at.end))
    grown = _YEAR * (sum(now.values(), Fraction(0)) - sum(then.values(), Fraction(0)))
    burnt = books.net_burn(postings, since, at.end)
    if burnt <= 0:
        return Unavailable("self-funding: cash grew over the last three months")
    found = part_of(Fraction(burnt), grown, Unavailable("annual recurring revenue did not grow over the last three months"))
    return found if isinstance(found, Unavailable) else found.quantize(_HUNDREDTH)


@kpi(
    "rule_of_forty",
    label="Rule of 40",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="growth of net revenue over the 12 months before + EBITDA / net revenue, both of the last 12 months",
    needs=f"{BOOKS}, for 24 months",
)
def rule_of_forty(postings: pd.DataFrame, at: At) -> Value:
    """Whether growth and profit together make up for each other; 40 % is what investors ask of subscriptions."""
    middle, first = at.months_back(_YEAR), at.months_back(2 * _YEAR)
    if not books.reaches_back(postings, first):
        return Unavailable("the books reach back less than 24 months")
    before, now = books.revenue(postings, first, middle), books.revenue(postings, middle, at.end)
    if before <= 0 or now <= 0:
        return Unavailable("there is no revenue in one of the two years")
    ebitda = now - books.expenses(postings, middle, at.end)
    exact = Fraction(now - before, before) + Fraction(ebitda, now)
    return Decimal(round_half_even(exact * 10**8)).scaleb(-8)
