"""Prefect's own UI, in a browser: a run from its form, a report that fails, *Retry*, and the way to the report.

The server, its worker and the runs are real processes; the browser reaches the server and nothing else.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from tasks.ui import link, plain
from tests import mini
from tests.commands import ROOT, quarterdeck
from tests.prefect_page import PATIENCE, PrefectPage
from tests.prefect_servers import Server, server

pytestmark = pytest.mark.timeout(900)  # for a machine that has much other work; alone it is a minute
READERS = "https://reports.example.com"  # where the archive is, for whoever reads it
HOSTILE = (
    "<img src=x onerror=alert(1)> [click](https://evil.example.com) <a href='//evil.example.com'>a</a> http://evil.example.com "
    "www.evil.example.com boss@evil.example.com ![x](https://evil.example.com/x.png) | *b* `c` # <script>alert(1)</script>"
)


@dataclass(frozen=True)
class Site:
    """A server with a worker, and a portfolio whose reports of October are filed; one of them was changed afterwards."""

    server: Server
    portfolio: Path
    report: Path
    whole: bytes

    @property
    def archive(self) -> Path:
        return self.portfolio.parent / ".quarterdeck" / "archive"


@dataclass
class Window:
    """A window of the browser, and the addresses beyond the server that it asked for."""

    ui: PrefectPage
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Made after the browser, which skips all of this where there is none."""
    folder = tmp_path_factory.mktemp("prefect-ui")
    portfolio = mini.make(folder / "portfolio")
    portfolio.write_text(f"{portfolio.read_text('utf-8')}delivery: {{archive_url: {READERS}}}\n", "utf-8")
    with server(folder / "prefect") as started:
        started.ask("POST", "/work_pools/", {"name": "quarterdeck", "type": "process"})
        started.worker()
        filed = quarterdeck(
            *("run", "--period", "2026-10", "--tenant", "alpha", "--role", "cfo"), folder=portfolio.parent
        )  # without the server
        assert filed.returncode == 0, filed.stderr
        deploy = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--name", "executive-reports"]
        done = subprocess.run(deploy, cwd=ROOT, env=started.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        [report] = (portfolio.parent / ".quarterdeck" / "archive" / "alpha" / "cfo").rglob("report.json")
        whole = report.read_bytes()
        report.write_bytes(whole.replace(b'"tenant":"alpha"', b'"tenant":"omega"'))
        yield Site(started, portfolio, report, whole)


@pytest.fixture
def window(browser: Browser, site: Site) -> Iterator[Window]:
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(PATIENCE)
    url = site.server.url.removesuffix("/api")
    opened = Window(PrefectPage(context.new_page(), url))
    _keep_in(context, url, opened.asked, site.archive)
    yield opened
    context.close()


def _keep_in(context: BrowserContext, url: str, asked: list[str], archive: Path) -> None:
    """Let a window reach the server, and the archive at the address that its readers know; nothing else."""

    def look(route: Route) -> None:
        address = route.request.url
        if address.startswith(f"{url}/"):
            route.continue_()
        elif address.startswith(f"{READERS}/"):
            route.fulfill(path=archive / urlsplit(address).path.removeprefix("/"))
        else:
            asked.append(address)
            route.abort()

    context.route("**/*", look)


def test_a_report_that_failed_is_made_by_the_retry_of_its_run_and_no_other_is(site: Site, window: Window) -> None:
    ui = window.ui
    ui.open_form("executive-reports")
    ui.write("Period", "2026-13")
    ui.add("Tenants", "alpha", "beta")
    ui.choose("Roles", "cfo", "cto")
    ui.switch("Send to readers", on=True)
    ui.write("Portfolio file", str(site.portfolio))
    ui.submit()
    expect(ui.page.get_by_text("Validation failed for field 'period'").first).to_be_visible()
    assert site.server.ask("POST", "/flow_runs/filter", {"flow_runs": {"state": {"type": {"not_any_": ["SCHEDULED"]}}}}) == []

    ui.write("Period", "2026-10")
    run = ui.start()
    ui.wait_for("Failed")
    expect(ui.page.get_by_role("link", name="executive-reports").first).to_be_visible()
    first = ui.task_runs()
    assert [name for name, state in first if state != "Completed"] == ["cfo · alpha"]
    assert dict(first)["cfo · alpha"] == "Failed"
    ui.open_artifact("problems")
    expect(ui.page.get_by_text("cfo of alpha: report.json of cfo of alpha for 2026-10 is that of omega")).to_be_visible()
    expect(ui.page.get_by_text("What to do:").first).to_be_visible()

    site.report.write_bytes(site.whole)
    ui.open_run(run)
    ui.retry()
    ui.wait_for("Completed")
    second = ui.task_runs()[: -len(first)]
    made = {name for name, state in second if state == "Completed"}
    assert made == {"cfo · alpha", "deliver · 2026-10"}
    assert {name for name, _ in second} == {name for name, _ in first}
    assert {state for name, state in second if name not in made} == {"Cached"}
    assert len(list((site.portfolio.parent / ".quarterdeck" / "outbox").glob("*.eml"))) == 2  # the CFO's two readers, once

    ui.open_artifact("run", saying="4 of 4 reports filed")
    row = ui.page.get_by_role("row").filter(has_text="alpha_cfo_2026-10")
    expect(row).to_contain_text("sent 2")
    ui.page.go_back()
    ui.open_artifact("alpha-cfo")
    with ui.page.context.expect_page() as opened:
        ui.page.get_by_role("link", name="cfo of alpha, 2026-10").click()
    expect(opened.value.locator("h1").first).to_contain_text("Alpha")
    assert opened.value.url == f"{READERS}/alpha/cfo/2026-10/{site.report.parent.name}/page.html"
    assert window.asked == []


def test_names_from_outside_are_shown_as_they_are(site: Site, window: Window) -> None:
    """In an artifact as ours are made: no link, no picture, no markup, in text and in the cells of a table."""
    made = [
        {"type": "markdown", "key": "hostile", "description": plain(HOSTILE), "data": f"- {plain(HOSTILE)}: {plain(HOSTILE)}"},
        {"type": "table", "key": "hostile", "data": json.dumps([{"what": plain(HOSTILE), "page": link(READERS, HOSTILE)}])},
    ]
    page = window.ui.page
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    for each in made:
        artifact = site.server.ask("POST", "/artifacts/", each)
        page.goto(f"{window.ui.url}/artifacts/artifact/{artifact['id']}")
        expect(page.get_by_text(" ".join(HOSTILE.split())).first).to_be_visible()
        assert page.locator("a[href*='evil'], img, .app script").count() == 0
        assert page.get_by_role("link", name="evil").count() == (1 if each["type"] == "table" else 0)
    assert (dialogs, window.asked) == ([], [])
