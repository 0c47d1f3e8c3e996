"""Tables of deferred revenue, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.frames import empty
from quarterdeck.model import Exhibit
from tests.tables import CASH, DEFERRED, SALES, at, cells, entry, frame, posted, together, usd

SEP, OCT, NOV = date(2026, 9, 10), date(2026, 10, 12), date(2026, 11, 3)


def show(id: str, books: pd.DataFrame, obligations: pd.DataFrame | None = None) -> Exhibit | None:
    listed = empty("obligations") if obligations is None else obligations
    return EXHIBITS.get(id).make(postings=books, obligations=listed, at=at("2026-10"))


def owed(*rows: dict[str, Any], tenant: str = "a") -> pd.DataFrame:
    return frame("obligations", [{"kind": "deposit", "billed_on": SEP, "product": "Charter", **row} for row in rows], tenant)


LISTED = owed(
    {"amount_minor": 900, "service_start": OCT},
    {"amount_minor": 500, "service_start": NOV, "refunded_minor": 200, "refunded_on": OCT, "cancelled_on": OCT},
    {"amount_minor": 3_100, "billed_on": date(2026, 10, 1), "service_start": date(2026, 10, 1), "service_end": NOV},
    {"amount_minor": 40, "billed_on": OCT, "service_start": date(2028, 1, 1), "presentation": "net", "commission_minor": 4},
)


def test_the_roll_forward_goes_from_opening_to_closing_and_to_the_ledger() -> None:
    # The span has 33 days, of which 31 in October: 3,100 x 31 / 33 = 2,912.1
    table = show("deferred_revenue_roll_forward", posted(entry(OCT, CASH, DEFERRED, 500)), LISTED)
    assert table is not None
    assert table.rows == (
        ("Opening", usd(1_400)),
        ("Billed", usd(3_136)),
        ("Recognised as revenue", usd(-3_812)),
        ("Refunded before the service", usd(-200)),
        ("Closing by the schedule", usd(524)),
        ("Closing by the ledger", usd(500)),
        ("Difference", usd(24)),
    )
    assert "in equal parts over its days" in table.note


def test_each_company_has_a_roll_forward_of_its_own() -> None:
    books = [posted(entry(OCT, CASH, DEFERRED, minor), tenant=name) for name, minor in (("a", 524), ("b", 70))]
    both = together("obligations", LISTED, owed({"amount_minor": 70, "service_start": NOV}, tenant="b"))
    table = show("deferred_revenue_roll_forward", together("entries", *books), both)
    assert cells(table, "tenant") == ["a"] * 7 + ["b"] * 7
    assert [cells(table, "amount")[place] for place in (6, 13)] == [usd(0), usd(0)]


def test_the_schedule_has_a_year_of_months_and_the_rest() -> None:
    table = show("recognition_schedule", posted(entry(OCT, CASH, DEFERRED, 11, service_date=NOV)), LISTED)
    assert table is not None
    assert table.rows[0] == ("2026-11", usd(188 + 11))
    assert [row[1] for row in table.rows[1:12]] == [usd(0)] * 11
    assert table.rows[12:] == (("Later", usd(36)), ("On no known day", usd(300)), ("Deferred revenue", usd(535)))


def test_the_method_is_stated_by_product() -> None:
    books = posted(
        entry(OCT, CASH, DEFERRED, 11, service_date=NOV), entry(SEP, CASH, DEFERRED, 5, service_date=OCT),
        entry(OCT, DEFERRED, SALES, 5, service_date=OCT),
    )  # fmt: skip
    table = show("recognition_methods", books, LISTED)
    assert table is not None
    assert table.rows == (
        ("Charter", "on the day of the service", "gross", 2, usd(1_400), usd(900), usd(300)),
        ("Charter", "on the day of the service", "net of commission", 1, usd(36), usd(0), usd(36)),
        ("Charter", "straight-line over the days of service", "gross", 1, usd(3_100), usd(2_912), usd(188)),
        ("Sales with a day of service in the books", "on the day of the service", "gross", 2, usd(16), usd(5), usd(11)),
    )


def test_nothing_deferred_shows_no_table() -> None:
    for id in ("deferred_revenue_roll_forward", "recognition_schedule", "recognition_methods"):
        assert show(id, posted(entry(OCT, CASH, SALES, 5))) is None
