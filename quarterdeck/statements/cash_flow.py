"""The cash flow statement by the indirect method: from net income to the change in cash.

Working capital, investing and financing are changes of balance-sheet lines, so that what they sum to is the change in cash
wherever the books balance. Assets that were brought in against equity or a loan, without cash, are in none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from quarterdeck.books import (
    CURRENT_ASSETS,
    CURRENT_LIABILITIES,
    FINANCING_LINES,
    LONG_TERM_ASSETS,
    RESULT_LINES,
    TRANSLATION,
)
from quarterdeck.frames import between
from quarterdeck.statements.lines import LABELS, by_line, over, sums_of

_ADDED = "translation"  # origin of the entries that bring balances to another rate, see `consolidation`
WORKING_LINES = tuple(line for line in (*CURRENT_ASSETS, *CURRENT_LIABILITIES) if line not in ("cash", *FINANCING_LINES))


@dataclass(frozen=True, slots=True)
class CashFlow:
    """What changed cash; what came in is positive."""

    opening: int
    closing: int
    net_income: int
    depreciation: int
    working_capital: Mapping[str, int]  # by statement line, a growth of what is owed positive
    investing: int
    financing: Mapping[str, int]
    exchange: int  # what exchange rates changed cash by
    without_cash: int  # assets brought in against equity or loans, in neither investing nor financing

    @property
    def operating(self) -> int:
        return self.net_income + self.depreciation + sum(self.working_capital.values())

    @property
    def change(self) -> int:
        """What the sections sum to."""
        return self.operating + self.investing + sum(self.financing.values()) + self.exchange

    @property
    def difference(self) -> int:
        """The change in cash less what the sections sum to: what the period's postings are out of balance by."""
        return self.closing - self.opening - self.change


def cash_flow(posted: pd.DataFrame, start: date, end: date) -> CashFlow:
    """The cash flow of `[start, end)`."""
    rows = between(posted, start, end)
    added = rows["origin"].to_numpy() == _ADDED
    own = rows[~added] if added.any() else rows
    # A leg that only evens out two rates of one entry stands on the line of translation within a company's own postings.
    moved, translated = sums_of(own), sums_of(rows[added])
    apart = sums_of(own[_without_cash(own)])
    opening = by_line(posted, date.min, start)["cash"]
    return CashFlow(
        opening=opening,
        closing=opening + moved["cash"] + translated["cash"],
        net_income=-over(moved, RESULT_LINES),
        depreciation=moved["depreciation"],
        working_capital={line: -moved[line] for line in WORKING_LINES},
        investing=-over(moved, LONG_TERM_ASSETS) + over(apart, LONG_TERM_ASSETS) - moved["depreciation"],
        financing={line: apart[line] - moved[line] for line in FINANCING_LINES},
        exchange=translated["cash"] - moved[TRANSLATION],
        without_cash=over(apart, LONG_TERM_ASSETS),
    )


def _without_cash(rows: pd.DataFrame) -> np.ndarray:
    """The legs of entries that have none but on fixed assets, loans and equity, and that balance."""
    capital = np.isin(rows["statement_line"].to_numpy(), (*LONG_TERM_ASSETS, *FINANCING_LINES))
    if not capital.any():
        return capital
    legs = pd.DataFrame({
        "entry": rows["entry"].to_numpy(),
        "tenant": rows["tenant"].to_numpy(),
        "other": ~capital,
        "minor": rows["amount_minor"].to_numpy(),
    })  # fmt: skip
    touched = legs["entry"].isin(legs.loc[capital, "entry"])
    grouped = legs[touched].groupby(["tenant", "entry"], sort=False)
    alone = ~grouped["other"].transform("any") & (grouped["minor"].transform("sum") == 0)
    found = np.zeros(len(rows), bool)
    found[np.flatnonzero(touched)[alone.to_numpy()]] = True
    return found


def lines(flow: CashFlow, earlier: CashFlow | None) -> list[tuple[str, tuple[int, int | None]]]:
    """The lines of the statement, for the period and the one before; a line of zeros is left out, sums never are."""
    both = (flow, earlier)
    listed: list[tuple[str, tuple[int, int | None]]] = []

    def add(label: str, now: int, then: int | None, *, always: bool = False) -> None:
        if always or now or then:
            listed.append((label, (now, then)))

    def each(name: str) -> tuple[int, int | None]:
        return getattr(flow, name), getattr(earlier, name) if earlier else None

    add("Net income", *each("net_income"), always=True)
    add("Depreciation", *each("depreciation"))
    for line in WORKING_LINES:
        now, then = (side.working_capital[line] if side else None for side in both)
        add(f"Change of {LABELS[line].lower()}", now or 0, then)
    add("From operations", *each("operating"), always=True)
    add("From investing in fixed assets", *each("investing"), always=True)
    for line in FINANCING_LINES:
        now, then = (side.financing[line] if side else None for side in both)
        add(f"Change of {_FINANCING[line]}", now or 0, then)
    financing = sum(flow.financing.values()), sum(earlier.financing.values()) if earlier else None
    add("From financing", *financing, always=True)
    add("Exchange rates", *each("exchange"))
    add("Change in cash, as worked out", *each("change"), always=True)
    add("Cash at the start", *each("opening"), always=True)
    add("Cash at the end", *each("closing"), always=True)
    add("Difference", *each("difference"), always=True)
    return listed


_FINANCING = {"short_term_loans": "short-term loans", "loans": "long-term loans", "equity": "equity"}
