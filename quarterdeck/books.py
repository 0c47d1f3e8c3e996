"""The books as KPIs read them: entries joined with their accounts, and the sums that money is made of.

Sums follow the sign that people expect: `income` and `expense` are positive when they are earned and spent. Accounts
are joined by tenant and number, since two tenants may use one number for two things. All sums are minor units.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd

from quarterdeck.frames import between, exact_sum, in_order, is_blank
from quarterdeck.money import exponent, round_half_even
from quarterdeck.period import add_months
from quarterdeck.schemas import STATEMENT_LINES

# Frames that a KPI, rule or exhibit may name as a parameter although no snapshot holds them, and what each is made of.
DERIVED: Mapping[str, tuple[str, ...]] = {"postings": ("entries", "accounts"), "bank_matches": ("entries", "bank_lines")}

REVENUE_LINES = ("revenue", "refunds")
DIRECT_LINES = ("cost_of_sales",)
OPERATING_LINES = ("operating_expenses",)
EBITDA_EXPENSE_LINES = (*DIRECT_LINES, *OPERATING_LINES)
RESULT_LINES = (*REVENUE_LINES, *EBITDA_EXPENSE_LINES, "depreciation", "interest", "income_tax")
EQUITY_LINES = ("equity", "translation")
CURRENT_ASSETS = ("cash", "clearing", "receivables", "inventory", "prepaid", "suspense")
LONG_TERM_ASSETS = ("fixed_assets",)
CURRENT_LIABILITIES = ("payables", "deferred_revenue", "taxes_payable", "short_term_loans")
LONG_TERM_LIABILITIES = ("loans",)
ASSETS, LIABILITIES = (*CURRENT_ASSETS, *LONG_TERM_ASSETS), (*CURRENT_LIABILITIES, *LONG_TERM_LIABILITIES)
MONETARY_LINES = ("cash", "clearing", "receivables", "payables", "taxes_payable", "short_term_loans", "loans")
FINANCING_LINES = ("short_term_loans", "loans", "equity")
ELIMINATIONS = "Eliminations"  # stands where a tenant would; no tenant's id has a capital letter
TRANSLATION = "translation"  # differences of currency translation; nobody earned, spent or paid them in
_FORTNIGHT = timedelta(days=14)
BURN_MONTHS = 3  # burn is a mean over so many months, since one month's bills move by days
_NUMBERS = {line: number for number, line in enumerate(STATEMENT_LINES)}
DOCUMENT_FROM = 75  # major units; below it a receipt is not asked for


def postings(entries: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Entries with `type`, `statement_line`, `behaviour`, `function`, `account_name` of their accounts.

    `line_number` is the statement line's place in STATEMENT_LINES, `is_expense` says whether `type` is that: to compare a
    million texts anew for each figure would take most of its time. An entry on an account that the chart does not know
    keeps its row, with the statement line `suspense`.
    """
    chart = accounts[["tenant", "account", "name", "type", "statement_line", "behaviour", "function"]]
    joined = entries.merge(chart.rename(columns={"name": "account_name"}), on=["tenant", "account"], how="left")
    joined["statement_line"] = joined["statement_line"].fillna("suspense")
    joined["line_number"] = joined["statement_line"].map(_NUMBERS).astype("int64")
    joined["is_expense"] = joined["type"] == "expense"
    return joined


def begun(posted: pd.DataFrame, end: date, lines: tuple[str, ...] = ()) -> bool:
    """Whether the books hold any posting (on some lines) before the day `end`; if not, a sum of nothing is no zero."""
    early = posted["date"].to_numpy() < np.datetime64(end)
    return bool((early & on_lines(posted, lines)).any() if lines else early.any())


def reaches_back(posted: pd.DataFrame, start: date) -> bool:
    """Whether the books speak of the days from `start` on: they begin within a fortnight of it.

    An opening balance stands on the eve of the first day, so a wider margin would take it for a month of its own.
    """
    return begun(posted, start + _FORTNIGHT)


def net_of(posted: pd.DataFrame, lines: tuple[str, ...]) -> int:
    """Debits less credits on some statement lines, in minor units."""
    return exact_sum(posted["amount_minor"].to_numpy()[on_lines(posted, lines)])


def revenue(posted: pd.DataFrame, start: date, end: date) -> int:
    """Revenue less refunds of `[start, end)`, in minor units."""
    return -_sum(posted, REVENUE_LINES, start, end)


def expenses(posted: pd.DataFrame, start: date, end: date, lines: tuple[str, ...] = EBITDA_EXPENSE_LINES) -> int:
    """Expenses of `[start, end)` on some statement lines, positive when spent, in minor units."""
    return _sum(posted, lines, start, end)


def cash(posted: pd.DataFrame, end: date) -> int:
    """Balance of all cash accounts at the start of the day `end`, in minor units."""
    return _sum(posted, ("cash",), date.min, end)


