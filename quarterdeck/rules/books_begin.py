"""What books begin with: the balances of their first day, and a chart of accounts that somebody has chosen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import numpy as np
import pandas as pd

from quarterdeck.frames import before, day
from quarterdeck.model import At, Effort, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import evidence

# Which way an account cannot stand, by its statement line: 1 where it cannot be a credit, -1 where it cannot be a debit.
_SIDES = {"cash": 1, "receivables": 1, "loans": -1}
_OPENING_DAYS = 14  # an opening balance stands within so many days of the first posting
_EARLY_DAYS = 92  # what goes below zero later than that has other reasons
_PROPOSED = " (proposed)"  # how names end in the chart that the source `transactions` proposes


@rule(
    "opening_balance_missing",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.S,
    due_days=10,
    title="{account} has no opening balance: it would stand at {balance} on {day}",
    why="The books begin on {begin}, and nothing in them says what stood on the account then; it was {least} at least.",
    remedy="State under opening what stood on {account} when the books begin, or add the entries from before",
)
def opening_balance_missing(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Cash, receivables or a loan stand on their wrong side within three months of a first posting that opens nothing."""
    past = before(postings, at.end)
    if not len(past):
        return
    begin = past["date"].min()
    opened = _opened(past, begin)
    for (account, currency), posted in past[past["statement_line"].isin(_SIDES)].groupby(["account", "currency"], sort=True):
        side = _SIDES[posted["statement_line"].iloc[0]]
        rows = posted.sort_values(["date", "entry", "leg"])
        early = rows[rows["date"] < rows["date"].min() + np.timedelta64(_EARLY_DAYS, "D")]
        stood = side * early.groupby("date", sort=True)["amount_minor"].sum().cumsum()
        if account in opened or stood.min() >= 0:
            continue
        least = Money(-int(stood.min()), str(currency))
        number = f"{account} {rows['account_name'].iloc[0]}"
        yield Hit(
            subject=number if len({*past.loc[past["account"] == account, "currency"]}) == 1 else f"{number} {currency}",
            facts={
                "account": number,
                "balance": Money(-side * least.minor, least.currency),
                "day": day(stood.idxmin()),
                "begin": day(begin),
                "least": least,
            },
            evidence=evidence(
                early.sort_values(["date", "entry", "leg"]),
                at,
                "date",
                "party",
                "memo",
                "amount_minor",
                "source_file",
                "source_line",
            ),
            money_at_stake=least,
        )


def _opened(past: pd.DataFrame, begin: pd.Timestamp) -> set[str]:
    """Accounts that an entry of the first days posts to against equity."""
    first = past[past["date"] < begin + timedelta(days=_OPENING_DAYS)]
    entries = first.loc[first["statement_line"] == "equity", "entry"]
    return set(first.loc[first["entry"].isin(entries), "account"])


@rule(
    "chart_proposed",
    severity=Severity.LOW,
    owner="accounting",
    effort=Effort.S,
    due_days=30,
    title="The chart of accounts is the proposed one",
    why="Nobody has chosen its {accounts:account|accounts}; they are what the files and the rules happen to need.",
    remedy="Write the chart into a file, change what does not fit, and name it under chart of the source",
)
def chart_proposed(accounts: pd.DataFrame, at: At) -> Iterable[Hit]:
    """The accounts are those that are proposed to a company without a chart."""
    proposed = accounts[accounts["name"].str.endswith(_PROPOSED)]
    if len(proposed):
        yield Hit(
            subject="chart of accounts",
            facts={"accounts": len(proposed)},
            evidence=evidence(proposed, at, "account", "name", "statement_line"),
        )
