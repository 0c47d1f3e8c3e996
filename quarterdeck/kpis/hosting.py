"""What hosting costs by the books, against revenue and against the bill of the cloud."""

from __future__ import annotations

import pandas as pd

from quarterdeck import books, traffic
from quarterdeck.frames import between, total
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, of_revenue
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even

_FUNCTION = "hosting"
_CLOUD = r"(?i)\b(?:aws|amazon web services)\b"
_BILL = "Cost Explorer of the AWS accounts, or an export of their bill"
_MARKED = f"{BOOKS}, with Amazon Web Services as a party, or an account whose function is {_FUNCTION}"


@kpi(
    "hosting_share",
    label="Hosting to revenue",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="cost of AWS / net revenue, both of the period",
    needs=f"{_BILL}, and {BOOKS}",
)
def hosting_share(cloud_costs: pd.DataFrame, postings: pd.DataFrame, at: At) -> Value:
    """Which part of revenue the cloud takes."""
    billed = _billed(cloud_costs, at)
    return billed if isinstance(billed, Unavailable) else of_revenue(billed, postings, at)


@kpi(
    "hosting_difference",
    label="Hosting in the books less the bill",
    unit=Unit.MONEY,
    good=Direction.NEUTRAL,
    formula="expenses for hosting in the books - cost of AWS, both of the last three months",
    needs=f"{_BILL}, and {_MARKED}",
)
def hosting_difference(cloud_costs: pd.DataFrame, postings: pd.DataFrame, at: At) -> Value:
    """By how much the books and the bill of AWS differ over three months; a month alone moves with the day of payment."""
    start = at.months_back(books.BURN_MONTHS)
    spent = books.spending(postings, start, at.end)
    booked = spent[(spent["function"] == _FUNCTION) | spent["party"].astype("string").str.contains(_CLOUD, na=False)]
    if booked.empty:
        return Unavailable("the books have no expense for hosting in the last three months")
    billed = _billed(cloud_costs, at, months=books.BURN_MONTHS)
    return billed if isinstance(billed, Unavailable) else total(booked["amount_minor"]) - billed


def _billed(cloud_costs: pd.DataFrame, at: At, months: int = 0) -> int | Unavailable:
    """The bill of the period, or of so many months that end with it."""
    if at.currency != "USD":
        return Unavailable(f"AWS charges USD, and the figures are in {at.currency}")
    start = at.months_back(months) if months else at.start
    rows = between(cloud_costs, start, at.end)
    if rows.empty or (months and rows["date"].min().date() >= at.months_back(months - 1)):
        return Unavailable("the bill does not reach over all of those days")
    return round_half_even(traffic.summed(rows["amount_usd"]) * 100)
