"""Attribution by hand, and what holds for any leads and touches: every model gives away just what was won."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.marketing.attribution import MODELS, attributed, won
from tests.marketing import leads
from tests.tables import Row, frame

FIRST = date(2026, 8, 1)
END = date(2026, 11, 1)


def lead(minor: int | None, day: date = FIRST, channel: str | None = None, name: str = "L") -> Row:
    return {"lead": name, "date": FIRST, "channel": channel, "won_on": day, "value_minor": minor}


def touches(*channels: str | None, name: str = "L") -> list[Row]:
    days = enumerate(channels, start=1)
    return [{"touch": f"{name}{n}", "date": FIRST + timedelta(n), "lead": name, "channel": channel} for n, channel in days]


def shares(model: str, *channels: str, minor: int = 1_000) -> dict[str, int]:
    given = attributed(leads([lead(minor, date(2026, 10, 1))]), frame("touches", touches(*channels)), END, "USD")
    return {channel: sums[model] for (_, channel), sums in given.items() if sums[model]}


WAY = ("Search", "Mail", "Fair", "Social", "Direct")


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("first", {"Search": 1_000}),
        ("last_non_direct", {"Social": 1_000}),
        ("linear", {"Search": 200, "Mail": 200, "Fair": 200, "Social": 200, "Direct": 200}),
        ("ends", {"Search": 400, "Mail": 67, "Fair": 67, "Social": 66, "Direct": 400}),
    ],
)
def test_a_way_of_five_touches(model: str, expected: dict[str, int]) -> None:
    assert shares(model, *WAY) == expected


def test_short_ways_and_ways_without_anything_but_direct() -> None:
    assert shares("ends", "Mail") == {"Mail": 1_000}
    assert shares("ends", "Mail", "Fair") == {"Mail": 500, "Fair": 500}
    assert shares("last_non_direct", "Direct", "direct") == {"direct": 1_000}
    assert shares("ends", "Mail", "Fair", "Mail") == {"Mail": 800, "Fair": 200}


def test_a_touch_after_the_sale_or_of_no_channel_brought_nothing() -> None:
    rows = leads([lead(1_000, FIRST + timedelta(1))])
    given = attributed(rows, frame("touches", touches(None, "Mail")), END, "USD")
    assert given == {("a", "unattributed"): dict.fromkeys(MODELS, 1_000)}


def test_without_touches_a_leads_own_channel_stands_for_them() -> None:
    given = attributed(leads([lead(700, channel="Fair")]), frame("touches", []), END, "USD")
    assert given == {("a", "Fair"): dict.fromkeys(MODELS, 700)}


def test_won_in_the_window_alone() -> None:
    rows = leads([lead(1, date(2026, 10, 31), name="in"), lead(1, END, name="out"), {**lead(1, name="open"), "won_on": None}])
    assert list(won(rows, FIRST, END)["lead"]) == ["in"]


CHANNELS = st.sampled_from(["Search", "Mail", "Direct", "Fair", None])
WAYS = st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 10**9)), CHANNELS, st.lists(CHANNELS, max_size=6)), max_size=6)


@settings(max_examples=60, deadline=None)
@given(WAYS)
def test_every_model_sums_to_what_was_won_and_rows_may_stand_anyhow(
    made: list[tuple[int | None, str | None, list[str | None]]],
) -> None:
    rows = leads([lead(minor, date(2026, 10, 1), own, f"L{n}") for n, (minor, own, _) in enumerate(made)])
    known: pd.DataFrame = frame("touches", [row for n, (*_, way) in enumerate(made) for row in touches(*way, name=f"L{n}")])
    given = attributed(rows, known, END, "USD")
    whole = sum(minor or 0 for minor, *_ in made)
    for model in MODELS:
        assert sum(sums[model] for sums in given.values()) == whole
    unknown = sum(minor or 0 for minor, own, way in made if own is None and not any(way))
    assert given.get(("a", "unattributed"), dict.fromkeys(MODELS, 0)) == dict.fromkeys(MODELS, unknown)
    assert attributed(rows.iloc[::-1], known.iloc[::-1], END, "USD") == given
