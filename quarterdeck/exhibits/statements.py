"""The statements of the books: trial balance, profit and loss, balance sheet, cash flow."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck import books
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, grid, money, text
from quarterdeck.frames import between
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money
from quarterdeck.period import add_months
from quarterdeck.statements import balance, cash_flow, profit, trial
from quarterdeck.statements.lines import year_start

_YEAR = 12  # months


@exhibit("profit_and_loss", title="Profit and loss")
def profit_and_loss(postings: pd.DataFrame, budget: pd.DataFrame, at: At) -> Exhibit | None:
    """Statement lines of the period, beside the period before, the same one last year, and the budget."""
    if not books.begun(postings, at.end):
        return None
    now = profit.actual(postings, at.start, at.end)
    past = [profit.actual(postings, each.start, each.end) for each in (at.period.previous(), at.period.last_year())]
    plan, planners = profit.planned(budget, at.start, at.end)
    rows: list[Row] = []
    for label, (actual, before, last_year, wanted) in profit.statement([now, *past, plan], now):
        rows.append(("", (label, *_amounts((actual, before, _less(actual, before), last_year, wanted), at))))
    return grid(
        (
            text("line", "Line"),
            money("actual", "Period"),
            money("previous", "Period before"),
            money("change", "Change"),
            money("last_year", "A year before"),
            money("budget", "Budget"),
        ),
        rows,
        note=_note(postings, planners, at),
    )


@exhibit("year_to_date", title="Profit and loss, the fiscal year so far")
def year_to_date(postings: pd.DataFrame, budget: pd.DataFrame, at: At) -> Exhibit | None:
    """Statement lines since the fiscal year began, beside the same months a year before and the budget."""
    if not books.begun(postings, at.end):
        return None
    start = year_start(at)
    now = profit.actual(postings, start, at.end)
    past = profit.actual(postings, add_months(start, -_YEAR), add_months(at.end, -_YEAR))
    plan, planners = profit.planned(budget, start, at.end)
    rows: list[Row] = []
    for label, (actual, before, wanted) in profit.statement([now, past, plan], now):
        figures = (actual, before, _less(actual, before), wanted, _less(actual, wanted))
        rows.append(("", (label, *_amounts(figures, at))))
    return grid(
        (
            text("line", "Line"),
            money("actual", "Year so far"),
            money("last_year", "A year before"),
            money("change", "Change"),
            money("budget", "Budget"),
            money("variance", "Against budget"),
        ),
        rows,
        note=_note(postings, planners, at),
    )


def _less(now: int | None, then: int | None) -> int | None:
    return None if now is None or then is None else now - then


def _note(posted: pd.DataFrame, planners: frozenset[str], at: At) -> str:
    notes = []
    if books.net_of(between(posted, at.start, at.end), ("suspense",)):
        notes.append("What is booked on suspense accounts is in no line.")
    own = posted.loc[posted["origin"] != "elimination", "tenant"]
    if planners and planners != set(own):
        notes.append("The budget holds the companies that have one.")
    return " ".join(notes)


@exhibit("balance_sheet", title="Balance sheet")
def balance_sheet(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """What there is, what is owed and what belongs to the owners, at the end of the period, beside earlier ones."""
    if not books.begun(postings, at.end):
        return None
    year = year_start(at)
    at_end = balance.balance(postings, at.end, year)
    earlier, back = at.of(at.period.previous()), add_months(at.end, -_YEAR)
    before = balance.known(postings, earlier.end, year_start(earlier))
    last_year = balance.known(postings, back, add_months(year, -_YEAR))
    rows: list[Row] = []
    for label, (now, then, then_year) in balance.sheet(at_end, before, last_year):
        rows.append(("", (label, *_amounts((now, then, _less(now, then), then_year), at))))
    return grid(
        (
            text("line", "Line"),
            money("closing", "End of period"),
            money("previous", "Period before"),
            money("change", "Change"),
            money("last_year", "A year before"),
        ),
        rows,
        note="Assets less liabilities less equity is the difference; books in balance have none.",
    )


@exhibit("cash_flow", title="Cash flow")
def cash_flow_statement(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """From net income to the change in cash, by the indirect method, beside the period before."""
    if not books.begun(postings, at.end, ("cash",)):
        return None
    before = at.period.previous()
    flow = cash_flow.cash_flow(postings, at.start, at.end)
    earlier = cash_flow.cash_flow(postings, before.start, before.end) if books.begun(postings, before.end) else None
    rows: list[Row] = [("", (label, *_amounts(figures, at))) for label, figures in cash_flow.lines(flow, earlier)]
    note = "Fixed assets that were brought in against equity or loans, without cash, are left out." if flow.without_cash else ""
    return grid((text("line", "Line"), money("actual", "Period"), money("previous", "Period before")), rows, note=note)


@exhibit("trial_balance", title="Trial balance")
def trial_balance(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """Balances of all accounts at the end of the period and a year before; income and expenses of the fiscal year."""
    year = year_start(at)
    now = {(line.tenant, line.account): line for line in trial.trial_balance(postings, at.end, year)}
    back = trial.trial_balance(postings, add_months(at.end, -_YEAR), add_months(year, -_YEAR))
    then = {(line.tenant, line.account): line for line in back}
    rows: list[Row] = []
    for key in sorted({*now, *then}, key=lambda key: (key[0], key[1] is None, key[1] or "")):
        line, balance_now, balance_then = now.get(key) or then[key], _of(now.get(key)), _of(then.get(key))
        if balance_now or balance_then:
            cells = (*_sides(balance_now, at), Money(balance_then, at.currency) if key in then else None)
            rows.append((line.tenant, (line.account, line.name, *cells)))
    balances = [line.balance for line in now.values()]
    sums = (sum(each for each in balances if each > 0), -sum(each for each in balances if each < 0))
    total = sum(line.balance for line in back) if back else None
    return grid(
        (
            text("account", "Account"),
            text("name", "Name"),
            money("debit", "Debit"),
            money("credit", "Credit"),
            money("last_year", "A year before"),
        ),
        rows,
        total=("Total", None, *_amounts((*sums, total), at)),
        note="A year before: debit balances positive, credit balances negative." if back else "",
    )


def _of(line: trial.Line | None) -> int:
    return line.balance if line else 0


def _sides(balance_: int, at: At) -> tuple[Money | None, Money | None]:
    amount = Money(abs(balance_), at.currency)
    return (amount if balance_ > 0 else None, amount if balance_ < 0 else None)


@exhibit("debits_and_credits", title="Debits and credits by currency")
def debits_and_credits(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """The sums of all debits and credits in each currency that was booked in."""
    return grid(
        (text("currency", "Currency"), money("debit", "Debits"), money("credit", "Credits"), money("difference", "Difference")),
        [
            ("", (currency, *(Money(minor, currency) for minor in (debit, credit, debit - credit))))
            for currency, debit, credit in trial.by_currency(postings, at.end)
        ],
    )


def _amounts(minors: Iterable[int | None], at: At) -> tuple[Money | None, ...]:
    return tuple(None if minor is None else Money(minor, at.currency) for minor in minors)
