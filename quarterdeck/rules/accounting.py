"""Faults of the books that show in one account or one entry; what is missing as a whole is in `bookkeeping`."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from quarterdeck.books import REVENUE_LINES, spending, wants_document, without_document
from quarterdeck.frames import before, between, day, is_blank, ratio, total
from quarterdeck.model import At, Effort, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import days_between, evidence

_SHARE_WITHOUT_DOCUMENT = Decimal("0.1")
_REPEAT_DAYS = 5
_REPEAT_MONTHS = 12
_POSTING = ("date", "party", "memo", "amount_minor", "source_file", "source_line")


@rule(
    "books_out_of_balance",
    severity=Severity.CRITICAL,
    owner="accounting",
    effort=Effort.S,
    due_days=5,
    title="The books are out of balance in {entries:entry|entries}, by {difference}",
    why="The legs of an entry must sum to nothing; until they do, no statement made from these books can be relied on.",
    remedy="Correct the entries listed here, or the rows that they were read from",
)
def books_out_of_balance(entries: pd.DataFrame, at: At) -> Iterable[Hit]:
    """The legs of an entry do not sum to zero in one currency."""
    past = before(entries, at.end)
    if not len(past):
        return
    keys = ["entry", "currency"]
    sums = past.groupby(keys, sort=True)["amount_minor"].sum()
    off = sums[sums != 0].rename("difference_minor").reset_index()
    if not len(off):
        return
    listed = past.merge(off, on=keys).sort_values([*keys, "leg"]).drop_duplicates(keys)
    listed = listed.iloc[listed["difference_minor"].abs().argsort(kind="stable")[::-1]]
    difference = Money(int(off["difference_minor"].abs().sum()), at.currency)
    yield Hit(
        subject="books",
        facts={"entries": len(off), "difference": difference},
        evidence=evidence(listed, at, "entry", "date", "difference_minor", "source_file", "source_line"),
        money_at_stake=difference,
    )


@rule(
    "suspense_not_empty",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.S,
    due_days=15,
    title="{balance} stands in {account}, {postings:posting|postings} not assigned",
    why="The oldest of them is {age:days} old. What they were for is in no line of the statements.",
    remedy="Assign each posting on {account} to the account it belongs to",
)
def suspense_not_empty(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A suspense account, or one that the chart does not know, has a balance at the period's end."""
    open_postings = before(postings[postings["statement_line"] == "suspense"], at.end)
    for number, rows in open_postings.groupby("account"):
        balance = total(rows["amount_minor"])
        if balance == 0:
            continue
        by_size = rows.iloc[rows["amount_minor"].abs().argsort(kind="stable")[::-1]]
        account = _numbered(rows, str(number))
        yield Hit(
            subject=account,
            facts={
                "account": account,
                "balance": Money(balance, at.currency),
                "postings": len(rows),
                "age": days_between(day(rows["date"].min()), at.end),
            },
            evidence=evidence(by_size, at, *_POSTING),
            money_at_stake=Money(abs(balance), at.currency),
        )


def _numbered(rows: pd.DataFrame, number: str) -> str:
    """An account as accountants write it: its number and its name."""
    name = rows["account_name"].iloc[0]
    return number if pd.isna(name) else f"{number} {name}"


