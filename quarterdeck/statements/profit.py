"""Profit and loss: what was earned and spent between two days, and beside it what was planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from quarterdeck import books
from quarterdeck.books import RESULT_LINES
from quarterdeck.statements.lines import by_line, over

_GROSS = (*books.REVENUE_LINES, *books.DIRECT_LINES)
_EBITDA = (*_GROSS, *books.OPERATING_LINES)
_EBIT = (*_EBITDA, "depreciation")

# Label, statement lines, and the sign that turns debits less credits into what people expect to read: revenue and costs
# are both positive, results are what is left.
STATEMENT: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("Revenue", ("revenue",), -1),
    ("Refunds", ("refunds",), 1),
    ("Net revenue", books.REVENUE_LINES, -1),
    ("Cost of sales", books.DIRECT_LINES, 1),
    ("Gross profit", _GROSS, -1),
    ("Operating expenses", books.OPERATING_LINES, 1),
    ("EBITDA", _EBITDA, -1),
    ("Depreciation", ("depreciation",), 1),
    ("Interest", ("interest",), 1),
    ("Income tax", ("income_tax",), 1),
    ("Net income", RESULT_LINES, -1),
)

Column = Mapping[str, int]  # debits less credits by statement line; a line that is not in it is not known
Line = tuple[str, tuple[int | None, ...]]


def actual(posted: pd.DataFrame, start: date, end: date) -> Column:
    """Income and expenses of `[start, end)`; nothing at all where the books had not begun."""
    if not books.begun(posted, end):
        return {}
    sums = by_line(posted, start, end)
    return {line: sums[line] for line in RESULT_LINES}


def planned(budget: pd.DataFrame, start: date, end: date) -> tuple[Column, frozenset[str]]:
    """The budget of `[start, end)`, and the tenants that have one."""
    parts = {line: books.budgeted(budget, (line,), start, end) for line in RESULT_LINES}
    column = {line: sum(each.values()) * (-1 if line == "revenue" else 1) for line, each in parts.items() if each}
    return column, frozenset(tenant for each in parts.values() for tenant in each)


def statement(columns: Sequence[Column], against: Column) -> list[Line]:
    """The lines of the statement, one figure for each column, None where that does not speak of all that the line sums up.

    `against` is the column of what really was: its lines are what another one must speak of.
    """
    listed: list[Line] = []
    for label, lines, sign in STATEMENT:
        figures = tuple(_figure(column, lines, sign, against) for column in columns)
        if len(lines) > 1 or any(figures):
            listed.append((label, figures))
    return listed


def _figure(column: Column, lines: tuple[str, ...], sign: int, against: Column) -> int | None:
    if not _speaks_of_all(column, against, lines):
        return None
    return sign * sum(column.get(line, 0) for line in lines)


def _speaks_of_all(column: Column, against: Column, lines: tuple[str, ...]) -> bool:
    """Whether a column can be summed over some lines: a budget without salaries has no EBITDA to compare with.

    Refunds are the exception: a budget that plans revenue and no refunds has planned what is left of it.
    """
    implied = "refunds" if "revenue" in column else None
    spoken = all(line in column or line == implied for line in lines if against.get(line))
    return spoken and any(line in column for line in lines)


def net_income(posted: pd.DataFrame, start: date, end: date) -> int:
    """What is left of income after all expenses."""
    return -over(by_line(posted, start, end), RESULT_LINES)


def operating_income(posted: pd.DataFrame, start: date, end: date) -> int:
    """EBIT: what is left before interest and income tax."""
    return -over(by_line(posted, start, end), _EBIT)
