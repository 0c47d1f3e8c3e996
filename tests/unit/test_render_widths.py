"""Columns of tables on paper: what is told from letters is never less than what Typst measures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.render.records import Cell, Column
from quarterdeck.render.widths import _BOLD, _ROOM, _SLACK, _WIDTHS, GAP, HEAD_SIZE, SIZE, columns, one_lined, width

MEASURE = """\
#set text(font: "Libertinus Serif", size: 9.5pt, number-type: "lining", number-width: "tabular")
#context [#metadata(json(bytes(sys.inputs.texts)).map(it => measure(text(weight: WEIGHT, it)).width.pt())) <widths>]
"""


def measured(texts: list[str], folder: Path, weight: int = 400) -> list[float]:
    file = folder / "measure.typ"
    file.write_text(MEASURE.replace("WEIGHT", str(weight)), "utf-8")
    compiler = typst.Compiler(file, ignore_system_fonts=True, sys_inputs={"texts": json.dumps(texts)})
    found: list[float] = json.loads(compiler.query("<widths>", field="value", one=True))
    return found


def test_no_letter_is_wider_than_its_estimate(tmp_path: Path) -> None:
    texts = [f"x{letter * 5}x" for letter in _WIDTHS]
    texts += [first + second for first in _WIDTHS for second in _WIDTHS]  # kerning moves some apart
    real = measured(texts, tmp_path)
    for text, points in zip(texts, real, strict=True):
        assert points <= width(text) + _SLACK, text
        assert points > 0.6 * width(text) - 2, text  # else columns would be far apart
    sums = ["1,234,567.89", "−0.5%", "Total", "All expenses", "99,999.00 EUR"]
    for text, points in zip(sums, measured(sums, tmp_path, weight=700), strict=True):
        assert points <= _BOLD * width(text), text


TEXT, FIGURE = Column("Name", "text"), Column("Amount, USD", "figure")


def row(*texts: str) -> tuple[Cell, ...]:
    return tuple(Cell(text) for text in texts)


def test_figures_keep_their_line_and_the_longest_text_takes_the_rest() -> None:
    rows = [row("Berthing", "Berth 14, winter", "1,234.00"), row("Sea", "Hull", "5.00")]
    found = columns([TEXT, TEXT, FIGURE], rows, row("Total", "", "99,999,999,999.00"), "a4")
    assert found is not None
    name, longest, amount = found
    assert longest is None
    assert name == pytest.approx(width("Berthing"), abs=1)
    assert amount == pytest.approx(_BOLD * width("99,999,999,999.00"), abs=1)
    assert all(one_lined(each, found, "a4") for each in rows)


def test_long_texts_share_what_is_left() -> None:
    rows = [row("word " * 60, "word " * 50, "short", "1.00"), row("one", "two", "three", "2.00")]
    found = columns([TEXT, TEXT, TEXT, FIGURE], rows, (), "a4")
    assert found is not None
    rest, other, short, amount = found
    assert rest is None
    assert None not in (other, short, amount)
    used = sum(given or 0 for given in found) + 3 * GAP
    assert other == pytest.approx(_ROOM["a4"] - used, abs=1)
    assert [one_lined(each, found, "a4") for each in rows] == [False, True]


def test_too_many_figures_are_left_to_the_setter() -> None:
    assert columns([FIGURE] * 12, [row(*["1,234,567.00"] * 12)], (), "a4") is None
    assert columns([TEXT, *[FIGURE] * 9], [row("Incomprehensible", *["123,456.00"] * 9)], (), "a4") is None


def test_a_head_counts_as_well() -> None:
    found = columns([FIGURE, FIGURE], [row("1", "2")], (), "us-letter")
    assert found == pytest.approx([width("Amount, USD", HEAD_SIZE)] * 2, abs=1)


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40), st.text("0123456789.,", max_size=9)), min_size=1))
def test_columns_stay_on_the_page(given_rows: list[tuple[str, str, str]]) -> None:
    rows = [row(*each) for each in given_rows]
    found = columns([TEXT, TEXT, FIGURE], rows, (), "a4")
    if found is not None:
        assert found.count(None) == 1
        assert sum(given or 0 for given in found) + 2 * GAP <= _ROOM["a4"] - 39
        for each in rows:
            if one_lined(each, found, "a4"):
                assert sum(width(cell.text, SIZE) for cell in each) + 2 * GAP <= _ROOM["a4"]
