"""Takes the pictures of Prefect's UI anew: a real server with a worker, on the example portfolio. Run by `make pictures`.

It needs what the tests need, chromium among it. One file of the example is away for the first run, and back for the retry.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from examples.portfolio import generate
from tests.prefect_page import PrefectPage
from tests.prefect_servers import server

HERE = Path(__file__).parent
ARCHIVE = "  archive_url: https://reports.example.com\n"
_ARGUMENTS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync".split()


def main() -> int:
    with TemporaryDirectory() as folder:
        portfolio = generate(Path(folder) / "portfolio", date(2026, 11, 1))
        written = portfolio.read_text("utf-8")
        portfolio.write_text(written.replace("\ndelivery:\n", f"\ndelivery:\n{ARCHIVE}"), "utf-8")
        with server(Path(folder) / "prefect") as started, _window(started.url.removesuffix("/api")) as ui:
            done = started.type("setup", "--config", str(portfolio), folder=portfolio.parent)
            sys.stderr.write(done.stderr)
            started.worker()
            _month(ui, portfolio)
            _backfill(ui, portfolio)
    return 0


@contextmanager
def _window(url: str) -> Iterator[PrefectPage]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1180, "height": 900})
        yield PrefectPage(page, url)
        browser.close()


def _month(ui: PrefectPage, portfolio: Path) -> None:
    """A run of which a source fails, what it shows, and its retry."""
    bank = portfolio.parent / "jada" / "books" / "bank.csv"
    away = bank.rename(bank.with_suffix(".away"))
    ui.open_form("executive-reports")
    ui.write("Period", "2026-10")
    ui.add("Tenants", "jada")
    ui.choose("Roles", "cfo", "cto")
    ui.write("Portfolio file", str(portfolio))
    ui.page.mouse.wheel(0, -2000)
    _take(ui, "form")
    run = ui.start()
    ui.wait_for("Failed")
    _take(ui, "run")
    ui.open_artifact("run")
    _take(ui, "table", height=400)
    ui.open_run(run)
    ui.open_artifact("problems")
    _take(ui, "problems", height=270)
    away.rename(bank)
    ui.open_run(run)
    ui.retry()
    ui.wait_for("Completed")
    ui.task_runs()
    ui.page.mouse.wheel(0, -9000)
    _take(ui, "retry")
    ui.page.goto(f"{ui.url}/deployments")
    ui.page.wait_for_timeout(2000)
    _take(ui, "deployments")


def _backfill(ui: PrefectPage, portfolio: Path) -> None:
    ui.open_form("backfill")
    ui.write("First period", "2026-07")
    ui.write("Last period", "2026-09")
    ui.add("Tenants", "jada")
    ui.choose("Roles", "cfo")
    ui.write("Portfolio file", str(portfolio))
    ui.start()
    ui.wait_for("Completed|Failed")
    ui.tab("Subflow Runs")
    ui.page.wait_for_timeout(2000)
    _take(ui, "backfill")


def _take(ui: PrefectPage, name: str, height: int = 900) -> None:
    ui.page.wait_for_timeout(1500)  # for what moves into its place
    ui.page.screenshot(path=HERE / f"prefect-{name}.png", clip={"x": 0, "y": 0, "width": 1180, "height": height})


if __name__ == "__main__":
    sys.exit(main())
