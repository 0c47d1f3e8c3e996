from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.money import Money
from quarterdeck.render.trend import blocks, heights


def test_heights_run_from_the_lowest_to_the_highest_figure() -> None:
    assert heights([Decimal(10), Decimal(15), None, Decimal(20)]) == (0.0, 0.5, None, 1.0)
    assert heights([Money(-100, "USD"), Money(0, "USD"), Money(300, "USD")]) == (0.0, 0.25, 1.0)


def test_equal_figures_lie_in_the_middle() -> None:
    assert heights([3, 3, None]) == (0.5, 0.5, None)


def test_no_figure_has_no_height() -> None:
    assert heights([None, None]) == (None, None)
    assert heights([]) == ()


def test_blocks_show_each_height_and_each_gap() -> None:
    assert blocks((0.0, 0.5, None, 1.0)) == "▁▅·█"
    assert blocks((0.0, 1 / 7, 2 / 7, 3 / 7, 4 / 7, 5 / 7, 6 / 7, 1.0)) == "▁▂▃▄▅▆▇█"


def test_one_figure_is_no_trend() -> None:
    assert blocks((None, 0.5)) == ""
    assert blocks((None, None)) == ""


@given(st.lists(st.none() | st.decimals(min_value=-(10**30), max_value=10**30, allow_nan=False), max_size=12))
def test_every_figure_keeps_its_place(series: list[Decimal | None]) -> None:
    found = heights(series)
    assert [height is None for height in found] == [figure is None for figure in series]
    assert all(height is None or 0 <= height <= 1 for height in found)
    assert len(blocks(found)) in {0, len(series)}
