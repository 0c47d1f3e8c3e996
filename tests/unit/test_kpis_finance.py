"""Revenue, profit, cash and burn, against figures worked out by hand in the comments. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.tables import (
    ADS,
    CASH,
    DEPRECIATION,
    EQUIPMENT,
    EQUITY,
    FUEL,
    LOAN,
    OCT,
    RENT,
    SALES,
    at,
    cost,
    entry,
    frame,
    posted,
    refund,
    sale,
    together,
)

AUG, SEP, NOV = date(2026, 8, 10), date(2026, 9, 10), date(2026, 11, 3)


def value(id: str, postings: pd.DataFrame, period: str = "2026-10", **others: pd.DataFrame) -> Value:
    return KPIS.get(id).compute(postings=postings, at=at(period), **others)


def reason(found: Value) -> str:
    assert isinstance(found, Unavailable)
    return found.reason


# October: 5,000.00 + 2,000.00 charged, 500.00 given back, 1,300.00 fuel, 2,000.00 berth, 700.00 advertising, 300.00
# depreciation. September: 4,000.00 charged.
BOOKS = posted(
    sale(SEP, 400_000, "Ann"),
    sale(OCT, 500_000, "Ann"),
    sale(OCT, 200_000, "Bea"),
    refund(OCT, 50_000, "Bea"),
    cost(OCT, 130_000, FUEL),
    cost(OCT, 200_000, RENT),
    cost(OCT, 70_000, ADS),
    entry(OCT, DEPRECIATION, EQUIPMENT, 30_000),
    sale(NOV, 900_000, "Cid"),
)
OTHER = posted(sale(SEP, 100_000, "Ann"), sale(OCT, 300_000, "Ann"), cost(OCT, 120_000, RENT), tenant="b")
BOTH = together("entries", BOOKS, OTHER)
EMPTY = posted()


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        ("net_revenue", 650_000),  # 5,000 + 2,000 - 500
        ("ebitda", 250_000),  # 6,500 - 1,300 - 2,000 - 700
        ("revenue_growth", Decimal("0.62500000")),  # 6,500 / 4,000 - 1
        ("gross_margin", Decimal("0.80000000")),  # (6,500 - 1,300) / 6,500
        ("ebitda_margin", Decimal("0.38461538")),  # 2,500 / 6,500
        ("opex_ratio", Decimal("0.41538462")),  # 2,700 / 6,500
        ("cash", 650_000),  # 4,000 + 7,000 - 500 - 1,300 - 2,000 - 700; November's sale is not yet there
    ],
)
def test_october_of_one_company(id: str, expected: Value) -> None:
    assert value(id, BOOKS) == expected


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        ("net_revenue", 950_000),  # 6,500 + 3,000
        ("ebitda", 430_000),  # 2,500 + (3,000 - 1,200)
        ("cash", 930_000),  # 6,500 + (1,000 + 3,000 - 1,200)
        ("gross_margin", Decimal("0.86315789")),  # (9,500 - 1,300) / 9,500, not the mean of 0.8 and 1
        ("revenue_growth", Decimal("0.90000000")),  # 9,500 / 5,000 - 1
    ],
)
def test_october_of_two_companies_that_use_the_same_account_numbers(id: str, expected: Value) -> None:
    assert value(id, BOTH) == expected


def test_one_number_means_what_each_companys_own_chart_says() -> None:
    # Company b calls 4000 its bank: its postings there are no revenue.
    chart = [{"account": SALES, "name": "Bank", "type": "asset", "statement_line": "cash"}]
    strange = posted(entry(OCT, SALES, CASH, 77_000), tenant="b", chart=chart)
    assert value("net_revenue", together("entries", BOOKS, strange)) == 650_000


@pytest.mark.parametrize("id", ["net_revenue", "revenue_growth", "gross_margin", "ebitda", "ebitda_margin", "opex_ratio"])
def test_books_that_begin_later_have_no_figure_instead_of_a_zero(id: str) -> None:
    assert reason(value(id, EMPTY)) == "the books hold no posting before the end of the period"
    assert reason(value(id, posted(sale(NOV, 100)))) == "the books hold no posting before the end of the period"


def test_a_period_without_postings_inside_the_books_is_a_true_zero() -> None:
    assert value("net_revenue", BOOKS, "2026-W42") == 650_000  # 12 to 18 October holds all of it
    assert value("net_revenue", BOOKS, "2026-W43") == 0


@pytest.mark.parametrize("id", ["gross_margin", "ebitda_margin", "opex_ratio"])
def test_no_margin_without_revenue(id: str) -> None:
    only_costs = posted(cost(OCT, 500))
    assert reason(value(id, only_costs)) == "there is no revenue in the period"
    more_refunded = posted(sale(OCT, 500), refund(OCT, 700))
    assert reason(value(id, more_refunded)) == "there is no revenue in the period"


def test_no_growth_without_revenue_before() -> None:
    assert (
        reason(value("revenue_growth", posted(sale(OCT, 500)))) == "there is no revenue in the previous period to compare with"
    )


def test_growth_of_a_quarter_is_against_the_quarter_before() -> None:
    sold = posted(sale(date(2026, 6, 30), 200), sale(date(2026, 7, 1), 100), sale(date(2026, 9, 30), 50), sale(OCT, 999))
    assert value("revenue_growth", sold, "2026-Q3") == Decimal("-0.25000000")  # 150 / 200 - 1


def test_no_cash_without_a_cash_account() -> None:
    assert reason(value("cash", posted(entry(OCT, RENT, EQUITY, 500)))) == "no posting is on a cash account"
    assert reason(value("cash", EMPTY)) == "no posting is on a cash account"


def budget(*rows: tuple[date, str, int], tenant: str = "a") -> pd.DataFrame:
    listed = [{"date": day, "statement_line": line, "amount_minor": minor} for day, line, minor in rows]
    return frame("budget", listed, tenant)


OCT_1, NOV_1 = date(2026, 10, 1), date(2026, 11, 1)


def test_budget_attainment_of_a_month() -> None:
    planned = budget((OCT_1, "revenue", 1_000_000), (OCT_1, "operating_expenses", 5), (NOV_1, "revenue", 1))
    assert value("budget_attainment", BOOKS, budget=planned) == Decimal("0.65000000")  # 6,500 / 10,000


def test_budgeted_refunds_come_off_budgeted_revenue() -> None:
    planned = budget((OCT_1, "revenue", 1_000_000), (OCT_1, "refunds", 200_000))
    assert value("budget_attainment", BOOKS, budget=planned) == Decimal("0.81250000")  # 6,500 / 8,000


def test_budget_attainment_of_a_week_counts_the_days_of_the_month() -> None:
    # 12 to 18 October are 7 of 31 days: 3,100.00 x 7 / 31 = 700.00; sold that week: 6,500.00.
    planned = budget((OCT_1, "revenue", 310_000))
    assert value("budget_attainment", BOOKS, "2026-W42", budget=planned) == Decimal("9.28571429")


def test_only_companies_with_a_budget_are_held_against_it() -> None:
    # Company b has none: its 3,000.00 would make company a look better than it is.
    planned = budget((OCT_1, "revenue", 1_000_000))
    assert value("budget_attainment", BOTH, budget=planned) == Decimal("0.65000000")
    planned_b = budget((OCT_1, "revenue", 600_000), tenant="b")
    both = together("budget", planned, planned_b)
    assert value("budget_attainment", BOTH, budget=both) == Decimal("0.59375000")  # 9,500 / 16,000


def test_no_attainment_of_a_budget_that_is_silent_or_zero() -> None:
    silent = "no budget covers the revenue of the whole period"
    assert reason(value("budget_attainment", BOOKS, budget=budget((OCT_1, "operating_expenses", 5)))) == silent
    assert reason(value("budget_attainment", BOOKS, "2026-Q4", budget=budget((OCT_1, "revenue", 5)))) == silent
    nothing = budget((OCT_1, "revenue", 0))
    assert reason(value("budget_attainment", BOOKS, budget=nothing)) == "the budgeted revenue of the period is not above zero"


# Three months to the end of October. In: 50,000 from the owners, sales of 2,000 + 3,000 + 4,000, a loan of 1,000.
# Out: 5,000 + 5,000 + 7,000. Cash: 50,000 + 9,000 - 17,000 + 1,000 = 43,000. Burn: 0 - 43,000 + 51,000 = 8,000.
STORY = (
    entry(date(2026, 8, 1), CASH, EQUITY, 5_000_000),
    sale(AUG, 200_000),
    cost(AUG, 500_000),
    sale(SEP, 300_000),
    cost(SEP, 500_000),
    sale(OCT, 400_000),
    cost(OCT, 700_000),
    entry(OCT, CASH, LOAN, 100_000),
)


def test_burn_and_runway_of_three_months() -> None:
    july = entry(date(2026, 7, 31), RENT, LOAN, 123_456)  # not in the three months, and no cash
    story = posted(*STORY, july, entry(OCT, DEPRECIATION, EQUIPMENT, 900_000), cost(NOV, 9_999))
    assert value("net_burn", story) == 266_667  # 8,000.00 / 3
    assert value("gross_burn", story) == 566_667  # 17,000.00 / 3
    assert value("runway", story) == Decimal("16.1")  # 43,000 / 2,666.67 = 16.125


def test_burn_and_runway_of_a_year_are_those_of_its_last_three_months() -> None:
    november = (entry(date(2026, 11, 2), CASH, EQUITY, 1), sale(date(2026, 12, 2), 300_000), cost(date(2026, 12, 2), 600_000))
    # October to December: out 7,000 + 6,000, in 4,000 + 3,000: 6,000 in three months.
    assert value("net_burn", posted(*STORY, *november), "2026") == 200_000


def test_burn_of_two_companies_adds_up() -> None:
    other = posted(entry(date(2026, 8, 1), CASH, EQUITY, 90_000), cost(AUG, 30_000), cost(OCT, 30_000), tenant="b")
    both = together("entries", posted(*STORY), other)
    assert value("net_burn", both) == 286_667  # (8,000 + 600) / 3
    assert value("gross_burn", both) == 586_667  # (17,000 + 600) / 3
    assert value("runway", both) == Decimal("15.1")  # (43,000 + 300) / (8,600 / 3) = 15.10


def test_burn_is_rounded_to_the_nearest_cent() -> None:
    # 5 cents in 3 months are 1.67 a month, 4 cents are 1.33.
    assert value("net_burn", posted(cost(AUG, 3), cost(OCT, 2))) == 2
    assert value("net_burn", posted(cost(AUG, 3), cost(OCT, 1))) == 1


def test_money_that_owners_bring_as_a_boat_is_no_cash() -> None:
    # The opening entry brings 100,000 of boats and 10,000 of cash: only the cash finances anything.
    opening = [
        {"entry": "opening", "leg": 0, "date": date(2026, 8, 1), "account": EQUIPMENT, "amount_minor": 10_000_000},
        {"entry": "opening", "leg": 1, "date": date(2026, 8, 1), "account": CASH, "amount_minor": 1_000_000},
        {"entry": "opening", "leg": 2, "date": date(2026, 8, 1), "account": EQUITY, "amount_minor": -11_000_000},
    ]
    assert value("net_burn", posted(opening, cost(OCT, 300_000))) == 100_000


def test_a_result_carried_to_equity_is_no_financing() -> None:
    closing = entry(date(2026, 9, 30), EQUITY, SALES, 800_000)
    assert value("net_burn", posted(*STORY, closing)) == 266_667


def test_a_loan_paid_back_with_interest_burns_the_interest() -> None:
    payment = [
        {"entry": "loan", "leg": 0, "date": OCT, "account": LOAN, "amount_minor": 90_000},
        {"entry": "loan", "leg": 1, "date": OCT, "account": RENT, "amount_minor": 30_000},
        {"entry": "loan", "leg": 2, "date": OCT, "account": CASH, "amount_minor": -120_000},
    ]
    assert value("net_burn", posted(cost(AUG, 0), payment)) == 10_000  # 300.00 / 3


def test_a_business_that_gains_cash_funds_itself() -> None:
    growing = posted(sale(AUG, 900), cost(OCT, 300))
    assert value("net_burn", growing) == -200
    assert reason(value("runway", growing)) == "self-funding: cash grew over the last three months"
    level = posted(sale(AUG, 900), cost(OCT, 900))
    assert reason(value("runway", level)) == "self-funding: cash grew over the last three months"


def test_an_overdrawn_account_has_no_runway_left() -> None:
    assert value("runway", posted(cost(AUG, 500), cost(OCT, 500))) == Decimal("0.0")


@pytest.mark.parametrize("id", ["net_burn", "gross_burn", "runway"])
def test_no_burn_from_books_that_are_too_young(id: str) -> None:
    assert reason(value(id, EMPTY)) == "the books hold no posting before the end of the period"
    young = posted(cost(SEP, 500), cost(OCT, 500))
    assert reason(value(id, young)) == "the books reach back less than three months"


@pytest.mark.parametrize("id", ["net_burn", "runway"])
def test_no_burn_of_cash_without_a_cash_account(id: str) -> None:
    assert reason(value(id, posted(entry(AUG, RENT, EQUITY, 500)))) == "no posting is on a cash account"


def test_concentration_is_the_largest_customers_part_of_twelve_months() -> None:
    # From 1 November 2025: Ann 4,000 + 5,000 = 9,000, Bea 2,000 - 500 = 1,500, nobody 1,500: 9,000 / 12,000.
    books = posted(
        sale(date(2025, 10, 31), 9_999_999, "Zoe"),
        sale(date(2025, 11, 1), 400_000, "Ann"),
        sale(OCT, 500_000, "Ann"),
        sale(OCT, 200_000, "Bea"),
        refund(OCT, 50_000, "Bea"),
        sale(OCT, 150_000),
    )
    assert value("customer_concentration", books) == Decimal("0.75000000")


def test_customers_of_two_companies_are_two_customers() -> None:
    # Ann buys for 9,000 from a and for 4,000 from b: (9,000) / (10,500 + 4,000).
    assert value("customer_concentration", BOTH) == Decimal("0.62068966")


def test_no_concentration_without_revenue_or_names() -> None:
    assert reason(value("customer_concentration", posted(cost(OCT, 5)))) == "there is no revenue in the last twelve months"
    half = posted(sale(OCT, 100), sale(OCT, 100, "Ann"))
    assert value("customer_concentration", half) == Decimal("0.50000000")
    unnamed = posted(sale(OCT, 100), sale(OCT, 99, "Ann"))
    assert reason(value("customer_concentration", unnamed)) == "more than half of the revenue names no customer"


def test_sums_beyond_what_a_column_can_hold_stay_exact() -> None:
    large = 9_000_000_000_000_000_000
    assert value("net_revenue", posted(sale(OCT, large), sale(OCT, large))) == 2 * large
