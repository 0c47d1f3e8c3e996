"""Exhibits of plans, budgets and weeks of cash, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.forecast import WEEKS
from quarterdeck.model import Direction, Exhibit, Figure, KpiValue, Unit
from tests.asking import kpi, kpis
from tests.tables import (
    ADS,
    CASH,
    CHART,
    EQUITY,
    FUEL,
    OCT,
    RENT,
    Row,
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

MONTHS = tuple(date(2026, month, 10) for month in (8, 9, 10))
NO_BILLS, NO_PLANS, NO_PRICES = frame("invoices", ()), frame("planned_cash", ()), frame("prices", ())


def show(id: str, period: str = "2026-10", **tables: object) -> Exhibit | None:
    return EXHIBITS.get(id).make(**tables, at=at(period))


def trading(tenant: str = "a", rent: int = 9_000) -> pd.DataFrame:
    """Sold 10,000 with fuel for 4,000 in each of three months, after 100,000 were put in."""
    entries = [entry(date(2026, 7, 1), CASH, EQUITY, 100_000)]
    for day in MONTHS:
        entries += [sale(day, 10_000), cost(day, 4_000, FUEL), cost(day, rent, RENT, party="Yard")]
    return posted(*entries, tenant=tenant)


def budget(tenant: str = "a", **lines: int) -> pd.DataFrame:
    rows = [{"date": date(2026, 10, 1), "statement_line": line, "amount_minor": minor} for line, minor in lines.items()]
    return frame("budget", rows, tenant)


# --- the budget -------------------------------------------------------------------------------------------------------


def test_revenue_and_costs_are_positive_and_the_effect_is_that_on_profit() -> None:
    table = show(
        "budget_variance", postings=trading(), budget=budget(revenue=8_000, cost_of_sales=3_000, operating_expenses=9_000)
    )
    assert table is not None
    assert table.rows == (
        ("Net revenue", usd(10_000), usd(8_000), usd(2_000), Decimal("0.25"), "favourable"),
        ("Cost of sales", usd(4_000), usd(3_000), usd(-1_000), Decimal("-0.33333333"), "unfavourable"),
        ("Operating expenses", usd(9_000), usd(9_000), usd(0), Decimal(0), "none"),
        ("EBITDA", usd(-3_000), usd(-4_000), usd(1_000), Decimal("0.25"), "favourable"),
    )
    assert table.total_row


def test_the_bridge_leads_from_the_budget_to_what_came() -> None:
    table = show(
        "ebitda_budget_bridge", postings=trading(), budget=budget(revenue=8_000, cost_of_sales=3_000, operating_expenses=1)
    )
    assert table is not None
    assert table.rows == (
        ("Budget", usd(4_999)),
        ("Net revenue", usd(2_000)),
        ("Cost of sales", usd(-1_000)),
        ("Operating expenses", usd(-8_999)),
        ("Actual", usd(-3_000)),
    )
    assert show("ebitda_budget_bridge", postings=trading(), budget=budget(revenue=8_000)) is None


def test_expenses_by_function_are_a_part_of_revenue() -> None:
    chart: list[Row] = [{**row, "function": "yard"} if row["account"] == RENT else row for row in CHART]
    rows = posted(
        sale(OCT, 10_000), cost(OCT, 4_000, FUEL), cost(OCT, 3_000), cost(OCT, 500, ADS), cost(MONTHS[1], 700, ADS), chart=chart
    )
    table = show("opex_by_function", postings=rows)
    assert table is not None
    assert table.rows == (
        ("yard", usd(3_000), Decimal("0.3"), usd(0), usd(3_000)),
        ("no function named", usd(500), Decimal("0.05"), usd(700), usd(-200)),
        ("Total", usd(3_500), Decimal("0.35"), usd(700), usd(2_800)),
    )


# --- milestones -------------------------------------------------------------------------------------------------------


def milestone(id: str, target: int | str, due: date, title: str = "Burn is low") -> Row:
    return {"milestone": title, "title": title, "kpi": id, "target": Decimal(target), "due_on": due}


def burning(*thousands: int) -> dict[str, KpiValue]:
    series: tuple[Figure, ...] = tuple(usd(value * 1_000) for value in thousands)
    return kpis(kpi("net_burn", series[-1], good=Direction.DOWN, series=series))


def test_the_way_to_a_milestone_is_a_stretch_of_days() -> None:
    # the line falls by 1,000 a month exactly: from 5,000 it reaches 2,000 after three, on the last day of January
    table = show(
        "milestone_roadmap",
        milestones=frame("milestones", [milestone("net_burn", 2_000, date(2027, 1, 31))]),
        kpis=burning(10, 9, 8, 7, 6, 5),
    )
    assert table is not None
    day = date(2027, 1, 31)
    assert table.rows == (("Burn is low", day, Decimal("0.625"), "towards it", day, day, "in time"),)
    assert "80 %" in table.note


def test_what_can_be_said_of_a_milestone() -> None:
    due, later = date(2026, 12, 31), date(2027, 12, 31)
    rows = [
        milestone("net_burn", 2_000, due, "late"),
        milestone("net_burn", 5_500, due, "done"),
        milestone("net_burn", -900_000, later, "far"),
        milestone("net_revenue", 5, later, "unknown"),
        {"milestone": "z", "title": "no figure", "due_on": later},
    ]
    table = show("milestone_roadmap", milestones=frame("milestones", rows), kpis=burning(10, 9, 8, 7, 6, 5))
    assert dict(
        zip(cells(table, "milestone"), zip(cells(table, "trend"), cells(table, "judgement"), strict=True), strict=True)
    ) == {
        "late": ("towards it", "late"),
        "done": ("reached", None),
        "far": ("no trend", "not by this trend"),
        "unknown": ("too few values", None),
        "no figure": ("too few values", None),
    }
    assert cells(table, "progress")[:2] == [Decimal(1), Decimal("0.625")]  # in the order of days, then of names


def test_steps_are_periods_of_the_report() -> None:
    def last(period: str) -> object:
        rows = frame("milestones", [milestone("net_burn", 4_000, date(2030, 1, 1))])
        return cells(show("milestone_roadmap", period, milestones=rows, kpis=burning(10, 9, 8, 7, 6, 5)), "latest")[0]

    assert last("2026-Q4") == date(2027, 3, 31)
    assert last("2026-W44") == date(2026, 11, 8)
    assert last("2026") == date(2027, 12, 31)


# --- revenue, capital, scenarios --------------------------------------------------------------------------------------


def test_revenue_that_is_needed_in_money_and_in_units() -> None:
    year = [{"date": date(2026, m, 1), "statement_line": "revenue", "amount_minor": 9_500} for m in range(1, 13)]
    prices = frame("prices", [{"price_minor": 1_450, "variable_cost_minor": 520, "is_main": True}])
    even = kpis(kpi("break_even_revenue", usd(15_000), unit=Unit.MONEY))
    table = show("revenue_targets", postings=trading(), budget=frame("budget", year), prices=prices, kpis=even)
    assert table is not None
    assert table.rows == (
        ("break even", usd(15_000), usd(10_000), usd(5_000), 11, 4),  # 10.3 and 3.4 are rounded up
        ("reach the budget of the fiscal year", usd(42_000), usd(10_000), usd(32_000), 29, 23),  # (114,000 - 30,000) / 2
    )


def test_the_plan_of_cash_marks_its_lowest_month() -> None:
    goals = frame("milestones", [milestone("ebitda", 500, date(2026, 12, 31))])
    table = show("capital_plan", postings=trading(), milestones=goals, planned_cash=NO_PLANS)
    assert cells(table, "burn")[:4] == [usd(3_000), usd(3_000), usd(-500), usd(-500)]
    assert cells(table, "cash")[:3] == [usd(88_000), usd(85_000), usd(85_500)]
    assert cells(table, "mark")[:3] == [None, "lowest", None]


def test_scenarios_stand_beside_today() -> None:
    rows = [{"scenario": "low", "driver": "revenue", "change_ratio": Decimal("-0.5")}]
    prices = frame("prices", [{"price_minor": 1_450, "variable_cost_minor": 520, "is_main": True}])
    table = show("scenarios", scenarios=frame("scenarios", rows), postings=trading(), invoices=NO_BILLS, prices=prices)
    assert table is not None
    assert table.rows == (
        ("as it is today", usd(10_000), usd(-3_000), usd(3_000), Decimal("30.3"), usd(15_000), 10),
        ("low", usd(5_000), usd(-6_000), usd(6_000), Decimal("15.2"), usd(15_000), 10),
    )
    assumed = show("scenario_assumptions", scenarios=frame("scenarios", rows))
    assert assumed is not None
    assert assumed.rows == (("low", Decimal("-0.5"), None, None, None),)


def test_a_company_without_the_scenario_stays_as_it_is() -> None:
    rows = [{"scenario": "low", "driver": "revenue", "change_ratio": Decimal("-0.5")}]
    both = together("entries", trading("a"), trading("b"))
    table = show("scenarios", scenarios=frame("scenarios", rows, "a"), postings=both, invoices=NO_BILLS, prices=NO_PRICES)
    assert cells(table, "revenue") == [usd(20_000), usd(15_000)]
    assert cells(table, "ebitda") == [usd(-6_000), usd(-9_000)]
    assert cells(table, "units") == [None, None]


# --- weeks of cash ----------------------------------------------------------------------------------------------------


def test_weeks_of_cash_and_their_parts_say_the_same() -> None:
    weeks, parts, found = (
        show(id, postings=trading(), invoices=NO_BILLS, planned_cash=NO_PLANS)
        for id in ("cash_forecast", "cash_forecast_parts", "recurring_cash")
    )
    assert weeks is not None
    assert len(weeks.rows) == WEEKS
    assert cells(weeks, "opening")[0] == usd(91_000)
    assert cells(weeks, "mark").count("lowest") == 1
    closing = cells(weeks, "closing")[-1]
    # 30,000 sold and 12,000 for fuel go on over thirteen weeks, rent comes three times
    assert cells(parts, "net") == [usd(0), usd(-27_000), usd(0), usd(18_000), usd(-9_000)]
    assert closing == usd(91_000 - 9_000)
    assert found is not None
    assert found.rows == (("Yard", "monthly", usd(-9_000), 3, date(2026, 10, 10)),)


def test_a_young_company_has_no_forecast() -> None:
    rows = posted(entry(date(2026, 9, 1), CASH, EQUITY, 100))
    for id in ("cash_forecast", "cash_forecast_parts", "recurring_cash"):
        assert show(id, postings=rows, invoices=NO_BILLS, planned_cash=NO_PLANS) is None
