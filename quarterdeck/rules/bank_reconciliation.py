"""Books and banks that do not say the same."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck.frames import total
from quarterdeck.model import At, Effort, Severity
from quarterdeck.money import Money
from quarterdeck.reconciliation import breaks, open_items, reconciled
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import evidence

_STALE_DAYS = 30
_UNDER_WAY_DAYS = 7
_ITEM = ("date", "party", "memo", "amount_minor", "age_days", "source_file", "source_line")


def _name(account: str, postings: pd.DataFrame) -> str:
    """An account as accountants write it: its number and its name."""
    names = postings.loc[(postings["account"] == account) & postings["account_name"].notna(), "account_name"]
    return f"{account} {names.iloc[0]}" if len(names) else account


def _accounts(postings: pd.DataFrame, line: str) -> set[str]:
    return set(postings.loc[postings["statement_line"] == line, "account"])


@rule(
    "bank_lines_not_booked",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.S,
    due_days=5,
    title="{account}: {lines:line of the statement is|lines of the statement are} not in the books, {amount} in all",
    why="The bank has {bank}, the books have {book}. What the bank did and nobody booked is in no figure of this report.",
    remedy="Book these lines, or ask the bank about those that nobody knows",
)
def bank_lines_not_booked(
    bank_matches: pd.DataFrame,
    postings: pd.DataFrame,
    bank_lines: pd.DataFrame,
    bank_balances: pd.DataFrame,
    at: At,
) -> Iterable[Hit]:
    """A statement of a bank has a line that no posting is for."""
    waiting = open_items(bank_matches, at.end)
    for each in reconciled(bank_matches, postings, bank_lines, bank_balances, at.end):
        left = waiting[(waiting["side"] == "bank") & (waiting["account"] == each.account)]
        if not len(left) or each.account in _accounts(postings, "clearing"):
            continue
        account = _name(each.account, postings)
        amount = Money(total(left["amount_minor"].abs()), at.currency)
        yield Hit(
            subject=account,
            facts={
                "account": account,
                "lines": len(left),
                "amount": amount,
                "bank": Money(each.bank_minor, at.currency),
                "book": Money(each.book_minor, at.currency),
            },
            evidence=evidence(left, at, *_ITEM),
            money_at_stake=amount,
        )


@rule(
    "bank_balance_unexplained",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.M,
    due_days=10,
    title="{account} differs from its statement by {difference} that nothing explains",
    why="The bank states {bank}, the books have {book}; neither items under way nor lines that are not booked account for it.",
    remedy="Compare the balances of both sides day by day from the last that agreed, and correct the books or the statement",
)
def bank_balance_unexplained(
    bank_matches: pd.DataFrame,
    postings: pd.DataFrame,
    bank_lines: pd.DataFrame,
    bank_balances: pd.DataFrame,
    at: At,
) -> Iterable[Hit]:
    """A stated balance differs from the books by more than the items that are open."""
    for each in reconciled(bank_matches, postings, bank_lines, bank_balances, at.end):
        if not each.unexplained_minor:
            continue
        account = _name(each.account, postings)
        stated = bank_balances[bank_balances["account"] == each.account].sort_values("date", ascending=False)
        yield Hit(
            subject=account,
            facts={
                "account": account,
                "difference": Money(each.unexplained_minor, at.currency),
                "bank": Money(each.bank_minor, at.currency),
                "book": Money(each.book_minor, at.currency),
            },
            evidence=evidence(stated, at, "date", "balance_minor"),
            money_at_stake=Money(abs(each.unexplained_minor), at.currency),
        )


@rule(
    "statement_gap",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.S,
    due_days=5,
    title="{account}: its lines do not lead from one stated balance to the next, {amount} apart",
    why="Between two balances that the bank states, lines are missing or stand twice, so that the books lack them or have them "
    "twice.",
    remedy="Export the statements of these days anew, without a gap and without an overlap",
)
def statement_gap(bank_lines: pd.DataFrame, bank_balances: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Between two stated balances of an account its lines sum to something else."""
    found = breaks(bank_lines, bank_balances, at.end)
    for account, rows in found.groupby("account", sort=True):
        amount = Money(total(rows["missing_minor"].abs()), at.currency)
        yield Hit(
            subject=str(account),
            facts={"account": str(account), "amount": amount},
            evidence=evidence(rows, at, "after", "through", "missing_minor"),
            money_at_stake=amount,
        )


@rule(
    "payouts_not_received",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.S,
    due_days=5,
    title="{payouts:payout|payouts} of {amount} on {account} did not reach the bank",
    why="A payment provider says that it paid out, and within {window:days} no line of the bank is for it.",
    remedy="Ask the provider where each payout went, and the bank whether it came",
)
def payouts_not_received(bank_matches: pd.DataFrame, postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """What a payment provider paid out is at no bank a week later."""
    waiting = open_items(bank_matches, at.end)
    sent = waiting[(waiting["side"] == "bank") & (waiting["amount_minor"] < 0) & (waiting["age_days"] > _UNDER_WAY_DAYS)]
    for number, rows in sent[sent["account"].isin(_accounts(postings, "clearing"))].groupby("account", sort=True):
        account, amount = _name(str(number), postings), Money(-total(rows["amount_minor"]), at.currency)
        yield Hit(
            subject=account,
            facts={"account": account, "payouts": len(rows), "amount": amount, "window": _UNDER_WAY_DAYS},
            evidence=evidence(rows, at, *_ITEM),
            money_at_stake=amount,
        )


@rule(
    "outstanding_too_long",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.S,
    due_days=10,
    title="{account}: {items:posting has|postings have} not reached the bank for over {limit:days}, {amount} in all",
    why="A deposit or a payment that the bank does not show after so long was lost, cancelled or booked twice.",
    remedy="Find out what became of each, and reverse what will not come any more",
)
def outstanding_too_long(bank_matches: pd.DataFrame, postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A posting on a bank's account is on no statement for more than thirty days."""
    waiting = open_items(bank_matches, at.end)
    stale = waiting[(waiting["side"] == "book") & (waiting["age_days"] > _STALE_DAYS)]
    for number, rows in stale.groupby("account", sort=True):
        account, amount = _name(str(number), postings), Money(total(rows["amount_minor"].abs()), at.currency)
        yield Hit(
            subject=account,
            facts={"account": account, "items": len(rows), "limit": _STALE_DAYS, "amount": amount},
            evidence=evidence(rows, at, *_ITEM),
            money_at_stake=amount,
        )
