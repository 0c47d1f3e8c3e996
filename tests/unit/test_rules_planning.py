from __future__ import annotations

from datetime import date

import pytest

from quarterdeck.model import Severity
from quarterdeck.money import Money
from tests.asking import Case, Given, ask, check, ledger
from tests.tables import CASH, EQUITY, FUEL, OCT, RENT, Row, cost, entry, frame, sale


def usd(units: int) -> Money:
    return Money(units * 100, "USD")


def rents(cash: int, *planned: Row) -> Given:
    """Rent of 300 on the first of each month since August; `cash` is left at the end of October, in whole units."""
    put_in = entry(date(2026, 7, 20), CASH, EQUITY, (cash + 900) * 100)
    paid = [cost(date(2026, month, 1), 300_00, party="Yard") for month in (8, 9, 10)]
    return {**ledger(put_in, *paid), "planned_cash": frame("planned_cash", planned)}


def spent(fuel: int, *plan: tuple[str, int]) -> Given:
    rows = [{"date": date(2026, 10, 1), "statement_line": line, "amount_minor": units * 100} for line, units in plan]
    return {**ledger(sale(OCT, 900_000), cost(OCT, fuel * 100, FUEL)), "budget": frame("budget", rows)}


CASES = {
    "cash_ahead_short": Case(
        # Rent is due on 1 November, 1 December and 1 January: 1,000 - 900 = 100 from the ninth week on.
        seeded=lambda: rents(1_000),
        clean=lambda: rents(1_200),
        subject="cash",
        title="Cash falls to $100 in the week from Dec 27, 2026",
        why="$1,000 is there now; within 13 weeks $200 is missing to hold $300, what a month costs.",
    ),
    "costs_over_budget": Case(
        seeded=lambda: spent(11_001, ("revenue", 9_000), ("cost_of_sales", 10_000)),
        clean=lambda: spent(11_000, ("revenue", 9_000), ("cost_of_sales", 10_000)),
        subject="cost of sales",
        title="Cost of sales: $1,001 over budget, 10.0% of it",
        why="$11,001 was spent where $10,000 was planned; beyond 10.0% a plan no longer tells what to expect.",
    ),
}


@pytest.mark.parametrize(("id", "case"), CASES.items(), ids=list(CASES))
def test_a_fault_is_found_and_its_clean_twin_is_none(id: str, case: Case) -> None:
    check(id, case)


def test_cash_below_zero_is_critical_and_every_week_is_shown() -> None:
    (found,) = ask("cash_ahead_short", **rents(800))
    assert found.hit.severity is Severity.CRITICAL
    assert found.hit.money_at_stake == usd(400)
    assert len(found.hit.evidence) == 13
    assert found.hit.evidence[0] == {"week": date(2026, 11, 1), "in": usd(0), "out": usd(-300), "closing": usd(500)}


def test_a_planned_receipt_mends_it() -> None:
    assert ask("cash_ahead_short", **rents(1_000, {"due_on": date(2026, 12, 1), "amount_minor": 200_00})) == []


def test_a_budget_without_the_costs_says_nothing_of_them() -> None:
    assert ask("costs_over_budget", **spent(99_000, ("revenue", 9_000))) == []


def test_less_than_a_thousand_or_a_tenth_is_no_finding() -> None:
    assert ask("costs_over_budget", **spent(1_900, ("revenue", 9_000), ("cost_of_sales", 900))) == []
    assert ask("costs_over_budget", **spent(101_001, ("revenue", 9_000), ("cost_of_sales", 100_000))) == []


def test_a_rent_is_a_cost_of_running() -> None:
    given = {
        **ledger(sale(OCT, 1), cost(OCT, 5_000_00, RENT)),
        "budget": spent(1, ("revenue", 1), ("operating_expenses", 1_000))["budget"],
    }
    assert [found.subject for found in ask("costs_over_budget", **given)] == ["operating expenses"]
