"""Postings and the sums of the books, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck import books
from quarterdeck.period import Period, PeriodKind
from tests.tables import (
    ADS,
    CASH,
    CHART,
    DEPRECIATION,
    EQUIPMENT,
    EQUITY,
    FUEL,
    LOAN,
    OCT,
    RENT,
    SUSPENSE,
    cost,
    entries,
    entry,
    frame,
    posted,
    sale,
    together,
)

OCT_1, NOV_1 = date(2026, 10, 1), date(2026, 11, 1)


def test_postings_keep_every_entry_and_know_its_account() -> None:
    made = books.postings(entries(cost(OCT, 500, FUEL), entry(OCT, "7777", CASH, 5)), frame("accounts", CHART))
    assert list(made["account_name"].fillna("?")) == ["Fuel", "Bank", "?", "Bank"]
    assert list(made["statement_line"]) == ["cost_of_sales", "cash", "suspense", "cash"]
    assert list(made["behaviour"].fillna("?")) == ["variable", "?", "?", "?"]
    assert len(made) == 4


def test_postings_are_joined_by_company() -> None:
    rows = together("entries", entries(cost(OCT, 5, FUEL)), entries(cost(OCT, 7, FUEL), tenant="b"))
    made = books.postings(rows, frame("accounts", CHART, "b"))
    assert books.net_of(made, ("cost_of_sales",)) == 7
    assert books.net_of(made, ("suspense",)) == 0  # 5 - 5: both legs of company a are unknown
    assert list(made["statement_line"]) == ["suspense", "suspense", "cost_of_sales", "cash"]


def test_the_edges_of_a_period() -> None:
    made = posted(sale(date(2026, 9, 30), 1), sale(OCT_1, 20), sale(date(2026, 10, 31), 300), sale(NOV_1, 4_000))
    assert books.revenue(made, OCT_1, NOV_1) == 320
    assert books.cash(made, OCT_1) == 1
    assert books.cash(made, NOV_1) == 321
    assert books.begun(made, date(2026, 9, 30)) is False
    assert books.begun(made, OCT_1) is True
    assert books.begun(made, NOV_1, ("loans",)) is False


def test_books_reach_back_to_a_day_if_they_begin_within_a_fortnight_of_it() -> None:
    assert books.reaches_back(posted(sale(date(2026, 8, 14), 1)), date(2026, 8, 1)) is True
    assert books.reaches_back(posted(sale(date(2026, 8, 15), 1)), date(2026, 8, 1)) is False


def test_spending_is_what_is_paid_and_not_written_off() -> None:
    made = posted(cost(OCT, 5, FUEL), cost(OCT, 7, ADS), entry(OCT, DEPRECIATION, EQUIPMENT, 90), sale(OCT, 3))
    assert sorted(books.spending(made, OCT_1, NOV_1)["amount_minor"]) == [5, 7]


def test_financing_counts_what_owners_and_lenders_moved_in_cash() -> None:
    assert books.financing(posted(entry(OCT, CASH, EQUITY, 500)), OCT_1, NOV_1) == 500
    assert books.financing(posted(entry(OCT, LOAN, CASH, 200)), OCT_1, NOV_1) == -200
    assert books.financing(posted(entry(OCT, EQUIPMENT, EQUITY, 900)), OCT_1, NOV_1) == 0
    assert books.financing(posted(entry(NOV_1, CASH, EQUITY, 500)), OCT_1, NOV_1) == 0


def test_an_entry_of_another_company_is_another_entry() -> None:
    boat = entry(OCT, EQUIPMENT, EQUITY, 900)
    paid = [{**leg, "account": account} for leg, account in zip(boat, (CASH, SUSPENSE), strict=True)]
    both = together("entries", posted(boat), posted(paid, tenant="b"))
    assert books.financing(both, OCT_1, NOV_1) == 0


def budget(*rows: tuple[date, str, int], tenant: str = "a") -> pd.DataFrame:
    listed = [{"date": day, "statement_line": line, "amount_minor": minor} for day, line, minor in rows]
    return frame("budget", listed, tenant)


def test_a_budget_by_month() -> None:
    planned = budget((OCT_1, "revenue", 310), (NOV_1, "revenue", 600), (OCT_1, "cost_of_sales", 9))
    assert books.budgeted(planned, ("revenue",), OCT_1, NOV_1) == {"a": 310}
    assert books.budgeted(planned, ("revenue", "cost_of_sales"), OCT_1, NOV_1) == {"a": 319}
    assert books.budgeted(planned, ("interest",), OCT_1, NOV_1) == {}


def test_a_week_over_two_months_takes_days_of_both() -> None:
    # 26 October to 1 November: 6 of 31 days of 310 and 1 of 30 days of 600: 60 + 20.
    planned = budget((OCT_1, "revenue", 310), (NOV_1, "revenue", 600))
    week = Period.parse("2026-W44")
    assert books.budgeted(planned, ("revenue",), week.start, week.end) == {"a": 80}


def test_a_company_whose_budget_ends_too_early_has_none() -> None:
    planned = together(
        "budget", budget((OCT_1, "revenue", 1)), budget((OCT_1, "revenue", 2), (NOV_1, "revenue", 3), tenant="b")
    )
    assert books.budgeted(planned, ("revenue",), OCT_1, date(2026, 12, 1)) == {"b": 5}


def test_a_budget_over_the_end_of_a_year_of_february_with_29_days() -> None:
    planned = budget((date(2028, 2, 1), "revenue", 2_900))
    assert books.budgeted(planned, ("revenue",), date(2028, 2, 28), date(2028, 3, 1)) == {"a": 200}


@settings(max_examples=25, deadline=None)
@given(day=st.dates(date(2025, 1, 6), date(2026, 12, 20)), minor=st.integers(0, 10**12))
def test_the_weeks_of_a_budget_hold_no_more_and_no_less_than_its_months(day: date, minor: int) -> None:
    months = [date(2024 + i // 12, i % 12 + 1, 1) for i in range(48)]
    planned = budget(*((month, "revenue", minor) for month in months))
    first = Period.of(day, PeriodKind.WEEK)
    weeks = (first, *(first := first.next() for _ in range(9)))
    parts = [books.budgeted(planned, ("revenue",), week.start, week.end)["a"] for week in weeks]
    whole = books.budgeted(planned, ("revenue",), weeks[0].start, weeks[-1].end)["a"]
    assert weeks[-1].end - weeks[0].start == timedelta(weeks=10)
    assert abs(sum(parts) - whole) <= 2 * len(weeks)  # each part is rounded to a cent by itself


def test_documents_are_asked_for_from_75_up() -> None:
    spent = books.spending(posted(cost(OCT, 7_499), cost(OCT, 7_500), cost(OCT, 9_000, RENT, document="A")), OCT_1, NOV_1)
    wanting = books.wants_document(spent, "USD")
    assert sorted(wanting["amount_minor"]) == [7_500, 9_000]
    assert list(books.without_document(wanting)["amount_minor"]) == [7_500]
