"""Exhibits of invoices and customers, worked out by hand. Amounts are in cents; the last day is 31 October 2026."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.model import Exhibit
from tests.tables import OCT, Row, at, cells, frame, posted, refund, sale, together, usd


def show(id: str, **tables: pd.DataFrame) -> Exhibit | None:
    return EXHIBITS.get(id).make(**tables, at=at("2026-10"))


def bill(due: date, minor: int, party: str = "Ana", side: str = "receivable", **more: object) -> Row:
    return {"side": side, "party": party, "issued_on": date(2026, 1, 1), "due_on": due, "amount_minor": minor, **more}


LIST = frame(
    "invoices",
    [
        bill(date(2026, 11, 9), 400),
        bill(date(2026, 10, 30), 100, last_contact_on=OCT),
        bill(date(2026, 9, 1), 50),
        bill(date(2026, 8, 1), 450, "Bo"),
        bill(date(2026, 10, 1), 7, "Yard", "payable"),
        bill(date(2026, 10, 1), 9, "Cy", paid_minor=9, paid_on=OCT),
    ],
)


def test_ages_with_their_share_and_their_sum() -> None:
    table = show("receivables_ageing", invoices=LIST)
    assert table is not None
    assert table.rows == (
        ("not due", 1, usd(400), Decimal("0.4")),
        ("1 to 30 days", 1, usd(100), Decimal("0.1")),
        ("31 to 60 days", 1, usd(50), Decimal("0.05")),
        ("61 to 90 days", 0, usd(0), Decimal(0)),
        ("over 90 days", 1, usd(450), Decimal("0.45")),
        ("Total", 4, usd(1_000), None),
    )
    assert table.total_row
    assert cells(show("payables_ageing", invoices=LIST), "amount")[1] == usd(7)


def test_customers_by_what_they_owe() -> None:
    table = show("receivables_by_customer", invoices=LIST)
    assert table is not None
    assert table.rows == (
        ("Ana", usd(400), usd(100), usd(50), None, None, usd(550)),
        ("Bo", None, None, None, None, usd(450), usd(450)),
        ("Total", usd(400), usd(100), usd(50), None, usd(450), usd(1_000)),
    )


def test_those_who_are_late_and_the_last_word_with_them() -> None:
    table = show("overdue_customers", invoices=LIST)
    assert table is not None
    assert table.rows == (
        ("Bo", usd(450), Decimal("0.75"), 1, 91, None),
        ("Ana", usd(150), Decimal("0.25"), 2, 60, OCT),
    )
    many = frame("invoices", [bill(OCT, number, f"C{number}") for number in range(1, 8)])
    listed = show("overdue_customers", invoices=many)
    assert listed is not None
    assert (len(listed.rows), listed.note) == (5, "5 of 7 shown")


def test_customers_of_two_companies_are_not_one() -> None:
    both = together("invoices", frame("invoices", [bill(OCT, 5)], "a"), frame("invoices", [bill(OCT, 7)], "b"))
    assert cells(show("overdue_customers", invoices=both), "tenant") == ["b", "a"]
    assert cells(show("receivables_by_customer", invoices=both), "total") == [usd(7), usd(5), usd(12)]


def test_the_largest_customers_of_a_year_after_refunds() -> None:
    rows = posted(
        sale(OCT, 700, "Ana"),
        refund(OCT, 300, "Ana"),
        sale(OCT, 500, "Bo"),
        sale(OCT, 100),
        sale(date(2025, 10, 31), 9_999, "Old"),
    )
    table = show("largest_customers", postings=rows)
    assert table is not None
    assert table.rows == (("Bo", usd(500), Decimal("0.5")), ("Ana", usd(400), Decimal("0.4")))
