"""Nights and rent of stays: by hand, against SQL that counts days one by one, and sums over any cut of time."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import duckdb
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.lettings import Stay, free_from, nights_let, nights_to_let, rent_of, stays_of
from quarterdeck.money import round_half_even
from tests.tables import frame

DAY = date(2026, 1, 1)


def stay(arrives: date, leaves: date | None, rent: int, rent_by: str = "night") -> Stay:
    return Stay("a", "s", "p", None, None, arrives, leaves, rent, rent_by)


def test_a_night_belongs_to_the_day_it_begins() -> None:
    three = stay(date(2026, 10, 30), date(2026, 11, 2), 10_000)
    assert three.nights(date(2026, 10, 1), date(2026, 11, 1)) == 2
    assert three.nights(date(2026, 11, 1), date(2026, 12, 1)) == 1
    assert three.earned(date(2026, 10, 1), date(2026, 11, 1)) == 20_000


def test_rent_by_the_month_counts_a_day_as_its_part_of_its_own_month() -> None:
    lease = stay(date(2024, 2, 15), None, 29_000, "month")
    assert lease.earned(date(2024, 2, 1), date(2024, 3, 1)) == 15_000  # 15 of the 29 days of a leap year's February
    assert lease.earned(date(2024, 3, 1), date(2024, 4, 1)) == 29_000


def test_rent_by_the_stay_is_spread_evenly_and_nothing_is_lost() -> None:
    seven = stay(date(2026, 10, 28), date(2026, 11, 4), 100_000, "stay")
    parts = [seven.earned(DAY + timedelta(days=n), DAY + timedelta(days=n + 1)) for n in range(365)]
    assert sum(parts) == 100_000
    assert {part for part in parts if part} == {14_285, 14_286}
    assert stay(DAY, None, 100_000, "stay").earned(DAY, date(2026, 12, 31)) == 0  # nobody knows over how many nights


DAYS = st.integers(0, 500).map(lambda n: DAY + timedelta(days=n))
STAYS = st.builds(
    stay,
    arrives=DAYS,
    leaves=st.one_of(st.none(), st.integers(501, 900).map(lambda n: DAY + timedelta(days=n))),
    rent=st.integers(0, 10**9),
    rent_by=st.sampled_from(["night", "month", "stay"]),
)


@given(STAYS, st.lists(DAYS, min_size=2, max_size=6))
def test_the_parts_of_any_cut_of_time_sum_to_the_whole(one: Stay, cuts: list[date]) -> None:
    cuts.sort()
    parts = [one.earned(first, last) for first, last in pairwise(cuts)]
    assert sum(parts) == one.earned(cuts[0], cuts[-1])
    assert all(part >= 0 for part in parts)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "arrives_on": DAYS,
            "nights": st.integers(-2, 40),
            "rent_minor": st.integers(0, 10**7),
            "rent_by": st.sampled_from(["night", "month", "stay"]),
            "is_cancelled": st.booleans(),
        }
    ),
    max_size=8,
)


@settings(max_examples=40)
@given(ROWS, DAYS, st.integers(1, 90))
def test_it_is_what_counting_days_in_sql_gives(rows: list[dict[str, object]], start: date, length: int) -> None:
    end = start + timedelta(days=length)
    listed: list[dict[str, object]] = []
    for row in rows:
        arrives, nights = row["arrives_on"], row["nights"]
        assert isinstance(arrives, date)
        assert isinstance(nights, int)
        listed.append({**{k: v for k, v in row.items() if k != "nights"}, "leaves_on": arrives + timedelta(days=nights)})
    stays = frame("stays", listed)
    found = stays_of(stays)
    with duckdb.connect() as base:
        base.register("stays", stays)
        base.execute(
            """CREATE TABLE nights AS
            SELECT stay, rent_minor, rent_by, day::DATE AS day, leaves_on::DATE - arrives_on::DATE AS length
            FROM stays, range(DATE '2025-12-01', DATE '2029-01-01', INTERVAL 1 DAY) AS calendar(day)
            WHERE NOT is_cancelled AND arrives_on::DATE <= day AND day < leaves_on::DATE"""
        )
        inside = base.execute("SELECT count(*) FROM nights WHERE day >= ? AND day < ?", [start, end]).fetchone()
        grown = base.execute("SELECT stay, rent_minor, rent_by, day, length FROM nights ORDER BY stay, day").fetchall()
    assert inside is not None
    assert nights_let(found, start, end) == inside[0]
    assert rent_of(found, start, end) == sum(_grown(grown, end).values()) - sum(_grown(grown, start).values())


def _grown(nights: list[tuple[str, int, str, date, int]], until: date) -> dict[str, int]:
    """The rent of each stay's nights before a day, night by night, rounded once."""
    exact: dict[str, Fraction] = {}
    for name, rent, rent_by, day, length in nights:
        if day < until:
            month = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - day.replace(day=1)
            parts = {"night": Fraction(rent), "month": Fraction(rent, month.days), "stay": Fraction(rent, length)}
            exact[name] = exact.get(name, Fraction(0)) + parts[rent_by]
    return {name: round_half_even(value) for name, value in exact.items()}


def test_nights_to_let_begin_when_a_property_is_ready() -> None:
    properties = frame("properties", [{"units": 3}, {"units": 1, "lettable_from": date(2026, 10, 21)}])
    assert nights_to_let(properties, date(2026, 10, 1), date(2026, 11, 1)) == 3 * 31 + 11


def test_a_property_is_free_after_the_stays_that_follow_each_other() -> None:
    october = date(2026, 10, 1)
    first, second = stay(date(2026, 9, 1), date(2026, 10, 5), 1), stay(date(2026, 10, 5), date(2026, 10, 9), 1)
    assert free_from((first, second), october) == date(2026, 10, 9)
    assert free_from((first, stay(date(2026, 10, 6), None, 1)), october) == date(2026, 10, 5)
    assert free_from((first, stay(date(2026, 10, 5), None, 1)), october) is None
    assert free_from((), october) == october


def test_cancelled_stays_and_stays_of_no_night_are_none() -> None:
    rows: list[dict[str, object]] = [
        {"arrives_on": DAY, "leaves_on": DAY, "rent_by": "night", "is_cancelled": False},
        {"arrives_on": DAY, "leaves_on": date(2026, 1, 3), "rent_by": "night", "is_cancelled": True},
    ]
    assert stays_of(frame("stays", rows)) == ()
    assert stays_of(pd.DataFrame(frame("stays", []))) == ()
