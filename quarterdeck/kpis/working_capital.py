"""Money that is tied up in trade: what customers owe, what suppliers are owed, and how long both take."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from quarterdeck import books
from quarterdeck.books import BURN_MONTHS
from quarterdeck.frames import before, between, exact_sum, total
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, NO_BOOKS, share, too_short
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even
from quarterdeck.receivables import days_to_pay, open_items, overdue, settled

_LIST = "a list of invoices with their days"
_ACCRUALS = f"{BOOKS} that holds invoices before they are paid, on accounts for receivables and payables"
_SOLD = ("revenue", "refunds", "deferred_revenue")
_BOUGHT = ("cost_of_sales", "operating_expenses", "inventory", "prepaid", "fixed_assets")


@kpi(
    "dso",
    label="Days sales outstanding",
    unit=Unit.DAYS,
    good=Direction.DOWN,
    formula="receivables at the end of the period / sales on credit of the last three months x days of those months",
    needs=_ACCRUALS,
)
def dso(postings: pd.DataFrame, at: At) -> Value:
    """How many days of sales on credit customers still owe; the window is three months."""
    return _days(postings, "receivables", _SOLD, 1, at)


@kpi(
    "dpo",
    label="Days payables outstanding",
    unit=Unit.DAYS,
    good=Direction.NEUTRAL,
    formula="payables at the end of the period / purchases on credit of the last three months x days of those months",
    needs=_ACCRUALS,
)
def dpo(postings: pd.DataFrame, at: At) -> Value:
    """How many days of purchases on credit are still to be paid; the window is three months."""
    return _days(postings, "payables", _BOUGHT, -1, at)


@kpi(
    "cash_conversion_cycle",
    label="Cash conversion cycle",
    unit=Unit.DAYS,
    good=Direction.DOWN,
    formula="days of inventory + days sales outstanding - days payables outstanding, all of the last three months",
    needs=_ACCRUALS,
)
def cash_conversion_cycle(postings: pd.DataFrame, at: At) -> Value:
    """How many days lie between paying for what is sold and being paid for it; without inventory its days are none."""
    sold, bought = dso(postings, at), dpo(postings, at)
    if isinstance(sold, Unavailable):
        return sold
    if isinstance(bought, Unavailable):
        return bought
    stock = books.net_of(before(postings, at.end), ("inventory",))
    start = at.months_back(BURN_MONTHS)
    used = books.expenses(postings, start, at.end, books.DIRECT_LINES)
    if stock and used <= 0:
        return Unavailable("there is inventory and no cost of sales in the last three months")
    held = _tenths(Fraction(stock * (at.end - start).days, used)) if stock else Decimal(0)
    return held + Decimal(sold) - Decimal(bought)


@kpi(
    "receivables_open",
    label="Open receivables",
    unit=Unit.MONEY,
    good=Direction.NEUTRAL,
    formula="what customers have not paid of their invoices at the end of the period, credit notes taken off",
    needs=_LIST,
)
def receivables_open(invoices: pd.DataFrame, at: At) -> Value:
    """What customers owe by their invoices."""
    return _open(invoices, "receivable", at)


@kpi(
    "receivables_overdue",
    label="Overdue receivables",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="open amounts of customers' invoices whose due day lies before the last day of the period",
    needs=_LIST,
)
def receivables_overdue(invoices: pd.DataFrame, at: At) -> Value:
    """What customers should have paid already."""
    return _late(invoices, "receivable", at)


@kpi(
    "receivables_overdue_share",
    label="Overdue part of receivables",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="overdue receivables / open receivables before credit notes",
    needs=_LIST,
)
def receivables_overdue_share(invoices: pd.DataFrame, at: At) -> Value:
    """Which part of what customers owe is late."""
    items = _items(invoices, "receivable", at)
    if isinstance(items, Unavailable):
        return items
    owed = total(items.loc[items["open_minor"] > 0, "open_minor"])
    return share(total(overdue(items)["open_minor"]), owed, Unavailable("no invoice to a customer is open"))


@kpi(
    "days_to_collect",
    label="Days until customers pay",
    unit=Unit.DAYS,
    good=Direction.DOWN,
    formula="mean days from invoice to last payment, weighted by amount, of what customers paid in the last 12 months",
    needs=f"{_LIST} of payment",
)
def days_to_collect(invoices: pd.DataFrame, at: At) -> Value:
    """How long customers take to pay an invoice."""
    days = days_to_pay(settled(invoices, "receivable", at.end))
    return Unavailable("no invoice to a customer was paid in the last twelve months") if days is None else _tenths(days)


@kpi(
    "payables_open",
    label="Open payables",
    unit=Unit.MONEY,
    good=Direction.NEUTRAL,
    formula="what is not paid of suppliers' invoices at the end of the period, credit notes taken off",
    needs=_LIST,
)
def payables_open(invoices: pd.DataFrame, at: At) -> Value:
    """What suppliers are owed by their invoices."""
    return _open(invoices, "payable", at)


@kpi(
    "payables_overdue",
    label="Overdue payables",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="open amounts of suppliers' invoices whose due day lies before the last day of the period",
    needs=_LIST,
)
def payables_overdue(invoices: pd.DataFrame, at: At) -> Value:
    """What suppliers should have been paid already."""
    return _late(invoices, "payable", at)


@kpi(
    "tax_due",
    label="Taxes to be paid",
    unit=Unit.MONEY,
    good=Direction.NEUTRAL,
    formula="balance of the accounts of taxes payable at the end of the period",
    needs="postings on an account of sales or payroll taxes",
)
def tax_due(postings: pd.DataFrame, at: At) -> Value:
    """What the books say is owed to tax offices; below zero when they owe it."""
    if not books.begun(postings, at.end, ("taxes_payable",)):
        return Unavailable("no posting is on an account of taxes payable")
    return -books.net_of(before(postings, at.end), ("taxes_payable",))


def _days(postings: pd.DataFrame, line: str, other: tuple[str, ...], sign: int, at: At) -> Value:
    """The balance of a line in days of what was put on it by entries that also have a leg on some other lines."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    if not books.begun(postings, at.end, (line,)):
        return Unavailable(f"no posting is on an account of {line}")
    gap = too_short(postings, at)
    if gap is not None:
        return gap
    start = at.months_back(BURN_MONTHS)
    turned = _put_on(between(postings, start, at.end), line, other, sign)
    if turned <= 0:
        return Unavailable(f"nothing was {'sold' if sign > 0 else 'bought'} on credit in the last three months")
    balance = sign * books.net_of(before(postings, at.end), (line,))
    return _tenths(Fraction(balance * (at.end - start).days, turned))


