"""Who leaves and who has money back early, worked out by hand; the triangle of cohorts. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.kpis import KPIS, Value
from quarterdeck.marketing.cohorts import cohorts
from quarterdeck.model import Unavailable
from tests.tables import at, posted, refund, sale


def value(id: str, period: str = "2026-10", **tables: pd.DataFrame) -> Value:
    return KPIS.get(id).compute(at=at(period), **tables)


def test_customers_who_had_money_back_early() -> None:
    first = date(2026, 3, 1)
    books = posted(
        sale(date(2024, 1, 1), 1, "Old"),
        sale(first, 100, "Ann"),
        sale(first, 100, "Bo"),
        sale(first, 100, "Cy"),
        sale(date(2026, 10, 1), 100, "New"),  # nobody knows yet
        refund(date(2026, 4, 30), 10, "Ann"),  # the sixtieth day
        refund(date(2026, 5, 1), 10, "Bo"),
        refund(date(2026, 3, 2), 10, "Old"),
    )
    assert value("early_refunds", postings=books) == Decimal("0.33333333")
    none = value("early_refunds", postings=posted(sale(first, 100, "Ann")))
    assert isinstance(none, Unavailable)  # the books begin with her: she may be an old customer


def test_churn_takes_two_years_of_books() -> None:
    found = value("customer_churn", postings=posted(sale(date(2025, 6, 1), 1, "Ann")))
    assert isinstance(found, Unavailable)


def test_cohorts_by_hand() -> None:
    books = posted(
        sale(date(2026, 6, 3), 1, "Old"),  # the books begin here
        sale(date(2026, 7, 1), 1, "Ann"),
        sale(date(2026, 7, 31), 1, "Bo"),
        sale(date(2026, 7, 31), 1, "Ann"),
        sale(date(2026, 8, 1), 1, "Ann"),
        sale(date(2026, 10, 31), 1, "Bo"),
        sale(date(2026, 9, 9), 1, "Cy"),
        sale(date(2026, 11, 1), 1, "Cy"),
    )
    found = [(cohort.month.month, cohort.customers, cohort.active) for cohort in cohorts(books, date(2026, 11, 1), 12)]
    assert found == [(7, 2, (1, 0, 1)), (9, 1, (0,))]
    assert [cohort.month.month for cohort in cohorts(books, date(2026, 11, 1), 2)] == [9]


SALES = st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2026, 11, 9)), st.sampled_from("ABCDE")), max_size=30)
SQL = """
WITH sold AS (SELECT party, (year(date) * 12 + month(date))::INT AS m FROM books
              WHERE statement_line = 'revenue' AND date < DATE '2026-11-01'),
     first AS (SELECT party, min(m) AS f FROM sold GROUP BY party),
     start AS (SELECT min(year(date) * 12 + month(date)) AS s FROM books)
SELECT f, m - f, count(DISTINCT party) FROM sold JOIN first USING (party), start
WHERE f > s AND m > f GROUP BY f, m - f
"""


@settings(max_examples=25, deadline=None)
@given(SALES)
def test_cohorts_agree_with_sql_however_rows_stand(sold: list[tuple[date, str]]) -> None:
    books = posted(*(sale(day, 1, who) for day, who in sold))
    found = cohorts(books, date(2026, 11, 1), 24)
    assert found == cohorts(books.iloc[::-1], date(2026, 11, 1), 24)
    counted = {
        (cohort.month.year * 12 + cohort.month.month, age): active
        for cohort in found
        for age, active in enumerate(cohort.active, start=1)
        if active
    }
    database = duckdb.connect()
    database.register("books", books)
    assert counted == {(f, age): n for f, age, n in database.execute(SQL).fetchall()}
