"""Expenses that an auditor would ask about."""

from __future__ import annotations

import pandas as pd

from quarterdeck import books
from quarterdeck.frames import total
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.scrutiny import FIRST_DIGITS_FROM, LATE_DAYS, ROUND_FROM, ROUND_STEP, digit_deviation, flagged

_NO_EXPENSE = Unavailable("the period has no expense")
_YEAR = 12  # months: what a month's expenses are too few for


@kpi(
    "odd_expenses",
    label="Odd expenses",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula=f"expense postings of the period that are a multiple of {ROUND_STEP} from {ROUND_FROM} up without a document, fall "
    f"on a weekend, or were written more than {LATE_DAYS} days after their day",
    needs=BOOKS,
)
def odd_expenses(postings: pd.DataFrame, at: At) -> Value:
    """How many expenses are round, of a weekend or written late, which is no fault but worth a look."""
    spent = books.spending(postings, at.start, at.end)
    if not len(spent):
        return _NO_EXPENSE
    marked = flagged(spent, _NO_PATTERNS, at.currency)
    return int((marked["is_round"] | marked["is_weekend"] | marked["is_late"]).sum())


@kpi(
    "personal_expenses",
    label="Expenses that look personal",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="sum of the period's expense postings with one of the listed words in party or memo",
    needs=f"{BOOKS}, and a list of words by which an expense is asked about",
)
def personal_expenses(postings: pd.DataFrame, expense_patterns: pd.DataFrame, at: At) -> Value:
    """What was spent on what looks as if somebody had bought it for themselves."""
    spent = books.spending(postings, at.start, at.end)
    if not len(spent):
        return _NO_EXPENSE
    marked = flagged(spent, expense_patterns, at.currency)
    return total(marked.loc[marked["is_personal"], "amount_minor"])


@kpi(
    "first_digit_deviation",
    label="First digits of expenses",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="mean distance of the shares of the nine first digits from Benford's law, over the expense postings of twelve "
    f"months, of which there must be {FIRST_DIGITS_FROM}",
    needs=f"{BOOKS}, with at least {FIRST_DIGITS_FROM} expenses a year",
)
def first_digit_deviation(postings: pd.DataFrame, at: At) -> Value:
    """How far the amounts are from what grows by itself: above 1.5 % they may have been made up."""
    spent = books.spending(postings, at.months_back(_YEAR), at.end)
    minors = spent.loc[spent["amount_minor"] > 0, "amount_minor"].to_numpy()
    if len(minors) < FIRST_DIGITS_FROM:
        return Unavailable(f"there are {len(minors)} expenses in twelve months; it takes {FIRST_DIGITS_FROM}")
    return digit_deviation(minors)


_NO_PATTERNS = pd.DataFrame({"tenant": [], "words": []}, dtype=object)