def _put_on(rows: pd.DataFrame, line: str, other: tuple[str, ...], sign: int) -> int:
    keys = ["tenant", "entry"]
    trade = pd.MultiIndex.from_frame(rows.loc[books.on_lines(rows, other), keys].drop_duplicates())
    on = rows.loc[books.on_lines(rows, (line,)), [*keys, "amount_minor"]]
    legs = sign * on["amount_minor"].to_numpy()
    return exact_sum(legs[(legs > 0) & np.asarray(pd.MultiIndex.from_frame(on[keys]).isin(trade))])


def _items(invoices: pd.DataFrame, side: str, at: At) -> pd.DataFrame | Unavailable:
    """Open items of a side; nothing is known where the list has no invoice of it."""
    if not (invoices["side"] == side).any():
        return Unavailable(f"the list of invoices has no {side}s")
    return open_items(invoices, side, at.end)


def _open(invoices: pd.DataFrame, side: str, at: At) -> Value:
    items = _items(invoices, side, at)
    return items if isinstance(items, Unavailable) else total(items["open_minor"])


def _late(invoices: pd.DataFrame, side: str, at: At) -> Value:
    items = _items(invoices, side, at)
    return items if isinstance(items, Unavailable) else total(overdue(items)["open_minor"])


def _tenths(value: Fraction) -> Decimal:
    """To one decimal, half to even."""
    return Decimal(round_half_even(value * 10)) / 10
