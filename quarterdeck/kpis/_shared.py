"""What KPIs share: the words for data they need, and the guards before a division."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pandas as pd

from quarterdeck import books
from quarterdeck.books import BURN_MONTHS
from quarterdeck.frames import ratio
from quarterdeck.model import At, Unavailable
from quarterdeck.money import round_half_even

BOOKS = "postings from a ledger, a bank account or a payment provider"
MARKED_CHART = f"{BOOKS}, and a chart of accounts that marks each expense account as fixed or variable"
NO_BOOKS = Unavailable("the books hold no posting before the end of the period")
_NO_REVENUE = Unavailable("there is no revenue in the period")


def share(part: int, whole: int, otherwise: Unavailable) -> Decimal | Unavailable:
    """Part over whole, or the reason why the whole is nothing to divide by."""
    return ratio(part, whole) if whole > 0 else otherwise


def part_of(part: Decimal | Fraction, whole: Decimal | Fraction, otherwise: Unavailable) -> Decimal | Unavailable:
    """As `share`, of hours, days and other figures that are no whole numbers; to 8 decimals."""
    if whole <= 0:
        return otherwise
    return Decimal(round_half_even(Fraction(part) / Fraction(whole) * 10**8)).scaleb(-8)


def of_revenue(part: int, posted: pd.DataFrame, at: At) -> Decimal | Unavailable:
    """Part over the period's net revenue."""
    if not books.begun(posted, at.end):
        return NO_BOOKS
    return share(part, books.revenue(posted, at.start, at.end), _NO_REVENUE)


def too_short(posted: pd.DataFrame, at: At) -> Unavailable | None:
    """Why a mean over the last months cannot be worked out: the books begin after the first of them."""
    if not books.begun(posted, at.end):
        return NO_BOOKS
    if not books.reaches_back(posted, at.months_back(BURN_MONTHS)):
        return Unavailable("the books reach back less than three months")
    return None
