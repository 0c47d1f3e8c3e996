"""Expenses that an auditor would ask about."""

from __future__ import annotations

import pandas as pd

from quarterdeck import books
from quarterdeck.frames import total
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.scrutiny import LATE_DAYS, ROUND_FROM, ROUND_STEP, flagged

_NO_EXPENSE = Unavailable("the period has no expense")
_NO_PATTERNS = pd.DataFrame({"tenant": [], "words": []}, dtype=object)


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
