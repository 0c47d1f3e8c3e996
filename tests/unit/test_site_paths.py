"""Places of pages, and links from one to another."""

from __future__ import annotations

import pytest

from quarterdeck.render.site import paths


@pytest.mark.parametrize(
    ("target", "start", "link"),
    [
        ("index.html", "index.html", "index.html"),
        ("a/index.html", "index.html", "a/index.html"),
        ("index.html", "a/index.html", "../index.html"),
        ("a/kpis/cash.html", "a/cfo/2026-10/ff/page.html", "../../../kpis/cash.html"),
        ("b/data/entries/ff/1.html", "portfolio/kpis/cash.html", "../../b/data/entries/ff/1.html"),
        ("a/cfo/2026-10/ff/page.html#finding-1", "a/index.html", "cfo/2026-10/ff/page.html#finding-1"),
    ],
)
def test_links_are_relative(target: str, start: str, link: str) -> None:
    assert paths.link(target, start) == link


@pytest.mark.parametrize("text", ["cash", "net_burn", "a-b", "2026-10", "x" * 63])
def test_an_id_may_be_part_of_a_path(text: str) -> None:
    assert paths.is_id(text)


@pytest.mark.parametrize("text", ["", "..", "a/b", "a.html", "A", "x" * 64, "a b", '"', "<script>", "ä", "-a", "a\n"])
def test_nothing_else_may(text: str) -> None:
    assert not paths.is_id(text)


def test_places_do_not_collide() -> None:
    made = {
        paths.INDEX,
        paths.KPIS,
        paths.period_page("2026-10"),
        paths.tenant_page("alpha"),
        paths.kpi_page("alpha", "index"),
        paths.report_page("alpha", "kpis", "2026-10", "f" * 64),
        paths.report_page("alpha", "data", "2026-10", "f" * 64),
        paths.data_page("alpha", "entries", "f" * 64),
        paths.data_page("alpha", "entries", "f" * 64, 2),
    }
    assert len(made) == 9
    assert paths.data_page("alpha", "entries", "0123456789abcdef") == "alpha/data/entries/0123456789ab/1.html"
