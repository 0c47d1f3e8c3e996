"""Expenses that somebody should be asked about, by account and one by one."""

from __future__ import annotations

import pandas as pd

from quarterdeck import books
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, count, dated, grid, money, shown, source, text, when, words
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money
from quarterdeck.scrutiny import LATE_DAYS, REPEAT_DAYS, ROUND_FROM, flagged, repeated

_LISTED = 20
_FLAGS = ("is_repeat", "is_round", "is_weekend", "is_late", "is_personal")


@exhibit("expense_flags", title="Expenses worth a question")
def expense_flags(postings: pd.DataFrame, expense_patterns: pd.DataFrame, at: At) -> Exhibit | None:
    """How many expenses of each account were booked twice, are round, of a weekend, written late, or look personal."""
    marked = flagged(books.spending(postings, at.start, at.end), expense_patterns, at.currency)
    marked["is_repeat"] = marked.index.isin(repeated(postings, at.start, at.end).index)
    rows: list[Row] = []
    for (tenant, account), own in marked.groupby(["tenant", "account"], sort=True):
        counts = [int(own[flag].sum()) for flag in _FLAGS]
        if any(counts):
            rows.append((str(tenant), (words(own["account_name"].iloc[0]) or str(account), *counts)))
    return grid(
        (
            text("account", "Account"),
            count("twice", "Twice"),
            count("round", "Round"),
            count("weekend", "Weekend"),
            count("late", "Late"),
            count("personal", "Looks personal"),
        ),
        rows,
        total=("Total", *(int(marked[flag].sum()) for flag in _FLAGS)),
        note=f"Twice: one amount to one party within {REPEAT_DAYS} days. Round: hundreds from {ROUND_FROM} {at.currency} up, "
        f"no document. Late: written over {LATE_DAYS} days after.",
    )


@exhibit("personal_expenses_list", title="Expenses that look personal")
def personal_expenses_list(postings: pd.DataFrame, expense_patterns: pd.DataFrame, at: At) -> Exhibit | None:
    """The period's expenses with listed words in their party or memo, and what is asked about them."""
    marked = flagged(books.spending(postings, at.start, at.end), expense_patterns, at.currency)
    found = marked[marked["is_personal"]].sort_values(["amount_minor", "date", "entry"], ascending=[False, True, True])
    keys = zip(expense_patterns["tenant"], expense_patterns["words"], expense_patterns["question"], strict=True)
    questions = {(tenant, said): question for tenant, said, question in keys}
    return grid(
        (
            dated("date", "Date"),
            text("party", "Party"),
            text("account", "Account"),
            money("amount", "Amount"),
            text("question", "Question"),
            text("source", "Read from"),
        ),
        [
            (
                row["tenant"],
                (
                    when(row["date"]),
                    words(row["party"]) or words(row["memo"]),
                    words(row["account_name"]),
                    Money(int(row["amount_minor"]), at.currency),
                    words(questions.get((row["tenant"], row["words"]))),
                    source(row),
                ),
            )
            for row in found.head(_LISTED).to_dict("records")
        ],
        note=shown(len(found), _LISTED),
    )
