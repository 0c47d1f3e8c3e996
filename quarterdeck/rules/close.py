"""Controls of a close that fail."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from quarterdeck.controls import (
    OLD_DAYS,
    Tie,
    aged,
    asset_values,
    control_ties,
    impossible,
    late_entries,
    number_gaps,
    opening_ties,
    register_ties,
    taxes_rolled,
)
from quarterdeck.frames import before, between
from quarterdeck.model import At, Effort, Severity
from quarterdeck.money import Money
from quarterdeck.receivables import open_items
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import evidence

_SIDES = {"receivable": "Receivables", "payable": "Payables"}
_POSTING = ("date", "party", "memo", "amount_minor", "source_file", "source_line")


def _facts(tie: Tie, at: At) -> dict[str, Money]:
    return {
        "listed": Money(tie.listed_minor, at.currency),
        "booked": Money(tie.booked_minor, at.currency),
        "difference": Money(tie.difference_minor, at.currency),
    }


@rule(
    "control_account_off",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.M,
    due_days=10,
    title="{side}: the invoices and the ledger differ by {difference}",
    why="The open invoices come to {listed}, the control account to {booked}. One of them is wrong.",
    remedy="Compare payments and credit notes of both, the youngest first, and correct the one that is wrong",
)
def control_account_off(invoices: pd.DataFrame, postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """The open invoices of a side are not the balance of its control accounts."""
    for side, name in _SIDES.items():
        items = open_items(invoices, side, at.end).sort_values("open_minor", ascending=False, kind="stable")
        for tie in control_ties(invoices, postings, side, at.end):
            if tie.difference_minor:
                yield Hit(
                    subject=name,
                    facts={"side": name, **_facts(tie, at)},
                    evidence=evidence(items, at, "invoice", "party", "issued_on", "due_on", "open_minor"),
                    money_at_stake=Money(abs(tie.difference_minor), at.currency),
                )


@rule(
    "asset_register_off",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.M,
    due_days=20,
    title="The register of fixed assets and the ledger differ by {difference}",
    why="The register comes to {listed} after depreciation, the ledger to {booked}.",
    remedy="Book missing depreciation, purchases and disposals, or complete the register",
)
def asset_register_off(fixed_assets: pd.DataFrame, postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """What the register of fixed assets is worth is not the balance of their accounts."""
    for tie in register_ties(fixed_assets, postings, at.end):
        if tie.difference_minor:
            rows = asset_values(fixed_assets, at.end).sort_values("value_minor", ascending=False, kind="stable")
            yield Hit(
                subject="fixed assets",
                facts=_facts(tie, at),
                evidence=evidence(rows, at, "asset", "acquired_on", "cost_minor", "depreciated_minor", "value_minor"),
                money_at_stake=Money(abs(tie.difference_minor), at.currency),
            )


@rule(
    "posted_into_closed_period",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.S,
    due_days=5,
    title="{postings:posting was|postings were} written into a closed period by {who}",
    why="What was reported for a closed period is not what the books say of it now.",
    remedy="Reverse these postings and book them in the open period, or tell everybody who has the old figures",
)
def posted_into_closed_period(entries: pd.DataFrame, locks: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A posting was written after the books had been closed through its day."""
    late = late_entries(entries, locks, at.start, at.end)
    for who, rows in late.assign(who=late["created_by"].fillna("an unknown user")).groupby("who", sort=True):
        yield Hit(
            subject=str(who),
            facts={"who": str(who), "postings": len(rows)},
            evidence=evidence(
                rows.sort_values("date", kind="stable"),
                at,
                *("entry", "date", "account", "amount_minor", "created_at", "through", "source_file", "source_line"),
            ),
            money_at_stake=Money(int(rows["amount_minor"].clip(lower=0).sum()), at.currency),
        )


