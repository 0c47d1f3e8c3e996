"""The balance sheet: what there is, what is owed, and what belongs to the owners, before a day begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from quarterdeck import books
from quarterdeck.books import (
    ASSETS,
    CURRENT_ASSETS,
    CURRENT_LIABILITIES,
    EQUITY_LINES,
    LIABILITIES,
    LONG_TERM_ASSETS,
    LONG_TERM_LIABILITIES,
    RESULT_LINES,
)
from quarterdeck.statements.lines import DEBT, LABELS, Sums, by_line, over


@dataclass(frozen=True, slots=True)
class Balance:
    """Balances at the end of a day. Assets, liabilities and equity are all positive as their names expect."""

    sums: Sums  # debits less credits of all days before, by statement line
    result: int  # of the fiscal year so far
    earlier: int  # of earlier years, as far as nobody has carried it to equity

    @property
    def current_assets(self) -> int:
        return over(self.sums, CURRENT_ASSETS)

    @property
    def assets(self) -> int:
        return over(self.sums, ASSETS)

    @property
    def current_liabilities(self) -> int:
        return -over(self.sums, CURRENT_LIABILITIES)

    @property
    def liabilities(self) -> int:
        return -over(self.sums, LIABILITIES)

    @property
    def debt(self) -> int:
        return -over(self.sums, DEBT)

    @property
    def equity(self) -> int:
        return self.result + self.earlier - over(self.sums, EQUITY_LINES)

    @property
    def working_capital(self) -> int:
        return self.current_assets - self.current_liabilities

    @property
    def difference(self) -> int:
        """Assets less liabilities less equity: what the books are out of balance by."""
        return self.assets - self.liabilities - self.equity


def balance(posted: pd.DataFrame, end: date, year: date) -> Balance:
    """The balance sheet before the day `end`, in a fiscal year that began on the day `year`."""
    earlier = by_line(posted, date.min, year)
    sums = by_line(posted, date.min, end)
    carried = -over(earlier, RESULT_LINES)
    return Balance(sums, -over(sums, RESULT_LINES) - carried, carried)


def sheet(at_end: Balance, *others: Balance | None) -> list[tuple[str, tuple[int | None, ...]]]:
    """The lines of the sheet from cash to the difference, one figure for each balance, None for one that is not known.

    A line that is zero in all of them is left out; sums and the difference never are.
    """
    columns = (at_end, *others)
    listed: list[tuple[str, tuple[int | None, ...]]] = []

    def add(label: str, figures: list[int | None], *, always: bool = True) -> None:
        if always or any(figures):
            listed.append((label, tuple(figures)))

    def lines(names: tuple[str, ...], sign: int) -> None:
        for name in names:
            add(LABELS[name], [sign * each.sums[name] if each else None for each in columns], always=False)

    def total(label: str, name: str, *, always: bool = True) -> None:
        add(label, [getattr(each, name) if each else None for each in columns], always=always)

    lines(CURRENT_ASSETS, 1)
    total("Current assets", "current_assets")
    lines(LONG_TERM_ASSETS, 1)
    total("Assets", "assets")
    lines(CURRENT_LIABILITIES, -1)
    total("Current liabilities", "current_liabilities")
    lines(LONG_TERM_LIABILITIES, -1)
    total("Liabilities", "liabilities")
    lines(EQUITY_LINES, -1)
    total("Result of earlier years", "earlier", always=False)
    total("Result of the year", "result")
    total("Equity", "equity")
    total("Difference", "difference")
    return listed


def known(posted: pd.DataFrame, end: date, year: date) -> Balance | None:
    """The balance sheet, None where the books had not begun."""
    return balance(posted, end, year) if books.begun(posted, end) else None
