"""What customers cost and bring in: spend, new customers and revenue by channel, and the value of a customer's lifetime.

A customer's channel is that of the first lead which became them: leads and books are joined by tenant and party. A customer is
active for twelve months after each sale, since a business without subscriptions has no other day on which one leaves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd

from quarterdeck import books
from quarterdeck.frames import before, between, sums_by, total
from quarterdeck.marketing.leads import NO_CHANNEL, channel, seen
from quarterdeck.money import round_half_even
from quarterdeck.period import add_months

WINDOW = 3  # months; campaigns and their sales fall in different months
YEAR = 12
LIFETIME_CAP = 60  # months: beyond five years nobody knows what a customer does
FUNCTIONS = ("marketing", "sales")
EARLY_DAYS = 60

Customer = tuple[str, str]  # tenant and party
Firsts = Mapping[Customer, pd.Timestamp]  # the day of the first sale


def spent(spend: pd.DataFrame, start: date, end: date) -> dict[tuple[str, str], int]:
    """Spend of `[start, end)` by tenant and channel, in minor units."""
    return {
        (str(key[0]), str(key[1])): minor for key, minor in sums_by(between(spend, start, end), ["tenant", "channel"]).items()
    }


def marketing_cost(posted: pd.DataFrame, start: date, end: date) -> int | None:
    """What the books spent on marketing and sales; None where the chart marks no account as such."""
    marked = _marked(between(posted, start, end))
    return total(marked["amount_minor"]) if len(marked) or len(_marked(posted)) else None


def _marked(posted: pd.DataFrame) -> pd.DataFrame:
    rows: pd.DataFrame = posted[posted["function"].isin(FUNCTIONS) & (posted["type"] == "expense")]
    return rows


def sales(posted: pd.DataFrame) -> pd.DataFrame:
    """Postings that book revenue of a named customer."""
    booked = books.on_lines(posted, ("revenue",)) & (posted["amount_minor"].to_numpy() < 0)
    sold = posted.loc[booked, ["tenant", "party", "date", "amount_minor"]]
    return sold[sold["party"].notna()]


def firsts(posted: pd.DataFrame) -> Firsts:
    """The day of each customer's first sale."""
    earliest = sales(posted).sort_values("date", kind="stable").drop_duplicates(["tenant", "party"])
    return dict(zip(zip(earliest["tenant"], earliest["party"], strict=True), earliest["date"], strict=True))


def new_customers(posted: pd.DataFrame, start: date, end: date) -> frozenset[Customer]:
    """Customers whose first sale lies in `[start, end)`; of tenants whose books begin before it, or all would be new."""
    return _fresh(posted, firsts(before(posted, end)), start)


def _fresh(posted: pd.DataFrame, begun: Firsts, start: date) -> frozenset[Customer]:
    telling = set(before(posted[["tenant", "date"]], start)["tenant"].unique())
    first = pd.Timestamp(start)
    return frozenset(customer for customer, day in begun.items() if first <= day and customer[0] in telling)


def leads_by_channel(leads: pd.DataFrame, start: date, end: date) -> Counter[tuple[str, str]]:
    """Leads first seen in `[start, end)` by tenant and channel."""
    rows = seen(leads, start, end)
    return Counter(zip(rows["tenant"], rows["via"], strict=True))


