"""Invoices as of a day, by hand, and against SQL on DuckDB made from the definitions. Amounts are in cents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.receivables import (
    AGES,
    ageing,
    days_to_pay,
    debtors,
    expected,
    lateness,
    open_items,
    overdue,
    settled,
)
from tests.tables import Row, frame, together

END = date(2026, 11, 1)  # the last day that is known is 31 October


def bill(due: date, minor: int = 10_000, party: str = "Ana", **more: object) -> Row:
    issued = due - timedelta(days=30)
    return {"side": "receivable", "party": party, "issued_on": issued, "due_on": due, "amount_minor": minor, **more}


def bills(*rows: Row, tenant: str = "a") -> pd.DataFrame:
    return frame("invoices", rows, tenant)


def items(*rows: Row) -> pd.DataFrame:
    return open_items(bills(*rows), "receivable", END)


# --- what is open, and how old ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "age"),
    [
        (date(2026, 11, 24), 0),
        (date(2026, 10, 31), 0),  # due on the last day is not late yet
        (date(2026, 10, 30), 1),
        (date(2026, 10, 1), 1),  # 30 days
        (date(2026, 9, 30), 2),
        (date(2026, 9, 1), 2),  # 60 days
        (date(2026, 8, 31), 3),
        (date(2026, 8, 2), 3),  # 90 days
        (date(2026, 8, 1), 4),
        (date(2020, 1, 1), 4),
    ],
)
def test_ages_count_from_the_due_day(due: date, age: int) -> None:
    found = items(bill(due))
    assert found["age"].tolist() == [age]
    assert found["late_days"].tolist() == [(date(2026, 10, 31) - due).days]
    assert ageing(found) == tuple(10_000 if place == age else 0 for place in range(len(AGES)))


def test_only_what_was_known_on_the_day_counts() -> None:
    due = date(2026, 10, 10)
    found = items(
        bill(due, 1, issued_on=date(2026, 10, 31)),
        bill(due, 2, issued_on=date(2026, 11, 1)),  # not issued yet
        bill(due, 40, paid_minor=40, paid_on=date(2026, 10, 31)),  # paid
        bill(due, 80, paid_minor=80, paid_on=date(2026, 11, 1)),  # paid on the day after
        bill(due, 160, paid_minor=60),  # paid in part, nobody knows when
        bill(due, -320),  # a credit note
        bill(due, 640, paid_minor=641, paid_on=due),  # paid too much
        bill(due, 5, side="payable"),
    )
    assert found["open_minor"].tolist() == [1, 80, 100, -320, -1]
    assert overdue(found)["open_minor"].tolist() == [1, 80, 100]


def test_debtors_are_named_with_their_oldest_invoice_and_the_last_talk() -> None:
    found = items(
        bill(date(2026, 9, 1), 100, "Ana", last_contact_on=date(2026, 9, 20)),
        bill(date(2026, 10, 1), 200, "Ana", last_contact_on=date(2026, 10, 2)),
        bill(date(2026, 8, 1), 299, "Bo"),
        bill(date(2026, 12, 1), 999, "Bo"),
        bill(date(2026, 9, 1), -999, "Cy"),
    )
    assert [(d.party, d.minor, d.items, d.days, d.last_contact) for d in debtors(found)] == [
        ("Ana", 300, 2, 60, date(2026, 10, 2)),
        ("Bo", 299, 1, 91, None),
    ]
    assert [d.party for d in debtors(found, 60)] == ["Bo"]


# --- habits -----------------------------------------------------------------------------------------------------------


def paid(due: date, on: date, minor: int = 10_000, party: str = "Ana", **more: object) -> Row:
    return bill(due, minor, party, paid_minor=minor, paid_on=on, **more)


def test_days_to_pay_are_weighted_by_amount() -> None:
    list_ = bills(
        paid(date(2026, 5, 31), date(2026, 5, 31), 300),  # 30 days after it was issued
        paid(date(2026, 5, 31), date(2026, 6, 10), 100),  # 40
        bill(date(2026, 5, 31), 100, paid_minor=99, paid_on=date(2026, 6, 1)),  # not in full
        paid(date(2025, 9, 30), date(2025, 10, 31), 100),  # more than twelve months ago
        paid(date(2026, 10, 30), END, 100),  # later
    )
    found = settled(list_, "receivable", END)
    assert days_to_pay(found) == Fraction(300 * 30 + 100 * 40, 400)
    assert days_to_pay(settled(bills(), "receivable", END)) is None


def test_habits_are_a_mean_by_customer_and_one_of_all() -> None:
    due = date(2026, 5, 31)
    list_ = bills(
        paid(due, due + timedelta(days=9)),
        paid(due, due + timedelta(days=12)),
        paid(due, due - timedelta(days=3), party="Bo"),
    )
    habits = lateness(list_, "receivable", END)
    assert habits == {("a", "Ana"): 10, ("a", "Bo"): -3, ("a", ""): 6}  # 10.5 and 6.0, halves go to the even one
    ahead = items(
        bill(date(2026, 11, 10), 1, "Ana"),
        bill(date(2026, 11, 10), 2, "Bo"),
        bill(date(2026, 11, 10), 3, "New"),
        bill(date(2026, 10, 10), 4, "Ana"),  # should have come on 20 October
        bill(date(2026, 10, 10), 5, "Bo"),
        bill(date(2026, 10, 10), 6, "Ana", expected_on=date(2026, 11, 5)),
        bill(date(2026, 11, 10), 7, "Ana", expected_on=date(2026, 10, 5)),  # somebody's word that did not hold
    )
    assert expected(ahead, habits, END) == [
        date(2026, 11, 20), date(2026, 11, 7), date(2026, 11, 16), date(2026, 11, 11), END, date(2026, 11, 5),
        date(2026, 11, 11),
    ]  # fmt: skip


# --- against SQL ------------------------------------------------------------------------------------------------------

_OPEN = """
SELECT tenant, party, invoice, amount_minor - paid AS open, late,
       CASE WHEN late <= 0 THEN 0 WHEN late <= 30 THEN 1 WHEN late <= 60 THEN 2 WHEN late <= 90 THEN 3 ELSE 4 END AS age
