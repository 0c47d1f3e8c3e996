"""Scales and round values of charts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.render.charts.lettering import fit, spread, width, wrap
from quarterdeck.render.charts.scale import for_line, from_zero, ticks

NUMBERS = st.floats(-1e40, 1e40, allow_nan=False, allow_subnormal=False)


def test_columns_start_at_zero() -> None:
    scale = from_zero([50, None, 100], 120, 20)
    assert (scale.at(0), scale.at(50), scale.at(100)) == (120, 70, 20)
    scale = from_zero([-100, 300], 120, 20)
    assert (scale.at(-100), scale.at(0), scale.at(300)) == (120, 95, 20)


def test_nothing_and_nought_have_a_scale_too() -> None:
    assert from_zero([], 100, 0).at(0) == 100
    assert from_zero([None, 0, 0], 100, 0).at(0) == 100
    assert 0 < for_line([], 100, 0).at(0) <= 100
    assert 0 < for_line([5, 5, 5], 100, 0).at(5) < 100


@pytest.mark.parametrize(
    ("points", "from_nought"), [([10, 100], True), ([90, 100], False), ([-10, -100], True), ([-90, -100], False)]
)
def test_a_line_starts_at_zero_where_that_is_near(points: list[float], from_nought: bool) -> None:
    scale = for_line(points, 100, 0)
    assert (0 in (scale.low, scale.high)) == from_nought


@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_every_figure_lies_within_its_scale(points: list[float]) -> None:
    for scale in (from_zero(points, 200, 10), for_line(points, 200, 10)):
        for point in points:
            assert 10 - 1e-6 <= scale.at(point) <= 200 + 1e-6
        shown = ticks(scale)
        assert 1 <= len(shown) <= 7
        assert sorted(shown) == list(shown)


def test_ticks_are_round() -> None:
    assert ticks(from_zero([14_328], 1, 0)) == (0, 5_000, 10_000)
    assert ticks(from_zero([1.7], 1, 0)) == pytest.approx((0, 0.5, 1.0, 1.5))
    assert ticks(from_zero([-6_200, 14_328], 1, 0)) == (-5_000, 0, 5_000, 10_000)


def test_labels_keep_apart_and_stay_inside() -> None:
    assert spread([10, 50, 90], 15, 200) == [10, 50, 90]
    assert spread([50, 50, 50], 15, 200) == [50, 65, 80]
    assert spread([60, 50], 15, 200) == [65, 50]  # in their order
    assert spread([100, 95], 15, 100) == [100, 85]


def test_texts_are_fitted_by_estimate() -> None:
    assert fit("short", 100) == "short"
    cut = fit("W" * 40, 100)
    assert cut.endswith("…")
    assert width(cut) <= 100
    assert wrap("Operating expenses", 90) == ("Operating", "expenses")
    assert wrap("Cost of sales", 200) == ("Cost of sales",)
    first, second = wrap("Xxxxxxxxxxxxxxxxxxxxxxxxxxxxx yyyyyyyyyyyyyyyyyyyyyyyyyyyy", 60)
    assert first.endswith("…")
    assert second.endswith("…")


@given(st.text(max_size=60), st.floats(0, 300))
def test_whatever_is_fitted_fits(text: str, room: float) -> None:
    assert width(fit(text, room)) <= max(room, width("…"))
    assert len(wrap(text, room)) <= 2
