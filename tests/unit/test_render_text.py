from __future__ import annotations

import unicodedata

import pytest

from quarterdeck.render.records import HEADINGS
from quarterdeck.render.text import render
from quarterdeck.render.view import prepare
from tests import golden_files
from tests.documents import Document, hostile, minimal, planned, sample


def _cells(line: str) -> int:
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in line)
    return len(line) + wide - sum(unicodedata.category(c) in ("Mn", "Me") for c in line)


@pytest.mark.parametrize("document", [sample(), minimal(), hostile()], ids=["sample", "minimal", "hostile"])
def test_no_line_is_wider_than_78_cells(document: Document) -> None:
    text = render(prepare(document))
    assert max(_cells(line) for line in text.splitlines()) == 78
    assert all(line == line.rstrip(" ") for line in text.splitlines())
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_the_sections_come_in_their_order() -> None:
    text = render(prepare(planned()))
    titles = [title.upper() for name, title in HEADINGS.items() if name not in {"bottom_line", "charts", "tables"}]
    places = [text.index(f"\n{title} ") for title in titles]
    assert places == sorted(places)
    assert text.index("Cash of $41,237 lasts") < places[0]
    timeline, milestones = (text.index(f"\n{HEADINGS[name].upper()} ") for name in ("timeline", "milestones"))
    assert timeline < text.index("\nEXPENSES BY CATEGORY ") < milestones


def test_sections_without_rows_are_left_out_but_no_finding_is_said() -> None:
    text = render(prepare(minimal()))
    assert "No rule of this report found anything." in text
    for name in ("decisions", "promises", "kpis", "actions", "timeline", "milestones", "notes"):
        assert HEADINGS[name].upper() not in text


def test_the_text_is_what_was_looked_at() -> None:
    golden_files.check("sample.txt", render(prepare(sample())))


def test_hostile_names_cannot_make_lines_or_hide() -> None:
    text = render(prepare(hostile()))
    assert not {unicodedata.category(c) for c in text if c != "\n"} & {"Cc", "Cf", "Cs"}
    assert "line one line two three[31m four five" in text
    assert "{{7*7}}" in text