FROM (
  SELECT *, date_diff('day', due_on::DATE, DATE '2026-10-31') AS late,
         CASE WHEN paid_on IS NULL OR paid_on::DATE <= DATE '2026-10-31' THEN coalesce(paid_minor, 0) ELSE 0 END AS paid
  FROM invoices WHERE side = 'receivable' AND issued_on::DATE <= DATE '2026-10-31'
) WHERE amount_minor <> paid
"""
_PAID = """
SELECT sum(amount_minor * date_diff('day', issued_on::DATE, paid_on::DATE)), sum(amount_minor) FROM invoices
WHERE side = 'receivable' AND amount_minor > 0 AND coalesce(paid_minor, 0) >= amount_minor
  AND paid_on::DATE >= DATE '2025-11-01' AND paid_on::DATE < DATE '2026-11-01'
"""
_DAYS = st.dates(date(2025, 6, 1), date(2027, 1, 31))
_BILLS = st.lists(
    st.builds(
        lambda party, issued, terms, minor, part, on, side: {
            "party": party,
            "side": side,
            "issued_on": issued,
            "due_on": issued + timedelta(days=terms),
            "amount_minor": minor,
            "paid_minor": None if part is None else minor * part // 4,
            "paid_on": on,
        },
        st.sampled_from(("Ana", "Bo", "Cy")),
        _DAYS,
        st.integers(0, 90),
        st.integers(-50_000, 10**12),
        st.sampled_from((None, 0, 1, 4, 5)),
        st.none() | _DAYS,
        st.sampled_from(("receivable", "receivable", "payable")),
    ),
    max_size=20,
)


def asked(sql: str, invoices: pd.DataFrame) -> list[tuple[object, ...]]:
    with duckdb.connect() as database:
        database.register("invoices", invoices)
        return database.execute(sql).fetchall()


def drawn(one: Iterable[Row], two: Iterable[Row]) -> pd.DataFrame:
    return together("invoices", bills(*one, tenant="a"), bills(*two, tenant="b"))


@settings(max_examples=40, deadline=None)
@given(one=_BILLS, two=_BILLS, seed=st.integers(0, 2**32 - 1))
def test_open_items_ages_and_days_are_those_of_sql(one: list[Row], two: list[Row], seed: int) -> None:
    invoices = drawn(one, two)
    found = open_items(invoices, "receivable", END)
    columns = ["tenant", "party", "invoice", "open_minor", "late_days", "age"]
    assert sorted(found[columns].itertuples(index=False, name=None)) == sorted(asked(_OPEN, invoices))
    assert sum(ageing(found)) == sum(found["open_minor"].tolist())  # ages sum to what is open
    weighted, amount = asked(_PAID, invoices)[0]
    days = days_to_pay(settled(invoices, "receivable", END))
    assert days == (Fraction(int(str(weighted)), int(str(amount))) if amount else None)
    shuffled = invoices.sample(frac=1, random_state=seed)
    again = open_items(shuffled, "receivable", END)
    assert (ageing(again), debtors(again)) == (ageing(found), debtors(found))
    assert lateness(shuffled, "receivable", END) == lateness(invoices, "receivable", END)
    parts = [ageing(found[found["tenant"] == tenant]) for tenant in "ab"]
    assert tuple(map(sum, zip(*parts, strict=True))) == ageing(found)  # companies add up
