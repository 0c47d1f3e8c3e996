"""Expenses that somebody should be asked about."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from quarterdeck.books import spending
from quarterdeck.frames import total
from quarterdeck.model import At, Effort, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import evidence
from quarterdeck.scrutiny import FIRST_DIGITS_FROM, digit_deviation, flagged

_NOT_OF_NATURE = Decimal("0.015")  # mean deviation from Benford's law that Nigrini takes for nonconformity
_YEAR = 12
_POSTING = ("date", "party", "memo", "account_name", "amount_minor", "source_file", "source_line")


@rule(
    "expenses_look_personal",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.S,
    due_days=10,
    title="{expenses:expense looks|expenses look} personal: {words}, {amount}",
    why="The list of words by which expenses are asked about has “{words}”.",
    remedy="Ask who bought it what it was for; book what was personal against its owner",
)
def expenses_look_personal(postings: pd.DataFrame, expense_patterns: pd.DataFrame, at: At) -> Iterable[Hit]:
    """An expense of the period has listed words in its party or memo."""
    marked = flagged(spending(postings, at.start, at.end), expense_patterns, at.currency)
    for words, rows in marked[marked["is_personal"]].groupby("words", sort=True):
        amount = Money(total(rows["amount_minor"]), at.currency)
        yield Hit(
            subject=str(words),
            facts={"words": str(words), "expenses": len(rows), "amount": amount},
            evidence=evidence(rows.sort_values("amount_minor", ascending=False, kind="stable"), at, *_POSTING),
            money_at_stake=amount,
        )


@rule(
    "revenue_by_hand",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.S,
    due_days=10,
    title="{amount} of revenue was booked by hand: {postings:posting|postings} without a customer or a document",
    why="Revenue comes from invoices and payments. What somebody wrote in without either is what auditors look at first.",
    remedy="Add the invoice behind each posting, or reverse it",
)
def revenue_by_hand(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A ledger's posting of the period to revenue names neither a customer nor a document."""
    inside = (postings["date"] >= pd.Timestamp(at.start)) & (postings["date"] < pd.Timestamp(at.end))
    written = postings[inside & (postings["origin"] == "ledger") & (postings["statement_line"] == "revenue")]
    bare = written[written["party"].isna() & written["document"].isna()]
    if len(bare):
        amount = Money(total(bare["amount_minor"].abs()), at.currency)
        yield Hit(
            subject="revenue",
            facts={"amount": amount, "postings": len(bare)},
            evidence=evidence(bare.sort_values("amount_minor", kind="stable"), at, "entry", *_POSTING),
            money_at_stake=amount,
        )


@rule(
    "first_digits_odd",
    severity=Severity.LOW,
    owner="accounting",
    effort=Effort.M,
    due_days=30,
    title="The first digits of {expenses:expense|expenses} are not those of amounts that come about by themselves",
    why="Their shares are {deviation:percent} from Benford's law in the mean; above {limit:percent} they may be made up.",
    remedy="Look at amounts that often come again, and at those just below a limit of approval",
)
def first_digits_odd(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """The first digits of a year's expenses, at least three hundred, do not follow Benford's law."""
    spent = spending(postings, at.months_back(_YEAR), at.end)
    spent = spent[spent["amount_minor"] > 0]
    if len(spent) < FIRST_DIGITS_FROM:
        return
    deviation = digit_deviation(spent["amount_minor"].to_numpy())
    if deviation > _NOT_OF_NATURE:
        often = spent[spent["amount_minor"].map(spent["amount_minor"].value_counts()) > 1]
        yield Hit(
            subject="expenses",
            facts={"expenses": len(spent), "deviation": deviation, "limit": _NOT_OF_NATURE},
            evidence=evidence(often.sort_values(["amount_minor", "date"], kind="stable"), at, *_POSTING),
        )
