"""Hours and what they are worth, worked out by hand and against SQL. Amounts are in cents."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.tables import Row, at, frame, posted, sale

OCTOBER = date(2026, 10, 15)
LONG_AGO = date(2026, 1, 1)


def value(id: str, **tables: pd.DataFrame) -> Value:
    return KPIS.get(id).compute(at=at("2026-10"), **tables)


def reason(found: Value) -> str:
    assert isinstance(found, Unavailable)
    return found.reason


def worked(client: str, hours: str, day: date = OCTOBER, *, invoice: str | None = None, billable: bool = True) -> Row:
    return {"date": day, "client": client, "hours": Decimal(hours), "invoice": invoice, "is_billable": billable}


CONTRACTS = frame(
    "client_contracts",
    [
        {"client": "bakery", "model": "hourly", "rate_minor": 6_000, "since": LONG_AGO, "until": date(2026, 10, 30)},
        {"client": "bakery", "model": "hourly", "rate_minor": 7_001, "since": date(2026, 10, 31)},
        {"client": "dentist", "model": "retainer", "rate_minor": 5_000, "monthly_minor": 60_000, "since": LONG_AGO},
        {"client": "kayaks", "model": "none", "since": LONG_AGO},
        {"client": "later", "model": "none", "since": date(2026, 11, 2)},
    ],
)
HOURS = frame(
    "time_entries",
    [
        worked("bakery", "2.5"),
        worked("bakery", "1", invoice="INV-1"),
        worked("bakery", "1.5", billable=False),
        worked("dentist", "10", invoice="INV-2"),
        worked("kayaks", "3", date(2026, 8, 1)),
        worked("stranger", "2"),
        worked("bakery", "8", date(2026, 11, 2)),  # nobody knows of it yet
    ],
)


def test_hours() -> None:
    assert value("hours_worked", time_entries=HOURS) == Decimal("17")
    assert value("billable_share", time_entries=HOURS) == Decimal("0.91176471")  # 15.5 of 17
    assert value("unbilled_hours", time_entries=HOURS) == Decimal("7.5")
    assert reason(value("hours_worked", time_entries=frame("time_entries", []))) == "no time entry is recorded"
    assert value("hours_worked", time_entries=HOURS[HOURS["client"] == "kayaks"]) == 0


def test_unbilled_hours_are_worth_the_rate_that_holds_at_the_end() -> None:
    assert value("unbilled_value", time_entries=HOURS, client_contracts=CONTRACTS) == 17_502  # 2.5 x 70.01, half to even
    only = HOURS[HOURS["client"] == "kayaks"]
    assert reason(value("unbilled_value", time_entries=only, client_contracts=CONTRACTS)).startswith("none of the clients")


def test_realisation_and_the_rate_that_was_reached() -> None:
    books = posted(sale(OCTOBER, 40_000, party="bakery"), sale(OCTOBER, 30_000, party="dentist"), sale(OCTOBER, 999, party="x"))
    # bakery: 5 hours at 70.01, dentist: 10 at 50
    expected = Decimal(70_000) / Decimal(35_005 + 50_000)
    tables = {"time_entries": HOURS, "client_contracts": CONTRACTS, "postings": books}
    assert value("realisation", **tables) == expected.quantize(Decimal("1e-8"))
    assert value("effective_rate", time_entries=HOURS, postings=books) == 4_176  # 70,999 / 17 = 4176.4
    nobody = frame("client_contracts", [])
    assert reason(value("realisation", **{**tables, "client_contracts": nobody})).startswith("no hour of the period")


def test_clients_without_a_model() -> None:
    assert value("clients_without_model", client_contracts=CONTRACTS, time_entries=HOURS) == 2  # kayaks, and the stranger
    none = {"client_contracts": frame("client_contracts", []), "time_entries": frame("time_entries", [])}
    assert reason(value("clients_without_model", **none)) == "no client is recorded"


ROWS = st.lists(
    st.builds(
        worked,
        st.sampled_from(["bakery", "dentist", "kayaks"]),
        st.integers(1, 400).map(lambda n: str(Decimal(n) / 4)),
        st.integers(0, 90).map(lambda n: date(2026, 8, 20) + timedelta(days=n)),
        invoice=st.sampled_from([None, "", " ", "INV-1"]),
        billable=st.booleans(),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=40)
@given(ROWS)
def test_it_is_what_sql_gives(rows: list[Row]) -> None:
    entries = frame("time_entries", rows)
    plain = entries.assign(hours=entries["hours"].astype(float), invoice=entries["invoice"].fillna(""))  # quarters are exact
    with duckdb.connect() as base:
        base.register("entries", plain)
        row = base.execute(
            """SELECT
                sum(hours) FILTER (date >= DATE '2026-10-01' AND date < DATE '2026-11-01'),
                coalesce(sum(hours) FILTER (date < DATE '2026-11-01' AND is_billable AND trim(invoice) = ''), 0),
                count(*) FILTER (date < DATE '2026-11-01')
            FROM entries"""
        ).fetchone()
    assert row is not None
    hours, unbilled, known = row
    found = value("hours_worked", time_entries=entries.sort_values("date")), value("unbilled_hours", time_entries=entries)
    assert found == (Decimal(hours or 0), Decimal(unbilled)) if known else all(isinstance(f, Unavailable) for f in found)
