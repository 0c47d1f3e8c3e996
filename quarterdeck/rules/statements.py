"""Faults that show in the statements: what does not balance or tie, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck import books
from quarterdeck.frames import before, sums_by
from quarterdeck.model import At, Effort, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, Scope, rule
from quarterdeck.rules._shared import evidence
from quarterdeck.statements.balance import known
from quarterdeck.statements.cash_flow import cash_flow
from quarterdeck.statements.lines import year_start


@rule(
    "balance_sheet_unbalanced",
    severity=Severity.CRITICAL,
    owner="accounting",
    effort=Effort.S,
    due_days=5,
    scope=Scope.EVERY,
    title="The balance sheet does not balance: {difference} between assets and what stands against them",
    why="Assets are {assets}, liabilities {liabilities} and equity {equity}; none of the three can be relied on.",
    remedy="Find the entries whose legs do not sum to nothing, and correct them",
)
def balance_sheet_unbalanced(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Assets less liabilities are not equity at the end of the period."""
    found = known(postings, at.end, year_start(at))
    if found is None or not found.difference:
        return
    money = {name: Money(getattr(found, name), at.currency) for name in ("difference", "assets", "liabilities", "equity")}
    yield Hit(subject="balance sheet", facts=money, money_at_stake=Money(abs(found.difference), at.currency))


@rule(
    "cash_flow_untied",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.S,
    due_days=5,
    scope=Scope.EVERY,
    title="The cash flow statement misses the change in cash by {difference}",
    why="Cash changed by {change}; what was earned, invested and financed explains another amount.",
    remedy="Find the entries of the period whose legs do not sum to nothing, and correct them",
)
def cash_flow_untied(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """The sections of the cash flow statement do not sum to the change in cash."""
    if not books.begun(postings, at.end, ("cash",)):
        return
    flow = cash_flow(postings, at.start, at.end)
    if flow.difference:
        yield Hit(
            subject="cash flow",
            facts={
                "difference": Money(flow.difference, at.currency),
                "change": Money(flow.closing - flow.opening, at.currency),
            },
            money_at_stake=Money(abs(flow.difference), at.currency),
        )


@rule(
    "equity_negative",
    severity=Severity.HIGH,
    owner="cfo",
    effort=Effort.L,
    due_days=60,
    title="Debts exceed assets by {gap}",
    why="Assets are {assets} and liabilities {liabilities}: losses have used up all that the owners put in.",
    remedy="Decide on new capital, or agree with lenders on what is paid back when; ask which duties the law sets",
)
def equity_negative(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Liabilities are more than assets at the end of the period."""
    found = known(postings, at.end, year_start(at))
    if found is None or found.assets >= found.liabilities:
        return
    gap = Money(found.liabilities - found.assets, at.currency)
    facts = {"gap": gap, "assets": Money(found.assets, at.currency), "liabilities": Money(found.liabilities, at.currency)}
    yield Hit(subject="equity", facts=facts, money_at_stake=gap)


@rule(
    "inventory_negative",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.S,
    due_days=15,
    title="Stock on {account} is below nothing, at {balance}",
    why="Less than nothing cannot be in stock: more was taken out of the books than ever came in, or a purchase is missing.",
    remedy="Count what is there, and correct the postings on {account}",
)
def inventory_negative(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """An inventory account has a credit balance at the end of the period."""
    stock = before(postings[postings["statement_line"] == "inventory"], at.end)
    for (number,), minor in sums_by(stock, ["account"]).items():
        if minor < 0:
            rows = stock[stock["account"] == number]
            name = rows["account_name"].iloc[0]
            taken = rows[rows["amount_minor"] < 0].sort_values(["date", "entry", "leg"], ascending=[False, True, True])
            account = number if pd.isna(name) else f"{number} {name}"
            yield Hit(
                subject=account,
                facts={"account": account, "balance": Money(minor, at.currency)},
                evidence=evidence(taken, at, "date", "party", "memo", "amount_minor", "source_file", "source_line"),
                money_at_stake=Money(-minor, at.currency),
            )
