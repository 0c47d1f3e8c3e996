"""What the statements say in one figure: result, equity, liquidity, debt, and cash from operations."""

from __future__ import annotations

import pandas as pd

from quarterdeck import books
from quarterdeck.frames import ratio
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, NO_BOOKS, share
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.statements import profit
from quarterdeck.statements.balance import Balance, known
from quarterdeck.statements.cash_flow import cash_flow
from quarterdeck.statements.lines import year_start

_BALANCES = f"{BOOKS}, with opening balances"
_NO_LIABILITIES = Unavailable("nothing is owed within a year, so there is nothing to divide by")


def _balance(posted: pd.DataFrame, at: At) -> Balance | None:
    return known(posted, at.end, year_start(at))


@kpi(
    "net_income",
    label="Net income",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="EBITDA - depreciation - interest - income tax",
    needs=BOOKS,
)
def net_income(postings: pd.DataFrame, at: At) -> Value:
    """What is left of the period's income after all expenses."""
    return profit.net_income(postings, at.start, at.end) if books.begun(postings, at.end) else NO_BOOKS


@kpi(
    "operating_cash_flow",
    label="Cash flow from operations",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="net income + depreciation - change of working capital without cash and loans",
    needs=f"{BOOKS}, with a cash account",
)
def operating_cash_flow(postings: pd.DataFrame, at: At) -> Value:
    """What the business itself brought in, whatever was invested, borrowed or paid in."""
    if not books.begun(postings, at.end, ("cash",)):
        return Unavailable("no posting is on a cash account")
    return cash_flow(postings, at.start, at.end).operating


@kpi(
    "working_capital",
    label="Working capital",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="current assets - current liabilities at the end of the period",
    needs=_BALANCES,
)
def working_capital(postings: pd.DataFrame, at: At) -> Value:
    """What would be left if all that is due within a year came in and was paid."""
    found = _balance(postings, at)
    return NO_BOOKS if found is None else found.working_capital


@kpi(
    "equity",
    label="Equity",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="assets - liabilities at the end of the period: paid in, earlier results, the result of the year, CTA",
    needs=_BALANCES,
)
def equity(postings: pd.DataFrame, at: At) -> Value:
    """What belongs to the owners."""
    found = _balance(postings, at)
    return NO_BOOKS if found is None else found.equity


@kpi(
    "current_ratio",
    label="Current ratio",
    unit=Unit.TIMES,
    good=Direction.UP,
    formula="current assets / current liabilities at the end of the period",
    needs=f"{_BALANCES}, and accounts for what is owed within a year",
)
def current_ratio(postings: pd.DataFrame, at: At) -> Value:
    """How many times what is owed within a year is covered by what is at hand within one."""
    found = _balance(postings, at)
    return NO_BOOKS if found is None else share(found.current_assets, found.current_liabilities, _NO_LIABILITIES)


@kpi(
    "quick_ratio",
    label="Quick ratio",
    unit=Unit.TIMES,
    good=Direction.UP,
    formula="(cash + on its way from payment providers + receivables) / current liabilities at the end of the period",
    needs=f"{_BALANCES}, and accounts for what is owed within a year",
)
def quick_ratio(postings: pd.DataFrame, at: At) -> Value:
    """The current ratio without what must be sold or used up first."""
    found = _balance(postings, at)
    if found is None:
        return NO_BOOKS
    quick = sum(found.sums[line] for line in ("cash", "clearing", "receivables"))
    return share(quick, found.current_liabilities, _NO_LIABILITIES)


@kpi(
    "debt_to_equity",
    label="Debt to equity",
    unit=Unit.TIMES,
    good=Direction.DOWN,
    formula="(short-term loans + long-term loans) / equity at the end of the period",
    needs=f"{_BALANCES}, and accounts for loans",
)
def debt_to_equity(postings: pd.DataFrame, at: At) -> Value:
    """How many times the owners' money lenders have put in."""
    found = _balance(postings, at)
    if found is None:
        return NO_BOOKS
    if not books.begun(postings, at.end, ("short_term_loans", "loans")):
        return Unavailable("no posting is on an account for loans")
    return share(found.debt, found.equity, Unavailable("equity is not above zero"))


@kpi(
    "interest_cover",
    label="Interest cover",
    unit=Unit.TIMES,
    good=Direction.UP,
    formula="(EBITDA - depreciation) / interest, both of the period",
    needs=f"{BOOKS}, with interest on an account of its own",
)
def interest_cover(postings: pd.DataFrame, at: At) -> Value:
    """How many times the period's interest was earned before interest and income tax."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    interest = books.expenses(postings, at.start, at.end, ("interest",))
    earned = profit.operating_income(postings, at.start, at.end)
    return ratio(earned, interest) if interest > 0 else Unavailable("there is no interest in the period")
