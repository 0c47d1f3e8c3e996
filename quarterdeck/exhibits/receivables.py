"""Who owes what, and how long already: invoices by age and by party, and the largest customers."""

from __future__ import annotations

import pandas as pd

from quarterdeck import books
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, count, dated, grid, money, ratio, shown, text
from quarterdeck.frames import between, total
from quarterdeck.frames import ratio as over
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money
from quarterdeck.receivables import AGES, ageing, debtors, open_items

_LISTED = 5
_AGED = 15
_YEAR = 12  # months


@exhibit("receivables_ageing", title="Open receivables by age")
def receivables_ageing(invoices: pd.DataFrame, at: At) -> Exhibit | None:
    """What customers owe, by the days since it was due."""
    return _by_age(invoices, "receivable", at)


@exhibit("payables_ageing", title="Open payables by age")
def payables_ageing(invoices: pd.DataFrame, at: At) -> Exhibit | None:
    """What suppliers are owed, by the days since it was due."""
    return _by_age(invoices, "payable", at)


def _by_age(invoices: pd.DataFrame, side: str, at: At) -> Exhibit | None:
    items = open_items(invoices, side, at.end)
    if items.empty:
        return None
    amounts = ageing(items)
    whole = sum(amounts)
    counts = [int((items["age"] == age).sum()) for age in range(len(AGES))]
    return grid(
        (text("age", "Days since it was due"), count("invoices", "Invoices"), money("amount", "Open"), ratio("share", "Share")),
        [
            ("", (label, number, Money(minor, at.currency), over(minor, whole) if whole > 0 else None))
            for label, number, minor in zip(AGES, counts, amounts, strict=True)
        ],
        total=("Total", len(items), Money(whole, at.currency), None),
    )


@exhibit("receivables_by_customer", title="Open receivables by customer")
def receivables_by_customer(invoices: pd.DataFrame, at: At) -> Exhibit | None:
    """Every customer with an open invoice and what is open in each age, the largest first."""
    items = open_items(invoices, "receivable", at.end)
    by_customer = [
        (str(tenant), str(party), ageing(rows)) for (tenant, party), rows in items.groupby(["tenant", "party"], sort=True)
    ]
    by_customer.sort(key=lambda row: (-sum(row[2]), row[0], row[1]))
    sums = [sum(column) for column in zip(*(ages for _, _, ages in by_customer), strict=True)]

    def cells(name: str, ages: list[int] | tuple[int, ...]) -> tuple[str | Money | None, ...]:
        return (name, *(Money(minor, at.currency) if minor else None for minor in ages), Money(sum(ages), at.currency))

    return grid(
        (text("party", "Customer"), *(money(f"age{n}", label) for n, label in enumerate(AGES)), money("total", "Total")),
        [(tenant, cells(party, ages)) for tenant, party, ages in by_customer[:_AGED]],
        total=cells("Total", sums),
        note=shown(len(by_customer), _AGED),
    )


@exhibit("overdue_customers", title="Customers who are late")
def overdue_customers(invoices: pd.DataFrame, at: At) -> Exhibit | None:
    """The customers who owe most that is overdue, how late the oldest of it is, and when somebody last spoke to them."""
    late = debtors(open_items(invoices, "receivable", at.end))
    whole = sum(debtor.minor for debtor in late)
    rows: list[Row] = [
        (
            debtor.tenant,
            (
                debtor.party,
                Money(debtor.minor, at.currency),
                over(debtor.minor, whole),
                debtor.items,
                debtor.days,
                debtor.last_contact,
            ),
        )
        for debtor in late[:_LISTED]
    ]
    return grid(
        (
            text("party", "Customer"),
            money("overdue", "Overdue"),
            ratio("share", "Part of all overdue"),
            count("invoices", "Invoices"),
            count("days", "Days late"),
            dated("last_contact", "Last contact"),
        ),
        rows,
        note=shown(len(late), _LISTED),
    )


@exhibit("largest_customers", title="The largest customers")
def largest_customers(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """The customers who brought most of the net revenue of twelve months, with their part of it."""
    lines = postings["statement_line"].isin(books.REVENUE_LINES)
    sold = between(postings.loc[lines, ["tenant", "party", "date", "amount_minor"]], at.months_back(_YEAR), at.end)
    whole = -total(sold["amount_minor"])
    if whole <= 0:
        return None
    by_customer = sold.groupby(["tenant", "party"])["amount_minor"].sum().reset_index()
    columns = (by_customer[name] for name in ("tenant", "party", "amount_minor"))
    sums = sorted(((tenant, party, -int(minor)) for tenant, party, minor in zip(*columns, strict=True)), key=_by_size)
    return grid(
        (text("party", "Customer"), money("revenue", "Net revenue of 12 months"), ratio("share", "Part of revenue")),
        [(tenant, (party, Money(minor, at.currency), over(minor, whole))) for tenant, party, minor in sums[:_LISTED]],
        note=shown(len(sums), _LISTED),
    )


def _by_size(row: tuple[str, str, int]) -> tuple[int, str, str]:
    return -row[2], row[0], row[1]
