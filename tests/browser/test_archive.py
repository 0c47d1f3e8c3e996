"""The archive in a real browser, from the file system: nothing leaves a page, all of it by keyboard, for everybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests import sites
from tests.browser.conftest import Open
from tests.documents import digest, hostile, minimal, sample

PAGES = {
    "index": "index.html",
    "kpis": "kpis.html",
    "period": "period-2026-10.html",
    "tenant": "marlin/index.html",
    "bare": "heron/index.html",
    "hostile": "osprey/index.html",
    "kpi": "marlin/kpis/net_burn.html",
    "lacking": "marlin/kpis/dso.html",
    "report": f"marlin/cfo/2026-10/{digest('sample')}/page.html",
    "hostile-report": f"osprey/cfo/2026-10/{digest('hostile')}/page.html",
    "rows": "alpha/data/entries/0/rows.html",
}
VIEWS = {"wide": (1280, False), "360": (360, False), "dark": (900, True)}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    others = {**minimal(), "tenant": "heron", "revision": digest("minimal")}, {**hostile(), "tenant": "osprey"}
    others[1]["revision"] = digest("hostile")
    return sites.write(tmp_path_factory.mktemp("archive"), sample(), *others)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_fits_its_window_and_can_be_read_by_everybody(
    open_page: Open, root: Path, name: str, view: str
) -> None:
    width, dark = VIEWS[view]
    window = open_page(root / PAGES[name], width=width, dark=dark)
    faults: list[str] = []
    window.page.on("console", lambda message: faults.append(message.text))
    window.picture(f"archive-{name}-{view}")
    content, wide = window.width()
    assert content == wide == width
    assert window.asked == []
    assert faults == []
    assert len(window.headings(1)) == 1
    assert view == "360" or window.violations() == []


def test_the_search_is_used_by_keyboard_alone(open_page: Open, root: Path) -> None:
    page = open_page(root / "index.html", width=1000).page
    page.keyboard.press("/")
    page.keyboard.type("marlin BURN")
    assert page.locator("#count").text_content() == "2 found"
    links = page.locator("#found a")
    assert links.count() == 2
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "marlin/kpis/net_burn.html"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("Escape")
    assert links.count() == 0
    assert page.locator("#search").input_value() == ""


def test_the_search_finds_across_letters_and_says_when_there_is_nothing(open_page: Open, root: Path) -> None:
    page = open_page(root / "index.html", width=1000).page
    page.locator("#search").fill("no such thing anywhere")
    assert page.locator("#count").text_content() == "0 found"
    page.locator("#search").fill("<script>")
    assert page.locator("#found a").count() > 0
    assert page.evaluate("document.querySelectorAll('#found script').length") == 0


def test_from_the_search_to_the_rows_of_a_figure(open_page: Open, root: Path) -> None:
    page = open_page(root / "index.html", width=1000).page
    page.locator("#search").fill("net burn")
    target = page.locator("#found a").first.get_attribute("href")
    assert target
    figure = open_page(root / target, width=1000)
    assert figure.headings(1) == ["Net burn per month"]
    assert figure.page.locator("svg.history circle").count() == 12


def test_the_first_stop_of_the_keyboard_leads_past_the_navigation(open_page: Open, root: Path) -> None:
    page = open_page(root / PAGES["report"], width=1280).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_where_the_keyboard_stands_can_be_seen(open_page: Open, root: Path) -> None:
    page = open_page(root / "index.html", width=1280).page
    for _ in range(8):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))"
        )
        assert style == ["solid", "2px"]


def test_all_is_there_without_the_script(browser: Browser, root: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((root / "index.html").as_uri())
    assert not page.locator("#search-box").is_visible()
    assert page.get_by_role("link", name="Marlin Charters").first.is_visible()
    assert page.get_by_role("heading", name="Most urgent open findings").is_visible()
    context.close()


def test_no_script_but_its_own_runs_in_a_page(open_page: Open, root: Path) -> None:
    page = open_page(root / PAGES["hostile-report"], width=1000).page
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.broken = 1\">')")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.broken = 1'}))")
    assert page.evaluate("window.broken") is None


def test_a_printed_report_has_no_navigation_and_all_of_its_rows(open_page: Open, root: Path) -> None:
    page = open_page(root / PAGES["report"], width=800).page
    page.emulate_media(media="print")
    for name in (".contents", ".crumbs", ".files"):
        assert not page.locator(name).is_visible()
    assert page.locator("#deliveries").is_visible()
