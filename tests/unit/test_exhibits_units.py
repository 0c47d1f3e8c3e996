"""Tables of the units: lettings, jobs, clients."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.model import Exhibit
from tests.tables import FUEL, at, cells, cost, frame, posted, sale, usd

OCTOBER = date(2026, 10, 15)


def show(id: str, **tables: pd.DataFrame) -> Exhibit | None:
    return EXHIBITS.get(id).make(**tables, at=at("2026-10"))


HOUSE = frame("properties", [{"property": "p1", "units": 1, "lettable_from": date(2026, 9, 1)}])
STAYS = frame(
    "stays",
    [
        {
            "property": "p1",
            "party": "Ann",
            "arrives_on": date(2026, 9, 16),
            "leaves_on": date(2026, 10, 2),
            "rent_minor": 100,
            "rent_by": "night",
        },
        {"property": "p1", "party": "Bo", "arrives_on": date(2026, 10, 2), "rent_minor": 3_100, "rent_by": "month"},
        {"property": "p1", "party": "Cy", "arrives_on": OCTOBER, "is_cancelled": True},
    ],
)


def test_lettings_by_month_begin_when_the_house_is_ready() -> None:
    table = show("lettings_by_month", properties=HOUSE, stays=STAYS)
    assert cells(table, "month") == [date(2026, 9, 1), date(2026, 10, 1)]
    assert cells(table, "let") == [15, 31]
    assert cells(table, "rent") == [usd(1_500), usd(100 + 3_000)]
    assert cells(table, "occupancy") == [Decimal("0.5"), Decimal(1)]


def test_stays_of_the_period_and_after_it() -> None:
    table = show("stays_table", stays=STAYS)
    assert cells(table, "party") == ["Ann", "Bo"]
    assert cells(table, "rent_by") == ["the night", "the month"]
    assert show("stays_table", stays=frame("stays", [])) is None


def test_repairs_that_wait_come_first() -> None:
    rows: list[dict[str, object]] = [
        {"what": "Tap", "reported_on": date(2026, 10, 1), "done_on": date(2026, 10, 5), "cost_minor": 50},
        {"what": "Roof", "reported_on": date(2026, 10, 2), "done_on": date(2026, 11, 5), "cost_minor": 70},
        {"what": "Old", "reported_on": date(2026, 8, 2), "done_on": date(2026, 9, 5)},
    ]
    table = show("repairs_table", repairs=frame("repairs", rows))
    assert cells(table, "what") == ["Roof", "Tap"]
    assert cells(table, "done_on") == [None, date(2026, 10, 5)]
    assert cells(table, "days") == [30, 4]


JOBS = frame(
    "jobs",
    [
        {
            "job": "J1",
            "party": "Ann",
            "status": "delivered",
            "quoted_on": date(2026, 8, 1),
            "decided_on": date(2026, 8, 2),
            "delivered_on": OCTOBER,
            "amount_minor": 1_000,
            "cost_minor": 600,
        },
        {
            "job": "J2",
            "party": "Bo",
            "status": "booked",
            "quoted_on": date(2026, 10, 1),
            "decided_on": OCTOBER,
            "amount_minor": 9_000,
        },
        {"job": "J3", "party": "Bo", "status": "lost", "quoted_on": date(2026, 9, 1), "decided_on": date(2026, 9, 9)},
    ],
)


def test_jobs() -> None:
    table = show("jobs_table", jobs=JOBS)
    assert cells(table, "job") == ["J1", "J2"]
    assert cells(table, "margin") == [usd(400), None]
    assert cells(show("jobs_by_customer", jobs=JOBS), "margin") == [usd(400), usd(400)]


def test_few_quotes_have_no_interval_and_thirty_have_one() -> None:
    few = show("quotes_to_jobs", jobs=JOBS)
    assert few is not None
    assert cells(few, "share") == [Decimal(1), Decimal("0.5"), Decimal("0.66666667")]
    assert few.note == "Fewer than 30 quotes were decided: the conversion says little."
    many = show("quotes_to_jobs", jobs=pd.concat([JOBS] * 10, ignore_index=True))
    assert many is not None
    assert many.note == "95 % interval of the conversion: 49 to 81 %."  # Wilson's, of 20 in 30


def contracts() -> pd.DataFrame:
    since = date(2026, 1, 1)
    rows: list[dict[str, object]] = [
        {"client": "bakery", "model": "hourly", "rate_minor": 6_000, "since": since, "is_signed": True},
        {"client": "idle", "model": "none", "since": since},
    ]
    return frame("client_contracts", rows)


def time_entries() -> pd.DataFrame:
    rows: list[dict[str, object]] = [
        {"date": OCTOBER, "client": "bakery", "hours": Decimal("1.5"), "is_billable": True},
        {"date": OCTOBER, "client": "stranger", "hours": Decimal(3), "is_billable": True, "invoice": "I-1"},
    ]
    return frame("time_entries", rows)


def test_billing_by_client() -> None:
    table = show("billing_audit", time_entries=time_entries(), client_contracts=contracts())
    assert cells(table, "client") == ["bakery", "idle", "stranger"]
    assert cells(table, "model") == ["hourly", "none", "no contract"]
    assert cells(table, "worked") == [Decimal("1.5"), Decimal(0), Decimal(3)]
    assert cells(table, "value") == [usd(9_000), None, None]


def test_the_cost_of_sales_is_split_by_hours_and_nothing_is_lost() -> None:
    books = posted(sale(OCTOBER, 20_000, party="bakery"), cost(OCTOBER, 1_000, FUEL))
    table = show("client_margins", time_entries=time_entries(), client_contracts=contracts(), postings=books)
    assert cells(table, "client") == ["bakery", "stranger"]
    assert cells(table, "cost") == [usd(333), usd(667)]
    assert cells(table, "left") == [usd(19_667), usd(-667)]