@rule(
    "documents_missing",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.M,
    due_days=20,
    title="{missing} of {expenses:expense has|expenses have} no document, {amount} in all",
    why="{share:percent} of the expenses cannot be proved by a receipt or an invoice; up to {limit:percent} is tolerated.",
    remedy="Obtain the missing documents, the largest amounts first, and file them with their postings",
)
def documents_missing(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """More than a tenth of the period's larger expenses has no document."""
    spent = wants_document(spending(postings, at.start, at.end), at.currency)
    without = without_document(spent).sort_values("amount_minor", ascending=False, kind="stable")
    if not len(without):
        return
    share = ratio(len(without), len(spent))
    if share <= _SHARE_WITHOUT_DOCUMENT:
        return
    amount = Money(total(without["amount_minor"]), at.currency)
    yield Hit(
        subject="books",
        facts={
            "missing": len(without),
            "expenses": len(spent),
            "share": share,
            "amount": amount,
            "limit": _SHARE_WITHOUT_DOCUMENT,
        },
        evidence=evidence(without, at, "date", "party", "account_name", "amount_minor", "source_file", "source_line"),
        money_at_stake=amount,
    )


@rule(
    "duplicate_payments",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.S,
    due_days=10,
    title="{party} may have been paid twice: {repeats:expense|expenses}, {amount}",
    why="The same amount was booked again within {window:days}, without a document of its own, and has not come back.",
    remedy="Ask {party} for a statement of account, and claim back what was paid twice",
)
def duplicate_payments(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """An expense of the same party and amount within five days, not told apart by its document and not refunded."""
    year = spending(postings, at.months_back(_REPEAT_MONTHS), at.end)
    for party, rows in year[~is_blank(year["party"])].groupby("party"):
        if not rows.loc[rows["amount_minor"] > 0, "amount_minor"].duplicated().any():
            continue
        listed = _with_their_repeats(rows)
        repeated = listed[listed["is_repeat"]]
        if not len(repeated):
            continue
        amount = Money(total(repeated["amount_minor"]), at.currency)
        yield Hit(
            subject=str(party),
            facts={"party": str(party), "repeats": len(repeated), "amount": amount, "window": _REPEAT_DAYS},
            evidence=evidence(listed, at, "date", "amount_minor", "document", "memo", "source_file", "source_line"),
            money_at_stake=amount,
        )


def _with_their_repeats(spent: pd.DataFrame) -> pd.DataFrame:
    """One party's expenses that were repeated, with their repeats (`is_repeat`), less as many as came back."""
    ordered = spent.sort_values(["date", "entry", "leg"]).drop_duplicates(["amount_minor", "entry"]).assign(is_repeat=False)
    kept = [ordered.iloc[:0]]
    repeated = ordered["amount_minor"].duplicated(keep=False) & (ordered["amount_minor"] > 0)
    for minor, rows in ordered[repeated].groupby("amount_minor"):
        repeats = rows.index[_repeats(rows)]
        back = ordered[ordered["amount_minor"] == -int(str(minor))]
        returned = int((back["date"] >= rows["date"].loc[repeats].min()).sum())
        marked = rows.assign(is_repeat=rows.index.isin(repeats[returned:]))
        kept.append(marked[marked["is_repeat"] | marked["is_repeat"].shift(-1, fill_value=False)])
    return pd.concat(kept).sort_values(["date", "entry"], ascending=[False, True])


def _repeats(rows: pd.DataFrame) -> pd.Series:
    """Which of some equal expenses follow another within the window; two documents that differ tell them apart."""
    document = rows["document"].where(~is_blank(rows["document"]))
    earlier = document.shift()
    told_apart = document.notna() & earlier.notna() & (document != earlier)
    return (rows["date"].diff() <= pd.Timedelta(days=_REPEAT_DAYS)) & ~told_apart


@rule(
    "cash_negative",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.S,
    due_days=5,
    title="{account} stands at {balance}",
    why="A cash account below zero is either overdrawn or booked wrong. It has been below zero since {since}.",
    remedy="Compare {account} with its bank statement, and correct the books or cover the account",
)
def cash_negative(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A cash account has a balance below zero at the period's end."""
    cash = before(postings[postings["statement_line"] == "cash"], at.end)
    for number, rows in cash.groupby("account"):
        balance = total(rows["amount_minor"])
        if balance >= 0:
            continue
        latest = rows.sort_values("date", ascending=False, kind="stable")
        account = _numbered(rows, str(number))
        yield Hit(
            subject=account,
            facts={
                "account": account,
                "balance": Money(balance, at.currency),
                "since": day(_below_zero_since(rows)),
            },
            evidence=evidence(latest, at, *_POSTING),
            money_at_stake=Money(-balance, at.currency),
        )


def _below_zero_since(rows: pd.DataFrame) -> pd.Timestamp:
    """The first day of the stretch below zero in which an account ends."""
    balances = rows.groupby("date")["amount_minor"].sum().cumsum()
    above = balances[balances >= 0]
    stretch = balances if not len(above) else balances[balances.index > above.index[-1]]
    return pd.Timestamp(stretch.index[0])


@rule(
    "revenue_before_service",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.S,
    due_days=10,
    title="{amount} was booked as revenue before the service is rendered",
    why="{bookings:booking is|bookings are} for a service on or after {end}; until then the money is owed to the customer.",
    remedy="Move these amounts to deferred revenue, and release each on the day of its service",
)
def revenue_before_service(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Revenue of the period for a service that comes after it."""
    period = between(postings, at.start, at.end)
    early = period[period["statement_line"].isin(REVENUE_LINES) & (period["service_date"] >= pd.Timestamp(at.end))]
    minor = -total(early["amount_minor"])
    if minor <= 0:
        return
    largest = early.sort_values("amount_minor", kind="stable")
    yield Hit(
        subject="revenue",
        facts={"amount": Money(minor, at.currency), "bookings": len(early), "end": at.end},
        evidence=evidence(largest, at, "date", "service_date", "party", "amount_minor", "source_file", "source_line"),
        money_at_stake=Money(minor, at.currency),
    )
