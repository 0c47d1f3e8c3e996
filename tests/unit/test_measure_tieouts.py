"""Tie-outs: what must be equal, over ledgers of any kind; what a failing one does to grades and states."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck import frames
from quarterdeck.exhibits.tieouts import tie_outs as exhibit
from quarterdeck.measure.inputs import Inputs
from quarterdeck.measure.tieouts import Outcome, TieOut, lowered, tie_outs, tie_rows
from quarterdeck.measure.values import Target, measure, state_of
from quarterdeck.model import At, Direction, Grade, KpiValue, State, Unit
from quarterdeck.money import Money
from tests.engine import tables
from tests.material import value
from tests.tables import ADS, CHART, FUEL, OCT, OCTOBER, Entry, cells, cost, entries, entry, frame, refund, sale, together, usd

WANTED = ("net_revenue", "ebitda", "cash", "average_sale", "aws_cost")


def inputs(*made: Entry, **more: pd.DataFrame) -> Inputs:
    return Inputs(tables({"entries": entries(*made), "accounts": frame("accounts", CHART), **more}))


def values_of(given: Inputs, at: At = OCTOBER) -> tuple[KpiValue, ...]:
    return tuple(each for each in measure(given, at, {}).values if each.id in WANTED)


def outcomes(ties: tuple[TieOut, ...]) -> dict[str, Outcome]:
    return {tie.id: tie.outcome for tie in ties}


BOOKS = (sale(OCT, 100_000), refund(OCT, 10_000), cost(OCT, 30_000, FUEL), sale(date(2026, 9, 3), 70_000))


def test_books_that_hold_together_tie_out() -> None:
    given = inputs(*BOOKS)
    found = tie_outs(given, values_of(given), OCTOBER)
    assert outcomes(found) == dict.fromkeys(
        ("revenue_ledger", "revenue_balances", "revenue_cfo", "sales_cmo", "cash_ledger", "trial_balance"), Outcome.TIES
    )
    assert (found[0].left, found[0].right) == (90_000, 90_000)


@pytest.mark.parametrize(
    ("id", "off"),
    [
        ("net_revenue", {"revenue_ledger", "revenue_balances"}),
        ("ebitda", {"revenue_cfo"}),
        ("average_sale", {"sales_cmo"}),
        ("cash", {"cash_ledger"}),
    ],
)
def test_a_kpi_that_says_something_else_is_found(id: str, off: set[str]) -> None:
    given = inputs(*BOOKS)
    right = values_of(given)
    wrong = [
        replace(each, value=each.value + usd(1)) if each.id == id and isinstance(each.value, Money) else each for each in right
    ]
    if id == "average_sale":
        wrong = [replace(each, value=usd(100_002)) if each.id == id else each for each in wrong]
    found = outcomes(tie_outs(given, wrong, OCTOBER))
    assert {name for name, outcome in found.items() if outcome is Outcome.DIFFERS} == off


def test_entries_that_do_not_balance_are_found() -> None:
    made = entries(*BOOKS)
    given = Inputs(tables({"entries": made.iloc[1:], "accounts": frame("accounts", CHART)}))
    found = tie_outs(given, values_of(given), OCTOBER)
    assert outcomes(found)["trial_balance"] is Outcome.DIFFERS


def cloud(usd_: str, day: date = OCT) -> pd.DataFrame:
    return frame("cloud_costs", [{"service": "AmazonEC2", "date": day, "amount_usd": Decimal(usd_)}])


@pytest.mark.parametrize(
    ("booked", "bill", "outcome"),
    [(10_000, "100", Outcome.TIES), (9_000, "100", Outcome.TIES), (8_999, "100", Outcome.DIFFERS), (500, "9.99", Outcome.TIES)],
)
def test_the_bill_is_held_against_what_was_booked_for_it(booked: int, bill: str, outcome: Outcome) -> None:
    chart = [{**row, "function": "hosting"} if row["account"] == ADS else row for row in CHART]
    given = Inputs(
        tables({"entries": entries(cost(OCT, booked, ADS)), "accounts": frame("accounts", chart), "cloud_costs": cloud(bill)})
    )
    assert outcomes(tie_outs(given, values_of(given), OCTOBER))["cloud_hosting"] is outcome


def test_a_bill_without_an_account_for_it_is_not_known() -> None:
    given = inputs(*BOOKS, cloud_costs=cloud("100"))
    (tie,) = (tie for tie in tie_outs(given, values_of(given), OCTOBER) if tie.id == "cloud_hosting")
    assert (tie.outcome, tie.reason) == (Outcome.UNKNOWN, "no account has the function hosting")


def test_the_portfolio_is_the_sum_of_its_companies() -> None:
    a, b = (
        inputs(*BOOKS),
        Inputs(tables({"entries": entries(sale(OCT, 5_000), tenant="b"), "accounts": frame("accounts", CHART, "b")})),
    )
    whole = Inputs(
        tables(
            {
                "entries": together("entries", a.tables["entries"], b.tables["entries"]),
                "accounts": together("accounts", a.tables["accounts"], b.tables["accounts"]),
            }
        )
    )
    members = {name: {each.id: each for each in values_of(given)} for name, given in (("a", a), ("b", b))}
    found = tie_outs(whole, values_of(whole), OCTOBER, members)
    assert outcomes(found)["net_revenue_companies"] is Outcome.TIES
    assert outcomes(found)["cash_companies"] is Outcome.TIES
    members["b"]["cash"] = replace(members["b"]["cash"], value=usd(1))
    assert outcomes(tie_outs(whole, values_of(whole), OCTOBER, members))["cash_companies"] is Outcome.DIFFERS


ACCOUNTS = [str(row["account"]) for row in CHART]
ENTRIES = st.lists(
    st.builds(
        entry,
        st.dates(date(2026, 8, 1), date(2026, 11, 30)),
        st.sampled_from(ACCOUNTS),
        st.sampled_from(ACCOUNTS),
        st.integers(-(10**9), 10**9),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(ENTRIES, st.randoms(use_true_random=False))
def test_any_balanced_ledger_ties_out_and_agrees_with_sql(made: list[Entry], random: Any) -> None:
    random.shuffle(made)
    given_ = inputs(*made)
    found = tie_outs(given_, values_of(given_), OCTOBER)
    assert {tie.outcome for tie in found} <= {Outcome.TIES}
    ledger, chart = given_.tables["entries"], given_.tables["accounts"]
    connection = duckdb.connect()
    connection.register("ledger", ledger)
    connection.register("chart", chart)
    asked = connection.execute(
        "SELECT -coalesce(sum(amount_minor), 0) FROM ledger JOIN chart USING (tenant, account) "
        "WHERE statement_line IN ('revenue', 'refunds') AND date >= DATE '2026-10-01' AND date < DATE '2026-11-01'"
    ).fetchone()
    assert asked is not None
    assert [tie.right for tie in found if tie.id in ("revenue_ledger", "revenue_balances")] in ([], [asked[0]] * 2)


@given(
    st.sampled_from(list(Grade)),
    st.sampled_from(list(Direction)),
    st.sampled_from([State.GOOD, State.WATCH, State.BAD, State.NO_TARGET]),
    st.booleans(),
)
def test_nothing_below_b_is_good(grade: Grade, direction: Direction, state: State, fails: bool) -> None:
    if grade in (Grade.C, Grade.D) and state is State.GOOD:
        state = State.WATCH  # what `state_of` has made of it
    figure = value("cash", usd(5), grade=grade, state=state, direction=direction)
    tie = TieOut("t", "Cash", "one", 1, "other", 2 if fails else 1, ("cash",))
    (after,) = lowered([figure], [tie])
    assert not (after.state is State.GOOD and after.grade > Grade.B)
    assert after.grade == (max(grade, Grade.C) if fails else grade)
    assert after.value == figure.value


@given(st.integers(-5, 5), st.integers(-5, 5), st.sampled_from(list(Direction)), st.sampled_from([Grade.C, Grade.D]))
def test_no_target_makes_a_figure_below_b_good(now: int, wanted: int, direction: Direction, grade: Grade) -> None:
    assert state_of(now, Target(wanted, Decimal("0.1")), direction, grade) is not State.GOOD


def test_what_is_not_known_stays_as_it_is() -> None:
    unknown = value("cash", None, unit=Unit.MONEY, state=State.UNAVAILABLE, grade=Grade.D)
    assert lowered([unknown], [TieOut("t", "Cash", "one", 1, "other", 2, ("cash",))]) == (unknown,)


def test_the_exhibit_shows_both_sides() -> None:
    ties = (
        TieOut("a", "Cash", "Cash", 500, "Balances", 470, ("cash",)),
        TieOut("b", "Cost", "Bill", 500, "Hosting", 480, (), tolerance=50),
        TieOut("c", "Cost", "Bill", 500, "Hosting", None, (), reason="no account"),
    )
    shown = exhibit(tie_outs=frames.to_frame("tie_outs", tie_rows(ties, "USD"), "a"), at=OCTOBER)
    assert cells(shown, "difference") == [usd(30), usd(20), None]
    assert cells(shown, "outcome") == ["differs", "ties within 0.50", "unknown: no account"]
