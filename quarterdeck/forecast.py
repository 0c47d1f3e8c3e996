"""Cash of the next thirteen weeks: open invoices, what recurs, what is planned, and the rest at the rate of late. Pure.

Weeks begin with the day after the period, and every amount stands on a civil day, so that closing = opening + in - out in
each week. What is assumed: customers pay as late as they do in the mean; suppliers are paid when it is due; what came
weekly or monthly goes on; all other receipts and payments of trade go on at their sum of the last thirteen weeks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pandas as pd

from quarterdeck import books
from quarterdeck.frames import exact_sum
from quarterdeck.money import Money, round_half_even
from quarterdeck.period import add_months
from quarterdeck.receivables import expected, lateness, open_items
from quarterdeck.recurring import KEY, Recurring, payments, recurring

WEEKS = 13
DOUBTFUL_DAYS = 90  # what is later and has no day on which it is expected is counted on by nobody
_WEEK = timedelta(days=7)
_SIGNS = {"receivable": 1, "payable": -1}


@dataclass(frozen=True, slots=True)
class Flow:
    """One amount on one day: positive comes in. `kind` is `invoice`, `recurring`, `planned` or `other`."""

    tenant: str
    day: date
    minor: int
    kind: str
    what: str


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from `start`; `inflow` and `outflow` are both positive."""

    start: date
    opening: int
    inflow: int
    outflow: int

    @property
    def closing(self) -> int:
        return self.opening + self.inflow - self.outflow


@dataclass(frozen=True, slots=True)
class Forecast:
    """Weeks one after the other, the flows that make them, and what recurs."""

    weeks: tuple[Week, ...]
    flows: tuple[Flow, ...]
    recurring: tuple[Recurring, ...]

    @property
    def lowest(self) -> Week:
        """The week that ends with the least cash, the first of them."""
        return min(self.weeks, key=lambda week: (week.closing, week.start))


def forecast(postings: pd.DataFrame, invoices: pd.DataFrame, planned: pd.DataFrame, end: date, currency: str) -> Forecast:
    """The forecast from the day `end` on; invoices and planned cash may be empty."""
    moved = payments(postings, add_months(end, -12), end)
    found = recurring(moved, end)
    own = [*_of_invoices(invoices, end), *_of_plan(planned, end)]
    flows = [*own, *_of_rhythm(found, own, end), *_of_the_rest(moved, found, invoices, end, currency)]
    inside = sorted(
        (flow for flow in flows if end <= flow.day < end + WEEKS * _WEEK),
        key=lambda flow: (flow.day, flow.tenant, flow.kind, flow.what, flow.minor),
    )
    return Forecast(tuple(_weeks(books.cash(postings, end), inside, end)), tuple(inside), tuple(found))


def _weeks(opening: int, flows: Sequence[Flow], end: date) -> Iterator[Week]:
    for number in range(WEEKS):
        start = end + number * _WEEK
        amounts = [flow.minor for flow in flows if start <= flow.day < start + _WEEK]
        week = Week(start, opening, sum(a for a in amounts if a > 0), -sum(a for a in amounts if a < 0))
        yield week
        opening = week.closing


def _of_invoices(invoices: pd.DataFrame, end: date) -> Iterator[Flow]:
    """Open invoices on the day they are likely to be paid; suppliers when it is due, since that is ours to keep."""
    for side, sign in _SIGNS.items():
        items = open_items(invoices, side, end)
        if side == "receivable":
            items = items[(items["late_days"] <= DOUBTFUL_DAYS) | items["expected_on"].notna()]
        days = expected(items, lateness(invoices, side, end) if side == "receivable" else {}, end)
        for tenant, party, minor, day in zip(items["tenant"], items["party"], items["open_minor"], days, strict=True):
            yield Flow(tenant, day, sign * int(minor), "invoice", party)


def _of_plan(planned: pd.DataFrame, end: date) -> Iterator[Flow]:
    ahead = planned[planned["due_on"].to_numpy() >= np.datetime64(end)]
    for tenant, item, due, minor in zip(ahead["tenant"], ahead["item"], ahead["due_on"], ahead["amount_minor"], strict=True):
        yield Flow(tenant, due.date(), int(minor), "planned", item)


def _of_rhythm(found: Iterable[Recurring], own: Sequence[Flow], end: date) -> Iterator[Flow]:
    """What recurs; each open invoice of a party takes the place of one of its payments, the next ones first."""
    for each in found:
        replaced = sum(
            flow.kind == "invoice" and (flow.tenant, flow.what, flow.minor > 0) == (each.tenant, each.party, each.minor > 0)
            for flow in own
        )
        for day in each.days(end, end + WEEKS * _WEEK)[replaced:]:
            yield Flow(each.tenant, day, each.minor, "recurring", each.party)


def _of_the_rest(
    moved: pd.DataFrame, found: Iterable[Recurring], invoices: pd.DataFrame, end: date, currency: str
) -> Iterator[Flow]:
    """Trade that neither recurs nor is invoiced, at its sum of the last thirteen weeks; shared out so that it adds up."""
    late = moved[(moved["date"].to_numpy() >= np.datetime64(end - WEEKS * _WEEK)) & ~moved["is_financing"].to_numpy()]
    recurs = pd.MultiIndex.from_frame(late[KEY]).isin([each.key for each in found])
    billed = pd.MultiIndex.from_frame(late[["tenant", "party", "is_in"]]).isin(_billed(invoices, end))
    for (tenant, _), rows in late[~recurs & ~billed].groupby(["tenant", "is_in"]):
        whole = Money(exact_sum(rows["minor"].to_numpy()), currency)
        for number, part in enumerate(whole.allocate([1] * WEEKS)):
            yield Flow(str(tenant), end + number * _WEEK, part.minor, "other", "")


def _billed(invoices: pd.DataFrame, end: date) -> list[tuple[str, str, bool]]:
    """Parties whose money comes or goes by invoice, by tenant and direction: their payments are in the list of invoices."""
    known = invoices[invoices["issued_on"].to_numpy() < np.datetime64(end)]
    rows = zip(known["tenant"], known["party"], known["side"], strict=True)
    return sorted({(tenant, party, side == "receivable") for tenant, party, side in rows})


def has_cash(postings: pd.DataFrame, end: date) -> bool:
    """Whether there is a quarter of cash movements to learn from."""
    return books.begun(postings, end, ("cash",)) and books.reaches_back(postings, add_months(end, -books.BURN_MONTHS))


def month_of_costs(postings: pd.DataFrame, end: date) -> int:
    """What a month costs, as a mean of the last three: a reserve that a forecast should not fall below."""
    spent = books.spending(postings, add_months(end, -books.BURN_MONTHS), end)
    return round_half_even(Fraction(exact_sum(spent["amount_minor"].to_numpy()), books.BURN_MONTHS))
