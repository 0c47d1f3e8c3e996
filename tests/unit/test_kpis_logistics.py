"""Figures of delivery jobs, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.tables import Row, at, frame


def value(id: str, period: str = "2026-10", **tables: pd.DataFrame) -> Value:
    return KPIS.get(id).compute(at=at(period), **tables)


def reason(found: Value) -> str:
    assert isinstance(found, Unavailable)
    return found.reason


def job(status: str = "delivered", **more: object) -> Row:
    return {"status": status, "quoted_on": date(2026, 7, 1), **more}


JOBS = frame(
    "jobs",
    [
        job(
            decided_on=date(2026, 7, 8),
            promised_on=date(2026, 8, 5),
            delivered_on=date(2026, 8, 5),  # on the day itself is on time
            miles=100,
            crew_days=Decimal("3"),
            amount_minor=300_000,
            cost_minor=200_000,
        ),
        job(
            decided_on=date(2026, 9, 1),
            promised_on=date(2026, 10, 9),
            delivered_on=date(2026, 10, 11),
            miles=50,
            crew_days=Decimal("1.5"),
            amount_minor=100_000,
            cost_minor=130_000,
        ),
        job(decided_on=date(2026, 9, 2), delivered_on=date(2026, 10, 31), amount_minor=50_000),  # nothing else is known of it
        job("booked", decided_on=date(2026, 10, 2), promised_on=date(2026, 10, 20), amount_minor=70_000),
        job("lost", decided_on=date(2026, 10, 30)),
        job("lost", decided_on=date(2026, 11, 1), amount_minor=9_000),  # in October it was still open
        job("quoted", quoted_on=date(2026, 10, 31), amount_minor=2_000),
        job("quoted", quoted_on=date(2026, 11, 1), amount_minor=1),
        job("cancelled", decided_on=date(2026, 9, 9)),
    ],
)


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        ("jobs_delivered", 2),
        ("on_time_rate", Decimal("0.5")),  # of two with a promise
        ("cost_per_mile", 2_200),  # 330,000 / 150
        ("cost_per_job", 165_000),
        ("job_margin", Decimal("0.175")),  # (400,000 - 330,000) / 400,000
        ("quote_conversion", Decimal("0.8")),  # four booked, one lost; the cancelled one is neither
        ("open_quotes", 11_000),
    ],
)
def test_by_hand(id: str, expected: Decimal | int) -> None:
    assert value(id, jobs=JOBS) == expected
    assert value(id, jobs=JOBS.iloc[::-1]) == expected


def test_the_past_can_be_worked_out_from_the_rows() -> None:
    assert value("jobs_delivered", "2026-08", jobs=JOBS) == 1
    assert value("open_quotes", "2026-08", jobs=JOBS) == 50_000 + 100_000 + 70_000 + 9_000  # the lost and the cancelled cost 0


def test_crew_days_of_a_quarter() -> None:
    crews = frame("crews", [{"days_a_month": Decimal(10)}, {"days_a_month": Decimal(4), "since": date(2026, 11, 1)}])
    assert value("crew_utilisation", jobs=JOBS, crews=crews) == Decimal("0.15")  # 4.5 of 30
    # The quarter has 92 days, of which the crew is there for 46.
    half = frame("crews", [{"days_a_month": Decimal(10), "until": date(2026, 9, 16)}])
    assert value("crew_utilisation", jobs=JOBS, crews=half) == Decimal("0.3")
    assert reason(value("crew_utilisation", jobs=JOBS, crews=frame("crews", []))).startswith("no crew is recorded")


def test_without_jobs_there_is_no_zero() -> None:
    none = frame("jobs", [])
    of_jobs = [kpi.id for kpi in KPIS.all().values() if kpi.tables == ("jobs",)]
    assert len(of_jobs) == 7
    assert all(reason(value(id, jobs=none)) for id in of_jobs)
    assert value("jobs_delivered", jobs=JOBS[4:5]) == 0  # that was measured