@rule(
    "invoice_numbers_missing",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.S,
    due_days=10,
    title="{missing:number is|numbers are} missing among the invoices to customers",
    why="A tax office takes a number that is not there for an invoice that was hidden.",
    remedy="Find each missing invoice, or note why its number was not used",
)
def invoice_numbers_missing(invoices: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A series of invoice numbers has a gap."""
    gaps = number_gaps(invoices, at.end)
    if gaps:
        yield Hit(
            subject="invoices",
            facts={"missing": sum(gap.missing for gap in gaps)},
            evidence=tuple({"after": gap.after, "before": gap.before, "missing": gap.missing} for gap in gaps[:20]),
        )


@rule(
    "balance_impossible",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.S,
    due_days=5,
    title="{account} stands at {balance}, which cannot be",
    why="An account of {line} on the wrong side was booked wrong: something is missing from it, or stands on it twice.",
    remedy="Go through the latest postings on {account} and correct what is wrong",
)
def balance_impossible(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """An account of receivables, prepaid, payables or deferred revenue is on the side on which it cannot be."""
    for each in impossible(postings, at.end):
        if each.line in ("cash", "inventory"):
            continue  # have rules of their own
        account = f"{each.account} {each.name}" if each.name else each.account
        rows = before(postings[postings["account"] == each.account], at.end)
        yield Hit(
            subject=account,
            facts={"account": account, "balance": Money(each.minor, at.currency), "line": each.line.replace("_", " ")},
            evidence=evidence(rows.sort_values("date", ascending=False, kind="stable"), at, *_POSTING),
            money_at_stake=Money(abs(each.minor), at.currency),
        )


@rule(
    "prepayments_old",
    severity=Severity.LOW,
    owner="accounting",
    effort=Effort.S,
    due_days=20,
    title="{amount} on {account} was paid ahead more than {limit:days} ago",
    why="The oldest of it is of {oldest}. What it was paid for may be used up, so that it is a cost by now.",
    remedy="Release what is used up to its cost account, month by month",
)
def prepayments_old(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Something is on a prepaid account for more than ninety days."""
    for each in aged(postings, "prepaid", at.end):
        if each.old_minor <= 0:
            continue
        rows = before(postings[postings["account"] == each.account], at.end)
        amount = Money(each.old_minor, at.currency)
        yield Hit(
            subject=each.account,
            facts={"account": each.account, "amount": amount, "limit": OLD_DAYS, "oldest": each.oldest},
            evidence=evidence(rows, at, *_POSTING),
            money_at_stake=amount,
        )


@rule(
    "accruals_old",
    severity=Severity.LOW,
    owner="accounting",
    effort=Effort.S,
    due_days=20,
    title="{amount} on {account} is owed for more than {limit:days}",
    why="The oldest of it is of {oldest}. What is neither paid nor billed after that long is often owed no more.",
    remedy="Pay what is left on {account}, or take back what is not owed",
)
def accruals_old(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """What is left on a payables account is older than ninety days."""
    for each in aged(postings, "payables", at.end):
        if each.old_minor >= 0:
            continue
        rows = before(postings[postings["account"] == each.account], at.end)
        amount = Money(-each.old_minor, at.currency)
        yield Hit(
            subject=each.account,
            facts={"account": each.account, "amount": amount, "limit": OLD_DAYS, "oldest": each.oldest},
            evidence=evidence(rows, at, *_POSTING),
            money_at_stake=amount,
        )


@rule(
    "opening_not_as_told",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.S,
    due_days=5,
    title="{what} at the start of the period is {difference} off what the last report told",
    why="Readers were told {listed}; by the books it was {booked}. The period starts from a balance that nobody has seen.",
    remedy="Find what was posted into the period before since its report, and tell everybody who has the old figure",
    absent_ok=("delivered",),
)
def opening_not_as_told(postings: pd.DataFrame, delivered: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A balance that the period starts from is not the one that the last delivered report closed with."""
    for what, tie in opening_ties(delivered, postings, at.start, at.period.previous().text, at.currency).items():
        if tie.difference_minor:
            facts = _facts(tie, at)
            yield Hit(
                subject=what,
                facts={**facts, "what": what, "difference": Money(abs(tie.difference_minor), at.currency)},
                evidence=({"what": what, "told": facts["listed"], "now": facts["booked"]},),
                money_at_stake=Money(abs(tie.difference_minor), at.currency),
            )


@rule(
    "tax_account_unexplained",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.S,
    due_days=10,
    title="{amount} moved on {account} without a sale, a purchase or a payment",
    why="A tax account must follow from what was sold, bought and paid; what was put there by hand no return will show.",
    remedy="Give each of these postings the entry it belongs to, or reverse it",
)
def tax_account_unexplained(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A tax account moved in the period by entries that are no sale, no purchase and no payment."""
    for each in taxes_rolled(postings, at.start, at.end):
        if each.other_minor:
            amount = Money(abs(each.other_minor), at.currency)
            rows = between(postings[postings["account"] == each.account], at.start, at.end)
            yield Hit(
                subject=each.account,
                facts={"account": each.account, "amount": amount},
                evidence=evidence(rows, at, *_POSTING),
                money_at_stake=amount,
            )


@rule(
    "close_overdue",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.M,
    due_days=5,
    title="The close has {tasks:task|tasks} open that should be done, the oldest of {period}",
    why="Figures of a period that is not closed can still change.",
    remedy="Finish these tasks, and close the books through each period",
)
def close_overdue(close_tasks: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A task of a close was due before the period's end and is not done."""
    late = close_tasks[close_tasks["done_on"].isna() & (close_tasks["due_on"].to_numpy() < np.datetime64(at.end))]
    if len(late):
        ordered = late.sort_values(["due_on", "task"], kind="stable")
        yield Hit(
            subject="close",
            facts={"period": str(ordered["period"].iloc[0]), "tasks": len(late)},
            evidence=evidence(ordered, at, "period", "task", "owner", "due_on"),
        )
