"""How the companies' figures become the group's: each company, what is eliminated, and what is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from quarterdeck import books
from quarterdeck.books import EQUITY_LINES, RESULT_LINES, TRANSLATION
from quarterdeck.consolidation.elimination import GROUP
from quarterdeck.frames import before, between


@dataclass(frozen=True, slots=True)
class Part:
    """What one company, or the eliminations, or all together have. Assets, liabilities and equity are positive amounts."""

    revenue: int
    net_income: int
    assets: int
    liabilities: int
    equity: int  # with all results and the differences of currency translation
    translation: int  # CTA, a part of equity

    def __add__(self, other: Part) -> Part:
        return Part(*(mine + its for mine, its in zip(self.amounts, other.amounts, strict=True)))

    @property
    def amounts(self) -> tuple[int, ...]:
        return (self.revenue, self.net_income, self.assets, self.liabilities, self.equity, self.translation)


def part_of(posted: pd.DataFrame, start: date, end: date) -> Part:
    """The figures of some postings: results of `[start, end)`, balances before `end`."""
    period, past = between(posted, start, end), before(posted, end)
    return Part(
        revenue=-books.net_of(period, books.REVENUE_LINES),
        net_income=-books.net_of(period, RESULT_LINES),
        assets=books.net_of(past, books.ASSETS),
        liabilities=-books.net_of(past, books.LIABILITIES),
        equity=-books.net_of(past, (*EQUITY_LINES, *RESULT_LINES)),
        translation=-books.net_of(past, (TRANSLATION,)),
    )


def companies(posted: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each company's postings by its id, and those of the eliminations last, where there are any."""
    owners = posted["tenant"]
    for tenant in sorted(set(owners) - {GROUP}):
        yield str(tenant), posted[owners == tenant]
    if (owners == GROUP).any():
        yield GROUP, posted[owners == GROUP]
