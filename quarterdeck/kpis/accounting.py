"""Whether the books can be relied on, and what they still owe: balance, documents, doubles, open accounts."""

from __future__ import annotations

import pandas as pd

from quarterdeck import books
from quarterdeck.frames import before, between, is_blank, total
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, NO_BOOKS, share
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.scrutiny import REPEAT_DAYS, repeated

_NO_POSTINGS = Unavailable("the books hold no posting in the period")
_NO_LARGE_EXPENSE = Unavailable("no expense of the period is large enough to need a document")


@kpi(
    "trial_balance_difference",
    label="Trial balance difference",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="sum of all debits - sum of all credits up to the end of the period, without sign",
    needs=BOOKS,
)
def trial_balance_difference(entries: pd.DataFrame, at: At) -> Value:
    """By how much debits and credits differ; anything but zero is a fault of the books."""
    past = before(entries[["tenant", "date", "amount_minor"]], at.end)
    if not len(past):
        return NO_BOOKS
    return sum(abs(total(rows["amount_minor"])) for _, rows in past.groupby("tenant"))


@kpi(
    "suspense_balance",
    label="Suspense balance",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="sum of the balances of all suspense accounts at the end of the period, without sign",
    needs=BOOKS,
)
def suspense_balance(postings: pd.DataFrame, at: At) -> Value:
    """What is booked, but not yet to an account that says what it was for."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    waiting = before(postings[books.on_lines(postings, ("suspense",))], at.end)
    return sum(abs(total(rows["amount_minor"])) for _, rows in waiting.groupby(["tenant", "account"]))


@kpi(
    "uncategorised_share",
    label="Uncategorised entries",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="entries with a posting on a suspense account / entries, both of the period",
    needs=BOOKS,
)
def uncategorised_share(postings: pd.DataFrame, at: At) -> Value:
    """Which part of the period's entries nobody has assigned to an account yet."""
    added = postings["origin"].isin(["translation", "elimination"])
    period = between(postings.loc[~added, ["tenant", "entry", "date", "statement_line"]], at.start, at.end)
    waiting = period[period["statement_line"] == "suspense"]
    return share(_entries(waiting), _entries(period), _NO_POSTINGS)


@kpi(
    "missing_documents",
    label="Expenses without a document",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula=f"expense postings without a document / expense postings, both of the period and from {books.DOCUMENT_FROM} up",
    needs=f"{BOOKS}, with references to documents",
)
def missing_documents(postings: pd.DataFrame, at: At) -> Value:
    """Which part of the larger expenses no receipt or invoice proves."""
    wanting = _wanting(postings, at)
    return share(len(books.without_document(wanting)), len(wanting), _NO_LARGE_EXPENSE)


@kpi(
    "missing_documents_amount",
    label="Amount without a document",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula=f"sum of the period's expense postings from {books.DOCUMENT_FROM} up that have no document",
    needs=f"{BOOKS}, with references to documents",
)
def missing_documents_amount(postings: pd.DataFrame, at: At) -> Value:
    """What was spent in the period without a receipt or invoice that proves it."""
    wanting = _wanting(postings, at)
    return total(books.without_document(wanting)["amount_minor"]) if len(wanting) else _NO_LARGE_EXPENSE


@kpi(
    "possible_duplicates",
    label="Possible duplicates",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula=f"expense postings that follow one of the same party and amount within {REPEAT_DAYS} days, "
    "not told apart by their documents",
    needs=f"{BOOKS}, with the names of suppliers",
)
def possible_duplicates(postings: pd.DataFrame, at: At) -> Value:
    """How many expenses of the period may have been booked or paid a second time."""
    spent = books.spending(postings, at.start, at.end)
    if not ((spent["amount_minor"] > 0) & ~is_blank(spent["party"])).any():
        return Unavailable("no expense of the period names a supplier")
    return len(repeated(postings, at.start, at.end))


@kpi(
    "clearing_balance",
    label="Not yet paid out",
    unit=Unit.MONEY,
    good=Direction.NEUTRAL,
    formula="balance of the clearing accounts at the end of the period",
    needs="postings of a payment provider on a clearing account",
)
def clearing_balance(postings: pd.DataFrame, at: At) -> Value:
    """What the payment provider has taken in for us and not yet paid out."""
    held = before(postings[books.on_lines(postings, ("clearing",))], at.end)
    return total(held["amount_minor"]) if len(held) else Unavailable("no posting is on a clearing account")


@kpi(
    "deferred_revenue",
    label="Deferred revenue",
    unit=Unit.MONEY,
    good=Direction.NEUTRAL,
    formula="balance of the deferred revenue accounts at the end of the period",
    needs="postings on a deferred revenue account",
)
def deferred_revenue(postings: pd.DataFrame, at: At) -> Value:
    """What customers have paid for services still to be rendered."""
    owed = before(postings[books.on_lines(postings, ("deferred_revenue",))], at.end)
    return -total(owed["amount_minor"]) if len(owed) else Unavailable("no posting is on a deferred revenue account")


@kpi(
    "refund_ratio",
    label="Refunds to revenue",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="refunds / revenue before refunds, both of the period",
    needs=f"{BOOKS}, with refunds on an account of their own",
)
def refund_ratio(postings: pd.DataFrame, at: At) -> Value:
    """Which part of what customers were charged went back to them."""
    period = between(postings, at.start, at.end)
    return share(
        books.net_of(period, ("refunds",)),
        -books.net_of(period, ("revenue",)),
        Unavailable("there is no revenue in the period"),
    )


@kpi(
    "postings",
    label="Postings",
    unit=Unit.COUNT,
    good=Direction.NEUTRAL,
    formula="lines booked in the period",
    needs=BOOKS,
)
def posting_count(entries: pd.DataFrame, at: At) -> Value:
    """How many lines were booked in the period."""
    days = entries.loc[~entries["origin"].isin(["translation", "elimination"]), ["date"]]
    return len(between(days, at.start, at.end)) if len(before(days, at.end)) else NO_BOOKS


def _entries(posted: pd.DataFrame) -> int:
    return len(posted[["tenant", "entry"]].drop_duplicates())


def _wanting(posted: pd.DataFrame, at: At) -> pd.DataFrame:
    return books.wants_document(books.spending(posted, at.start, at.end), at.currency)
