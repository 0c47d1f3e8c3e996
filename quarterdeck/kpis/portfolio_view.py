"""Figures that make tenants of different size comparable, and what the chief executive reads of technology."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pandas as pd

from quarterdeck import books, traffic
from quarterdeck.frames import between
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, NO_BOOKS
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even

_METRICS = "metrics of CloudWatch for the functions, APIs and distributions"


@kpi(
    "availability",
    label="Availability",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="1 - answers of APIs and distributions with a status of 5xx / all their answers",
    needs=_METRICS,
)
def availability(metrics: pd.DataFrame, at: At) -> Value:
    """Which share of the requests to APIs and distributions was answered."""
    found = traffic.requests(metrics, at.start, at.end, ("api", "cloudfront"))
    asked, failed = (traffic.summed(found[name]) for name in ("requests", "errors"))
    if asked <= 0:
        return Unavailable("nothing was asked for in the period, or nobody was asked about it")
    return Decimal(round_half_even((1 - Fraction(failed) / Fraction(asked)) * 10**8)).scaleb(-8)


@kpi(
    "minutes_lost",
    label="Minutes of failure",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="the period's minutes x the share of answers with a status of 5xx",
    needs=_METRICS,
)
def minutes_lost(metrics: pd.DataFrame, at: At) -> Value:
    """How long everything would have been down, had all failures come at once."""
    share = availability(metrics, at)
    if isinstance(share, Unavailable):
        return share
    minutes = (at.end - at.start).days * 24 * 60
    return round_half_even((1 - Fraction(Decimal(share))) * minutes)


@kpi(
    "cost_per_customer",
    label="Cost for one customer",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="all expenses without depreciation / customers with a sale, both of the last 12 months",
    needs=f"{BOOKS}, for 12 months, with the customer's name on revenue",
)
def cost_per_customer(postings: pd.DataFrame, at: At) -> Value:
    """What it costs to serve one customer, whatever the company's size."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    start = at.months_back(12)
    if not books.reaches_back(postings, start):
        return Unavailable("the books reach back less than 12 months")
    sold = postings[(postings["statement_line"] == "revenue") & (postings["amount_minor"] < 0)]
    named = between(sold, start, at.end).dropna(subset=["party"])
    customers = len(set(zip(named["tenant"], named["party"], strict=True)))
    if not customers:
        return Unavailable("no sale of the last 12 months names its customer")
    return round_half_even(Fraction(books.expenses(postings, start, at.end), customers))
