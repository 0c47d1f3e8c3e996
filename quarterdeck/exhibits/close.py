"""What goes with a close: its checklist, how accounts moved, what ties, and the register of fixed assets."""

from __future__ import annotations

import pandas as pd

from quarterdeck.controls import (
    OLD_DAYS,
    Tie,
    aged,
    asset_values,
    control_ties,
    opening_ties,
    register_ties,
    rolled,
    taxes_rolled,
)
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, dated, grid, money, text, when, words
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money


@exhibit("roll_forward", title="Balances rolled forward")
def roll_forward(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """Every account of the balance sheet: opening balance, what went on it and off it, closing balance."""
    return grid(
        (
            text("account", "Account"),
            text("name", "Name"),
            money("opening", "Opening"),
            money("debits", "Debits"),
            money("credits", "Credits"),
            money("closing", "Closing"),
        ),
        [
            (
                each.tenant,
                (
                    each.account,
                    each.name,
                    *(
                        Money(minor, at.currency)
                        for minor in (each.opening_minor, each.debits_minor, each.credits_minor, each.closing_minor)
                    ),
                ),
            )
            for each in rolled(postings, at.start, at.end)
            if each.opening_minor or each.debits_minor or each.credits_minor
        ],
        note="Debit is positive. Opening + debits - credits = closing.",
    )


@exhibit("control_ties_table", title="Invoices and their control accounts")
def control_ties_table(invoices: pd.DataFrame, postings: pd.DataFrame, at: At) -> Exhibit | None:
    """Open invoices beside the balance of the accounts that should hold them."""
    sides = (("receivable", "Receivables"), ("payable", "Payables"))
    return _ties([(name, tie) for side, name in sides for tie in control_ties(invoices, postings, side, at.end)], at)


@exhibit("asset_register_tie", title="Register of fixed assets and ledger")
def asset_register_tie(fixed_assets: pd.DataFrame, postings: pd.DataFrame, at: At) -> Exhibit | None:
    """What the register of fixed assets is worth beside the balance of their accounts."""
    return _ties([("Fixed assets", tie) for tie in register_ties(fixed_assets, postings, at.end)], at)


def _ties(ties: list[tuple[str, Tie]], at: At, listed: str = "By the list", booked: str = "By the ledger") -> Exhibit | None:
    return grid(
        (
            text("what", "What"),
            money("listed", listed),
            money("booked", booked),
            money("difference", "Difference"),
        ),
        [
            (
                tie.tenant,
                (name, *(Money(m, at.currency) for m in (tie.listed_minor, tie.booked_minor, tie.difference_minor))),
            )
            for name, tie in ties
        ],
    )


@exhibit("openings_told", title="Opening balances and what was told")
def openings_told(postings: pd.DataFrame, delivered: pd.DataFrame, at: At) -> Exhibit | None:
    """Balances as the last delivered report of the period before told them, beside what the books say of that day now."""
    ties = opening_ties(delivered, postings, at.start, at.period.previous().text, at.currency)
    return _ties(list(ties.items()), at, "Told", "By the ledger now")


@exhibit("tax_control", title="Tax accounts")
def tax_control(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """Every tax account over the period: what sales, purchases and payments made of it, and what none of them explains."""
    rows = [
        (each, (each.opening_minor, each.sales_minor, each.purchases_minor, each.paid_minor, each.other_minor))
        for each in taxes_rolled(postings, at.start, at.end)
    ]
    return grid(
        (
            text("account", "Account"),
            money("opening", "Opening"),
            money("sales", "On sales"),
            money("purchases", "On purchases and wages"),
            money("paid", "Paid"),
            money("other", "Unexplained"),
            money("closing", "Closing"),
        ),
        [
            (each.tenant, (each.name or each.account, *(Money(m, at.currency) for m in (*minors, each.closing_minor))))
            for each, minors in rows
            if any(minors)
        ],
        note="What is owed is positive.",
    )


@exhibit("prepayments_and_accruals", title="Prepayments and accruals")
def prepayments_and_accruals(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """Accounts of prepaid costs, payables and deferred revenue: how they moved, and what on them is old."""
    lines = ("prepaid", "payables", "deferred_revenue")
    ages = {(each.tenant, each.account): each for line in lines for each in aged(postings, line, at.end)}
    rows: list[Row] = []
    for each in rolled(postings, at.start, at.end):
        if each.line not in lines or not (each.opening_minor or each.debits_minor or each.credits_minor):
            continue
        age = ages.get((each.tenant, each.account))
        moved = (each.opening_minor, each.debits_minor, each.credits_minor, each.closing_minor, age.old_minor if age else 0)
        amounts = (Money(minor, at.currency) for minor in moved)
        rows.append((each.tenant, (each.name or each.account, *amounts, age.oldest if age else None)))
    return grid(
        (
            text("account", "Account"),
            money("opening", "Opening"),
            money("debits", "Debits"),
            money("credits", "Credits"),
            money("closing", "Closing"),
            money("old", f"Older than {OLD_DAYS} days"),
            dated("oldest", "Oldest"),
        ),
        rows,
        note="Debit is positive. Ages are first in, first out.",
    )


@exhibit("fixed_assets_table", title="Fixed assets")
def fixed_assets_table(fixed_assets: pd.DataFrame, at: At) -> Exhibit | None:
    """Every fixed asset over the period: value at its start, bought, depreciated, gone, value at its end."""
    closing = asset_values(fixed_assets, at.end)
    opening = asset_values(fixed_assets, at.start).set_index(["tenant", "asset"])["value_minor"].to_dict()
    rows: list[Row] = []
    sums = [0, 0, 0, 0, 0]
    for row in closing.sort_values(["tenant", "account", "asset"]).to_dict("records"):
        first, last = opening.get((row["tenant"], row["asset"]), 0), int(row["value_minor"])
        bought = int(row["cost_minor"]) if row["acquired_on"] >= pd.Timestamp(at.start) else 0
        is_gone = not pd.isna(row["disposed_on"]) and row["disposed_on"] < pd.Timestamp(at.end)
        gone = first + bought if is_gone else 0
        moved = (first, bought, first + bought - gone - last, gone, last)
        if any(moved):
            sums = [one + other for one, other in zip(sums, moved, strict=True)]
            amounts = (Money(int(minor), at.currency) for minor in moved)
            rows.append((row["tenant"], (row["asset"], when(row["acquired_on"]), *amounts)))
    return grid(
        (
            text("asset", "Asset"),
            dated("acquired", "Acquired"),
            money("opening", "Opening"),
            money("bought", "Bought"),
            money("depreciated", "Depreciated"),
            money("disposed", "Gone"),
            money("closing", "Closing"),
        ),
        rows,
        total=("Total", None, *(Money(int(minor), at.currency) for minor in sums)),
    )


@exhibit("close_checklist", title="Close checklist")
def close_checklist(close_tasks: pd.DataFrame, at: At) -> Exhibit | None:
    """The tasks of the period's close, the open ones first."""
    own = close_tasks[close_tasks["period"] == str(at.period)]
    ordered = own.assign(is_done=own["done_on"].notna()).sort_values(["is_done", "due_on", "tenant", "task"], kind="stable")
    done = int(ordered["is_done"].sum())
    return grid(
        (text("task", "Task"), text("owner", "Owner"), dated("due", "Due"), dated("done", "Done")),
        [
            (row["tenant"], (row["task"], words(row["owner"]), when(row["due_on"]), when(row["done_on"])))
            for row in ordered.to_dict("records")
        ],
        note=f"{done} of {len(ordered)} done",
    )
