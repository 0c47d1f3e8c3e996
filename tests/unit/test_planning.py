"""Scenarios, plans and budgets, worked out by hand. Amounts are in cents; the day is 1 November 2026 unless named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.budgeting import YearGoal, against_budget, fiscal_year, year_goal
from quarterdeck.planning import Month, Plan, Step, changes_of, main_product, month_of, plan, units_of
from tests.tables import ADS, CASH, EQUITY, FUEL, OCT, RENT, Row, cost, entry, frame, posted, refund, sale, together

END = date(2026, 11, 1)
MONTHS = tuple(date(2026, month, 10) for month in (8, 9, 10))
NO_PLANS, NO_BILLS = frame("planned_cash", ()), frame("invoices", ())


def trading(*, sold: int = 10_000, fuel: int = 4_000, rent: int = 9_000, ads: int = 600, tenant: str = "a") -> pd.DataFrame:
    """Three months alike after 100,000 were put in."""
    entries = [entry(date(2026, 7, 1), CASH, EQUITY, 100_000)]
    for day in MONTHS:
        entries += [sale(day, sold), cost(day, fuel, FUEL), cost(day, rent, RENT), cost(day, ads, ADS)]
    return posted(*entries, tenant=tenant)


def a_month(revenue: int, variable: int, fixed: int, other: int, burn: int, *, cash: int, owed: int) -> Month:
    return Month(Fraction(revenue), Fraction(variable), Fraction(fixed), Fraction(other), Fraction(burn), cash, owed)


def changes(**by: str) -> Mapping[str, Decimal]:
    return {driver: Decimal(change) for driver, change in by.items()}


# --- scenarios --------------------------------------------------------------------------------------------------------


def test_a_month_is_a_mean_of_three() -> None:
    owed = frame("invoices", [{"side": "receivable", "issued_on": OCT, "due_on": OCT, "amount_minor": 800}])
    found = month_of(trading(), owed, END)
    assert found == a_month(10_000, 4_000, 9_000, 600, 3_600, cash=100_000 - 3 * 3_600, owed=800)
    assert found.ebitda == -3_600
    assert found.runway == Decimal("24.8")  # 89,200 / 3,600
    assert found.break_even == 15_000  # 9,000 / 0.6
    assert found.units(1_450, 520, {}) == 10  # 9,000 / 930 = 9.7


def test_a_scenario_moves_variable_costs_with_revenue() -> None:
    month = month_of(trading(), NO_BILLS, END)
    less = month.under(changes(revenue="-0.2"))
    assert less == a_month(8_000, 3_200, 9_000, 600, 4_800, cash=month.cash, owed=0)
    assert less.ebitda == -4_800
    assert less.break_even == month.break_even
    dearer = month.under(changes(variable_costs="0.25", fixed_costs="-0.1"))
    assert dearer == a_month(10_000, 5_000, 8_100, 600, 3_700, cash=month.cash, owed=0)
    assert dearer.break_even == 16_200
    assert dearer.units(1_450, 520, changes(variable_costs="0.25")) == 11  # 8,100 / 800 = 10.1


def test_longer_terms_take_cash_once() -> None:
    month = a_month(100, 0, 0, 0, 10, cash=1_000, owed=400)
    later = month.under(changes(collection_days="0.25"))
    assert later == a_month(100, 0, 0, 0, 10, cash=900, owed=500)
    assert later.runway == 90


def test_nothing_to_divide_by_is_no_figure() -> None:
    month = a_month(100, 100, 50, 0, -5, cash=10, owed=0)
    assert (month.runway, month.break_even, month.units(5, 5, {})) == (None, None, None)
    assert a_month(100, 10, 50, 0, 5, cash=-10, owed=0).runway == 0


def test_what_changes_nothing_is_today() -> None:
    month = month_of(trading(), NO_BILLS, END)
    assert month.under({}) == month
    assert month.under(changes(revenue="0", collection_days="0")) == month


def test_changes_are_read_by_scenario_and_company() -> None:
    def rows(*made: tuple[str, str, str]) -> list[Row]:
        return [{"scenario": s, "driver": d, "change_ratio": Decimal(c)} for s, d, c in made]

    one = frame("scenarios", rows(("low", "revenue", "-0.1"), ("low", "fixed_costs", "0.2"), ("high", "revenue", "0.3")), "a")
    two = frame("scenarios", rows(("low", "revenue", "-0.5")), "b")
    assert changes_of(together("scenarios", one, two)) == {
        "low": {"a": changes(revenue="-0.1", fixed_costs="0.2"), "b": changes(revenue="-0.5")},
        "high": {"a": changes(revenue="0.3")},
    }


def test_the_main_product_is_one_with_both_figures() -> None:
    main = {"price_minor": 1_450, "variable_cost_minor": 520, "is_main": True}
    assert main_product(frame("prices", [main, {"price_minor": 9}])) == (1_450, 520)
    assert main_product(frame("prices", [main, main])) is None
    assert main_product(frame("prices", [{**main, "variable_cost_minor": None}])) is None
    assert (units_of(8_700, 1_450), units_of(8_701, 1_450), units_of(0, 1_450)) == (6, 7, 0)


# --- capital ----------------------------------------------------------------------------------------------------------


def goals(*rows: tuple[str, int | None, date]) -> pd.DataFrame:
    listed = [
        {"milestone": f"m{n}", "kpi": kpi, "target": None if target is None else Decimal(target), "due_on": due}
        for n, (kpi, target, due) in enumerate(rows)
    ]
    return frame("milestones", listed)


def test_the_path_goes_down_by_steps_and_the_buffer_comes_on_top() -> None:
    milestones = goals(
        ("ebitda", 0, date(2027, 2, 28)), ("net_burn", 2_000, date(2026, 12, 31)),
        ("net_revenue", 1, date(2026, 11, 30)), ("net_burn", None, date(2026, 11, 30)), ("net_burn", 1, date(2026, 10, 31)),
    )  # fmt: skip
    planned = frame("planned_cash", [{"due_on": date(2026, 12, 24), "amount_minor": -50_000}])
    found = plan(trading(), milestones, planned, END)
    assert found.steps[:5] == (
        Step(date(2026, 11, 1), 3_600, 0, 85_600),
        Step(date(2026, 12, 1), 3_600, -50_000, 32_000),
        Step(date(2027, 1, 1), 2_000, 0, 30_000),
        Step(date(2027, 2, 1), 2_000, 0, 28_000),
        Step(date(2027, 3, 1), 0, 0, 28_000),
    )
    assert len(found.steps) == 12
    assert (found.lowest, found.buffer, found.needed, found.is_falling) == (28_000, 10_800, 0, False)


def test_capital_is_what_is_missing_to_the_buffer() -> None:
    assert Plan((Step(END, 100, 0, -500), Step(END, -50, 0, -450)), 300).needed == 800
    found = plan(trading(rent=30_000), goals(), NO_PLANS, END)  # burns 24,600 a month
    assert found.steps[-1].closing == 100_000 - 15 * 24_600
    assert found.needed == 3 * 24_600 - found.steps[-1].closing
    assert found.is_falling


def test_a_plan_reaches_half_a_year_beyond_its_last_milestone() -> None:
    assert len(plan(trading(), goals(("ebitda", 0, date(2027, 12, 31))), NO_PLANS, END).steps) == 13 + 6
    assert len(plan(trading(), goals(("ebitda", 0, date(2033, 12, 31))), NO_PLANS, END).steps) == 36


def test_who_earns_needs_nothing() -> None:
    found = plan(trading(sold=50_000), goals(), NO_PLANS, END)
    assert (found.needed, found.buffer) == (0, 0)


# --- budgets ----------------------------------------------------------------------------------------------------------


def budget(months: Iterable[date], tenant: str = "a", **lines: int) -> pd.DataFrame:
    rows = [{"date": m, "statement_line": line, "amount_minor": minor} for m in months for line, minor in lines.items()]
    return frame("budget", rows, tenant)


YEAR = [date(2026, month, 1) for month in range(1, 13)]
OCTOBER = [date(2026, 10, 1)]


def test_lines_stand_beside_their_budget_as_they_add_to_profit() -> None:
    rows = posted(sale(OCT, 10_000), refund(OCT, 500), cost(OCT, 4_000, FUEL), cost(OCT, 9_000))
    plan_ = budget(OCTOBER, revenue=12_000, refunds=100, cost_of_sales=4_200, operating_expenses=8_000)
    lines = against_budget(rows, plan_, date(2026, 10, 1), END)
    assert [(line.id, line.actual, line.planned, line.better) for line in lines] == [
        ("net_revenue", 9_500, 11_900, -2_400),
        ("cost_of_sales", -4_000, -4_200, 200),
        ("operating_expenses", -9_000, -8_000, -1_000),
    ]


def test_a_company_without_a_whole_budget_is_left_out() -> None:
    rows = together("entries", posted(sale(OCT, 10), cost(OCT, 4), tenant="a"), posted(sale(OCT, 100), tenant="b"))
    half = budget(OCTOBER, "a", revenue=9)
    assert against_budget(rows, half, date(2026, 10, 1), END) == ()
    both = together("budget", half, budget(OCTOBER, "b", revenue=90))
    assert [line.actual for line in against_budget(rows, both, date(2026, 10, 1), END)] == [100, 0, 0]


@pytest.mark.parametrize(
    ("last", "first_month", "start"),
    [
        (date(2026, 10, 31), 1, date(2026, 1, 1)),
        (date(2026, 10, 31), 10, date(2026, 10, 1)),
        (date(2026, 10, 31), 11, date(2025, 11, 1)),
        (date(2026, 1, 1), 7, date(2025, 7, 1)),
    ],
)
def test_the_fiscal_year_of_a_day(last: date, first_month: int, start: date) -> None:
    assert fiscal_year(last, first_month) == (start, start.replace(year=start.year + 1))


def test_what_the_rest_of_the_year_must_bring() -> None:
    rows = posted(sale(date(2025, 12, 31), 9_999), sale(date(2026, 2, 1), 70_000), refund(OCT, 1_000))
    found = year_goal(rows, budget(YEAR, revenue=10_000, refunds=50), END, 1)
    assert found == YearGoal(12 * 9_950, 69_000, Decimal(2))
    assert found.needed == (119_400 - 69_000) // 2
    assert year_goal(rows, budget(YEAR[1:], revenue=10_000), END, 1) is None  # not all of the year
    assert year_goal(rows, budget(YEAR, revenue=10_000), date(2027, 1, 1), 1) is None  # nothing is left
    within = year_goal(rows, budget(YEAR, revenue=10_000), date(2026, 10, 19), 1)
    assert within is not None
    assert within.months == 2 + Decimal("0.43")  # 13 days of 30.4375


@settings(max_examples=25, deadline=None)
@given(
    sold=st.integers(0, 10**9), fuel=st.integers(0, 10**9), rent=st.integers(0, 10**9),
    planned=st.tuples(*(st.integers(0, 10**9) for _ in range(3))),
)  # fmt: skip
def test_a_bridge_leads_from_the_budget_to_what_came(sold: int, fuel: int, rent: int, planned: tuple[int, int, int]) -> None:
    rows = posted(sale(OCT, sold), cost(OCT, fuel, FUEL), cost(OCT, rent))
    revenue, direct, operating = planned
    made = budget(OCTOBER, revenue=revenue, cost_of_sales=direct, operating_expenses=operating)
    lines = against_budget(rows, made, date(2026, 10, 1), END)
    assert sum(line.planned for line in lines) + sum(line.better for line in lines) == sold - fuel - rent
    assert sum(line.planned for line in lines) == revenue - direct - operating


@settings(max_examples=25, deadline=None)
@given(one=st.integers(1, 10**6), two=st.integers(1, 10**6), change=st.decimals(-1, 1, places=4))
def test_companies_add_up_under_a_scenario(one: int, two: int, change: Decimal) -> None:
    months = [month_of(trading(sold=sold), NO_BILLS, END) for sold in (one, two)]
    by = {"revenue": change, "fixed_costs": -change}
    assert months[0].plus(months[1]).under(by).ebitda == sum((month.under(by).ebitda for month in months), Fraction(0))
