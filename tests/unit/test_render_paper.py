"""What the template of the PDF is given: cut to what is read, flat, and with breaks in long words only."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.render.clean import clean
from quarterdeck.render.paper import BREAK, drawings, texts
from quarterdeck.render.records import Part, View
from quarterdeck.render.view import prepare
from tests.documents import action, finding, hostile, sample


def told(view: View, remark: str = "") -> dict[str, Any]:
    read: dict[str, Any] = json.loads(texts(view, remark))
    return read


@pytest.mark.parametrize(
    ("rows", "shown", "rest"), [(11, 11, ""), (18, 18, ""), (19, 12, "12 of 19, the rest in the archive"), (0, 0, "")]
)
def test_lists_are_cut_where_they_are_much_longer_than_what_is_read(rows: int, shown: int, rest: str) -> None:
    found = [finding(f"r{n}", "low", f"Finding {n}", "Why.") for n in range(rows)]
    steps = [action(f"CFO-{n}", "P2", f"Step {n}", "Why.", "cfo", "2026-11-14", "S") for n in range(rows)]
    given = told(prepare(sample(findings=found, actions=steps)))
    for name in ("findings", "actions"):
        assert (len(given[name]["rows"]), given[name]["rest"]) == (shown, rest)
    assert [row["title"] for row in given["findings"]["rows"]] == [f"Finding {n}" for n in range(shown)]


def test_a_table_is_one_list_of_cells_with_its_sum_and_its_colours_apart() -> None:
    document = sample()
    given, _ = told(prepare(document))["tables"]
    spend = document["tables"][0]["rows"]
    assert len(given["cells"]) == len(given["heads"]) * (len(spend) - 1)
    assert given["cells"][0] == spend[0][0]
    assert given["total"][0] == "All expenses"
    assert given["figures"] == [1, 2, 3]
    assert given["widths"][0] is None
    assert given["single"] == [True] * (len(spend) - 1)
    assert {tone for _, tone in given["toned"]} <= {"good", "watch", "bad"}
    assert all(given["cells"][place][0] in "●▲■" for place, _ in given["toned"])


def test_a_row_that_may_take_more_than_a_line_says_so() -> None:
    document = sample()
    document["tables"][1]["rows"][0][0] = "word " * 40
    document["tables"][1]["rows"][1][0] = "漢字"  # nothing is known of letters of other fonts
    assert told(prepare(document))["tables"][1]["single"] == [False, False, True]


def test_a_trend_is_lines_with_gaps_and_a_dot_on_the_last() -> None:
    view = prepare(sample())
    row = replace(view.kpis.rows[0], heights=(0.0, 0.5, None, 1.0, 0.25), trend="▁▄·█▂")
    (kpi,) = told(replace(view, kpis=Part.of((row,))))["kpis"]["rows"]
    assert kpi["lines"] == [[[0.0, 1.0], [0.25, 0.5]], [[0.75, 0.0], [1.0, 0.75]]]
    assert kpi["dot"] == [1.0, 0.75]
    row = replace(row, heights=(0.5, 0.5, None), trend="▄▄·")
    (kpi,) = told(replace(view, kpis=Part.of((row,))))["kpis"]["rows"]
    assert (kpi["lines"], kpi["dot"]) == ([[[0.0, 0.5], [0.5, 0.5]]], None)
    row = replace(row, heights=(None, None, 0.5), trend="")
    (kpi,) = told(replace(view, kpis=Part.of((row,))))["kpis"]["rows"]
    assert (kpi["lines"], kpi["dot"]) == ([], None)


def test_snapshots_stand_in_two_columns() -> None:
    view = prepare(sample())
    left, right = told(replace(view, provenance=Part.of(tuple("abcde"))))["provenance"]["columns"]
    assert (left, right) == ("a\nb\nc", "d\ne")


@pytest.mark.parametrize(
    ("word", "breaks"),
    [
        ("QueenofSanDiego", 0),
        ("expert-yacht-delivery", 0),  # breaks after its hyphens
        ("accounts.receivable@example.com", 30),
        ("e\u0301" * 17, 16),  # a mark stays with its letter
        ("-".join("abcdefgh" * 5), 78),
    ],
)
def test_words_too_long_for_a_column_may_break_after_each_letter(word: str, breaks: int) -> None:
    sentence = told(replace(prepare(sample()), sentence=f"so {word} is"))["sentence"]
    assert sentence.count(BREAK) == breaks
    assert sentence.replace(BREAK, "") == f"so {word} is"


@given(st.text(max_size=300).map(clean))
def test_nothing_else_becomes_of_a_text(text: str) -> None:
    given = told(replace(prepare(sample()), sentence=text, points=(text,)), text)
    assert {given[name].replace(BREAK, "") for name in ("sentence", "remark")} == {text}
    assert given["points"][0].replace(BREAK, "") == text
    assert f" {BREAK}" not in given["sentence"]


def test_pictures_go_apart_and_are_never_broken() -> None:
    view = prepare(hostile())
    assert json.loads(drawings(view)) == {"logo": None, "charts": [chart.svg for chart in view.charts]}
    assert "<svg" not in texts(view)
