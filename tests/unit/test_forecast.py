"""Thirteen weeks of cash, and what recurs, worked out by hand. Amounts are in cents; the forecast begins on 1 November 2026."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import reduce

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck import books
from quarterdeck.forecast import WEEKS, Forecast, forecast, has_cash, month_of_costs
from quarterdeck.period import add_months
from quarterdeck.recurring import Recurring, payments, recurring
from tests.tables import (
    ADS,
    CASH,
    DEPRECIATION,
    EQUIPMENT,
    EQUITY,
    LOAN,
    OCT,
    RENT,
    Entry,
    Row,
    cost,
    entry,
    frame,
    posted,
    sale,
    together,
)

END = date(2026, 11, 1)
BEGIN = entry(date(2026, 1, 5), CASH, EQUITY, 100_000)
NO_BILLS, NO_PLANS = frame("invoices", ()), frame("planned_cash", ())


def made(*entries: Entry, bills: Iterable[Row] = (), plans: Iterable[Row] = ()) -> Forecast:
    return forecast(posted(BEGIN, *entries), frame("invoices", bills), frame("planned_cash", plans), END, "USD")


def by_kind(found: Forecast, kind: str) -> list[tuple[date, int, str]]:
    return [(flow.day, flow.minor, flow.what) for flow in found.flows if flow.kind == kind]


def monthly(day: int, minor: int, *, first: int = 8, last: int = 10, party: str = "Yard", account: str = RENT) -> list[Entry]:
    return [cost(date(2026, month, day), minor, account, party=party) for month in range(first, last + 1)]


def rhythms(*entries: Entry) -> list[Recurring]:
    return recurring(payments(posted(*entries), date(2025, 11, 1), END), END)


# --- what recurs ------------------------------------------------------------------------------------------------------


def test_three_months_in_a_row_make_a_rhythm_with_the_median_amount() -> None:
    (found,) = rhythms(
        cost(date(2026, 8, 28), 900, party="Yard"),
        cost(date(2026, 9, 28), 100, party="Yard"),
        cost(date(2026, 10, 29), 200, party="Yard"),
    )
    assert found == Recurring("a", "Yard", RENT, "monthly", -200, 3, date(2026, 10, 29))
    assert found.days(END, date(2027, 2, 1)) == [date(2026, 11, 29), date(2026, 12, 29), date(2027, 1, 29)]


def test_the_end_of_a_month_stays_the_end() -> None:
    (found,) = rhythms(*(cost(date(2026, month, day), 900, party="Yard") for month, day in ((8, 31), (9, 30), (10, 31))))
    assert found.days(END, date(2027, 3, 31)) == [date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)]


def test_two_times_a_gap_or_an_end_are_no_rhythm() -> None:
    assert rhythms(*monthly(5, 900, first=9)) == []
    assert rhythms(*(cost(date(2026, month, 5), 900, party="Yard") for month in (6, 7, 9, 10))) == []
    assert rhythms(*monthly(5, 900, first=6, last=9)) == []  # nothing came in October
    assert rhythms(*(cost(date(2026, month, 5), 900) for month in (8, 9, 10))) == []  # nobody's


def test_weeks_take_six_in_a_row() -> None:
    weeks = [sale(date(2026, 10, 28) - timedelta(weeks=n), 500 + n, "Shop") for n in range(6)]
    (found,) = rhythms(*weeks)
    assert (found.rhythm, found.minor, found.times) == ("weekly", 502, 6)  # the median is 502.5
    assert found.days(END, date(2026, 11, 15)) == [date(2026, 11, 4), date(2026, 11, 11)]
    assert rhythms(*weeks[:5]) == []


def test_a_payment_that_is_late_comes_on_the_first_day() -> None:
    (found,) = rhythms(*(cost(day, 900, party="Yard") for day in (date(2026, 7, 30), date(2026, 8, 30), date(2026, 9, 30))))
    assert found.days(END, date(2026, 12, 31)) == [END, date(2026, 11, 30), date(2026, 12, 30)]


def test_one_party_may_have_two_rhythms_by_what_it_is_for() -> None:
    found = rhythms(*monthly(5, 900), *monthly(9, 70, account=ADS))
    assert [(each.account, each.minor) for each in found] == [(RENT, -900), (ADS, -70)]


def test_what_two_lines_of_a_day_pay_is_one_payment() -> None:
    (found,) = rhythms(*monthly(5, 900), cost(date(2026, 9, 5), 50, party="Yard"), cost(date(2026, 10, 5), 60, party="Yard"))
    assert found.minor == -950


def test_owners_promise_nothing_and_lenders_want_it_back() -> None:
    given = [entry(date(2026, month, 5), CASH, EQUITY, 700, party="Owner") for month in (8, 9, 10)]
    back = [entry(date(2026, month, 5), LOAN, CASH, 300, party="Bank") for month in (8, 9, 10)]
    assert [(each.party, each.minor) for each in rhythms(*given, *back)] == [("Bank", -300)]


def test_money_between_own_accounts_and_what_is_no_cash_is_no_payment() -> None:
    rows = posted(
        entry(OCT, CASH, CASH, 900, party="Own"), entry(OCT, DEPRECIATION, EQUIPMENT, 50), cost(OCT, 30, party="Yard")
    )
    found = payments(rows, date(2026, 10, 1), END)
    assert found[["party", "account", "minor"]].values.tolist() == [["Yard", RENT, -30]]


# --- weeks ------------------------------------------------------------------------------------------------------------


def test_rent_is_paid_in_its_weeks_and_cash_adds_up() -> None:
    found = made(*monthly(5, 9_100))
    assert len(found.weeks) == WEEKS
    assert by_kind(found, "recurring") == [
        (date(2026, 11, 5), -9_100, "Yard"), (date(2026, 12, 5), -9_100, "Yard"), (date(2027, 1, 5), -9_100, "Yard"),
    ]  # fmt: skip
    assert found.weeks[0].opening == 100_000 - 3 * 9_100
    assert [week.closing for week in found.weeks] == [63_600] * 4 + [54_500] * 5 + [45_400] * 4
    assert (found.lowest.start, found.lowest.closing) == (date(2027, 1, 3), 45_400)  # the first of the lowest
    assert {flow.kind for flow in found.flows} == {"recurring"}


def test_trade_without_a_rhythm_goes_on_at_its_sum_of_thirteen_weeks() -> None:
    # the window begins on 2 August: what came before is left out, and so is what owners gave
    found = made(
        sale(date(2026, 8, 1), 50_000),
        sale(date(2026, 8, 2), 900, "Ann"),
        sale(date(2026, 9, 20), 104),
        cost(OCT, 2_600, ADS),
        entry(OCT, CASH, EQUITY, 77_777),
    )
    other = by_kind(found, "other")
    assert sum(minor for _, minor, _ in other if minor > 0) == 1_004
    assert [minor for _, minor, _ in other if minor < 0] == [-200] * 13
    assert [week.inflow for week in found.weeks] == [78, 78, 78] + [77] * 10  # 1,004 = 13 x 77 + 3


def test_customers_pay_as_late_as_they_do_and_suppliers_in_time() -> None:
    paid = {"issued_on": date(2026, 3, 1), "due_on": date(2026, 4, 1), "amount_minor": 5, "paid_minor": 5}
    bills: list[Row] = [
        {"side": "receivable", "party": "Ana", **paid, "paid_on": date(2026, 4, 11)},
        {"side": "payable", "party": "Yard", **paid, "paid_on": date(2026, 4, 30)},
        {"side": "receivable", "party": "Ana", "issued_on": OCT, "due_on": date(2026, 11, 5), "amount_minor": 700},
        {"side": "receivable", "party": "Ana", "issued_on": OCT, "due_on": date(2026, 8, 2), "amount_minor": 40},
        {"side": "receivable", "party": "Ana", "issued_on": OCT, "due_on": date(2026, 8, 1), "amount_minor": 9_999},
        {"side": "payable", "party": "Yard", "issued_on": OCT, "due_on": date(2026, 11, 5), "amount_minor": 300},
        {"side": "payable", "party": "Yard", "issued_on": OCT, "due_on": date(2026, 10, 5), "amount_minor": 20},
    ]
    assert by_kind(made(bills=bills), "invoice") == [
        (END, -20, "Yard"),
        (date(2026, 11, 5), -300, "Yard"),
        (date(2026, 11, 11), 40, "Ana"),  # 90 days late: ten days from now; what is later is counted on by nobody
        (date(2026, 11, 15), 700, "Ana"),
    ]


def test_what_is_very_late_counts_where_somebody_named_a_day() -> None:
    bill = {"side": "receivable", "party": "Ana", "issued_on": date(2026, 1, 1), "due_on": date(2026, 1, 1), "amount_minor": 9}
    assert by_kind(made(bills=[bill]), "invoice") == []
    named = {**bill, "expected_on": date(2026, 12, 1)}
    assert by_kind(made(bills=[named]), "invoice") == [(date(2026, 12, 1), 9, "Ana")]


def test_an_open_invoice_takes_the_place_of_the_next_payment_of_its_party() -> None:
    bill = {"side": "payable", "party": "Yard", "issued_on": OCT, "due_on": date(2026, 11, 9), "amount_minor": 888}
    found = made(*monthly(5, 900), bills=[bill])
    assert by_kind(found, "invoice") == [(date(2026, 11, 9), -888, "Yard")]
    assert [day for day, _, _ in by_kind(found, "recurring")] == [date(2026, 12, 5), date(2027, 1, 5)]


def test_who_pays_by_invoice_is_not_counted_once_more() -> None:
    paid = {"issued_on": OCT, "due_on": OCT, "amount_minor": 900, "paid_minor": 900, "paid_on": OCT}
    found = made(sale(OCT, 900, "Ana"), sale(OCT, 1_300, "Bo"), bills=[{"side": "receivable", "party": "Ana", **paid}])
    assert sum(minor for _, minor, _ in by_kind(found, "other")) == 1_300


def test_planned_cash_stands_on_its_day() -> None:
    plans = [
        {"item": "lift", "due_on": date(2026, 12, 1), "amount_minor": -5_000},
        {"item": "loan", "due_on": date(2027, 1, 30), "amount_minor": 8_000},
        {"item": "past", "due_on": date(2026, 10, 31), "amount_minor": -1},
        {"item": "later", "due_on": date(2027, 1, 31), "amount_minor": -1},
    ]
    found = made(plans=plans)
    assert by_kind(found, "planned") == [(date(2026, 12, 1), -5_000, "lift"), (date(2027, 1, 30), 8_000, "loan")]
    assert (found.lowest.start, found.lowest.closing) == (date(2026, 11, 29), 95_000)
    assert found.weeks[-1].closing == 103_000


def test_a_quarter_of_cash_is_needed() -> None:
    assert has_cash(posted(entry(date(2026, 8, 14), CASH, EQUITY, 1)), END)
    assert not has_cash(posted(entry(date(2026, 8, 15), CASH, EQUITY, 1)), END)
    assert not has_cash(posted(entry(date(2026, 1, 1), EQUIPMENT, EQUITY, 1)), END)


def test_a_month_of_costs_is_a_mean_of_three() -> None:
    rows = posted(
        cost(date(2026, 7, 31), 9_999), cost(date(2026, 8, 1), 100), cost(OCT, 201), entry(OCT, DEPRECIATION, CASH, 7)
    )
    assert month_of_costs(rows, END) == 100  # 301 / 3


# --- what holds for all books -----------------------------------------------------------------------------------------

_DAYS = st.dates(date(2025, 10, 1), date(2026, 12, 31))
_PARTIES = st.sampled_from(("Ann", "Bo", "Yard", None))
_ENTRIES = st.lists(
    st.one_of(
        st.builds(lambda day, minor, party: [sale(day, minor, party)], _DAYS, st.integers(1, 10**9), _PARTIES),
        st.builds(lambda day, minor, party: [cost(day, minor, party=party)], _DAYS, st.integers(1, 10**9), _PARTIES),
        st.builds(
            lambda day, minor, n: [cost(add_months(day, -back), minor, party="Mill") for back in range(n)],
            st.dates(date(2026, 9, 20), date(2026, 10, 31)), st.integers(1, 10**6), st.integers(1, 9),
        ),
        st.builds(lambda day, minor: [entry(day, CASH, EQUITY, minor, party="Owner")], _DAYS, st.integers(1, 10**6)),
    ),
    max_size=12,
)  # fmt: skip
_BILLS = st.lists(
    st.builds(
        lambda side, party, issued, days, minor: {
            "side": side, "party": party, "issued_on": issued, "due_on": issued + timedelta(days=days), "amount_minor": minor,
        },
        st.sampled_from(("receivable", "payable")), st.sampled_from(("Ann", "Yard")), _DAYS, st.integers(0, 120),
        st.integers(-1_000, 10**9),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(one=_ENTRIES, two=_ENTRIES, bills=_BILLS, seed=st.integers(0, 2**32 - 1))
def test_weeks_follow_each_other_and_row_order_means_nothing(
    one: list[list[Entry]], two: list[list[Entry]], bills: list[Row], seed: int
) -> None:
    parts = [posted(BEGIN, *(each for group in drawn for each in group), tenant=t) for t, drawn in (("a", one), ("b", two))]
    lists = [frame("invoices", bills, "a"), frame("invoices", (), "b")]
    whole, owed = together("entries", *parts), together("invoices", *lists)
    found = forecast(whole, owed, NO_PLANS, END, "USD")
    assert found.weeks[0].opening == books.cash(whole, END)
    for week, following in zip(found.weeks, found.weeks[1:], strict=False):
        assert (following.start, following.opening) == (week.start + timedelta(days=7), week.closing)
        assert min(week.inflow, week.outflow) >= 0
    assert found.weeks[-1].closing == found.weeks[0].opening + sum(flow.minor for flow in found.flows)
    mixed, mixed_bills = (rows.sample(frac=1, random_state=seed) for rows in (whole, owed))
    assert forecast(mixed, mixed_bills, NO_PLANS, END, "USD") == found
    each = [forecast(part, bill, NO_PLANS, END, "USD") for part, bill in zip(parts, lists, strict=True)]
    for number, week in enumerate(found.weeks):  # companies add up to the portfolio
        assert week.closing == reduce(lambda total, own: total + own.weeks[number].closing, each, 0)


@pytest.mark.parametrize("factor", [2, 7])
def test_twice_the_money_is_twice_the_forecast(factor: int) -> None:
    def at(scale: int) -> list[int]:
        rows: pd.DataFrame = posted(BEGIN, *monthly(5, 1_300 * scale), cost(OCT, 13 * scale, ADS), sale(OCT, 26 * scale))
        return [week.closing - week.opening for week in forecast(rows, NO_BILLS, NO_PLANS, END, "USD").weeks]

    assert at(factor) == [factor * change for change in at(1)]
