"""The statements against other people's: ledgers of bean-example, and what bean-query makes of them, to the cent."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from quarterdeck import books
from quarterdeck.statements import profit
from quarterdeck.statements.balance import balance
from quarterdeck.statements.cash_flow import cash_flow
from quarterdeck.statements.trial import CARRIED, trial_balance
from tests.tables import frame

beancount = pytest.importorskip("beancount")
beanquery = pytest.importorskip("beanquery")

RESULTS = "account ~ '^(Income|Expenses)'"
BIN = Path(sys.executable).parent
# Where each account stands in the statements: the first that its name begins with.
LINES = {
    "Assets:US:Vanguard:Cash": "clearing",
    "Assets": "cash",
    "Liabilities:AccountsPayable": "payables",
    "Liabilities": "short_term_loans",
    "Equity": "equity",
    "Income": "revenue",
    "Expenses:Taxes": "income_tax",
    "Expenses:Financial": "interest",
    "Expenses:Food": "cost_of_sales",
    "Expenses": "operating_expenses",
}
TYPES = {"Assets": "asset", "Liabilities": "liability", "Equity": "equity", "Income": "income", "Expenses": "expense"}
PERIODS = [(date(2025, 3, 1), date(2025, 4, 1)), (date(2025, 1, 1), date(2026, 1, 1)), (date(2025, 11, 1), date(2026, 2, 1))]


@dataclass(frozen=True)
class Ledger:
    """A ledger as bean-query has it, and as postings."""

    source: Any
    postings: pd.DataFrame

    def ask(self, query: str) -> dict[Any, int]:
        """The rows of a query by their first columns, the last one in cents."""
        rows = self.source.execute(query).fetchall()
        return {row[0] if len(row) == 2 else row[:-1]: cents(row[-1]) for row in rows if row[-1]}

    def one(self, query: str) -> int:
        (row,) = self.source.execute(query).fetchall() or [(Decimal(0),)]
        return cents(row[0] or Decimal(0))


def cents(amount: Decimal) -> int:
    minor = amount * 100
    assert minor == int(minor)
    return int(minor)


@pytest.fixture(scope="module", params=[7, 11, 23])
def ledger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Two years of somebody's money, in dollars alone: shares and days of vacation are left out, entry by entry."""
    folder = tmp_path_factory.mktemp("beancount")
    dates = ["--date-begin", "2024-10-01", "--date-end", "2026-04-30"]
    made = folder / "made.beancount"
    subprocess.run([BIN / "bean-example", "--seed", str(request.param), *dates, "-o", made], check=True, capture_output=True)
    from beancount import loader
    from beancount.core import data
    from beancount.parser import printer

    entries: list[Any] = loader.load_file(str(made))[0]
    paid: list[Any] = [entry for entry in entries if isinstance(entry, data.Transaction) and _is_plain(entry)]
    opened: list[Any] = [entry for entry in entries if isinstance(entry, data.Open)]
    plain = folder / "plain.beancount"
    plain.write_text("\n".join(printer.format_entry(entry) for entry in [*opened, *paid]), encoding="utf-8")
    return Ledger(beanquery.connect(f"beancount:{plain}"), _postings(paid))


def _is_plain(transaction: Any) -> bool:
    units = [posting.units for posting in transaction.postings]
    return all(unit.currency == "USD" and unit.number * 100 == int(unit.number * 100) for unit in units)


def _postings(transactions: list[Any]) -> pd.DataFrame:
    legs = [
        {
            "entry": f"t{number}",
            "leg": leg,
            "date": each.date,
            "account": posting.account,
            "amount_minor": cents(posting.units.number),
        }
        for number, each in enumerate(transactions)
        for leg, posting in enumerate(each.postings)
    ]
    chart = [
        {"account": name, "name": name, "type": TYPES[name.partition(":")[0]], "statement_line": line_of(name)}
        for name in sorted({str(leg["account"]) for leg in legs})
    ]
    return books.postings(frame("entries", legs), frame("accounts", chart))


def line_of(account: str) -> str:
    return next(line for start, line in LINES.items() if account.startswith(start))


def test_the_trial_balance_is_bean_querys(ledger: Ledger) -> None:
    for end, year in ((date(2025, 7, 1), date(2025, 1, 1)), (date(2026, 4, 1), date(2026, 1, 1))):
        expected = ledger.ask(
            f"SELECT account, sum(number) WHERE date < {end} AND NOT ({RESULTS} AND date < {year}) GROUP BY account"
        )
        carried = ledger.one(f"SELECT sum(number) WHERE date < {year} AND {RESULTS}")
        lines = trial_balance(ledger.postings, end, year)
        assert {line.account: line.balance for line in lines if line.account and line.balance} == expected
        assert [line.balance for line in lines if line.name == CARRIED] == [carried]
        assert sum(line.balance for line in lines) == 0


def test_profit_and_loss_is_bean_querys(ledger: Ledger) -> None:
    for start, end in PERIODS:
        by_account = ledger.ask(
            f"SELECT account, sum(number) WHERE date >= {start} AND date < {end} AND {RESULTS} GROUP BY account"
        )
        expected = dict.fromkeys(books.RESULT_LINES, 0)
        for account, minor in by_account.items():
            expected[line_of(account)] += minor
        assert profit.actual(ledger.postings, start, end) == expected
        assert profit.net_income(ledger.postings, start, end) == -sum(by_account.values())


def test_the_balance_sheet_is_bean_querys(ledger: Ledger) -> None:
    for _, end in PERIODS:
        year = date(end.year, 1, 1) if end.month > 1 else date(end.year - 1, 1, 1)
        roots = ledger.ask(f"SELECT root(account, 1), sum(number) WHERE date < {end} GROUP BY root(account, 1)")
        found = balance(ledger.postings, end, year)
        assert found.assets == roots["Assets"]
        assert found.liabilities == -roots.get("Liabilities", 0)
        assert found.equity == -sum(roots.get(root, 0) for root in ("Equity", "Income", "Expenses"))
        assert found.result == -ledger.one(f"SELECT sum(number) WHERE date >= {year} AND date < {end} AND {RESULTS}")
        assert found.difference == 0


def test_the_cash_flow_ties_to_bean_querys_cash(ledger: Ledger) -> None:
    for start, end in PERIODS:
        flow = cash_flow(ledger.postings, start, end)
        cash = "account ~ '^Assets' AND NOT account ~ 'Vanguard:Cash'"
        assert flow.opening == ledger.one(f"SELECT sum(number) WHERE date < {start} AND {cash}")
        assert flow.change == ledger.one(f"SELECT sum(number) WHERE date >= {start} AND date < {end} AND {cash}")
        assert flow.difference == 0
