"""The books as KPIs read them: entries joined with their accounts, and the sums that money is made of.

Sums follow the sign that people expect: `income` and `expense` are positive when they are earned and spent. Accounts
are joined by tenant and number, since two tenants may use one number for two things.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from quarterdeck.frames import before, between, total

REVENUE_LINES = ("revenue", "refunds")
DIRECT_LINES = ("cost_of_sales",)
OPERATING_LINES = ("operating_expenses",)
EBITDA_EXPENSE_LINES = (*DIRECT_LINES, *OPERATING_LINES)


def postings(entries: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Entries with `type`, `statement_line`, `behaviour`, `function`, `account_name` of their accounts.

    An entry on an account that the chart does not know keeps its row, with the statement line `suspense`.
    """
    chart = accounts[["tenant", "account", "name", "type", "statement_line", "behaviour", "function"]]
    joined = entries.merge(chart.rename(columns={"name": "account_name"}), on=["tenant", "account"], how="left")
    joined["statement_line"] = joined["statement_line"].fillna("suspense")
    return joined


def net_of(posted: pd.DataFrame, lines: tuple[str, ...]) -> int:
    """Debits less credits on some statement lines, in minor units."""
    return total(posted.loc[posted["statement_line"].isin(lines), "amount_minor"])


def revenue(posted: pd.DataFrame, start: date, end: date) -> int:
    """Revenue less refunds of `[start, end)`, in minor units."""
    return -net_of(between(posted, start, end), REVENUE_LINES)


def expenses(posted: pd.DataFrame, start: date, end: date, lines: tuple[str, ...] = EBITDA_EXPENSE_LINES) -> int:
    """Expenses of `[start, end)` on some statement lines, positive when spent, in minor units."""
    return net_of(between(posted, start, end), lines)


def cash(posted: pd.DataFrame, end: date) -> int:
    """Balance of all cash accounts at the start of the day `end`, in minor units."""
    return net_of(before(posted, end), ("cash",))


def financing(posted: pd.DataFrame, start: date, end: date) -> int:
    """Cash that owners and lenders put in, less what was paid back to them, in `[start, end)`."""
    return -net_of(between(posted, start, end), ("loans", "equity"))


def net_burn(posted: pd.DataFrame, start: date, end: date) -> int:
    """Opening cash less closing cash plus net financing: what the business itself used up, in minor units."""
    return cash(posted, start) - cash(posted, end) + financing(posted, start, end)
