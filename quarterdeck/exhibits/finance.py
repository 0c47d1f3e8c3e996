"""Tables of money: cash and costs by account, revenue by month, companies side by side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck import books
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, dated, grid, money, text, words
from quarterdeck.frames import before, between, total
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money, round_half_even
from quarterdeck.period import add_months

_YEAR = 12  # months


@exhibit("cash_by_account", title="Cash by account")
def cash_by_account(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """Balances of all cash accounts at the start and at the end of the period."""
    rows: list[Row] = []
    sums = [0, 0]
    past = before(postings[postings["statement_line"] == "cash"], at.end)
    for (tenant, account), posted in past.groupby(["tenant", "account"]):
        closing, opening = total(posted["amount_minor"]), total(before(posted, at.start)["amount_minor"])
        sums = [sums[0] + opening, sums[1] + closing]
        amounts = _amounts((opening, closing, closing - opening), at)
        rows.append((str(tenant), (str(account), words(posted["account_name"].iloc[0]), *amounts)))
    return grid(
        (
            text("account", "Account"),
            text("name", "Name"),
            money("opening", "Start of period"),
            money("closing", "End of period"),
            money("change", "Change"),
        ),
        rows,
        total=("Total", None, *_amounts((*sums, sums[1] - sums[0]), at)),
    )


@exhibit("burn_by_account", title="Expenses by account")
def burn_by_account(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """What was spent on each expense account, the largest first, beside the period before."""
    earlier = at.period.previous()
    known = books.begun(postings, earlier.end)
    spent = books.spending(postings, earlier.start, at.end)
    lines: list[tuple[str, str, int, int]] = []
    for (tenant, account), posted in spent.groupby(["tenant", "account"]):
        now = total(between(posted, at.start, at.end)["amount_minor"])
        then = total(between(posted, earlier.start, earlier.end)["amount_minor"])
        lines.append((str(tenant), words(posted["account_name"].iloc[0]) or str(account), now, then))
    lines.sort(key=lambda line: (-line[2], -line[3], line[0], line[1]))

    def amounts(now: int, then: int) -> tuple[Money | None, ...]:
        return _amounts((now, then, now - then), at) if known else (Money(now, at.currency), None, None)

    return grid(
        (text("name", "Account"), money("actual", "Period"), money("previous", "Period before"), money("change", "Change")),
        [(tenant, (name, *amounts(now, then))) for tenant, name, now, then in lines],
        total=("Total", *amounts(sum(line[2] for line in lines), sum(line[3] for line in lines))),
    )


@exhibit("revenue_by_month", title="Revenue by month")
def revenue_by_month(postings: pd.DataFrame, budget: pd.DataFrame, at: At) -> Exhibit | None:
    """Net revenue of the twelve months that end with the period, beside a year before and the budget."""
    if not books.begun(postings, at.end):
        return None
    rows: list[Row] = []
    for start, end in months(at):
        earned, before = (_revenue(postings, add_months(start, -back), add_months(end, -back)) for back in (0, _YEAR))
        planned = books.budgeted(budget, ("revenue",), start, end)
        if earned is not None or planned:
            figures = (earned, before, sum(planned.values()) if planned else None)
            rows.append(("", (start, *(None if minor is None else Money(minor, at.currency) for minor in figures))))
    columns = (money("revenue", "Net revenue"), money("last_year", "A year before"), money("budget", "Budget"))
    return grid((dated("month", "Month from"), *columns), rows)


def _revenue(posted: pd.DataFrame, start: date, end: date) -> int | None:
    return books.revenue(posted, start, end) if books.begun(posted, end) else None


def months(at: At) -> Iterator[tuple[date, date]]:
    """The twelve calendar months up to the one in which the period ends, that one cut where the period ends."""
    last = add_months(at.end, -1) if at.end.day == 1 else at.end.replace(day=1)
    for back in range(_YEAR - 1, -1, -1):
        start = add_months(last, -back)
        yield start, min(add_months(start, 1), at.end)


@exhibit("tenants_table", title="The companies side by side")
def tenants_table(postings: pd.DataFrame, tenant: pd.DataFrame, at: At) -> Exhibit | None:
    """Revenue, EBITDA, net burn a month and cash of each company and of all; one without books has no figures."""
    named = tenant[tenant["kind"] != "portfolio"]
    names = {**{str(id): str(id) for id in postings["tenant"]}, **dict(zip(named["id"], named["name"], strict=True))}
    if len(names) < 2:
        return None
    rows = [("", (name, *_summary(postings[postings["tenant"] == id], at))) for id, name in sorted(names.items())]
    return grid(
        (
            text("company", "Company"),
            money("revenue", "Net revenue"),
            money("ebitda", "EBITDA"),
            money("net_burn", "Net burn a month"),
            money("cash", "Cash"),
        ),
        rows,
        total=("All", *_summary(postings, at)),
    )


def _summary(posted: pd.DataFrame, at: At) -> tuple[Money | None, ...]:
    if not books.begun(posted, at.end):
        return (None,) * 4
    revenue = books.revenue(posted, at.start, at.end)
    earned = _amounts((revenue, revenue - books.expenses(posted, at.start, at.end)), at)
    if not books.begun(posted[posted["statement_line"] == "cash"], at.end):
        return (*earned, None, None)
    since = at.months_back(books.BURN_MONTHS)
    burn = None
    if books.reaches_back(posted, since):
        burn = Money(round_half_even(Decimal(books.net_burn(posted, since, at.end)) / books.BURN_MONTHS), at.currency)
    return (*earned, burn, Money(books.cash(posted, at.end), at.currency))


def _amounts(minor: tuple[int, ...], at: At) -> tuple[Money, ...]:
    return tuple(Money(amount, at.currency) for amount in minor)
