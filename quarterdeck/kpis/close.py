"""How well a period is closed: ties between lists and books, what came too late, and what is still to be done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pandas as pd

from quarterdeck import books
from quarterdeck.controls import (
    OLD_DAYS,
    Tie,
    aged,
    control_ties,
    impossible,
    late_entries,
    number_gaps,
    opening_ties,
    register_ties,
    taxes_rolled,
)
from quarterdeck.frames import day
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, NO_BOOKS, share
from quarterdeck.model import At, Direction, Unavailable, Unit

_INVOICES = f"{BOOKS} that holds invoices before they are paid, and a list of the invoices"


def _apart(ties: Iterable[Tie], what: str) -> Value:
    listed = list(ties)
    return sum(abs(tie.difference_minor) for tie in listed) if listed else Unavailable(f"no books and list have {what} both")


@kpi(
    "receivables_tie_difference",
    label="Receivables: list and ledger",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="open invoices to customers - balance of the receivables accounts at the end of the period, without sign",
    needs=_INVOICES,
)
def receivables_tie_difference(invoices: pd.DataFrame, postings: pd.DataFrame, at: At) -> Value:
    """By how much the open invoices to customers differ from the control account."""
    return _apart(control_ties(invoices, postings, "receivable", at.end), "receivables")


@kpi(
    "payables_tie_difference",
    label="Payables: list and ledger",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="open invoices of suppliers - balance of the payables accounts at the end of the period, without sign",
    needs=_INVOICES,
)
def payables_tie_difference(invoices: pd.DataFrame, postings: pd.DataFrame, at: At) -> Value:
    """By how much the open invoices of suppliers differ from the control account."""
    return _apart(control_ties(invoices, postings, "payable", at.end), "payables")


@kpi(
    "asset_register_difference",
    label="Fixed assets: register and ledger",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="cost less depreciation of all assets in the register - balance of the fixed assets accounts at the end of the "
    "period, without sign",
    needs=f"{BOOKS} with fixed assets, and a register of them",
)
def asset_register_difference(fixed_assets: pd.DataFrame, postings: pd.DataFrame, at: At) -> Value:
    """By how much the register of fixed assets differs from the books."""
    return _apart(register_ties(fixed_assets, postings, at.end), "fixed assets")


@kpi(
    "late_postings",
    label="Postings into a closed period",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="postings written in the period with a day that was already closed when they were written",
    needs=f"{BOOKS} that say when each was written, and a list of the days through which they were closed",
)
def late_postings(entries: pd.DataFrame, locks: pd.DataFrame, at: At) -> Value:
    """How many postings of the period changed what was closed before."""
    if not len(locks):
        return Unavailable("no period was ever closed")
    if entries["created_at"].isna().all():
        return Unavailable("the books do not say when a posting was written")
    return len(late_entries(entries, locks, at.start, at.end))


@kpi(
    "missing_invoice_numbers",
    label="Missing invoice numbers",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="numbers between the first and the last of each series of invoices to customers that no invoice has",
    needs="a list of invoices with their numbers",
)
def missing_invoice_numbers(invoices: pd.DataFrame, at: At) -> Value:
    """How many numbers of invoices to customers are missing."""
    own = invoices[(invoices["side"] == "receivable") & (invoices["issued_on"].to_numpy() < np.datetime64(at.end))]
    if not len(own):
        return Unavailable("no invoice was issued to a customer")
    return sum(gap.missing for gap in number_gaps(invoices, at.end))


@kpi(
    "impossible_balances",
    label="Impossible balances",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="accounts of cash, receivables, inventory or prepaid below zero, of payables or deferred revenue above it, at the "
    "end of the period",
    needs=BOOKS,
)
def impossible_balances(postings: pd.DataFrame, at: At) -> Value:
    """How many accounts stand on the side on which they cannot be."""
    return len(impossible(postings, at.end)) if books.begun(postings, at.end) else NO_BOOKS


@kpi(
    "old_prepayments",
    label="Old prepayments",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula=f"what is left on prepaid accounts from more than {OLD_DAYS} days before the end of the period, first in first out",
    needs=f"{BOOKS}, with prepayments on an account of their own",
)
def old_prepayments(postings: pd.DataFrame, at: At) -> Value:
    """What was paid in advance long ago and is no cost yet."""
    if not books.begun(postings, at.end, ("prepaid",)):
        return Unavailable("no posting is on a prepaid account")
    return sum(max(each.old_minor, 0) for each in aged(postings, "prepaid", at.end))


@kpi(
    "old_accruals",
    label="Old payables and accruals",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula=f"what is left on payables accounts from over {OLD_DAYS} days before the end of the period, first in first out",
    needs=f"{BOOKS}, with accruals or invoices of suppliers on an account of their own",
)
def old_accruals(postings: pd.DataFrame, at: At) -> Value:
    """What was booked as owed long ago and has neither been paid nor taken back."""
    if not books.begun(postings, at.end, ("payables",)):
        return Unavailable("no posting is on a payables account")
    return sum(max(-each.old_minor, 0) for each in aged(postings, "payables", at.end))


@kpi(
    "roll_forward_difference",
    label="Opening balances: told and now",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="closing balances as the report of the period before told them - the same by the books now, without sign, over all "
    "balances that reports tell",
    needs=f"{BOOKS}, and a report of the period before that was delivered",
    absent_ok=("delivered",),
)
def roll_forward_difference(postings: pd.DataFrame, delivered: pd.DataFrame, at: At) -> Value:
    """By how much the balances that the period starts from are others than those its readers were told last."""
    period = at.period.previous().text
    ties = opening_ties(delivered, postings, at.start, period, at.currency)
    if not ties:
        return Unavailable(f"no report of {period} was delivered that tells balances")
    return sum(abs(tie.difference_minor) for tie in ties.values())


@kpi(
    "tax_control_difference",
    label="Tax accounts unexplained",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="change of the tax accounts in the period - tax on sales - tax on purchases and wages - payments, without sign, "
    "over all accounts",
    needs="postings on an account of sales, value added or payroll taxes",
)
def tax_control_difference(postings: pd.DataFrame, at: At) -> Value:
    """What moved on tax accounts and belongs to no sale, no purchase and no payment."""
    if not books.begun(postings, at.end, ("taxes_payable",)):
        return Unavailable("no posting is on an account of taxes payable")
    return sum(abs(each.other_minor) for each in taxes_rolled(postings, at.start, at.end))


@kpi(
    "suspense_age_days",
    label="Age of suspense",
    unit=Unit.DAYS,
    good=Direction.DOWN,
    formula="days from the oldest posting that is left on a suspense account, first in first out, to the end of the period; 0 "
    "where nothing is left",
    needs=BOOKS,
)
def suspense_age_days(postings: pd.DataFrame, at: At) -> Value:
    """For how long something waits to be assigned to an account already."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    oldest = [each.oldest for each in aged(postings, "suspense", at.end)]
    return Decimal((at.end - timedelta(days=1) - min(oldest)).days if oldest else 0)


@kpi(
    "close_progress",
    label="Close done",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="tasks of the period's close that are done / all its tasks",
    needs="a checklist of the close",
)
def close_progress(close_tasks: pd.DataFrame, at: At) -> Value:
    """Which part of the close's checklist is done."""
    own = close_tasks[close_tasks["period"] == str(at.period)]
    return share(int(own["done_on"].notna().sum()), len(own), Unavailable(f"the checklist has no task of {at.period}"))


@kpi(
    "days_to_close",
    label="Days to close",
    unit=Unit.DAYS,
    good=Direction.DOWN,
    formula="days from the last day of the period to the day on which the books were closed through it; the slowest company's",
    needs="a list of the days through which the books were closed, and when",
)
def days_to_close(locks: pd.DataFrame, at: At) -> Value:
    """How long it took after the period's end until its books were closed."""
    last = at.period.end - timedelta(days=1)
    closed = locks[locks["through"].to_numpy() >= np.datetime64(last)]
    if not len(closed) or set(locks["tenant"]) - set(closed["tenant"]):
        return Unavailable(f"the books are not closed through {last}")
    first = closed.groupby("tenant")["locked_at"].min()
    return Decimal(max((day(instant) - last).days for instant in first))
