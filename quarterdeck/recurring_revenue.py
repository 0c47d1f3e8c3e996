"""Monthly recurring revenue by customer, as it stood on any day; shared by KPIs and exhibits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pandas as pd

from quarterdeck.frames import before
from quarterdeck.money import round_half_even

MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}

Customer = tuple[str, str]  # of a tenant, for two tenants may have a customer of one name


def active(subscriptions: pd.DataFrame, end: date) -> pd.DataFrame:
    """The rows that were paid for on the last day before `end`."""
    begun = before(subscriptions, end, "started_on")
    going: pd.DataFrame = begun[begun["ended_on"].isna() | (begun["ended_on"] >= pd.Timestamp(end))]
    return going


def by_customer(subscriptions: pd.DataFrame, end: date) -> dict[Customer, Fraction]:
    """What each customer paid a month, in minor units, exact."""
    paid: dict[Customer, Fraction] = {}
    rows = active(subscriptions, end)[["tenant", "customer", "price_minor", "every"]]
    for tenant, customer, price, every in rows.itertuples(index=False):
        key = (str(tenant), str(customer))
        paid[key] = paid.get(key, Fraction(0)) + Fraction(int(price), MONTHS[every])
    return paid


def begun(subscriptions: pd.DataFrame, end: date) -> bool:
    """Whether any subscription had started before a day: earlier than the first one, nothing is known."""
    return len(before(subscriptions, end, "started_on")) > 0


def mrr(paid: Mapping[Customer, Fraction]) -> int:
    """The sum, in whole minor units."""
    return round_half_even(sum(paid.values(), Fraction(0)))


def steps(then: Mapping[Customer, Fraction], now: Mapping[Customer, Fraction]) -> dict[str, Fraction]:
    """What changed from one day to another: new, expansion, contraction (negative) and churn (negative)."""
    found = dict.fromkeys(("new", "expansion", "contraction", "churn"), Fraction(0))
    for customer in {*then, *now}:
        change = now.get(customer, Fraction(0)) - then.get(customer, Fraction(0))
        if customer not in then:
            found["new"] += change
        elif customer not in now:
            found["churn"] += change
        else:
            found["expansion" if change > 0 else "contraction"] += change
    return found
