"""Tables of the books, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.model import Exhibit
from tests.tables import (
    CASH,
    CHART,
    DEPRECIATION,
    EQUIPMENT,
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
    sale,
    together,
    usd,
)

SEP, NOV = date(2026, 9, 10), date(2026, 11, 3)


def show(id: str, fiscal_start: int = 1, **tables: pd.DataFrame) -> Exhibit | None:
    return EXHIBITS.get(id).make(**tables, at=at("2026-10", fiscal_start=fiscal_start))


def test_a_trial_balance_carries_the_result_of_earlier_years() -> None:
    books = posted(sale(date(2025, 12, 31), 700), cost(date(2025, 12, 31), 100), sale(SEP, 500), cost(OCT, 80), sale(NOV, 9))
    table = show("trial_balance", postings=books)
    assert table is not None
    assert table.total_row
    assert table.rows == (
        ("1000", "Bank", usd(1_020), None, None),  # 700 - 100 + 500 - 80
        ("4000", "Charters", None, usd(500), None),
        ("6000", "Berth", usd(80), None, None),
        (None, "Result of earlier years", None, usd(600), None),
        ("Total", None, usd(1_100), usd(1_100), None),
    )


def test_a_fiscal_year_starts_where_the_tenant_says() -> None:
    books = posted(sale(SEP, 500), sale(OCT, 80))
    table = show("trial_balance", 10, postings=books)
    assert cells(table, "name") == ["Bank", "Charters", "Result of earlier years", None]
    assert cells(table, "credit") == [None, usd(80), usd(500), usd(580)]


def test_the_first_day_of_the_year_belongs_to_the_year() -> None:
    books = posted(sale(date(2025, 12, 31), 7), sale(date(2026, 1, 1), 500))
    assert cells(show("trial_balance", postings=books), "credit") == [None, usd(500), usd(7), usd(507)]


def test_a_week_belongs_to_the_year_of_its_last_day() -> None:
    books = posted(sale(date(2025, 12, 30), 7), sale(date(2026, 1, 3), 500), sale(date(2026, 1, 5), 9_999))
    table = EXHIBITS.get("trial_balance").make(postings=books, at=at("2026-W01"))  # 29 December to 4 January
    assert cells(table, "credit") == [None, usd(500), usd(7), usd(507)]


def test_an_account_at_zero_is_left_out_and_an_unknown_one_is_not() -> None:
    books = posted(cost(OCT, 80, "7777"), entry(OCT, SUSPENSE, CASH, 5), entry(OCT, CASH, SUSPENSE, 5))
    assert cells(show("trial_balance", postings=books), "account") == ["1000", "7777", "Total"]
    assert show("trial_balance", postings=posted(sale(NOV, 5))) is None


def test_books_out_of_balance_show_it_in_the_total() -> None:
    half = [{"entry": "half", "date": OCT, "account": CASH, "amount_minor": 7}]
    table = show("trial_balance", postings=posted(sale(OCT, 5), half))
    assert table is not None
    assert table.rows[-1] == ("Total", None, usd(12), usd(5), None)


def test_the_chart_of_accounts() -> None:
    table = show("chart_of_accounts", accounts=frame("accounts", reversed(CHART)))
    assert table is not None
    assert table.rows[0] == ("1000", "Bank", "asset", "cash", None, None)
    assert ("6000", "Berth", "expense", "operating expenses", "fixed", None) in table.rows
    both = together("accounts", frame("accounts", CHART), frame("accounts", CHART, "b"))
    assert set(cells(show("chart_of_accounts", accounts=both), "tenant")) == {"a", "b"}
    assert show("chart_of_accounts", accounts=frame("accounts", [])) is None


SPENT = posted(
    cost(OCT, 30_000, FUEL),
    cost(OCT, 7_499, FUEL),  # too small to ask for a document
    cost(OCT, 2_501, FUEL, document="A"),
    cost(OCT, 60_000, RENT, document="B"),
    entry(OCT, DEPRECIATION, EQUIPMENT, 90_000),
    cost(SEP, 5_555_500, RENT),
)


def test_expenses_and_their_documents() -> None:
    table = show("expense_audit", postings=SPENT)
    assert table is not None
    assert table.rows == (
        ("Berth", usd(60_000), Decimal("0.60000000"), 1, 0),
        ("Fuel", usd(40_000), Decimal("0.40000000"), 3, 1),
        ("Total", usd(100_000), None, 4, 1),
    )
    assert show("expense_audit", postings=posted(sale(OCT, 5))) is None


def test_expenses_that_came_back_have_no_parts() -> None:
    table = show("expense_audit", postings=posted(cost(OCT, 500, RENT), entry(OCT, CASH, RENT, 500)))
    assert table is not None
    assert table.rows[0] == ("Berth", usd(0), None, 2, 0)


def test_expenses_of_two_companies_share_one_whole() -> None:
    both = together("entries", SPENT, posted(cost(OCT, 100_000, RENT), tenant="b"))
    table = show("expense_audit", postings=both)
    assert table is not None
    assert table.rows[0] == ("b", "Berth", usd(100_000), Decimal("0.50000000"), 1, 1)
    assert table.rows[-1] == ("", "Total", usd(200_000), None, 5, 2)


def test_the_largest_expenses_without_a_document_and_where_they_were_read() -> None:
    made = [cost(OCT, 10_000 + number, RENT, party=f"Party {number}") for number in range(23)]
    for legs in made:
        for leg in legs:
            leg.update(source_file="bank.csv", source_line=leg["amount_minor"] and abs(int(str(leg["amount_minor"]))) % 100)
    table = show("missing_documents_list", postings=posted(*made, cost(OCT, 99_999, document="A"), cost(OCT, 7_000)))
    assert table is not None
    assert len(table.rows) == 20
    assert table.rows[0] == (OCT, "Party 22", "Berth", usd(10_022), "bank.csv:22")
    assert table.rows[-1] == (OCT, "Party 3", "Berth", usd(10_003), "bank.csv:3")
    assert table.note == "20 of 23 shown"


def test_a_short_list_of_missing_documents_needs_no_note() -> None:
    table = show("missing_documents_list", postings=posted(cost(OCT, 8_000), cost(SEP, 9_000)))
    assert table is not None
    assert table.note == ""
    assert cells(table, "party") == [None]
    assert show("missing_documents_list", postings=posted(cost(OCT, 8_000, document="A"))) is None
