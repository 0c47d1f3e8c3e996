"""Fixed and variable costs and the point where revenue carries both, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.tables import ADS, FUEL, OCT, RENT, at, cost, entry, frame, posted, sale, together

AUG, SEP = date(2026, 8, 10), date(2026, 9, 10)


def value(id: str, postings: pd.DataFrame, period: str = "2026-10", **others: pd.DataFrame) -> Value:
    return KPIS.get(id).compute(postings=postings, at=at(period), **others)


def reason(found: Value) -> str:
    assert isinstance(found, Unavailable)
    return found.reason


# Fixed: 8,000 + 8,000 + 8,600 of berth in three months = 8,200 a month. October: 10,000 sold, 2,500 of fuel.
# What July cost, marked or not, is past.
BOOKS = posted(
    cost(date(2026, 7, 31), 7_777_700, RENT),
    cost(date(2026, 7, 31), 7_777_700, ADS),
    cost(AUG, 800_000, RENT),
    cost(SEP, 800_000, RENT),
    cost(OCT, 860_000, RENT),
    cost(SEP, 99_900, FUEL),
    sale(OCT, 1_000_000),
    cost(OCT, 250_000, FUEL),
)


def prices(*rows: dict[str, object], tenant: str = "a") -> pd.DataFrame:
    return frame("prices", rows, tenant)


CHARTER = {"product": "charter", "price_minor": 200_000, "variable_cost_minor": 50_000, "is_main": True}
COURSE = {"product": "course", "price_minor": 30_000}


def test_where_october_breaks_even() -> None:
    assert value("fixed_costs", BOOKS) == 820_000
    assert value("contribution_margin", BOOKS) == Decimal("0.75000000")  # (10,000 - 2,500) / 10,000
    assert value("break_even_revenue", BOOKS) == 1_093_333  # 8,200 / 0.75 = 10,933.33
    assert value("margin_of_safety", BOOKS) == Decimal("-0.09333333")  # (10,000 - 10,933.33...) / 10,000
    assert value("break_even_units", BOOKS, prices=prices(CHARTER, COURSE)) == 6  # 8,200 / (2,000 - 500) = 5.47


def test_units_that_fit_exactly_are_not_rounded_up() -> None:
    assert value("break_even_units", BOOKS, prices=prices({**CHARTER, "price_minor": 214_000})) == 5  # 8,200 / 1,640


def test_a_cent_more_takes_another_unit() -> None:
    books = posted(cost(AUG, 820_001), cost(SEP, 820_000), cost(OCT, 820_002))  # 8,200.01 a month
    assert value("break_even_units", books, prices=prices({**CHARTER, "price_minor": 214_000})) == 6


def test_a_quarter_is_held_against_three_months_of_break_even() -> None:
    # July to September: 8,000 + 8,000 fixed in three months = 5,333.33 a month; 999 fuel on 9,990 sold: margin 0.9.
    books = posted(
        *(cost(day, 800_000, RENT) for day in (AUG, SEP)),
        sale(date(2026, 7, 1), 999_000),
        cost(SEP, 99_900, FUEL),
    )
    assert value("contribution_margin", books, "2026-Q3") == Decimal("0.90000000")
    assert value("break_even_revenue", books, "2026-Q3") == 592_593  # 5,333.333... / 0.9 = 5,925.926: rounded once, at the end
    assert value("margin_of_safety", books, "2026-Q3") == Decimal("-0.77955734")  # (3,330 - 5,925.926) / 3,330


def test_two_companies_share_one_main_product() -> None:
    other = posted(cost(AUG, 300_000, RENT), cost(OCT, 300_000, RENT), sale(OCT, 500_000), tenant="b")
    both = together("entries", BOOKS, other)
    assert value("fixed_costs", both) == 1_020_000  # (24,600 + 6,000) / 3
    assert value("contribution_margin", both) == Decimal("0.83333333")  # (15,000 - 2,500) / 15,000
    assert value("break_even_revenue", both) == 1_224_000  # 10,200 / 0.83333333 = 12,240.00
    assert value("break_even_units", both, prices=prices(CHARTER)) == 7  # 10,200 / 1,500 = 6.8
    two = together("prices", prices(CHARTER), prices(CHARTER, tenant="b"))
    assert reason(value("break_even_units", both, prices=two)) == "more than one product is marked as the main one"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (COURSE, "no product is marked as the main one"),
        ({**CHARTER, "is_main": False}, "no product is marked as the main one"),
        ({**CHARTER, "variable_cost_minor": None}, "the variable cost of the main product is not known"),
        ({**CHARTER, "price_minor": 50_000}, "the main product costs as much as it brings in, or more"),
        ({**CHARTER, "price_minor": 10}, "the main product costs as much as it brings in, or more"),
    ],
)
def test_no_units_without_a_unit_that_earns(row: dict[str, object], expected: str) -> None:
    assert reason(value("break_even_units", BOOKS, prices=prices(row))) == expected


def test_no_fixed_costs_where_none_is_marked() -> None:
    books = posted(cost(AUG, 500, FUEL), sale(OCT, 900))
    for id in ("fixed_costs", "break_even_revenue", "margin_of_safety"):
        assert reason(value(id, books)) == "no expense account with postings is marked as fixed"


def test_no_contribution_margin_where_nothing_is_marked_as_variable() -> None:
    books = posted(cost(AUG, 500), sale(OCT, 900))
    assert value("fixed_costs", books) == 167  # 5.00 / 3
    assert reason(value("contribution_margin", books)) == "no expense account with postings is marked as variable"
    assert reason(value("break_even_revenue", books)) == "no expense account with postings is marked as variable"


def test_expenses_that_are_neither_may_be_a_tenth_and_no_more() -> None:
    marked = (cost(AUG, 5_000, RENT), cost(OCT, 4_000, FUEL), sale(OCT, 90_000))
    assert value("contribution_margin", posted(*marked, cost(OCT, 1_000, ADS))) == Decimal("0.95555556")  # 86 / 90
    unclear = "more than a tenth of the expenses is neither fixed nor variable in the chart of accounts"
    assert reason(value("contribution_margin", posted(*marked, cost(OCT, 1_001, ADS)))) == unclear
    assert reason(value("fixed_costs", posted(*marked, cost(OCT, 1_001, ADS)))) == unclear


def test_no_contribution_margin_without_revenue() -> None:
    assert reason(value("contribution_margin", posted(cost(OCT, 500, FUEL)))) == "there is no revenue in the period"


def test_no_revenue_carries_a_business_that_loses_on_every_sale() -> None:
    books = posted(cost(AUG, 500, RENT), sale(OCT, 900), cost(OCT, 900, FUEL))
    assert value("contribution_margin", books) == 0
    assert "no revenue carries the fixed costs" in reason(value("break_even_revenue", books))


def test_young_books_have_no_monthly_costs() -> None:
    young = posted(cost(SEP, 500), cost(OCT, 500, FUEL))
    assert reason(value("fixed_costs", young)) == "the books reach back less than three months"
    assert reason(value("break_even_units", young, prices=prices(CHARTER))) == "the books reach back less than three months"


def test_what_is_marked_but_no_expense_is_no_cost() -> None:
    chart = [
        {"account": "1000", "name": "Bank", "type": "asset", "statement_line": "cash", "behaviour": "fixed"},
        {"account": "6000", "name": "Berth", "type": "expense", "statement_line": "operating_expenses", "behaviour": "fixed"},
    ]
    books = posted(entry(AUG, RENT, "1000", 300), chart=chart)
    assert value("fixed_costs", books) == 100