def financing(posted: pd.DataFrame, start: date, end: date, lines: tuple[str, ...] = FINANCING_LINES) -> int:
    """Cash that owners and lenders put in, less what was paid back to them, in `[start, end)`.

    Only the part of an entry that moved cash counts: an opening balance that brings a boat into the books, or a year's
    result carried to equity, finances nothing.
    """
    given = _with_eliminated(_by_entry(posted, lines, start, end))
    moved = _by_entry(posted, ("cash",), start, end) if given else {}
    found = 0
    for entry, minor in given.items():
        cash_in, owed = moved.get(entry, 0), -minor
        if cash_in * owed > 0:
            found += min(cash_in, owed) if owed > 0 else max(cash_in, owed)
    return found


def net_burn(posted: pd.DataFrame, start: date, end: date) -> int:
    """Opening cash less closing cash plus net financing: what the business itself used up, in minor units.

    Cash that changed by an exchange rate alone was not used up either.
    """
    given = financing(posted, start, end, (*FINANCING_LINES, TRANSLATION))
    return given - _sum(posted, ("cash",), start, end)


def spending(posted: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """The postings of `[start, end)` on expense accounts, without depreciation, which nobody pays or sends a bill for."""
    rows = between(posted, start, end)
    spent: pd.DataFrame = rows[rows["is_expense"].to_numpy() & ~on_lines(rows, ("depreciation",))]
    return spent


def wants_document(spent: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Those of some expense postings that are large enough to need a receipt or an invoice."""
    large: pd.DataFrame = spent[spent["amount_minor"] >= DOCUMENT_FROM * 10 ** exponent(currency)]
    return large


def without_document(wanting: pd.DataFrame) -> pd.DataFrame:
    bare: pd.DataFrame = wanting[is_blank(wanting["document"])]
    return bare


def budgeted(budget: pd.DataFrame, lines: tuple[str, ...], start: date, end: date) -> dict[str, int]:
    """Planned amounts of `[start, end)` by tenant, for the tenants whose budget speaks of every month in it.

    A month that lies in the period only in part counts by its days.
    """
    months = _months(start, end)
    rows = between(budget[budget["statement_line"].isin(lines)], min(months), end)
    planned: dict[str, dict[date, int]] = {}
    for tenant, day, minor in zip(rows["tenant"], rows["date"].dt.date, rows["amount_minor"], strict=True):
        by_month = planned.setdefault(tenant, {})
        by_month[day.replace(day=1)] = by_month.get(day.replace(day=1), 0) + int(minor)
    return {
        tenant: sum(round_half_even(part * by_month[month]) for month, part in months.items())
        for tenant, by_month in planned.items()
        if months.keys() <= by_month.keys()
    }


def _months(start: date, end: date) -> dict[date, Decimal]:
    """The months that `[start, end)` touches, by their first day, with the part of each that lies inside."""
    found = {}
    first = start.replace(day=1)
    while first < end:
        following = add_months(first, 1)
        inside = (min(end, following) - max(start, first)).days
        found[first] = Decimal(inside) / monthrange(first.year, first.month)[1]
        first = following
    return found


def on_lines(posted: pd.DataFrame, lines: tuple[str, ...], rows: slice = slice(None)) -> np.ndarray:
    """Which postings are on some statement lines, by their numbers: texts are slow to compare, and this is asked often."""
    numbers = posted["line_number"].to_numpy()[rows]
    found: np.ndarray = numbers == _NUMBERS[lines[0]]
    for line in lines[1:]:
        found |= numbers == _NUMBERS[line]
    return found


def _sum(posted: pd.DataFrame, lines: tuple[str, ...], start: date, end: date) -> int:
    """Debits less credits of `[start, end)` on some lines."""
    rows = in_order(posted["date"].to_numpy(), np.datetime64(start), np.datetime64(end))
    if rows is None:
        posted, rows = between(posted, start, end), slice(None)
    return exact_sum(posted["amount_minor"].to_numpy()[rows][on_lines(posted, lines, rows)])


def _with_eliminated(found: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """Sums by tenant and entry, each less what was eliminated of it: a loan between two companies finances neither's group."""
    kept = {key: minor for key, minor in found.items() if key[0] != ELIMINATIONS}
    for tenant, entry in found.keys() - kept.keys():
        _, owner, eliminated = (*entry.split(":", 2), "", "")[:3]
        if (owner, eliminated) in kept:
            kept[owner, eliminated] += found[tenant, entry]
    return kept


def _by_entry(posted: pd.DataFrame, lines: tuple[str, ...], start: date, end: date) -> dict[tuple[str, str], int]:
    """Debits less credits of `[start, end)` on some lines, by tenant and entry."""
    rows = between(posted, start, end)
    on = on_lines(rows, lines)
    if not on.any():
        return {}
    legs = rows.loc[on, ["tenant", "entry", "amount_minor"]]
    found: dict[tuple[str, str], int] = {}
    for tenant, entry, minor in zip(legs["tenant"], legs["entry"], legs["amount_minor"], strict=True):
        found[tenant, entry] = found.get((tenant, entry), 0) + int(minor)
    return found
