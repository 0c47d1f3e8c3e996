from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.render.clean import clean
from quarterdeck.render.columns import Field, block, table, width, wrap

TEXT, FIGURE = Field(), Field(right=True)


@pytest.mark.parametrize(
    ("text", "cells"), [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("ﾊﾝ", 2), ("ＡＢ", 4), ("שלום", 4), ("⛵", 2), ("", 0)]
)
def test_width_in_cells(text: str, cells: int) -> None:
    assert width(text) == cells


def test_a_character_takes_the_same_cells_alone_and_among_others() -> None:
    for point in range(0x10000):
        character = chr(point)
        assert width(f"漢{character}") == 2 + width(character), hex(point)


def test_wrapping_breaks_at_blanks_and_long_words_where_they_fill_a_line() -> None:
    assert wrap("one two three", 8) == ["one two", "three"]
    assert wrap("a abcdefghij b", 4) == ["a", "abcd", "efgh", "ij b"]
    assert wrap("漢字漢字", 5) == ["漢字", "漢字"]
    assert wrap("", 5) == [""]


@given(st.text(max_size=200).map(clean), st.integers(min_value=2, max_value=40))
def test_wrapping_keeps_every_letter_and_no_line_is_too_long(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(_cells(line) <= cells for line in lines)


def _cells(text: str) -> int:
    """Counted apart from the product."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.category(c) in ("Mn", "Me") for c in text)


def test_a_paragraph_hangs_under_its_first_line() -> None:
    assert block("one two three", 9, first="- ") == ["- one two", "  three"]
    assert block("one two three", 9, first="- ", rest="") == ["- one two", "three"]


def test_columns_are_aligned_and_ruled() -> None:
    rows = [("Name", "Amount"), ("漢字", "1.00"), ("Ann", "-12.00"), ("All", "-11.00")]
    assert table([TEXT, FIGURE], rows, 40, total=True) == [
        "Name  Amount",
        "────────────",
        "漢字    1.00",
        "Ann   -12.00",
        "────────────",
        "All   -11.00",
    ]


def test_columns_of_text_share_what_the_figures_leave() -> None:
    rows = [("Name", "Why", "Sum"), ("one two three", "four five six", "1,000.00")]
    assert table([TEXT, TEXT, FIGURE], rows, 28) == [
        "Name      Why            Sum",
        "────────────────────────────",
        "one two   four      1,000.00",
        "three     five six",
    ]


def test_heads_of_figures_are_wrapped_before_text_is() -> None:
    rows = [("Line", "Period before, USD"), ("Cost of sales", "1,564.76")]
    assert table([TEXT, FIGURE], rows, 26) == [
        "Line                Period",
        "               before, USD",
        "──────────────────────────",
        "Cost of sales     1,564.76",
    ]


def test_a_line_under_a_row_is_set_over_the_whole_width() -> None:
    rows = [("", "Name", "Sum"), ("●", "Cash", "12")]
    assert table([TEXT, TEXT, FIGURE], rows, 30, under=["good · target 10"])[2:] == ["●  Cash   12", "   good · target 10"]


def test_too_many_figures_become_lists() -> None:
    rows = [("Name", "One", "Two"), ("Ann", "1" * 12, "2" * 12), ("漢字", "3", "")]
    assert table([TEXT, FIGURE, FIGURE], rows, 24) == [
        "  Name: Ann",
        "  One: 111111111111",
        "  Two: 222222222222",
        "",
        "  Name: 漢字",
        "  One: 3",
    ]


def test_long_words_that_would_be_cut_make_lists_too() -> None:
    rows = [("Finding", "Remedy", "Check"), ("vulnerability", "dependencies", "repository_scanning")]
    assert table([TEXT, TEXT, TEXT], rows, 38)[0] == "  Finding: vulnerability"
    assert table([TEXT, TEXT, TEXT], rows, 40)[0].startswith("Finding ")


@given(
    st.lists(st.tuples(*[st.text(max_size=60).map(clean)] * 4), min_size=1, max_size=4), st.integers(min_value=30, max_value=78)
)
def test_no_line_of_a_table_is_too_long(rows: list[tuple[str, ...]], cells: int) -> None:
    assert all(_cells(line) <= cells for line in table([TEXT, FIGURE, TEXT, TEXT], rows, cells))
