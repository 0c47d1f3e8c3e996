"""Figures of a house that is let, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.tables import RENT, Row, at, cost, frame, posted, sale

OCTOBER = date(2026, 10, 15)
ROOMS = frame("properties", [{"property": "inn", "units": 2, "value_minor": 10_000_000}])


def value(id: str, **tables: pd.DataFrame) -> Value:
    return KPIS.get(id).compute(at=at("2026-10"), **tables)


def reason(found: Value) -> str:
    assert isinstance(found, Unavailable)
    return found.reason


def stays(*rows: Row) -> pd.DataFrame:
    return frame("stays", [{"property": "inn", "rent_by": "night", "is_cancelled": False, **row} for row in rows])


TWO = stays(
    {
        "booked_on": date(2026, 9, 1),
        "arrives_on": date(2026, 10, 1),
        "leaves_on": date(2026, 10, 11),  # ten nights at 100
        "rent_minor": 10_000,
    },
    {
        "booked_on": date(2026, 10, 20),
        "arrives_on": date(2026, 10, 30),
        "leaves_on": date(2026, 11, 4),  # two nights of October at 175, three of November
        "rent_minor": 17_500,
    },
)


def test_occupancy_and_rates() -> None:
    assert value("occupancy", properties=ROOMS, stays=TWO) == Decimal("0.19354839")  # 12 of 62
    assert value("average_daily_rate", stays=TWO) == 11_250  # 135,000 / 12
    assert value("revpar", properties=ROOMS, stays=TWO) == 2177  # 135,000 / 62 = 2177.4
    assert value("nights_let_ahead", properties=ROOMS, stays=TWO) == Decimal("0.01666667")  # 3 of 180


def test_what_was_booked_later_is_not_known_yet() -> None:
    later = stays({"booked_on": date(2026, 11, 2), "arrives_on": date(2026, 11, 10), "leaves_on": date(2026, 12, 10)})
    assert value("nights_let_ahead", properties=ROOMS, stays=later) == 0


def test_lead_time_is_the_median_of_the_arrivals() -> None:
    assert value("booking_lead_time", stays=TWO) == Decimal("20.0")  # 30 and 10 days
    unknown = stays({"arrives_on": OCTOBER})
    assert reason(value("booking_lead_time", stays=unknown)).startswith("no arrival of the last twelve months")


def test_nothing_to_let_is_no_zero() -> None:
    later = frame("properties", [{"units": 1, "lettable_from": date(2027, 6, 1)}])
    none = stays()
    assert reason(value("occupancy", properties=later, stays=none)) == "no property could be let in the period"
    assert reason(value("average_daily_rate", stays=none)) == "no night of the period was let"
    assert value("occupancy", properties=ROOMS, stays=none) == 0  # that was measured
    assert value("revpar", properties=ROOMS, stays=none) == 0


def test_rent_that_came_in() -> None:
    books = posted(sale(OCTOBER, 108_000))
    assert value("rent_collected", stays=TWO, postings=books) == Decimal("0.8")
    assert reason(value("rent_collected", stays=TWO, postings=posted())).startswith("the books hold no posting")


def repair(reported: date, done: date | None = None, minor: int | None = None) -> Row:
    return {"reported_on": reported, "done_on": done, "cost_minor": minor}


def test_repairs() -> None:
    rows = [
        repair(date(2026, 9, 1), date(2026, 9, 9), 20_000),
        repair(date(2025, 10, 1), date(2025, 10, 31), 99_000),  # the day before the year
        repair(date(2026, 10, 2), date(2026, 11, 1), 5_000),  # done after the period
        repair(date(2026, 10, 30)),
        repair(date(2026, 11, 2)),
    ]
    assert value("repair_cost", repairs=frame("repairs", rows)) == 20_000
    assert value("open_repairs", repairs=frame("repairs", rows)) == 2
    assert reason(value("open_repairs", repairs=frame("repairs", rows[4:]))) == "no repair is recorded"
    free = frame("repairs", [repair(date(2026, 9, 1), date(2026, 9, 2))])
    assert reason(value("repair_cost", repairs=free)) == "no repair of the last twelve months names its cost"
    assert value("repair_cost", repairs=frame("repairs", [repair(date(2026, 9, 1))])) == 0  # none was done, which is known


def test_net_yield_is_of_twelve_months() -> None:
    first = date(2025, 11, 2)
    books = posted(sale(first, 600_000), sale(OCTOBER, 400_000), cost(OCTOBER, 300_000, RENT))
    assert value("net_yield", properties=ROOMS, postings=books) == Decimal("0.07")
    unknown = frame("properties", [{"property": "a", "units": 1}, {"property": "b", "units": 1, "value_minor": 5}])
    assert reason(value("net_yield", properties=unknown, postings=books)) == "not every property has a stated value"
    young = posted(sale(date(2026, 5, 1), 600_000))
    assert reason(value("net_yield", properties=ROOMS, postings=young)) == "the books reach back less than twelve months"
