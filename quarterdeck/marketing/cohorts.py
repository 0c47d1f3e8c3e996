"""Customers by the month of their first sale, and which part of them bought again in each month after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from quarterdeck.frames import before
from quarterdeck.marketing.costs import sales


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers of one tenant who first bought in a month; `active[n]` of them bought in the n-th month after it.

    Only months that were over count, so that a later cohort has a shorter row.
    """

    tenant: str
    month: date
    customers: int
    active: tuple[int, ...]


def cohorts(posted: pd.DataFrame, end: date, months: int) -> Sequence[Cohort]:
    """The cohorts of the last so many whole months, the oldest first; a tenant's first month of books holds no cohort.

    Whoever bought in that month may have been a customer for years.
    """
    bought = before(sales(posted), end)
    bought = bought.assign(index=_index(bought["date"]))
    last = end.year * 12 + end.month - 2  # the last month that was over on the eve of `end`
    found: list[Cohort] = []
    for tenant, own in bought.groupby("tenant", sort=True):
        books_begin = int(_index(posted.loc[posted["tenant"] == tenant, "date"]).min())
        first = own.groupby("party")["index"].min()
        aged = own.assign(age=own["index"] - own["party"].map(first), first=own["party"].map(first))
        for index in range(max(last - months + 1, books_begin + 1), last + 1):
            members = aged[aged["first"] == index]
            if len(members):
                ages = members.groupby("age")["party"].nunique()
                active = tuple(int(ages.get(age, 0)) for age in range(1, last - index + 1))
                month = date(index // 12, index % 12 + 1, 1)
                found.append(Cohort(str(tenant), month, members["party"].nunique(), active))
    return found


def _index(days: pd.Series) -> pd.Series:
    """Months since year 0, January being 0."""
    counted: pd.Series = days.dt.year.astype("int64") * 12 + days.dt.month.astype("int64") - 1
    return counted
