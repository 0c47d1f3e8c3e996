from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from quarterdeck.model import Severity
from quarterdeck.money import Money
from tests.asking import Case, Given, ask, check, kpi, kpis, ledger
from tests.tables import Row, at, cost, frame, refund, sale

OCT = date(2026, 10, 1)


def usd(units: int) -> Money:
    """Whole dollars: the thresholds of these rules are stated in them."""
    return Money(units * 100, "USD")


def plan(units: int, line: str = "revenue", month: date = OCT) -> Row:
    return {"date": month, "statement_line": line, "amount_minor": units * 100}


def below_budget(revenue: int, *rows: Row, attainment: str) -> Given:
    figures = kpis(net_revenue=usd(revenue), budget_attainment=Decimal(attainment))
    return {"kpis": figures, "budget": frame("budget", rows)}


def losses(*units: int | None) -> Given:
    series = tuple(None if value is None else usd(value) for value in units)
    return {"kpis": kpis(kpi("ebitda", series[-1], series=series))}


def sales(**parties: int) -> Given:
    day = date(2025, 11, 1)
    return ledger(*(sale(day, minor, name) for name, minor in parties.items()))


def even(needed: int, revenue: int) -> Given:
    return {"kpis": kpis(break_even_revenue=usd(needed), net_revenue=usd(revenue))}


