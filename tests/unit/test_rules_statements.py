from __future__ import annotations

from datetime import date

import pytest

from tests.asking import Case, Given, ask, check
from tests.tables import CASH, CHART, DEFERRED, EQUITY, FUEL, LOAN, OCT, SALES, Entry, cost, entry, posted, sale, usd

STOCK = "1390"
WITH_STOCK = [*CHART, {"account": STOCK, "name": "Spare parts", "type": "asset", "statement_line": "inventory"}]
HALF: Entry = [{"entry": "half", "leg": 0, "date": OCT, "account": CASH, "amount_minor": 70_000}]


def ledger(*made: Entry) -> Given:
    return {"postings": posted(*made, chart=WITH_STOCK)}


CASES = {
    "balance_sheet_unbalanced": Case(
        seeded=lambda: ledger(sale(OCT, 500_000), entry(OCT, CASH, LOAN, 40_000), HALF),
        clean=lambda: ledger(sale(OCT, 500_000), entry(OCT, CASH, LOAN, 40_000)),
        subject="balance sheet",
        title="The balance sheet does not balance: $700 between assets and what stands against them",
        why="Assets are $6,100, liabilities $400 and equity $5,000; none of the three can be relied on.",
    ),
    "cash_flow_untied": Case(
        seeded=lambda: ledger(sale(OCT, 500_000), HALF),
        clean=lambda: ledger(sale(OCT, 500_000), entry(OCT, CASH, DEFERRED, 40_000)),
        subject="cash flow",
        title="The cash flow statement misses the change in cash by $700",
        why="Cash changed by $5,700; what was earned, invested and financed explains another amount.",
    ),
    "equity_negative": Case(
        seeded=lambda: ledger(entry(OCT, CASH, LOAN, 900_000), cost(OCT, 500_000), entry(OCT, CASH, EQUITY, 100_000)),
        clean=lambda: ledger(entry(OCT, CASH, LOAN, 900_000), cost(OCT, 500_000), entry(OCT, CASH, EQUITY, 500_000)),
        subject="equity",
        title="Debts exceed assets by $4,000",
        why="Assets are $5,000 and liabilities $9,000: losses have used up all that the owners put in.",
    ),
    "inventory_negative": Case(
        seeded=lambda: ledger(entry(OCT, STOCK, CASH, 30_000), entry(OCT, FUEL, STOCK, 50_000)),
        clean=lambda: ledger(entry(OCT, STOCK, CASH, 30_000), entry(OCT, FUEL, STOCK, 30_000)),
        subject="1390 Spare parts",
        title="Stock on 1390 Spare parts is below nothing, at −$200",
        why="Less than nothing cannot be in stock: more was taken out of the books than ever came in, "
        "or a purchase is missing.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


@pytest.mark.parametrize("id", CASES)
def test_what_comes_after_the_period_is_not_its_fault(id: str) -> None:
    assert ask(id, **ledger(entry(date(2026, 11, 2), CASH, SALES, 5))) == []


def test_a_fault_of_an_earlier_month_unbalances_the_sheet_and_not_the_cash_flow() -> None:
    books = ledger([{**HALF[0], "date": date(2026, 9, 3)}], sale(OCT, 5))
    assert [found.hit.money_at_stake for found in ask("balance_sheet_unbalanced", **books)] == [usd(70_000)]
    assert ask("cash_flow_untied", **books) == []


def test_what_was_taken_from_stock_is_the_evidence() -> None:
    (found,) = ask("inventory_negative", **CASES["inventory_negative"].seeded())
    assert [row["amount"] for row in found.hit.evidence] == [usd(-50_000)]
    assert found.hit.money_at_stake == usd(20_000)
