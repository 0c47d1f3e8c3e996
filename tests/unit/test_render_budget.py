"""How much goes into a mail: the estimate only saves time, what counts is what a page measures."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.errors import ReportError
from quarterdeck.render import html
from quarterdeck.render.budget import Weights, cut, fewer_tables, is_hopeless, largest_that_fits
from quarterdeck.render.records import View
from quarterdeck.render.view import prepare
from tests.documents import Document, action, finding, sample

TEMPLATES = Path(__file__).parents[2] / "templates"


def large(rows: int) -> Document:
    found = [finding(f"r{n}", "high", f"Finding number {n}", "The reason for it. " * 6) for n in range(rows)]
    steps = [action(f"CFO-{n:04}", "P2", f"Step {n}", "Why it helps. " * 4, "cfo", "2026-11-14", "S") for n in range(rows)]
    return sample(findings=found, actions=steps)


@pytest.mark.parametrize("rows", [0, 1, 60])
@pytest.mark.parametrize("document", [sample(), large(90)], ids=["sample", "large"])
def test_the_estimate_is_near_what_a_page_measures(document: Document, rows: int) -> None:
    view = prepare(document)
    made = html.encoded_size(html._maker(TEMPLATES, "", full=False)(cut(view, rows)))
    assert Weights(view).at(rows) == pytest.approx(made, rel=0.25)


def test_what_is_far_too_large_is_not_set_to_find_that_out() -> None:
    assert is_hopeless(prepare(large(500)), html.MAX_BYTES)
    assert not is_hopeless(prepare(sample()), html.MAX_BYTES)


@cache
def whole() -> View:
    return prepare(large(400))


@settings(deadline=None)
@given(
    st.integers(1, 200),  # rows there are
    st.integers(500, 5_000),  # bytes that each takes, whatever the estimate says
    st.integers(5_000, 90_000),  # bytes of the page around them
    st.integers(10_000, 120_000),
)
def test_a_page_fits_or_there_is_none(rows: int, each: int, fixed: int, most: int) -> None:
    def make(view: View) -> str:
        return "x" * (fixed + each * len(view.findings.rows))

    page = largest_that_fits(cut(whole(), rows), make, len, most)
    if page is None:
        assert fixed + 2 * each > most  # not even one row of each list
    else:
        assert len(page) <= most


def test_a_page_that_cannot_be_small_enough_is_refused() -> None:
    with pytest.raises(ReportError, match="does not fit into 1000 bytes"):
        html.render(prepare(sample()), TEMPLATES, max_bytes=1000)


def test_few_pages_are_set_where_the_estimate_is_good() -> None:
    pages: list[str] = []

    def make(view: View) -> str:
        pages.append(html._maker(TEMPLATES, "", full=False)(view))
        return pages[-1]

    fitted = largest_that_fits(prepare(large(400)), make, html.encoded_size, html.MAX_BYTES)
    assert fitted is not None
    assert html.MAX_BYTES * 0.9 < html.encoded_size(fitted) <= html.MAX_BYTES
    assert len(pages) <= 3


def test_the_last_tables_are_left_out_where_all_would_show_a_row_each() -> None:
    (one,) = [table for table in sample()["tables"] if table["id"] == sample()["tables"][0]["id"]]
    many = [{**one, "id": f"t{n}", "title": f"Table number {n}", "rows": one["rows"] * 3} for n in range(60)]
    view = prepare(sample(tables=many))
    page = html.render(view, TEMPLATES)
    assert html.encoded_size(page) <= html.MAX_BYTES
    shown = page.count("Table number ")
    kept = next(n for n in range(60) if f"Table number {n}<" not in page)
    assert 3 < kept < 60
    assert f"{kept} of 60 tables, the rest in the archive" in page
    assert shown >= kept
    assert "60 tables" not in html.render(view, TEMPLATES, full=True)
    tiny = next(fewer_tables(view, 30_000))
    assert len(tiny.tables) < kept
    assert len(list(fewer_tables(prepare(sample(tables=[])), 1_000))) == 1
