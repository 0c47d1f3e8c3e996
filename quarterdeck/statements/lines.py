"""Sums by statement line, and the lines of a balance sheet as a reader knows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from quarterdeck.frames import between, exact_sum
from quarterdeck.model import At
from quarterdeck.period import add_months
from quarterdeck.schemas import STATEMENT_LINES

DEBT = ("short_term_loans", "loans")

LABELS: Mapping[str, str] = {
    "cash": "Cash",
    "clearing": "On its way from payment providers",
    "receivables": "Receivables",
    "inventory": "Inventory",
    "prepaid": "Prepaid",
    "suspense": "Not assigned yet",
    "fixed_assets": "Fixed assets",
    "payables": "Payables",
    "deferred_revenue": "Deferred revenue",
    "taxes_payable": "Taxes payable",
    "short_term_loans": "Short-term loans",
    "loans": "Long-term loans",
    "equity": "Paid in and carried forward",
    "translation": "Currency translation (CTA)",
}
"""The lines of a balance sheet as a reader knows them."""

_LARGEST = 2**63 - 1
Sums = Mapping[str, int]  # debits less credits by statement line, every line


def by_line(posted: pd.DataFrame, start: date, end: date) -> Sums:
    """Debits less credits of `[start, end)` by statement line."""
    return sums_of(between(posted, start, end))


def sums_of(rows: pd.DataFrame) -> Sums:
    """Debits less credits of some postings by statement line."""
    numbers, amounts = rows["line_number"].to_numpy(), rows["amount_minor"].to_numpy()
    if len(amounts) and max(-int(amounts.min()), int(amounts.max())) > _LARGEST // len(amounts):
        return {line: exact_sum(amounts[numbers == number]) for number, line in enumerate(STATEMENT_LINES)}
    found = np.zeros(len(STATEMENT_LINES), np.int64)
    np.add.at(found, numbers, amounts)
    return {line: int(minor) for line, minor in zip(STATEMENT_LINES, found, strict=True)}


def over(sums: Sums, lines: tuple[str, ...]) -> int:
    return sum(sums[line] for line in lines)


def year_start(at: At) -> date:
    """The first day of the fiscal year in which the period's last day lies."""
    last = add_months(at.end, -1) if at.end.day == 1 else at.end.replace(day=1)
    return add_months(last, -((last.month - at.fiscal_start) % 12))
