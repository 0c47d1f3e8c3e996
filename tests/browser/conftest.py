"""Chromium for the tests in this folder, by Playwright: Debian's own, since a browser is nothing that a test may download.

Pages are opened without a network: every request that leaves the page is stopped and remembered.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

HERE = Path(__file__).parent
SCREENSHOTS = HERE / "screenshots"
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
_ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

Tree = dict[str, Any]


@dataclass(slots=True)
class Opened:
    """A page in a window, and the addresses it asked for beyond itself."""

    page: Page
    asked: list[str] = field(default_factory=list)
    pictures: bool = False

    def width(self) -> tuple[int, int]:
        """How wide the content is, and how wide the window."""
        content, window = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        return content, window

    def headings(self, level: int) -> list[str]:
        return [" ".join(text.split()) for text in self.page.locator(f"h{level}").all_text_contents()]

    def picture(self, name: str) -> None:
        """With --pictures, a screenshot of the whole page, for people to look at."""
        if self.pictures:
            path = SCREENSHOTS / f"{re.sub(r'[^a-z0-9-]+', '-', name.lower())}.png"
            path.parent.mkdir(exist_ok=True)
            self.page.screenshot(path=path, full_page=True)

    def violations(self) -> list[Tree]:
        """What axe-core finds that is serious or critical; nothing where it is not installed, which a test of its own says."""
        if not AXE.is_file():
            return []
        self.page.evaluate(AXE.read_text("utf-8"))  # as the debugger's own, which no policy of the page holds back
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        grave = [fault for fault in found["violations"] if fault["impact"] in {"serious", "critical"}]
        return [{"rule": f["id"], "help": f["help"], "at": [node["html"][:200] for node in f["nodes"][:3]]} for f in grave]


Open = Callable[..., Opened]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if _CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Open]:
    """open_page(html) or open_page(path), with `width=640` and `dark=False` unless given."""
    contexts = []
    pictures = bool(request.config.getoption("--pictures"))

    def opened(source: str | Path, *, width: int = 640, dark: bool = False) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            offline=True,
        )
        contexts.append(context)
        window = Opened(context.new_page(), pictures=pictures)
        own = source.resolve().as_uri() if isinstance(source, Path) else "about:blank"

        def look(route: Route) -> None:
            address = route.request.url
            if address.partition("#")[0] == own:
                route.continue_()
            else:
                window.asked.append(address)
                route.abort()

        context.route("**/*", look)
        window.page.on("requestfailed", lambda request: window.asked.append(request.url))
        if isinstance(source, Path):
            window.page.goto(own)
        else:
            window.page.set_content(source)
        return window

    yield opened
    for context in contexts:
        context.close()
