"""Invoices as of a day: what is open, how late it is, and how long its payers take. Pure; amounts are minor units.

A day is the first one that is not known yet, as the end of a period is: an invoice counts when it was issued before it, a
payment when its last part came before it. Of a payment in parts only the last day is known, so that on earlier days all of
it is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pandas as pd

from quarterdeck.frames import exact_sum
from quarterdeck.money import round_half_even
from quarterdeck.period import add_months

Payer = tuple[str, str]  # tenant and party

AGES = ("not due", "1 to 30 days", "31 to 60 days", "61 to 90 days", "over 90 days")
_EDGES = np.array([0, 30, 60, 90])  # the last day of each age but the oldest
_YEAR = 12  # months of payments that habits are read from


def open_items(invoices: pd.DataFrame, side: str, end: date) -> pd.DataFrame:
    """The invoices of a side that are not settled on the eve of `end`, with `open_minor`, `late_days` and `age`.

    `late_days` counts from the due day to the eve of `end` and is negative before it; `age` is a place in AGES. Credit notes
    and what was paid too much are open with a negative amount, since they lower what the ledger's account holds.
    """
    last = np.datetime64(end - timedelta(days=1))
    known = invoices[(invoices["side"] == side) & (invoices["issued_on"].to_numpy() <= last)]
    paid = known["paid_minor"].fillna(0).to_numpy(np.int64)
    later = known["paid_on"].to_numpy() > last  # a payment without a day counts: whoever wrote it down had seen it
    left = known["amount_minor"].to_numpy() - np.where(later, 0, paid)
    late = _days(known["due_on"], pd.Series(last, known.index))
    items = known.assign(open_minor=left, late_days=late, age=np.searchsorted(_EDGES, late, side="left"))
    return items[items["open_minor"] != 0]


def ageing(items: pd.DataFrame) -> tuple[int, ...]:
    """Open amounts by age, as AGES has them."""
    ages, left = items["age"].to_numpy(), items["open_minor"].to_numpy()
    return tuple(exact_sum(left[ages == age]) for age in range(len(AGES)))


def overdue(items: pd.DataFrame, days: int = 0) -> pd.DataFrame:
    """Those of some open items that are later than so many days; credits are nobody's debt and left out."""
    late: pd.DataFrame = items[(items["late_days"] > days) & (items["open_minor"] > 0)]
    return late


@dataclass(frozen=True, slots=True)
class Debtor:
    """One party's open items that are overdue: how much, how many, how late the oldest is, when it was last spoken to."""

    tenant: str
    party: str
    minor: int
    items: int
    days: int
    last_contact: date | None


def debtors(items: pd.DataFrame, days: int = 0) -> list[Debtor]:
    """Parties with items later than so many days, the largest amount first."""
    found = []
    for (tenant, party), rows in overdue(items, days).groupby(["tenant", "party"]):
        contact = rows["last_contact_on"].max()
        minor, oldest = exact_sum(rows["open_minor"].to_numpy()), int(rows["late_days"].max())
        found.append(Debtor(str(tenant), str(party), minor, len(rows), oldest, None if pd.isna(contact) else contact.date()))
    return sorted(found, key=lambda debtor: (-debtor.minor, debtor.tenant, debtor.party))


def settled(invoices: pd.DataFrame, side: str, end: date) -> pd.DataFrame:
    """Invoices of a side that were paid in full within the twelve months before `end`."""
    start, stop = np.datetime64(add_months(end, -_YEAR)), np.datetime64(end)
    on = invoices["paid_on"].to_numpy()
    whole = invoices["paid_minor"].fillna(0).to_numpy(np.int64) >= invoices["amount_minor"].to_numpy()
    of_side = (invoices["side"] == side).to_numpy() & (invoices["amount_minor"].to_numpy() > 0)
    found: pd.DataFrame = invoices[of_side & whole & (on >= start) & (on < stop)]
    return found


def days_to_pay(paid: pd.DataFrame) -> Fraction | None:
    """Mean days from the invoice to its last payment, weighted by amount; None where nothing was paid."""
    days = _days(paid["issued_on"], paid["paid_on"]).tolist()
    amounts = paid["amount_minor"].tolist()
    weighted = sum(day * amount for day, amount in zip(days, amounts, strict=True))
    return Fraction(weighted, sum(amounts)) if amounts else None


def lateness(invoices: pd.DataFrame, side: str, end: date) -> Mapping[Payer, int]:
    """By how many days after the due day each party pays in the mean of its last twelve months; early is negative.

    Under the party "" stands the mean of all parties of the tenant, for those of whom nothing is known.
    """
    paid = settled(invoices, side, end)
    late = _days(paid["due_on"], paid["paid_on"]).tolist()
    sums: dict[Payer, tuple[int, int]] = {}
    for tenant, party, days in zip(paid["tenant"], paid["party"], late, strict=True):
        for key in ((tenant, party), (tenant, "")):
            total, count = sums.get(key, (0, 0))
            sums[key] = (total + days, count + 1)
    return {key: round_half_even(Fraction(total, count)) for key, (total, count) in sums.items()}


def expected(items: pd.DataFrame, habits: Mapping[Payer, int], end: date) -> list[date]:
    """The day on which each open item is likely to be paid, `end` or later.

    The day that somebody named for it; else its due day and the days by which its party is late in the mean. What should
    have come already is taken to come after as many days again.
    """
    found = []
    columns = (items[name] for name in ("tenant", "party", "due_on", "expected_on"))
    for tenant, party, due, named in zip(*columns, strict=True):
        late = habits.get((tenant, party), habits.get((tenant, ""), 0))
        day = due.date() + timedelta(days=late) if pd.isna(named) else named.date()
        found.append(day if day >= end else end + timedelta(days=max(late, 0)))
    return found


def _days(first: pd.Series, last: pd.Series) -> np.ndarray:
    """Days from one column to another."""
    return (last - first).dt.days.to_numpy(np.int64)
