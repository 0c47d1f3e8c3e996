"""Whether books and banks say the same: what is left over between them, and how long already."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from quarterdeck.frames import before
from quarterdeck.kpis import Value, kpi
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.reconciliation import open_items, reconciled

_NEEDS = "the books, and the statements of their bank accounts"
_NOTHING = Unavailable("no bank statement has a line before the end of the period")
_TRANSLATED = Unavailable("the books are translated from another currency; each company's own report reconciles them")


def _why_not(matches: pd.DataFrame, lines: pd.DataFrame, at: At) -> Unavailable | None:
    if not len(before(lines, at.end)):
        return _NOTHING
    # Books and bank are converted at other rates, so that what is equal in the companies is not any more.
    return _TRANSLATED if matches["is_translated"].any() else None


@kpi(
    "bank_reconciliation_difference",
    label="Bank reconciliation difference",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="bank's balance + deposits in transit - outstanding payments - balance of the books at the end of the period, "
    "without sign, over all bank accounts",
    needs=_NEEDS,
    absent_ok=("bank_balances",),
)
def bank_reconciliation_difference(
    bank_matches: pd.DataFrame,
    postings: pd.DataFrame,
    bank_lines: pd.DataFrame,
    bank_balances: pd.DataFrame,
    at: At,
) -> Value:
    """By how much the banks' balances differ from the books, what is under way between them apart."""
    reason = _why_not(bank_matches, bank_lines, at)
    if reason is not None:
        return reason
    cash = postings[postings["statement_line"] == "cash"]
    accounts = set(zip(cash["tenant"], cash["account"], strict=True))
    found = reconciled(bank_matches, cash, bank_lines, bank_balances, at.end)
    of_banks = [each.difference_minor for each in found if (each.tenant, each.account) in accounts]
    return sum(abs(minor) for minor in of_banks) if of_banks else Unavailable("no statement is of a bank account")


@kpi(
    "unreconciled_items",
    label="Unreconciled items",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="postings on bank accounts that no statement shows + lines of statements that are not in the books, at the end of "
    "the period",
    needs=_NEEDS,
)
def unreconciled_items(bank_matches: pd.DataFrame, bank_lines: pd.DataFrame, at: At) -> Value:
    """How many items stand on one side only, with the bank or in the books."""
    reason = _why_not(bank_matches, bank_lines, at)
    return len(open_items(bank_matches, at.end)) if reason is None else reason


@kpi(
    "unreconciled_amount",
    label="Unreconciled amount",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="sum of the amounts of all unreconciled items, without signs",
    needs=_NEEDS,
)
def unreconciled_amount(bank_matches: pd.DataFrame, bank_lines: pd.DataFrame, at: At) -> Value:
    """What all the items that stand on one side only come to."""
    reason = _why_not(bank_matches, bank_lines, at)
    return sum(abs(int(m)) for m in open_items(bank_matches, at.end)["amount_minor"]) if reason is None else reason


@kpi(
    "oldest_unreconciled_days",
    label="Oldest unreconciled item",
    unit=Unit.DAYS,
    good=Direction.DOWN,
    formula="days from the oldest unreconciled item to the end of the period; 0 where everything is reconciled",
    needs=_NEEDS,
)
def oldest_unreconciled_days(bank_matches: pd.DataFrame, bank_lines: pd.DataFrame, at: At) -> Value:
    """For how long something stands on one side only already."""
    reason = _why_not(bank_matches, bank_lines, at)
    ages = open_items(bank_matches, at.end)["age_days"]
    return Decimal(max((int(days) for days in ages), default=0)) if reason is None else reason
