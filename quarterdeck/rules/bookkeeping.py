"""What the books lack as a whole: a system, revenue, the last days. Absence is measured from what is configured."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pandas as pd

from quarterdeck.frames import between, day
from quarterdeck.model import At, Effort, Severity
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import days_between, evidence, is_company, provided

# Kinds of sources behind which somebody keeps books. Books that we derive from bank and Stripe rows are not among them.
ACCOUNTING_SYSTEMS = frozenset({"beancount", "ledger", "quickbooks", "xero"})
_REVENUE_MONTHS = 12
_LATE_DAYS = 10


@rule(
    "accounting_system_missing",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.L,
    due_days=60,
    absent_ok=("sources",),
    title="No accounting system is connected",
    why="Of {sources:configured source|configured sources} none is an accounting system; books derived from bank and "
    "payment rows have no invoices, no accruals and no lock.",
    remedy="Keep the books in an accounting system, and add it as a source",
)
def accounting_system_missing(tenant: pd.DataFrame, sources: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A company has no source that is an accounting system."""
    if is_company(tenant) and not sources["kind"].isin(ACCOUNTING_SYSTEMS).any():
        yield Hit("books", {"sources": len(sources)}, evidence(sources, at, "source", "kind", "provides"))


@rule(
    "revenue_untracked",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.M,
    due_days=30,
    absent_ok=("sources", "entries", "accounts"),
    title="Revenue is not tracked",
    why="{sources:source gives|sources give} books; they hold {bookings:revenue posting|revenue postings} of the last "
    "{months:months}.",
    remedy="Connect the bank account or the payment provider that the revenue comes in by, and map it to a revenue account",
)
def revenue_untracked(sources: pd.DataFrame, postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """No source gives books, or the books of the last twelve months hold no posting of revenue."""
    recent = between(postings, at.months_back(_REVENUE_MONTHS), at.end)
    bookings = int((recent["statement_line"] == "revenue").sum())
    giving = provided(sources, "entries")
    if not giving or not bookings:
        yield Hit(
            "revenue",
            {"sources": giving, "months": _REVENUE_MONTHS, "bookings": bookings},
            evidence(sources, at, "source", "kind", "provides"),
        )


@rule(
    "late_books",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.S,
    due_days=10,
    title="The books from {source} stop {behind:days} before the period's end",
    why="They were read up to {last_day}; more than {limit:days} missing, and the period's figures are not complete.",
    remedy="Bring {source} up to {wanted}, and run the period again",
)
def late_books(pulls: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A source of the books ends more than ten days before the period does."""
    books = pulls[(pulls["table"] == "entries") & (pulls["status"] != "failed") & pulls["covers_to"].notna()]
    for name, rows in books.groupby("source"):
        end = day(rows["covers_to"].min())
        behind = days_between(end, at.end)
        if behind <= _LATE_DAYS:
            continue
        yield Hit(
            subject=str(name),
            facts={
                "source": str(name),
                "behind": behind,
                "last_day": end - timedelta(days=1),
                "limit": _LATE_DAYS,
                "wanted": at.end - timedelta(days=1),
            },
            evidence=evidence(rows, at, "source", "table", "covers_from", "covers_to", "rows"),
        )
