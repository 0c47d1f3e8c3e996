"""What is drawn: heights that fit their figures, gaps, negative and huge amounts, nothing outside, nothing that breaks out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.render.charts.draw import draw
from quarterdeck.render.charts.lettering import width
from quarterdeck.render.charts.lines import spark
from quarterdeck.render.charts.records import Chart, Kind
from quarterdeck.render.charts.svg import WIDTH
from quarterdeck.words import Voice
from tests.charting import Drawn, chart, months, source, usd
from tests.documents import HOSTILE_NAMES

STEPS = ["September 2026", "Net revenue", "Cost of sales", "October 2026"]


def heights(drawn: Drawn, kind: str) -> list[float]:
    return [bottom - top for _, top, _, bottom in drawn.boxes(kind)]


# --- columns ----------------------------------------------------------------------------------------------------------


def test_columns_are_as_high_as_their_figures() -> None:
    drawn = Drawn.of(chart("columns", [50, 100, 25]))
    assert heights(drawn, "ac") == pytest.approx([61, 122, 30.5])
    assert {bottom for _, _, _, bottom in drawn.boxes("ac")} == {drawn.zero()}
    lefts = [left for left, *_ in drawn.boxes("ac")]
    assert lefts == sorted(lefts)  # time runs to the right


def test_a_negative_column_hangs_below_the_axis() -> None:
    drawn = Drawn.of(chart("columns", [usd(100), usd(-100), usd(40)]))
    (_, top, _, bottom) = drawn.boxes("ac")[1]
    assert top == drawn.zero()
    assert bottom - top == pytest.approx(61)
    assert "−100" in drawn.words


def test_a_gap_has_no_column_and_no_label() -> None:
    drawn = Drawn.of(chart("columns", [5, None, 0, 10]))
    assert len(drawn.boxes("ac")) == 3
    assert heights(drawn, "ac")[1] == 1.0  # nought is a line on the axis
    assert drawn.words.count("0") == 1


def test_what_was_before_is_light_and_what_was_planned_an_outline() -> None:
    drawn = Drawn.of(chart("columns", [10, 20], PY=[None, 12], PL=[15, 20]))
    assert (len(drawn.boxes("ac")), len(drawn.boxes("py")), len(drawn.boxes("pl"))) == (2, 1, 2)
    order = [shape.get("class") for shape in drawn.root.iter("{http://www.w3.org/2000/svg}rect")]
    assert order == ["pl", "ac", "py", "pl", "ac"]  # what is actual lies in front
    assert drawn.words[-3:] == ["AC 20", "PL 20", "PY 12"]


def test_each_column_has_its_figure_but_the_last_which_stands_at_the_end() -> None:
    drawn = Drawn.of(chart("columns", [11, 12, 13]))
    assert drawn.words[:2] == ["11", "12"]
    assert drawn.words[-1] == "AC 13"


def test_a_figure_stands_clear_of_every_column_of_its_period() -> None:
    drawn = Drawn.of(
        chart("columns", [usd(50), usd(-50), usd(40)], PY=[usd(20), usd(-80), usd(1)], PL=[usd(90), usd(-10), usd(1)])
    )
    above, below = (float(shape["y"]) for shape in drawn.shapes("text", "over"))
    columns = [*drawn.boxes("ac"), *drawn.boxes("py"), *drawn.boxes("pl")]
    assert above < min(top for _, top, _, _ in columns)  # the plan's, which is highest
    assert below > max(bottom for _, _, _, bottom in columns)  # that of the year before, which is lowest


def test_figures_without_room_give_way_to_the_extremes() -> None:
    amounts = [usd(80_000 + 1_111 * n) for n in range(24)]
    drawn = Drawn.of(chart("columns", amounts))
    shown = [word for word in drawn.words if re.fullmatch(r"[\d,.]+", word) and word not in {"2024", "2025", "2026"}]
    assert len(shown) == 2


def test_a_single_period_is_a_column() -> None:
    drawn = Drawn.of(chart("columns", [7]))
    assert len(drawn.boxes("ac")) == 1
    assert "AC 7" in drawn.words


# --- lines ------------------------------------------------------------------------------------------------------------


def test_a_line_breaks_at_a_gap_and_a_lonely_figure_is_a_dot() -> None:
    drawn = Drawn.of(chart("trend", [10, 20, None, 30, None, 25, 15]))
    assert [len(stretch) for stretch in drawn.points("line")] == [2, 2]
    assert len(drawn.shapes("circle", "ac")) == 2  # the lonely one, and the end
    (first, second), _ = drawn.points("line")
    assert first[1] > second[1]  # more is higher


def test_an_outlook_is_dashed_within_its_band() -> None:
    drawn = Drawn.of(chart("trend", [10, 20, None, None], FC=[None, 20, 15, 10], LO=[None, 20, 12, 4], HI=[None, 20, 18, 16]))
    (ahead,), (band,) = drawn.points("next"), drawn.points("band")
    assert len(ahead) == 3
    assert len(band) == 6
    for (x, y), (_, high), (_, low) in zip(ahead, band[:3], reversed(band[3:]), strict=True):
        assert high - 1e-6 <= y <= low + 1e-6
        assert x > 0
    assert {"AC 20", "FC 10", "high 16", "low 4"} <= set(drawn.words)


def test_round_figures_stand_beside_the_grid() -> None:
    drawn = Drawn.of(chart("trend", [usd(5_000), usd(14_328)]))
    assert drawn.words[:4] == ["0", "5,000", "10,000", "15,000"]
    assert len(drawn.shapes("line", "hair")) == 3


def test_names_of_periods_that_have_no_room_are_left_out_from_the_end() -> None:
    labels = months(36)
    drawn = Drawn.of(chart("trend", list(range(36)), labels=labels))
    names = [word for word in drawn.words if re.fullmatch("[A-Z][a-z]{2}", word)]
    assert 5 < len(names) < 36
    assert names[-1] == "Oct"


def test_a_small_trend_is_a_thin_line_with_its_last_figure() -> None:
    drawn = Drawn.made(spark([0.0, None, 0.5, 1.0]))
    assert drawn.words == []
    assert [len(stretch) for stretch in drawn.points("spark")] == [2]
    (lonely, end) = drawn.shapes("circle", "ac")
    assert float(end["cy"]) < float(lonely["cy"])
    assert Drawn.made(spark([None] * 12)).shapes("circle", "ac") == []
    assert len(Drawn.made(spark([0.5, None])).shapes("circle", "ac")) == 1  # no dot for a last figure that is not known


# --- bridges, stacks, maps --------------------------------------------------------------------------------------------


def test_a_bridge_steps_from_one_amount_to_the_other() -> None:
    drawn = Drawn.of(chart("bridge", [usd(100), usd(50), usd(-30), usd(120)], labels=STEPS))
    (first,), (up,), (down,), (last,) = (drawn.boxes(kind) for kind in ("py", "up", "down", "ac"))
    assert (first[3], last[3]) == (drawn.zero(), drawn.zero())
    assert up[3] == first[1]  # it starts where the first ends
    assert down[1] == up[1]
    assert down[3] == last[1]
    assert {"100", "+50", "−30", "120"} <= set(drawn.words)


def test_a_bridge_below_zero_and_through_it() -> None:
    drawn = Drawn.of(chart("bridge", [usd(-100), usd(150), usd(-70), usd(-20)], labels=STEPS))
    (up,) = drawn.boxes("up")
    assert up[1] < drawn.zero() < up[3]
    assert drawn.boxes("ac")[0][1] == drawn.zero()


def test_parts_of_a_stack_share_the_width_by_their_amounts() -> None:
    drawn = Drawn.of(chart("stack", [usd(25), usd(0), usd(75)], labels=["new", "older", "old"]))
    (new,), (old,) = drawn.boxes("age0"), drawn.boxes("age4")
    assert (new[0], new[2] + 1) == (0, WIDTH / 4)
    assert (old[0], old[2] + 1) == (WIDTH / 4, WIDTH)
    assert drawn.boxes("age2") == []
    assert drawn.words == ["new", "25", "older", "0", "old", "75"]


def test_cells_of_a_map_run_from_warm_to_cool() -> None:
    drawn = Drawn.of(chart("map", [1, None, 3, 2], labels=["a", "b", "c", "d"]))
    fills = [element.get("fill") for element in drawn.root.iter("{http://www.w3.org/2000/svg}rect")]
    assert fills == ["#f3cfbf", None, "#bfd9e6", "#f3f2ee"]
    assert drawn.words == ["Amount", "a", "1", "b", "–", "c", "3", "d", "2"]


# --- every kind -------------------------------------------------------------------------------------------------------


def labels_for(kind: Kind, count: int) -> list[str] | None:
    return None if kind in {Kind.COLUMNS, Kind.TREND} else [f"Part number {n}" for n in range(count)]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_chart_without_a_figure_says_so(kind: Kind) -> None:
    drawn = Drawn.of(chart(kind, [None, None], labels=labels_for(kind, 2)))
    assert drawn.words == ["No data"]


@pytest.mark.parametrize("kind", list(Kind))
def test_the_same_figures_give_the_same_text(kind: Kind) -> None:
    def made() -> str:
        return draw(chart(kind, [usd(3), usd(-1), None, usd(2)], labels=labels_for(kind, 4))).svg

    assert made() == made()
    assert made() != draw(chart(kind, [usd(3), usd(-1), None, usd(4)], labels=labels_for(kind, 4))).svg


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("locale", ["en_US", "nl_NL"])
def test_hostile_names_are_text(kind: Kind, locale: str) -> None:
    if kind in {Kind.COLUMNS, Kind.TREND}:
        made = chart(kind, [1, 2], Voice(locale), title=HOSTILE_NAMES[5])
    else:
        made = chart(kind, [*range(1, len(HOSTILE_NAMES) + 1)], Voice(locale), labels=list(HOSTILE_NAMES))
    drawn = Drawn.of(made)  # it parses
    assert {element.tag.rpartition("}")[2] for element in drawn.root.iter()} <= {
        *("svg", "style", "rect", "line", "path", "circle", "text"),
    }
    assert "<script" not in drawn.drawing.svg


FIGURES = st.one_of(st.none(), st.integers(-(10**18), 10**18), st.integers(-9, 9))


@settings(deadline=None)
@given(st.sampled_from(list(Kind)), st.lists(FIGURES, min_size=1, max_size=14))
def test_nothing_is_drawn_outside(kind: Kind, figures: list[int | None]) -> None:
    made: Chart = chart(kind, figures, labels=labels_for(kind, len(figures)))
    drawn = Drawn.of(made)
    high = drawn.drawing.height
    for left, top, right, bottom in _edges(drawn):
        assert -0.5 <= left <= right <= WIDTH + 0.5
        assert -0.5 <= top <= bottom <= high + 0.5
    for element in drawn.root.iter("{http://www.w3.org/2000/svg}text"):
        x, words = float(element.attrib["x"]), element.text or ""
        ends = {"start": (0, 1), "middle": (0.5, 0.5), "end": (1, 0)}[element.get("text-anchor", "start")]
        wide = width(words, float(element.get("font-size", 12.5)))
        assert x + ends[1] * wide <= WIDTH + 8, words
        assert x - ends[0] * wide >= -8, words
        assert 0 < float(element.attrib["y"]) <= high


def _edges(drawn: Drawn) -> list[tuple[float, float, float, float]]:
    found = [
        (x, y, x + wide, y + high)
        for shape in drawn.root.iter("{http://www.w3.org/2000/svg}rect")
        for x, y, wide, high in [[float(shape.attrib[name]) for name in ("x", "y", "width", "height")]]
    ]
    corners: list[Any] = [point for kind in ("line", "then", "next", "band") for path in drawn.points(kind) for point in path]
    return [*found, *((x, y, x, y) for x, y in corners)]


def test_the_document_is_read_as_the_tests_do() -> None:
    assert source("columns", [1])["labels"] == ["2026-10"]