CASES = {
    "runway_short": Case(
        seeded=lambda: {"kpis": kpis(runway=Decimal("5.9"), cash=usd(47_200))},
        clean=lambda: {"kpis": kpis(runway=Decimal("6.0"), cash=usd(48_000))},
        subject="runway",
        title="Cash lasts 5.9 months at the present burn",
        why="$47,200 is left; with less than 6 months of runway there is little time to raise money or to cut costs.",
    ),
    "burn_unmonitored": Case(
        seeded=lambda: {"targets": frame("targets", [{"kpi": "cash", "owner": "Ana"}, {"kpi": "net_burn"}])},
        clean=lambda: {"targets": frame("targets", [{"kpi": "cash"}, {"kpi": "net_burn", "owner": "Ana"}])},
        subject="burn",
        title="Nobody watches the burn",
        why="1 target is set for it, 0 with an owner.",
    ),
    "budget_missing": Case(
        seeded=lambda: ledger(cost(OCT, 5_000)),
        clean=lambda: ledger(cost(OCT, 5_000)) | {"budget": frame("budget", [plan(50)])},
        subject="budget",
        title="There are books, but no budget to hold them against",
        why="The period has 2 postings, and 0 budget rows for its months.",
    ),
    "revenue_below_budget": Case(
        seeded=lambda: below_budget(8_900, plan(11_000), plan(1_000, "refunds"), attainment="0.89"),
        clean=lambda: below_budget(9_000, plan(11_000), plan(1_000, "refunds"), attainment="0.9"),
        subject="revenue",
        title="Revenue is 89.0% of budget, $1,100 short",
        why="$8,900 came in where $10,000 was planned; under 90.0% the plan no longer tells what to expect.",
    ),
    "loss_three_periods": Case(
        seeded=lambda: losses(500, -100, -200, -300),
        clean=lambda: losses(-500, -100, 0, -300),
        subject="ebitda",
        title="The last 3 periods each ended with a loss, $600 together",
        why="EBITDA was below zero in each of them, −$300 in this one.",
    ),
    "customer_concentration_high": Case(
        seeded=lambda: {"kpis": kpis(customer_concentration=Decimal("0.31"))} | sales(Ana=31_000, Bo=69_000 // 3),
        clean=lambda: {"kpis": kpis(customer_concentration=Decimal("0.30"))} | sales(Ana=30_000, Bo=70_000 // 3),
        subject="Ana",
        title="Ana brings 31.0% of a year's revenue",
        why="$310 came from one customer. Above 30.0% the business depends on one customer.",
    ),
    "below_break_even": Case(
        seeded=lambda: even(needed=12_000, revenue=10_500),
        clean=lambda: even(needed=12_000, revenue=12_000),
        subject="break-even",
        title="Revenue is $1,500 a month below break-even",
        why="$10,500 a month came in, and it takes $12,000 to cover the costs.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


@pytest.mark.parametrize(("months", "severity"), [("2.9", Severity.CRITICAL), ("3.0", None)])
def test_a_runway_under_three_months_is_critical(months: str, severity: Severity | None) -> None:
    (found,) = ask("runway_short", kpis=kpis(runway=Decimal(months), cash=usd(9_000)))
    assert found.hit.severity == severity


def test_the_remedy_for_a_short_runway_names_the_burn_that_would_do() -> None:
    (found,) = ask("runway_short", kpis=kpis(runway=Decimal("4.5"), cash=usd(27_000)))
    assert found.remedy == "Bring net burn down to $4,500 a month, or bring in cash"  # 27,000 / 6
    assert found.hit.money_at_stake == usd(27_000)


def test_an_overdrawn_business_may_burn_nothing() -> None:
    (found,) = ask("runway_short", kpis=kpis(runway=Decimal(0), cash=usd(-500)))
    assert (found.hit.facts["allowed"], found.hit.money_at_stake) == (usd(0), None)


@pytest.mark.parametrize("id", ["runway_short", "loss_three_periods", "below_break_even"])
def test_a_figure_that_cannot_be_worked_out_is_no_finding(id: str) -> None:
    unknown = kpis(runway=None, cash=usd(10), ebitda=None, break_even_revenue=None, net_revenue=usd(0))
    assert ask(id, kpis=unknown) == []
    assert ask(id, kpis={}) == []


def test_no_targets_at_all_leave_the_burn_unwatched() -> None:
    (found,) = ask("burn_unmonitored")
    assert found.why == "0 targets are set for it, 0 with an owner."


def test_an_owner_of_blanks_is_nobody() -> None:
    assert len(ask("burn_unmonitored", targets=frame("targets", [{"kpi": "gross_burn", "owner": "  "}]))) == 1


def test_nine_tenths_of_the_budget_are_enough_however_large_the_gap() -> None:
    assert ask("revenue_below_budget", **below_budget(90_000, plan(100_000), attainment="0.9")) == []


def test_an_attainment_that_cannot_be_worked_out_is_no_finding() -> None:
    assert ask("revenue_below_budget", kpis=kpis(budget_attainment=None, net_revenue=usd(5)), budget=frame("budget", [])) == []


def test_a_small_gap_to_a_small_budget_is_no_finding() -> None:
    # Half of the budget is missing, but that is 1,000 and no more.
    assert ask("revenue_below_budget", **below_budget(1_000, plan(2_000), attainment="0.5")) == []
    assert len(ask("revenue_below_budget", **below_budget(999, plan(2_000), attainment="0.4995"))) == 1


def test_the_floor_of_a_gap_is_in_whole_units_of_the_currency() -> None:
    yen = at("2026-10", "JPY")
    figures = kpis(net_revenue=Money(500, "JPY"), budget_attainment=Decimal("0.25"))
    rows = frame("budget", [{"date": OCT, "statement_line": "revenue", "amount_minor": 2_000, "currency": "JPY"}])
    (found,) = ask("revenue_below_budget", yen, kpis=figures, budget=rows)
    assert found.hit.money_at_stake == Money(1_500, "JPY")


def test_a_budget_of_other_months_is_none_for_this_one() -> None:
    books = ledger(cost(OCT, 5_000))
    others = frame("budget", [plan(50, month=date(2026, 9, 1)), plan(50, month=date(2026, 11, 1))])
    assert len(ask("budget_missing", budget=others, **books)) == 1


def test_a_week_is_held_against_the_budget_of_its_month() -> None:
    week = at("2026-W42", "USD")  # 12 to 18 October
    books = ledger(cost(date(2026, 10, 13), 5_000))
    assert ask("budget_missing", week, budget=frame("budget", [plan(50)]), **books) == []


def test_no_books_ask_for_no_budget() -> None:
    assert ask("budget_missing", **ledger()) == []


@pytest.mark.parametrize("series", [(-100, -200), (-100, None, -200, -300), (-100, -200, -300, 5)])
def test_losses_count_only_when_three_known_ones_end_the_series(series: tuple[int | None, ...]) -> None:
    assert ask("loss_three_periods", **losses(*series)) == []


def test_losses_are_shown_by_period() -> None:
    (found,) = ask("loss_three_periods", **losses(-1, -2, -3))
    assert [row["period"] for row in found.hit.evidence] == ["2026-08", "2026-09", "2026-10"]
    assert found.hit.money_at_stake == usd(6)


def test_revenue_of_a_quarter_is_compared_by_the_month() -> None:
    quarter = at("2026-Q4", "USD")
    assert ask("below_break_even", quarter, **even(needed=10_000, revenue=30_000)) == []
    (found,) = ask("below_break_even", quarter, **even(needed=10_000, revenue=27_000))
    assert found.hit.money_at_stake == usd(1_000)


def test_the_largest_customer_is_the_one_after_refunds() -> None:
    day = date(2026, 3, 3)
    books = ledger(sale(day, 90_000, "Ana"), refund(day, 80_000, "Ana"), sale(day, 20_000, "Bo"))
    (found,) = ask("customer_concentration_high", kpis=kpis(customer_concentration=Decimal("0.66666667")), **books)
    assert (found.subject, found.hit.money_at_stake) == ("Bo", usd(200))
    assert [row["revenue"] for row in found.hit.evidence] == [usd(200), usd(100)]


def test_a_customer_is_measured_over_twelve_months() -> None:
    books = ledger(sale(date(2025, 10, 31), 90_000, "Ana"), sale(date(2025, 11, 1), 20_000, "Bo"))
    (found,) = ask("customer_concentration_high", kpis=kpis(customer_concentration=Decimal(1)), **books)
    assert (found.subject, len(found.hit.evidence)) == ("Bo", 1)
