"""Faults of trade on credit: customers who do not pay, suppliers who are not paid, collection that slows down."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

import pandas as pd

from quarterdeck.frames import total
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.money import Money
from quarterdeck.receivables import debtors, open_items, overdue
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import Kpis, amount_of, evidence, major

_LATE_DAYS = 60
_VERY_LATE_DAYS = 90
_LEAST = 100  # whole units of the currency; less is not worth a letter
_PAYABLE_DAYS = 7  # a payment run a week is no fault
_SLOWER = 3  # periods in a row
_INVOICE = ("invoice", "due_on", "late_days", "open_minor", "last_contact_on")


@rule(
    "receivable_overdue",
    severity=Severity.MEDIUM,
    owner="cfo",
    effort=Effort.S,
    due_days=7,
    title="{party} has owed {amount} for more than {limit:days}",
    why="{invoices:invoice is|invoices are} open, the oldest for {late:days}; what is older is paid more seldom.",
    remedy="Call {party}, agree on a day for {amount}, and decide what happens if it passes",
)
def receivable_overdue(invoices: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A customer has owed 100 or more for over 60 days; over 90 it is high."""
    items = open_items(invoices, "receivable", at.end)
    for debtor in debtors(items, _LATE_DAYS):
        amount = Money(debtor.minor, at.currency)
        if amount < major(_LEAST, at):
            continue
        own = overdue(items[(items["tenant"] == debtor.tenant) & (items["party"] == debtor.party)], _LATE_DAYS)
        yield Hit(
            subject=debtor.party,
            facts={
                "party": debtor.party,
                "amount": amount,
                "limit": _LATE_DAYS,
                "invoices": debtor.items,
                "late": debtor.days,
            },
            evidence=evidence(own.sort_values(["due_on", "invoice"]), at, *_INVOICE),
            money_at_stake=amount,
            severity=Severity.HIGH if debtor.days > _VERY_LATE_DAYS else None,
        )


@rule(
    "payables_late",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.S,
    due_days=7,
    title="{amount} of suppliers' invoices is not paid in time",
    why="{invoices:invoice is|invoices are} late, the oldest by {late:days}; {suppliers:supplier waits|suppliers wait}.",
    remedy="Pay what is undisputed, and write to the others why not",
)
def payables_late(invoices: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Invoices of suppliers are open more than a week after they were due."""
    late = overdue(open_items(invoices, "payable", at.end), _PAYABLE_DAYS)
    if late.empty:
        return
    amount = Money(total(late["open_minor"]), at.currency)
    facts: dict[str, Fact] = {
        "invoices": len(late),
        "amount": amount,
        "late": int(late["late_days"].max()),
        "suppliers": int(late["party"].nunique()),
    }
    listed = late.sort_values(["due_on", "party", "invoice"])
    yield Hit("payables", facts, evidence(listed, at, "party", *_INVOICE[:-1]), money_at_stake=amount)


@rule(
    "collection_slows",
    severity=Severity.MEDIUM,
    owner="cfo",
    effort=Effort.M,
    due_days=30,
    kpis=("dso",),
    title="Customers pay later for the third period in a row: {days:days} of sales are open",
    why="It was {before:days} before that; each day more is a day of sales that has to be paid for in advance.",
    remedy="Send invoices on the day of the service, remind on the day after it is due, and ask for deposits",
)
def collection_slows(kpis: Kpis) -> Iterable[Hit]:
    """Days sales outstanding rose in each of the last three periods."""
    series = kpis["dso"].series[-_SLOWER - 1 :] if "dso" in kpis else ()
    known = [Decimal(value) for value in series if value is not None and not isinstance(value, Money)]
    if len(known) == _SLOWER + 1 and all(later > earlier for earlier, later in pairwise(known)):
        yield Hit("collection", {"days": known[-1], "before": known[0]}, tuple({"days": value} for value in known))


@rule(
    "tax_without_cash",
    severity=Severity.HIGH,
    owner="cfo",
    effort=Effort.M,
    due_days=10,
    kpis=("tax_due", "cash"),
    title="{tax} of taxes is owed, and {cash} is there",
    why="What was collected for the tax office is spent; it is due whatever else must be paid.",
    remedy="Find {gap} before the tax is due, or agree on instalments with the tax office",
)
def tax_without_cash(kpis: Kpis) -> Iterable[Hit]:
    """More tax is owed than there is cash."""
    tax, cash = amount_of(kpis, "tax_due"), amount_of(kpis, "cash")
    if tax is None or cash is None or tax.minor <= max(cash.minor, 0):
        return
    yield Hit("taxes", {"tax": tax, "cash": cash, "gap": tax - cash}, money_at_stake=tax)
