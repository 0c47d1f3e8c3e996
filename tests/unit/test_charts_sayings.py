"""Charts in words: the line under the title, alt texts that carry the numbers, and the rows of a plain text."""

from __future__ import annotations

import pytest

from quarterdeck.render.charts.pictures import names_and_ids, pictures_of
from quarterdeck.render.charts.records import Kind
from quarterdeck.render.charts.sayings import alt, note, rows
from tests.charting import EN, chart, source, usd
from tests.documents import hostile, sample

SALES = chart("columns", [usd(3090), None, usd(1450), usd(4350)], PY=[None, None, usd(100), usd(2900)], PL=[None] * 4)


def test_the_unit_and_the_codes_stand_under_the_title() -> None:
    assert note(SALES) == "USD, by month · AC actual · PY a year before"
    assert note(chart("columns", [1, 2])) == "By month"
    assert note(chart("trend", ["0.5", "0.6"], unit="hours")) == "Hours, by month"
    assert note(chart("trend", [1, 2], note="As planned")) == "By month · As planned"
    assert note(chart("map", list(range(30)), labels=[f"c{n}" for n in range(30)])).endswith("24 of 30 shown")


def test_the_alt_text_carries_the_numbers() -> None:
    assert alt(SALES) == (
        "Sales, USD, by month: actual from 3,090 in July 2026 to 4,350 in October 2026, between 1,450 and 4,350; "
        "a year before from 100 in September 2026 to 2,900 in October 2026, between 100 and 2,900"
    )
    assert alt(chart("columns", [None, 7])) == "Sales, by month: actual 7 in October 2026"
    assert alt(chart("bridge", [usd(1), usd(2), usd(3)], labels=list("abc"))) == "Sales, USD: a 1; b +2; c 3"
    assert alt(chart("stack", [usd(1), None], labels=list("ab"))) == "Sales, USD, 1 in all: a 1; b n/a"
    assert alt(chart("map", [1, None], labels=["A", "B"])) == "Sales: A: Amount 1; B: Amount n/a"


@pytest.mark.parametrize("kind", list(Kind))
def test_without_a_figure_that_is_what_is_said(kind: Kind) -> None:
    nothing = chart(kind, [None, None], labels=None if kind in {Kind.COLUMNS, Kind.TREND} else list("ab"))
    assert alt(nothing).endswith(": no data")
    assert rows(nothing) == (("",), ("No data",))


def test_an_alt_text_is_no_novel() -> None:
    long = chart("map", list(range(24)), labels=["A company with a long name " * 2] * 24)
    assert len(alt(long)) == 600
    assert alt(long).endswith("…")


def test_a_plain_text_has_lines_of_blocks_with_the_numbers() -> None:
    assert rows(SALES) == (
        ("", "Trend", "Lowest", "Highest", "Last"),
        ("AC actual", "▆·▃█", "1,450", "4,350", "4,350"),
        ("PY a year before", "··▁▆", "100", "2,900", "2,900"),
    )
    assert rows(chart("stack", [usd(25), usd(75)], labels=["new", "old"])) == (
        ("", "Share", "Amount"),
        ("new", "█████", "25"),
        ("old", "███████████████", "75"),
    )
    assert rows(chart("bridge", [usd(1), usd(2), usd(3)], labels=list("abc")))[2] == ("b", "+2")
    assert rows(chart("map", [1, None], labels=["A", "B"])) == (("", "Amount"), ("A", "1"), ("B", "n/a"))


def test_the_edges_of_a_band_are_no_lines_of_their_own() -> None:
    made = chart("trend", [1, None], FC=[1, 2], LO=[1, 1], HI=[1, 3])
    assert [row[0] for row in rows(made)[1:]] == ["AC actual", "FC outlook"]
    assert "low" not in alt(made).lower()


def test_pictures_are_named_by_their_place_and_the_revision() -> None:
    document = {"revision": "ab" * 32, "charts": [source("columns", [1, 2]), source("trend", [1, 2])]}
    assert names_and_ids(document) == (
        ("chart-1.png", "chart-1.abababababababab@quarterdeck.invalid"),
        ("chart-2.png", "chart-2.abababababababab@quarterdeck.invalid"),
    )
    assert [picture.cid for picture in pictures_of(document, EN)] == [cid for _, cid in names_and_ids(document)]


def test_every_chart_of_a_document_is_a_picture() -> None:
    made = pictures_of(sample(), EN)
    assert [picture.title for picture in made] == [chart["title"] for chart in sample()["charts"]]
    assert all(picture.width == 576 and 40 < picture.height < 400 for picture in made)
    poisoned = pictures_of(hostile(), EN)
    assert not any("<script" in picture.svg for picture in poisoned)
    assert all(len(picture.alt) <= 600 for picture in poisoned)
