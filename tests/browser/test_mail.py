"""Mails in a real browser: nothing overflows, nothing is asked for, and everybody can read them, by day and by night."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from quarterdeck.render.records import HEADINGS
from tests import documents, mails
from tests.browser.conftest import AXE, Open
from tests.unit.test_render_html import TEMPLATES

MADE_UP = {"sample": documents.sample(), "hostile": documents.hostile(), "minimal": documents.minimal()}
REAL = {"jada_cfo_2026-10", "jada_cto_2026-10", "quickdumpnow_cmo_2026-10"}
NAMES = [*MADE_UP, "wide", *sorted(REAL)]
VIEWS = {"640": (640, False), "360": (360, False), "dark": (640, True)}
READ = {
    *(("sample", "640"), ("sample", "dark"), ("hostile", "640"), ("hostile", "dark")),
    *(("wide", "360"), ("jada_cto_2026-10", "360")),
}
"""The mails that axe-core reads: it takes longer than all the rest."""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Pages by name: reports made up for tests, and messages of the example portfolio as a client shows them."""
    folder = tmp_path_factory.mktemp("example")
    real = mails.of_the_example(folder, {"jada": ("cfo", "cto"), "quickdumpnow": ("cmo",)})
    assert set(real) == REAL
    made_up = {name: mails.rendered(document, TEMPLATES) for name, document in {**MADE_UP, "wide": _wide()}.items()}
    return {**made_up, **{name: mails.shown(message) for name, message in real.items()}}


def _wide() -> documents.Document:
    """Tables of three to twelve columns, each as full as a mail may have it."""

    def table(columns: int) -> documents.Document:
        kinds = ["text", *["money" if number % 2 else "text" for number in range(columns - 1)]]
        cells = [documents.usd("1234567.89") if kind == "money" else "Maintenance Harbour fourteen-long" for kind in kinds]
        heads = [{"id": f"c{number}", "label": f"Column {number}", "kind": kind} for number, kind in enumerate(kinds)]
        title = f"{columns} columns"
        return {"id": title, "title": title, "note": "", "total_row": True, "columns": heads, "rows": [cells] * 3}

    return documents.sample(tables=[table(columns) for columns in range(3, 13)])


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", NAMES)
def test_a_mail_keeps_within_its_window_asks_for_nothing_and_can_be_read_by_everybody(
    open_page: Open, shown: dict[str, str], name: str, view: str
) -> None:
    width, dark = VIEWS[view]
    window = open_page(shown[name], width=width, dark=dark)
    window.picture(f"mail-{name}-{view}")
    content, wide = window.width()
    assert content == wide == width
    assert window.asked == []
    assert window.page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert len(window.headings(1)) == 1
    order = [heading for heading in HEADINGS.values() if heading in {re.sub(r" \d+$", "", text) for text in window.headings(2)}]
    assert {"Findings", "How the figures are worked out"} <= set(order)
    assert [text for text in (re.sub(r" \d+$", "", text) for text in window.headings(2)) if text in order] == order
    assert (name, view) not in READ or window.violations() == []


@pytest.mark.parametrize("name", NAMES)
def test_a_client_that_drops_the_style_element_shows_all_the_same(open_page: Open, shown: dict[str, str], name: str) -> None:
    bare = re.sub(r"<style>.*?</style>", "", shown[name], flags=re.DOTALL)
    window = open_page(re.sub(r"<body[^>]*>", '<body style="margin:0">', bare))  # which such clients make a division of
    content, wide = window.width()
    assert content == wide


def test_no_name_becomes_a_script(open_page: Open, shown: dict[str, str]) -> None:
    window = open_page(shown["hostile"])
    assert window.page.locator("script, img[src=x], iframe, object").count() == 0
    assert "<script>alert(1)</script>" in (window.page.locator("h1").text_content() or "")


def test_a_request_would_be_seen(open_page: Open, tmp_path: Path) -> None:
    beacon = '<img src="https://beacon.example.com/pixel.gif" alt=""><img src="cid:missing" alt="">'
    assert "https://beacon.example.com/pixel.gif" in open_page(beacon).asked
    file = tmp_path / "page.html"
    file.write_text(f'<!DOCTYPE html><title>x</title><link rel="stylesheet" href="other.css">{beacon}', "utf-8")
    asked = open_page(file).asked
    assert any(address.endswith("/other.css") for address in asked)
    assert any(address.startswith("https://beacon.example.com/") for address in asked)


def test_an_overflow_would_be_seen(open_page: Open) -> None:
    content, wide = open_page('<!DOCTYPE html><table width="700"><tr><td>x</td></tr></table>').width()
    assert content > wide


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed, so nobody has tried: run `npm ci` in tests/browser")
def test_a_grave_fault_would_be_seen(open_page: Open) -> None:
    poor = (
        '<!DOCTYPE html><html lang="en"><title>x</title><main><h1>x</h1><p style="color:#bbb;background:#fff">pale</p></main>'
    )
    assert [fault["rule"] for fault in open_page(poor).violations()] == ["color-contrast"]
