"""Statements of money, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date

import pandas as pd

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.model import ColumnKind, Exhibit
from tests.tables import (
    ADS,
    CASH,
    DEPRECIATION,
    EQUIPMENT,
    EQUITY,
    FUEL,
    OCT,
    RENT,
    SUSPENSE,
    at,
    cells,
    cost,
    entry,
    frame,
    posted,
    refund,
    sale,
    together,
    usd,
)

SEP, NOV = date(2026, 9, 10), date(2026, 11, 3)
OCT_1 = date(2026, 10, 1)


def show(id: str, period: str = "2026-10", **tables: pd.DataFrame) -> Exhibit | None:
    return EXHIBITS.get(id).make(**tables, at=at(period))


def budget(tenant: str = "a", **amounts: int) -> pd.DataFrame:
    rows = [{"date": OCT_1, "statement_line": line, "amount_minor": minor} for line, minor in amounts.items()]
    return frame("budget", rows, tenant)


NO_BUDGET = budget()

BOOKS = posted(
    sale(SEP, 400_000),
    cost(SEP, 90_000, FUEL),
    sale(OCT, 500_000),
    refund(OCT, 50_000),
    cost(OCT, 130_000, FUEL),
    cost(OCT, 200_000, RENT),
    entry(OCT, DEPRECIATION, EQUIPMENT, 30_000),
    sale(NOV, 999_999),
)


def test_profit_and_loss_reads_from_revenue_to_net_income() -> None:
    statement = show("profit_and_loss", postings=BOOKS, budget=NO_BUDGET)
    assert dict(zip(cells(statement, "line"), cells(statement, "actual"), strict=True)) == {
        "Revenue": usd(500_000),
        "Refunds": usd(50_000),
        "Net revenue": usd(450_000),
        "Cost of sales": usd(130_000),
        "Gross profit": usd(320_000),
        "Operating expenses": usd(200_000),
        "EBITDA": usd(120_000),
        "Depreciation": usd(30_000),
        "Net income": usd(90_000),
    }


def test_profit_and_loss_beside_the_period_before_and_the_year_before() -> None:
    statement = show("profit_and_loss", postings=BOOKS, budget=NO_BUDGET)
    before = dict(zip(cells(statement, "line"), cells(statement, "previous"), strict=True))
    assert before["Net revenue"] == usd(400_000)
    assert before["EBITDA"] == usd(310_000)
    assert before["Operating expenses"] == usd(0)
    # The books begin in September 2026: of October 2025 nothing is known, and nothing is no zero.
    assert set(cells(statement, "last_year")) == {None}
    assert set(cells(statement, "budget")) == {None}
    older = together("entries", BOOKS, posted(sale(date(2025, 10, 5), 70_000)))
    assert cells(show("profit_and_loss", postings=older, budget=NO_BUDGET), "last_year")[0] == usd(70_000)


def test_a_budget_has_only_the_results_it_can_have() -> None:
    # No operating expenses are planned, but 2,000.00 were spent: an EBITDA of the budget would flatter.
    planned = budget(revenue=600_000, refunds=10_000, cost_of_sales=150_000)
    statement = show("profit_and_loss", postings=BOOKS, budget=planned)
    plan = dict(zip(cells(statement, "line"), cells(statement, "budget"), strict=True))
    assert plan["Revenue"] == usd(600_000)
    assert plan["Refunds"] == usd(10_000)
    assert plan["Net revenue"] == usd(590_000)
    assert plan["Gross profit"] == usd(440_000)
    assert plan["Operating expenses"] is None
    assert plan["EBITDA"] is None
    full = budget(revenue=600_000, refunds=10_000, cost_of_sales=150_000, operating_expenses=1, depreciation=2)
    assert cells(show("profit_and_loss", postings=BOOKS, budget=full), "budget")[-1] == usd(439_997)


def test_a_budget_that_plans_no_refunds_plans_net_revenue() -> None:
    statement = show("profit_and_loss", postings=BOOKS, budget=budget(revenue=600_000))
    plan = dict(zip(cells(statement, "line"), cells(statement, "budget"), strict=True))
    assert plan["Refunds"] is None
    assert plan["Net revenue"] == usd(600_000)
    assert plan["Gross profit"] is None  # 1,300.00 of cost of sales were not planned
    costs_only = show("profit_and_loss", postings=BOOKS, budget=budget(cost_of_sales=1))
    assert dict(zip(cells(costs_only, "line"), cells(costs_only, "budget"), strict=True))["Net revenue"] is None


def test_profit_and_loss_of_a_portfolio_is_the_sum() -> None:
    both = together("entries", BOOKS, posted(sale(OCT, 100_000), cost(OCT, 40_000, FUEL), tenant="b"))
    statement = show("profit_and_loss", postings=both, budget=budget(revenue=600_000))
    assert cells(statement, "actual")[0] == usd(600_000)
    assert statement is not None
    assert statement.columns[0].id == "line"
    assert statement.note == "The budget holds the companies that have one."


def test_what_waits_on_suspense_is_named_below_the_statement() -> None:
    waiting = posted(sale(OCT, 5), entry(OCT, SUSPENSE, CASH, 7))
    statement = show("profit_and_loss", postings=waiting, budget=NO_BUDGET)
    assert statement is not None
    assert statement.note == "What is booked on suspense accounts is in no line."
    assert show("profit_and_loss", postings=posted(sale(NOV, 1)), budget=NO_BUDGET) is None


def test_cash_by_account() -> None:
    chart = [
        {"account": CASH, "name": "Bank", "type": "asset", "statement_line": "cash"},
        {"account": "1010", "name": "Till", "type": "asset", "statement_line": "cash"},
    ]
    books = posted(entry(SEP, CASH, EQUITY, 900), entry(OCT, "1010", CASH, 300), entry(NOV, CASH, EQUITY, 9_999), chart=chart)
    table = show("cash_by_account", postings=books)
    assert table is not None
    assert table.total_row
    assert table.rows == (
        ("1000", "Bank", usd(900), usd(600), usd(-300)),
        ("1010", "Till", usd(0), usd(300), usd(300)),
        ("Total", None, usd(900), usd(900), usd(0)),
    )
    assert show("cash_by_account", postings=posted(entry(OCT, RENT, EQUITY, 5))) is None


def test_cash_of_two_companies_names_the_company_first() -> None:
    both = together("entries", posted(sale(OCT, 5)), posted(sale(OCT, 7), tenant="b"))
    table = show("cash_by_account", postings=both)
    assert table is not None
    assert [column.id for column in table.columns][:2] == ["tenant", "account"]
    assert table.rows == (
        ("a", "1000", "Bank", usd(0), usd(5), usd(5)),
        ("b", "1000", "Bank", usd(0), usd(7), usd(7)),
        ("", "Total", None, usd(0), usd(12), usd(12)),
    )


def test_expenses_by_account_the_largest_first() -> None:
    books = posted(
        cost(SEP, 300, RENT),
        cost(SEP, 50, ADS),
        cost(OCT, 200, RENT),
        cost(OCT, 900, FUEL),
        entry(OCT, DEPRECIATION, EQUIPMENT, 9_999),
    )
    table = show("burn_by_account", postings=books)
    assert table is not None
    assert table.rows == (
        ("Fuel", usd(900), usd(0), usd(900)),
        ("Berth", usd(200), usd(300), usd(-100)),
        ("Advertising", usd(0), usd(50), usd(-50)),
        ("Total", usd(1_100), usd(350), usd(750)),
    )
    first = show("burn_by_account", "2026-09", postings=books)
    assert cells(first, "previous") == [None, None, None]  # nothing is known of August
    assert show("burn_by_account", postings=posted(sale(OCT, 1))) is None


def test_revenue_by_month_from_where_the_books_begin() -> None:
    books = posted(sale(date(2026, 8, 31), 5), sale(OCT, 700), refund(OCT, 100), sale(NOV, 9))
    table = show("revenue_by_month", postings=books, budget=budget(revenue=650))
    assert table is not None
    assert table.columns[0].kind is ColumnKind.DATE
    assert table.rows == (
        (date(2026, 8, 1), usd(5), None, None),
        (date(2026, 9, 1), usd(0), None, None),
        (date(2026, 10, 1), usd(600), None, usd(650)),
    )


def test_revenue_by_month_stands_beside_a_year_before() -> None:
    books = posted(sale(date(2025, 9, 30), 40), sale(date(2025, 10, 2), 300), sale(OCT, 700))
    table = show("revenue_by_month", postings=books, budget=NO_BUDGET)
    assert table is not None
    assert table.rows[-2:] == (
        (date(2026, 9, 1), usd(0), usd(40), None),
        (date(2026, 10, 1), usd(700), usd(300), None),
    )
    assert cells(table, "last_year")[:2] == [None, None]  # no figure from before the books begin


def test_revenue_by_month_holds_twelve_and_cuts_the_last_where_the_period_ends() -> None:
    books = posted(sale(date(2024, 1, 1), 1), *(sale(date(2026, 10, day), 100) for day in (1, 18, 19)))
    table = show("revenue_by_month", "2026-W42", postings=books, budget=NO_BUDGET)
    assert cells(table, "month")[0] == date(2025, 11, 1)
    assert len(cells(table, "month")) == 12
    assert cells(table, "revenue")[-1] == usd(200)  # the week ends with 18 October


def tenants(*ids: str) -> pd.DataFrame:
    rows = [{"id": id, "name": id.upper(), "kind": "portfolio" if id == "portfolio" else "company"} for id in ids]
    return frame("tenant", rows)


def test_the_companies_side_by_side() -> None:
    a = posted(
        entry(date(2026, 8, 1), CASH, EQUITY, 90_000), cost(date(2026, 8, 5), 20_000), sale(OCT, 8_000), cost(OCT, 3_000)
    )
    b = posted(sale(OCT, 700), tenant="b")  # too young for a rate of burn
    c = posted(entry(OCT, RENT, EQUITY, 40), tenant="c")  # no cash account
    table = show("tenants_table", postings=together("entries", a, b, c), tenant=tenants("portfolio", "a", "b", "c", "d"))
    assert table is not None
    assert table.rows == (
        ("A", usd(8_000), usd(5_000), usd(5_000), usd(75_000)),  # burn: 20,000 + 3,000 - 8,000 in three months
        ("B", usd(700), usd(700), None, usd(700)),
        ("C", usd(0), usd(-40), None, None),
        ("D", None, None, None, None),
        ("All", usd(8_700), usd(5_660), usd(4_767), usd(75_700)),  # burn: (15,000 - 700) / 3, as the KPI has it
    )
    assert table.total_row


def test_one_company_needs_no_comparison() -> None:
    assert show("tenants_table", postings=posted(sale(OCT, 1)), tenant=tenants("a")) is None
    assert show("tenants_table", postings=posted(sale(OCT, 1)), tenant=tenants("portfolio", "a")) is None
    two = together("entries", posted(sale(OCT, 1)), posted(sale(OCT, 2), tenant="b"))
    assert cells(show("tenants_table", postings=two, tenant=tenants()), "company") == ["a", "b", "All"]