def channels_of(leads: pd.DataFrame) -> dict[Customer, str]:
    """The channel of each customer that a lead became; the first lead decides."""
    named = leads[leads["party"].notna()].sort_values(["date", "lead"])
    found: dict[Customer, str] = {}
    for tenant, party, via in zip(named["tenant"], named["party"], channel(named), strict=True):
        found.setdefault((tenant, party), via)
    return found


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel over a window. Money in minor units; `revenue` is that of the customers who came by it, refunds taken off."""

    tenant: str
    name: str
    leads: int
    customers: int
    spend: int
    revenue: int
    refunds: int
    early: int  # new customers who had money back within sixty days of their first sale


def by_channel(leads: pd.DataFrame, spend: pd.DataFrame, posted: pd.DataFrame, start: date, end: date) -> tuple[Channel, ...]:
    """Every channel that had leads, spend, customers or revenue, by tenant, the dearest first; what is left is NO_CHANNEL."""
    via = channels_of(leads)
    asked = leads_by_channel(leads, start, end)
    known = before(posted, end)
    begun = firsts(known)
    fresh = _fresh(posted, begun, start)
    bought = Counter((customer[0], via.get(customer, NO_CHANNEL)) for customer in fresh)
    early = Counter((customer[0], via.get(customer, NO_CHANNEL)) for customer in fresh & _refunded_early(known, begun))
    paid = spent(spend, start, end)
    earned, back = (_earned(posted, lines, via, start, end) for lines in (("revenue",), ("refunds",)))
    keys = {*asked, *bought, *paid, *earned, *back}
    made = [
        Channel(
            tenant=str(key[0]),
            name=str(key[1]),
            leads=asked[key],
            customers=bought[key],
            spend=paid.get(key, 0),
            revenue=-earned.get(key, 0) - back.get(key, 0),
            refunds=back.get(key, 0),
            early=early[key],
        )
        for key in keys
    ]
    return tuple(sorted(made, key=lambda one: (one.tenant, one.name == NO_CHANNEL, -one.spend, -one.revenue, one.name)))


def _earned(
    posted: pd.DataFrame, lines: tuple[str, ...], via: Mapping[Customer, str], start: date, end: date
) -> dict[tuple[str, str], int]:
    """Debits less credits of some statement lines by tenant and channel."""
    rows = between(posted, start, end)
    summed = sums_by(rows[rows["statement_line"].isin(lines)], ["tenant", "party"])
    found: dict[tuple[str, str], int] = {}
    for (tenant, party), minor in summed.items():
        key = (tenant, via.get((tenant, party), NO_CHANNEL) if isinstance(party, str) else NO_CHANNEL)
        found[key] = found.get(key, 0) + minor
    return found


def refunded_early(posted: pd.DataFrame, end: date) -> set[Customer]:
    """Customers who had money back within sixty days of their first sale, before a day."""
    known = before(posted, end)
    return _refunded_early(known, firsts(known))


def _refunded_early(known: pd.DataFrame, begun: Firsts) -> set[Customer]:
    given = known[books.on_lines(known, ("refunds",)) & (known["amount_minor"].to_numpy() > 0)]
    given = given[given["party"].notna()]
    days = pd.Timedelta(days=EARLY_DAYS)
    rows = zip(given["tenant"], given["party"], given["date"], strict=True)
    return {(tenant, party) for tenant, party, day in rows if (tenant, party) in begun and day - begun[tenant, party] <= days}


@dataclass(frozen=True, slots=True)
class Lifetime:
    """What a customer is worth: the margin of a month, and how many months it lasts; all exact.

    `margin` is in minor units a month; `churn` the share of the active customers who leave in a month.
    """

    margin: Fraction
    churn: Fraction

    @property
    def is_capped(self) -> bool:
        return self.churn * LIFETIME_CAP <= 1

    @property
    def months(self) -> Fraction:
        return Fraction(LIFETIME_CAP) if self.is_capped else 1 / self.churn

    @property
    def value(self) -> int:
        return round_half_even(self.margin * self.months)


def lifetime(posted: pd.DataFrame, end: date) -> Lifetime | None:
    """The lifetime of a customer, out of the last twelve months; None where there was no active customer or no revenue.

    Only sales that name their customer count, for the others cannot be divided by customers.
    """
    start = add_months(end, -YEAR)
    bought = sales(between(posted, add_months(start, -YEAR), end))
    active = _active(bought, [add_months(start, month) for month in range(YEAR + 1)])
    months = sum(int(customers.sum()) for customers in active[:-1])
    left = sum(int((now & ~then).sum()) for now, then in pairwise(active))
    whole = books.revenue(posted, start, end)
    if not months or whole <= 0:
        return None
    kept = Fraction(whole - books.expenses(posted, start, end, books.DIRECT_LINES), whole)
    named = -total(between(bought, start, end)["amount_minor"])
    return Lifetime(margin=Fraction(named, months) * kept, churn=Fraction(left, months))


def _active(bought: pd.DataFrame, days: Sequence[date]) -> list[np.ndarray]:
    """For each of some days, which customers bought within the twelve months before it."""
    customers = bought.groupby(["tenant", "party"], sort=False).ngroup().to_numpy()
    when = bought["date"].to_numpy()
    found = []
    for day in days:
        there = np.zeros(len(bought), dtype=bool)
        there[customers[(when >= np.datetime64(add_months(day, -YEAR))) & (when < np.datetime64(day))]] = True
        found.append(there)
    return found


def each(amount: int, number: int) -> int | None:
    """An amount for each of a number of things; None where there is none to divide by."""
    return round_half_even(Decimal(amount) / number) if number else None


def median_days(starts: pd.Series, ends: pd.Series) -> Decimal | None:
    """The median of some stretches, in days; None for none."""
    days = (ends - starts).dropna().dt.days.to_numpy()
    if not len(days):
        return None
    ordered = np.sort(days)
    middle = len(ordered) // 2
    both = int(ordered[middle]) + int(ordered[~middle])
    return Decimal(both) / 2
