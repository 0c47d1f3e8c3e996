"""Who comes back, who leaves, and who has money back soon after buying."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pandas as pd

from quarterdeck import books
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, NO_BOOKS, share
from quarterdeck.marketing import costs
from quarterdeck.marketing.costs import EARLY_DAYS, YEAR
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even
from quarterdeck.period import add_months


@kpi(
    "customer_churn",
    label="Customers who leave",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula=f"customers whose last purchase became older than {YEAR} months / active customers, a month, mean of {YEAR} months",
    needs=f"{BOOKS} of 24 months, with the customer's name on revenue",
)
def customer_churn(postings: pd.DataFrame, at: At) -> Value:
    """Which part of the active customers is lost in a month."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    if not books.reaches_back(postings, at.months_back(2 * YEAR)):
        return Unavailable("the books reach back less than 24 months, so that nobody knows who has left")
    found = costs.lifetime(postings, at.end)
    if found is None:
        return Unavailable("no customer was active in the last twelve months")
    return Decimal(round_half_even(found.churn * 10**8)).scaleb(-8)


@kpi(
    "early_refunds",
    label="New customers refunded early",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula=f"new customers who had money back within {EARLY_DAYS} days of their first purchase / new customers, of the twelve "
    f"months that ended {EARLY_DAYS} days before the period did",
    needs=f"{BOOKS}, with the customer's name on revenue and refunds",
)
def early_refunds(postings: pd.DataFrame, at: At) -> Value:
    """Which part of the new customers was won in vain."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    last = at.end - timedelta(days=EARLY_DAYS)
    fresh = costs.new_customers(postings, add_months(last, -YEAR), last)
    early = fresh & costs.refunded_early(postings, at.end)
    return share(len(early), len(fresh), Unavailable("no customer of those twelve months is new, as far as the books tell"))
