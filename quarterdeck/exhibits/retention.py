"""Who comes back, as a triangle of cohorts, and what is paid back by channel."""

from __future__ import annotations

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, count, dated, grid, money, ratio, text
from quarterdeck.frames import empty
from quarterdeck.frames import ratio as over
from quarterdeck.marketing import costs
from quarterdeck.marketing.cohorts import cohorts
from quarterdeck.marketing.costs import EARLY_DAYS, YEAR, Channel
from quarterdeck.model import At, Exhibit, Fact
from quarterdeck.money import Money

_MONTHS = 12
_AGES = (1, 2, 3, 4, 5, 6, 9, 11)  # months after the first purchase; all of them would not fit on a page


@exhibit("retention_cohorts", title="Who came back")
def retention_cohorts(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """By the month of the first purchase, which part of the customers bought again in each month after it."""
    rows: list[Row] = [
        (
            cohort.tenant,
            (
                cohort.month,
                cohort.customers,
                *(over(cohort.active[age - 1], cohort.customers) if age <= len(cohort.active) else None for age in _AGES),
            ),
        )
        for cohort in cohorts(postings, at.end, _MONTHS)
    ]
    if not any(cells[2] is not None for _, cells in rows):
        return None
    return grid(
        (
            dated("month", "First bought"),
            count("customers", "Customers (n)"),
            *(ratio(f"m{age}", f"Month {age}") for age in _AGES),
        ),
        rows,
        note="The share of a cohort that bought in the n-th month after its first purchase. Small cohorts say little.",
    )


@exhibit("refunds_by_channel", title="Refunds by channel")
def refunds_by_channel(leads: pd.DataFrame, postings: pd.DataFrame, at: At) -> Exhibit | None:
    """Of the last twelve months by channel: what was paid back of the revenue, and new customers who had money back early."""
    listed = costs.by_channel(leads, empty("spend"), postings, at.months_back(YEAR), at.end)
    if not any(one.refunds for one in listed):
        return None
    sums = {
        name: sum(getattr(one, name) for one in listed)
        for name in ("leads", "customers", "spend", "revenue", "refunds", "early")
    }
    return grid(
        (
            text("channel", "Channel"),
            money("gross", "Revenue before refunds"),
            money("refunds", "Refunds"),
            ratio("share", "Refunds of revenue"),
            count("customers", "New customers"),
            count("early", f"Refunded within {EARLY_DAYS} days"),
        ),
        [(one.tenant, _channel(one, one.name, at)) for one in listed if one.revenue or one.refunds or one.customers],
        total=_channel(Channel("", "", **sums), "Total", at),
    )


def _channel(one: Channel, name: str, at: At) -> tuple[Fact | None, ...]:
    gross = one.revenue + one.refunds
    return (
        name,
        Money(gross, at.currency),
        Money(one.refunds, at.currency),
        over(one.refunds, gross) if gross > 0 else None,
        one.customers,
        one.early,
    )
