"""KPI values: the figure, what it is compared with, its target, state and grade; and never a zero for what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck import books
from quarterdeck.frames import Coverage, Tables, between
from quarterdeck.kpis import KPIS, Kpi, Value
from quarterdeck.measure import values
from quarterdeck.measure.inputs import Inputs
from quarterdeck.measure.values import TREND, History, Target, figure, grade_of, measure, state_of
from quarterdeck.model import At, Direction, Figure, Grade, KpiValue, State, Unavailable, Unit
from quarterdeck.money import Money
from tests.engine import Own, a_kpi, covers, tables
from tests.tables import CHART, OCT, OCTOBER, at, entries, frame, sale, usd


def sales(postings: pd.DataFrame, at: At) -> Value:
    return books.revenue(postings, at.start, at.end)


def deals(entries: pd.DataFrame, at: At) -> Value:
    return len(between(entries, at.start, at.end)) // 2


def boats(assets: pd.DataFrame, at: At) -> Value:
    return len(assets)


SALES = a_kpi("sales", sales, unit=Unit.MONEY)
DEALS = a_kpi("deals", deals)
BOATS = a_kpi("boats", boats)


def ledger(days: Mapping[date, int], targets: list[dict[str, Any]] | None = None, **coverage: Coverage) -> Tables:
    """Books with one sale a day given, and targets."""
    frames = {"entries": entries(*(sale(day, minor) for day, minor in days.items())), "accounts": frame("accounts", CHART)}
    if targets is not None:
        frames["targets"] = frame("targets", targets)
    return tables(frames, missing={}, **coverage)


def months(first: int, amounts: list[int]) -> dict[date, int]:
    """A sale on the tenth of every month from `first` of 2025 on."""
    return {date(2025 + (first + i - 1) // 12, (first + i - 1) % 12 + 1, 10): minor for i, minor in enumerate(amounts)}


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Own[Kpi]:
    kpis: Own[Kpi] = Own("kpis", SALES, DEALS, BOATS)
    monkeypatch.setattr(values, "KPIS", kpis)
    return kpis


def worked_out(given: Tables, asked: At = OCTOBER, history: History | None = None) -> dict[str, KpiValue]:
    return {value.id: value for value in measure(Inputs(given), asked, history or {}).values}


# --- one figure -------------------------------------------------------------------------------------------------------


def test_an_amount_has_the_tenants_currency() -> None:
    inputs = Inputs(ledger({OCT: 5000}))
    assert figure(SALES, inputs, OCTOBER) == usd(5000)
    assert figure(SALES, inputs, at("2026-10", "JPY")) == Money(5000, "JPY")
    assert figure(DEALS, inputs, OCTOBER) == 1


def test_a_figure_that_cannot_be_worked_out_says_why() -> None:
    assert figure(SALES, Inputs(tables({})), OCTOBER) == Unavailable("not collected: no source provides entries")
    assert figure(SALES, Inputs(tables({}, missing={"entries": "unreadable"})), OCTOBER) == Unavailable("unreadable")
    ended = Inputs(ledger({OCT: 5000}, entries=covers("2026-01-01", "2026-10-01")))
    assert figure(SALES, ended, OCTOBER) == Unavailable("entries end on 2026-09-30")
    silent = a_kpi("silent", lambda postings, at: Unavailable("nothing to divide by"))
    assert figure(silent, Inputs(ledger({OCT: 5000})), OCTOBER) == Unavailable("nothing to divide by")


# --- what it is compared with -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("known")
def test_the_past_is_worked_out_from_dated_rows() -> None:
    # October 2025 to October 2026: 1000, 1100, ... 2200
    value = worked_out(ledger(months(10, list(range(1000, 2300, 100)))))["sales"]
    assert (value.value, value.previous, value.last_year) == (usd(2200), usd(2100), usd(1000))
    assert value.series == tuple(usd(minor) for minor in range(1100, 2300, 100))
    assert (value.tables, value.state, value.grade, value.unavailable_reason) == (
        ("entries", "accounts"), State.NO_TARGET, Grade.A, "",
    )  # fmt: skip


@pytest.mark.usefixtures("known")
def test_a_day_inside_without_rows_is_a_true_zero() -> None:
    value = worked_out(ledger({OCT: 5000}, entries=covers("2025-01-01", "2026-11-01")))["sales"]
    assert (value.previous, value.last_year) == (usd(0), usd(0))
    assert value.series == (*[usd(0)] * 11, usd(5000))


@pytest.mark.usefixtures("known")
def test_before_the_first_day_there_is_no_figure_and_no_zero() -> None:
    value = worked_out(ledger({OCT: 5000, date(2026, 8, 10): 1}, entries=covers("2026-08-01", "2026-11-01")))["sales"]
    assert (value.value, value.previous, value.last_year) == (usd(5000), usd(0), None)
    assert value.series == (*[None] * 9, usd(1), usd(0), usd(5000))


@pytest.mark.usefixtures("known")
def test_after_the_last_day_there_is_no_figure_and_the_past_stays() -> None:
    value = worked_out(ledger(months(9, [100, 200]), entries=covers("2025-09-01", "2025-11-01")), at("2025-11"))["sales"]
    assert (value.value, value.state, value.grade) == (None, State.UNAVAILABLE, Grade.D)
    assert value.unavailable_reason == "entries end on 2025-10-31"
    assert (value.previous, value.series[-3:]) == (usd(200), (usd(100), usd(200), None))


@pytest.mark.usefixtures("known")
def test_weeks_and_fiscal_quarters_are_compared_with_their_own_kind() -> None:
    # Week 53 of 2026 begins on 28 December; 2025 has none, so its week 52 (from 22 December) stands in.
    weeks = ledger({date(2026, 12, 30): 3, date(2026, 12, 22): 2, date(2025, 12, 24): 1})
    value = worked_out(weeks, at("2026-W53"))["sales"]
    assert (value.value, value.previous, value.last_year) == (usd(3), usd(2), usd(1))
    # The fiscal year begins in April: the fourth quarter of FY2026 is January to March 2026.
    quarters = ledger({date(2026, 2, 1): 3, date(2025, 12, 31): 2, date(2025, 3, 31): 1})
    value = worked_out(quarters, at("FY2026-Q4", fiscal_start=4))["sales"]
    assert (value.value, value.previous, value.last_year) == (usd(3), usd(2), usd(1))


@pytest.mark.usefixtures("known")
def test_a_state_takes_its_past_from_history_alone() -> None:
    fleet = tables({"assets": frame("assets", [{}, {}, {}])})
    history: History = {"2026-09": {"boats": 2, "sales": usd(9)}, "2025-10": {"boats": 1}, "2026-07": {"boats": None}}
    value = worked_out(fleet, OCTOBER, history)["boats"]
    assert (value.value, value.previous, value.last_year) == (3, 2, 1)
    assert value.series == (*[None] * 10, 2, 3)
    alone = worked_out(fleet)["boats"]
    assert (alone.previous, alone.last_year, alone.series) == (None, None, (*[None] * 11, 3))


@pytest.mark.usefixtures("known")
def test_history_is_not_asked_where_rows_speak() -> None:
    value = worked_out(ledger({OCT: 5000}), OCTOBER, {"2026-09": {"sales": usd(123)}})["sales"]
    assert value.previous == usd(0)


def test_a_past_in_another_currency_is_none() -> None:
    worth = a_kpi("worth", lambda assets, at: 500, unit=Unit.MONEY)
    history: History = {"2026-09": {"worth": Money(400, "EUR")}, "2025-10": {"worth": usd(300)}}
    value = values._measure(worth, usd(500), Inputs(tables({"assets": frame("assets", [{}])})), OCTOBER, history, None)
    assert (value.value, value.previous, value.last_year) == (usd(500), None, usd(300))


def test_a_kpi_is_asked_once_a_period(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(postings: pd.DataFrame, at: At) -> Value:
        asked.append(at.period.text)
        return 1

    monkeypatch.setattr(values, "KPIS", Own("kpis", a_kpi("counted", counted)))
    worked_out(ledger({OCT: 5000}))
    assert len(asked) == len(set(asked)) == TREND + 1  # twelve of the trend, and last year


@pytest.mark.usefixtures("known")
def test_what_it_takes_comes_from_the_kpi_or_from_its_answer(known: Own[Kpi]) -> None:
    known.add("own", a_kpi("own", lambda postings, at: Unavailable("too short", needs="three months"), needs="books"))
    known.add("plain", a_kpi("plain", lambda postings, at: Unavailable("too short"), needs="books"))
    found = worked_out(ledger({OCT: 5000}))
    assert (found["own"].needs, found["plain"].needs, found["sales"].needs) == ("three months", "books", "rows")


def test_without_any_table_every_kpi_says_what_it_lacks() -> None:
    found = worked_out(tables({}))
    assert set(found) == set(KPIS)
    for value in found.values():
        assert (value.value, value.previous, value.last_year, value.series) == (None, None, None, (None,) * TREND)
        assert (value.state, value.grade) == (State.UNAVAILABLE, Grade.D)
        assert value.unavailable_reason.startswith("not collected: no source provides ")
        assert value.needs


# --- part of a period -------------------------------------------------------------------------------------------------


def per_month(postings: pd.DataFrame, at: At) -> Value:
    """Sales a month over the last three."""
    return books.revenue(postings, at.months_back(3), at.end) // 3


@pytest.mark.usefixtures("known")
def test_a_figure_of_a_part_of_the_period_is_compared_with_nothing() -> None:
    given = ledger(
        months(10, [1000] * 13), [{"kpi": "sales", "target": Decimal(9000)}], entries=covers("2025-01-01", "2026-10-11")
    )
    value = worked_out(given)["sales"]
    assert (value.value, value.grade) == (usd(1000), Grade.C)
    assert (value.previous, value.last_year) == (None, None)
    assert value.series == (*[usd(1000)] * 11, None)
    assert value.state is State.WATCH  # the rest of the month may bring the other 8000


@pytest.mark.usefixtures("known")
def test_a_few_days_that_are_missing_change_the_grade_alone() -> None:
    given = ledger(
        months(10, [1000] * 13), [{"kpi": "sales", "target": Decimal(9000)}], entries=covers("2025-01-01", "2026-10-20")
    )
    value = worked_out(given)["sales"]
    assert (value.value, value.previous, value.last_year) == (usd(1000), usd(1000), usd(1000))
    assert (value.state, value.grade) == (State.BAD, Grade.C)


def test_months_without_data_are_no_months_without_sales(known: Own[Kpi]) -> None:
    known.add("per_month", a_kpi("per_month", per_month, unit=Unit.MONEY))
    given = ledger(months(10, [900] * 13), entries=covers("2025-01-01", "2026-11-01"))
    # Of the fourth quarter October alone is known: 900 a month as ever, and not a third of it.
    assert worked_out(given, at("2026-Q4"))["per_month"].value == usd(900)
    assert worked_out(given, at("2026"))["per_month"].value == usd(900)


@pytest.mark.usefixtures("known")
def test_part_of_a_period_stands_in_no_trend() -> None:
    # The books stop on 10 October, and November is asked about: October is no whole month to show before it.
    value = worked_out(ledger(months(10, [1000] * 13), entries=covers("2025-01-01", "2026-10-11")), at("2026-11"))["sales"]
    assert (value.value, value.previous) == (None, None)
    assert value.series[-3:] == (usd(1000), None, None)


# --- targets and states -----------------------------------------------------------------------------------------------

UP, DOWN = Direction.UP, Direction.DOWN


@pytest.mark.parametrize(
    ("value", "wanted", "direction", "state"),
    [
        (100, 100, UP, State.GOOD),
        (101, 100, UP, State.GOOD),
        (99, 100, UP, State.WATCH),  # within a tenth
        (90, 100, UP, State.WATCH),
        (89, 100, UP, State.BAD),
        (100, 100, DOWN, State.GOOD),
        (99, 100, DOWN, State.GOOD),
        (110, 100, DOWN, State.WATCH),
        (111, 100, DOWN, State.BAD),
        (1, 0, DOWN, State.BAD),  # a tenth of nothing is nothing
        (0, 0, DOWN, State.GOOD),
        (-90, -100, DOWN, State.WATCH),  # burn: 90 earned where 100 was wanted
        (-89, -100, DOWN, State.BAD),
        (-110, -100, UP, State.WATCH),
        (50, 100, Direction.NEUTRAL, State.NO_TARGET),
    ],
)
def test_states(value: int, wanted: int, direction: Direction, state: State) -> None:
    tenth = Decimal("0.1")
    assert state_of(value, Target(wanted, tenth), direction, Grade.A) is state
    assert state_of(usd(value), Target(usd(wanted), tenth), direction, Grade.B) is state
    assert state_of(Decimal(value), Target(Decimal(wanted), tenth), direction, Grade.A) is state


def test_a_state_needs_a_figure_and_a_target() -> None:
    assert state_of(None, Target(1, Decimal(0)), UP, Grade.D) is State.UNAVAILABLE
    assert state_of(None, None, UP, Grade.D) is State.UNAVAILABLE
    assert state_of(1, None, UP, Grade.A) is State.NO_TARGET


@pytest.mark.parametrize(("grade", "state"), [(Grade.A, State.GOOD), (Grade.B, State.GOOD), (Grade.C, State.WATCH)])
def test_nothing_is_good_below_grade_b(grade: Grade, state: State) -> None:
    assert state_of(2, Target(1, Decimal(0)), UP, grade) is state
    assert state_of(0, Target(1, Decimal(0)), UP, grade) is State.BAD


@given(
    st.integers(-1000, 1000),
    st.integers(-1000, 1000),
    st.decimals(0, 1, places=3),
    st.sampled_from([UP, DOWN]),
    st.sampled_from("ABC"),
)
def test_a_better_figure_never_has_a_worse_state(
    value: int, wanted: int, tolerance: Decimal, direction: Direction, letter: str
) -> None:
    order = [State.BAD, State.WATCH, State.GOOD]
    target, grade = Target(wanted, tolerance), Grade(letter)
    better = value + (1 if direction is UP else -1)
    assert order.index(state_of(better, target, direction, grade)) >= order.index(state_of(value, target, direction, grade))


@pytest.mark.parametrize(
    ("row", "target", "state"),
    [
        ({"kpi": "sales", "target": Decimal(5000), "currency": "USD"}, usd(5000), State.GOOD),  # minor units
        ({"kpi": "sales", "target": Decimal(5500), "currency": "USD"}, usd(5500), State.WATCH),
        ({"kpi": "sales", "target": Decimal(5500), "tolerance_ratio": Decimal("0.01")}, usd(5500), State.BAD),
        ({"kpi": "deals", "target": Decimal(2)}, 2, State.BAD),
        ({"kpi": "deals", "target": Decimal("1.05")}, Decimal("1.05"), State.WATCH),
        ({"kpi": "other", "target": Decimal(1)}, None, State.NO_TARGET),
    ],
)
@pytest.mark.usefixtures("known")
def test_targets_come_from_their_table(row: dict[str, Any], target: Figure | None, state: State) -> None:
    value = worked_out(ledger({OCT: 5000}, [row]))[row["kpi"] if row["kpi"] != "other" else "sales"]
    assert (value.target, type(value.target), value.state) == (target, type(target), state)


@pytest.mark.usefixtures("known")
def test_a_target_of_what_is_not_known_is_still_shown() -> None:
    value = worked_out(tables({"targets": frame("targets", [{"kpi": "sales", "target": Decimal(5000)}])}))["sales"]
    assert (value.value, value.target, value.state) == (None, usd(5000), State.UNAVAILABLE)


# --- grades -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "grade"),
    [
        (covers("2025-01-01", "2026-11-01"), Grade.A),
        (covers("2025-01-01", "2026-12-01"), Grade.A),
        (covers("2025-01-01", None), Grade.A),
        (covers("2025-01-01", "2026-10-29"), Grade.A),  # three days from the end
        (covers("2025-01-01", "2026-10-28"), Grade.C),
        (covers(None, None, rejected=1), Grade.B),
        (covers(None, None, derived=True), Grade.B),
        (covers(None, None, stale=True), Grade.C),
        (covers(None, None, left_out=("marlin",)), Grade.C),
        (covers(None, None, rejected=1, derived=True, stale=True), Grade.C),
    ],
)
def test_grades(known: Coverage, grade: Grade) -> None:
    assert grade_of(SALES, Inputs(ledger({OCT: 1}, entries=known)), OCTOBER) is grade


def test_a_figure_is_as_good_as_its_worst_table() -> None:
    inputs = Inputs(ledger({OCT: 1}, entries=covers(None, None), accounts=covers(None, None, rejected=2)))
    assert grade_of(SALES, inputs, OCTOBER) is Grade.B
    assert grade_of(DEALS, inputs, OCTOBER) is Grade.A  # it reads no accounts


@pytest.mark.usefixtures("known")
def test_a_good_figure_from_poor_data_is_on_watch() -> None:
    given = ledger({OCT: 5000}, [{"kpi": "sales", "target": Decimal(4000)}], entries=covers(None, None, stale=True))
    assert (worked_out(given)["sales"].state, worked_out(given)["sales"].grade) == (State.WATCH, Grade.C)


def test_a_table_that_may_be_absent_comes_empty_and_hides_no_past(known: Own[Kpi]) -> None:
    def sold(postings: pd.DataFrame, assets: pd.DataFrame, at: At) -> Value:
        return -int(between(postings[postings["type"] == "income"], at.start, at.end)["amount_minor"].sum()) + len(assets)

    known.add("sold", replace(a_kpi("sold", sold), absent_ok=frozenset({"assets"})))
    days = {date(2026, 9, 5): 70, OCT: 90}
    value = worked_out(ledger(days))["sold"]
    assert (value.value, value.previous) == (90, 70)
    given = ledger(days)
    with_assets = worked_out(replace(given, frames={**given.frames, "assets": frame("assets", [{}, {}])}))["sold"]
    assert (with_assets.value, with_assets.previous) == (92, None)  # what shows a state has no past of its own
    unread = worked_out(replace(given, missing={"assets": "unreadable"}))["sold"]
    assert (unread.value, unread.unavailable_reason) == (None, "unreadable")
