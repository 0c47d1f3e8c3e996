"""A trend and its interval: worked out by hand, and against numpy's least squares."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from quarterdeck.projection import LEAST, MOST, Outlook, Trend, line_of, outlook

# Student's t, quantile 0.9, from printed tables, to three digits.
T90 = {4: 1.533, 5: 1.476, 6: 1.440, 7: 1.415, 8: 1.397, 9: 1.383, 10: 1.372}


def test_a_line_through_six_values_by_hand() -> None:
    # x 0..5, y 1 2 2 4 4 5: mean 3, slope 14/17.5 = 0.8; residuals 0 0.2 -0.6 0.6 -0.2 0 -> squares 0.8 over 4
    line = line_of([Fraction(value) for value in (1, 2, 2, 4, 4, 5)])
    assert (line.level, line.slope, line.variance) == (Fraction(3), Fraction(4, 5), Fraction(1, 5))
    assert line.at(5) == 5
    # at 7: 0.2 x (1 + 1/6 + 4.5^2/17.5) = 0.46476, its root 0.68174, x 1.53321 = 1.04525
    assert float(line.edge(7)) == pytest.approx(1.04525, abs=1e-4)


def test_the_dates_are_those_of_the_edges() -> None:
    # the line is 5 + 0.8 k after k steps; the edges are about 1.0 beside it
    found = outlook([1, 2, 2, 4, 4, 5], 7, is_up=True, a_year=12)
    assert found == Outlook(Trend.DATED, 2, 5)  # 6.6 + 1.05, and 8.2 - 1.30 is not yet 7, 9.0 - 1.44 is
    assert outlook([-1, -2, -2, -4, -4, -5], -7, is_up=False, a_year=12) == found  # the mirror image


def test_a_straight_line_has_no_width() -> None:
    assert outlook(list(range(8)), 10, is_up=True, a_year=12) == Outlook(Trend.DATED, 3, 3)


@pytest.mark.parametrize("series", [[5, 5, 5, 5, 5, 5], [9, 8, 7, 6, 5, 4], [1, 9, 1, 9, 1, 8]])
def test_what_does_not_move_towards_it_has_no_trend(series: list[int]) -> None:
    assert outlook(series, 100, is_up=True, a_year=12).trend is Trend.NONE


def test_a_trend_that_takes_more_than_five_years_is_none() -> None:
    slow = [Decimal(n) for n in range(6)]  # 65 after sixty more months
    assert outlook(slow, 65, is_up=True, a_year=12) == Outlook(Trend.DATED, 60, 60)
    assert outlook(slow, 66, is_up=True, a_year=12).trend is Trend.NONE
    assert outlook(slow, 11, is_up=True, a_year=1).trend is Trend.NONE
    assert outlook(slow, 10, is_up=True, a_year=1) == Outlook(Trend.DATED, 5, 5)


def test_an_uncertain_end_is_left_open() -> None:
    found = outlook([0, 9, 2, 11, 3, 12], 60, is_up=True, a_year=12)
    assert found.trend is Trend.DATED
    assert found.earliest is not None
    assert found.latest is None


def test_what_is_reached_needs_no_trend() -> None:
    assert outlook([3], 3, is_up=True, a_year=12).trend is Trend.REACHED
    assert outlook([3], 4, is_up=False, a_year=12).trend is Trend.REACHED
    assert outlook([3], 2, is_up=False, a_year=12).trend is Trend.UNKNOWN


def test_a_gap_ends_what_can_be_read() -> None:
    assert outlook([1, 2, None, 3, 4, 5, 6, 7], 9, is_up=True, a_year=12).trend is Trend.UNKNOWN
    assert outlook([9, None, 2, 3, 4, 5, 6, 7], 9, is_up=True, a_year=12) == Outlook(Trend.DATED, 2, 2)
    assert outlook([1, 2, 3, 4, 5, 6, None], 9, is_up=True, a_year=12).trend is Trend.UNKNOWN
    assert outlook([], 9, is_up=True, a_year=12).trend is Trend.UNKNOWN


@settings(max_examples=100, deadline=None)
@given(values=st.lists(st.integers(-10_000, 10_000), min_size=LEAST, max_size=MOST), ahead=st.integers(1, 60))
def test_the_line_is_that_of_numpy(values: list[int], ahead: int) -> None:
    assume(len(set(values)) > 1)
    line, count = line_of([Fraction(value) for value in values]), len(values)
    x = np.arange(count, dtype=float)
    slope, constant = np.polyfit(x, np.array(values, dtype=float), 1)
    place = count - 1 + ahead
    assert float(line.at(place)) == pytest.approx(constant + slope * place, rel=1e-6, abs=1e-4)
    rest = np.array(values) - constant - slope * x
    variance = float((rest**2).sum()) / (count - 2)
    spread = float(((x - x.mean()) ** 2).sum())
    width = T90[count - 2] * sqrt(variance * (1 + 1 / count + (place - x.mean()) ** 2 / spread))
    assert float(line.edge(place)) == pytest.approx(width, rel=1e-3, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.integers(-1_000, 1_000), min_size=LEAST, max_size=MOST),
    target=st.integers(-5_000, 5_000),
    scale=st.integers(2, 1_000),
)
def test_the_unit_of_a_figure_moves_no_date(values: list[int], target: int, scale: int) -> None:
    one = outlook(values, target, is_up=True, a_year=12)
    other = outlook([value * scale for value in values], target * scale, is_up=True, a_year=12)
    assert one == other
    assert one.earliest is None or one.latest is None or one.earliest <= one.latest
