"""Lines: where gridlines stand, what a gap is, and that the same figures give the same drawing."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.render.site.svg import Mark, history, nice, spark


def decimals(text: str) -> list[Decimal]:
    return [Decimal(part) for part in text.split()]


@pytest.mark.parametrize(
    ("values", "whole", "ticks"),
    [
        ("3428 2022 4275 2539", False, "0 2000 4000 6000"),  # not far above zero: from zero on
        ("101 104 109", False, "100 102 104 106 108 110"),  # far above it: cut
        ("0.39 0.46", False, "0.38 0.40 0.42 0.44 0.46"),
        ("-5 5", False, "-5.0 -2.5 0.0 2.5 5.0"),
        ("-900 -400", False, "-1000 -750 -500 -250 0"),
        ("1 2", True, "0 1 2"),
        ("31 34", True, "31 32 33 34"),
        ("7 7", False, "6.0 6.5 7.0 7.5 8.0"),
        ("0 0", False, "-1 -0.5 0 0.5 1"),
    ],
)
def test_gridlines_stand_at_round_numbers(values: str, whole: bool, ticks: str) -> None:
    assert nice(decimals(values), whole=whole) == decimals(ticks)


@given(st.lists(st.decimals(-(10**18), 10**18, places=2), min_size=1, max_size=12), st.booleans())
def test_gridlines_enclose_every_figure_evenly_and_are_few(values: list[Decimal], whole: bool) -> None:
    ticks = nice(values, whole=whole)
    assert ticks[0] <= min(values)
    assert ticks[-1] >= max(values)
    assert 2 <= len(ticks) <= 12
    assert len({after - before for before, after in pairwise(ticks)}) == 1
    if whole:
        assert all(tick == tick.to_integral_value() for tick in ticks)


def test_a_trend_is_a_line_with_a_dot_on_its_last_figure() -> None:
    drawn = spark([0.0, 1.0, 0.5], "3 periods between 1 and 3")
    root = ET.fromstring(drawn)
    assert root.get("aria-label") == "3 periods between 1 and 3"
    line, dot = root.iter("path")
    assert line.get("d") == "M3 19L44 3L85 11"
    assert dot.get("d") == "M85 11h0"


def test_a_gap_is_a_gap_and_a_missing_last_figure_has_no_dot() -> None:
    (line,) = ET.fromstring(spark([0.0, 1.0, None, 0.5, 1.0, None], "")).iter("path")
    assert (line.get("d") or "").count("M") == 2


@pytest.mark.parametrize("heights", [[], [None, None], [None, 0.5, None]])
def test_fewer_than_two_figures_are_no_trend(heights: list[float | None]) -> None:
    assert spark(heights, "") == ""


def test_words_of_a_trend_are_escaped() -> None:
    assert ET.fromstring(spark([0.0, 1.0], '"><script>')).get("aria-label") == '"><script>'


def marks(*values: str | None) -> list[Mark]:
    return [Mark(f"P{i}", None if v is None else Decimal(v), f"${v}") for i, v in enumerate(values)]


def test_a_history_has_its_figures_its_gridlines_and_its_target() -> None:
    drawn = history(marks("0", None, "50", "100"), Decimal(80), lambda value: f"{value:f}", "Cash")
    root = ET.fromstring(drawn)
    assert [text.text for text in root.iter("text") if text.get("class") == "tick"] == ["0", "25", "50", "75", "100"]
    assert [text.text for text in root.iter("text") if text.get("class") == "under"] == ["P0", "P1", "P2", "P3"]
    assert [title.text for title in root.iter("title")] == ["P0: $0", "P2: $50", "P3: $100"]
    (line,) = [path for path in root.iter("path") if path.get("class") == "line"]
    assert (line.get("d") or "").count("M") == 2
    # 212 at zero, 14 at a hundred: eighty stands at 212 - 0.8 * 198
    (target,) = [path for path in root.iter("path") if path.get("class") == "target"]
    assert re.match(r"M76 53\.6H", target.get("d") or "")


def test_the_newest_of_many_labels_is_always_there() -> None:
    root = ET.fromstring(history(marks(*map(str, range(30))), None, str, ""))
    under = [text.text for text in root.iter("text") if text.get("class") == "under"]
    assert len(under) == 10
    assert under[-1] == "P29"


def test_one_figure_is_no_history() -> None:
    assert history(marks("1", None), None, str, "") == ""
