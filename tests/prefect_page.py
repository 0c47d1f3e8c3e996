"""Prefect's own UI as a person uses it: the form of a run, the page of a run, its artifacts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

PATIENCE = 180_000  # milliseconds: a run starts a process of its own, on a machine that has other work too
expect.set_options(timeout=60_000)


@dataclass(frozen=True)
class PrefectPage:
    """The UI of a server at an address, in a window."""

    page: Page
    url: str

    # The form of a run

    def open_form(self, deployment: str) -> None:
        """From the list of deployments to the form of a run with parameters of its own."""
        self.page.goto(f"{self.url}/deployments")
        self.page.get_by_role("link", name=deployment, exact=True).first.click()
        self.page.get_by_role("button", name="Run", exact=True).click()
        self.page.get_by_text("Custom run").click()
        expect(self.page.get_by_role("button", name="Submit")).to_be_visible()

    def field(self, title: str) -> Locator:
        """A field of the form with its title, its explanation and what it takes."""
        label = self.page.locator("label").filter(has_text=re.compile(rf"^\s*{re.escape(title)}"))
        return label.first.locator("xpath=../..")

    def write(self, title: str, text: str) -> None:
        self.field(title).locator("textarea").fill(text)

    def add(self, title: str, *texts: str) -> None:
        """Put items into a list."""
        for number, text in enumerate(texts):
            self.field(title).get_by_role("button", name="Add item").click()
            self.field(title).locator("textarea").nth(number).fill(text)

    def choose(self, title: str, *options: str) -> None:
        """Choose from a list of options, by the keyboard: a click on it is two events, which open and close it."""
        self.field(title).locator("button.p-select-button__control").focus()
        self.page.keyboard.press("ArrowDown")
        for option in options:
            self.page.get_by_role("option").filter(has_text=re.compile(f"^{option}$")).click()
        self.page.keyboard.press("Escape")

    def switch(self, title: str, *, on: bool) -> None:
        switch = self.field(title).get_by_role("switch")
        if (switch.get_attribute("aria-checked") == "true") is not on:
            switch.click()

    def submit(self) -> None:
        self.page.get_by_role("button", name="Submit").click()

    # The page of a run

    def start(self) -> str:
        """Submit the form and open the page of the run; the run's id. The message that leads there is gone too soon."""
        with self.page.expect_response("**/create_flow_run") as answered:
            self.submit()
        run = str(answered.value.json()["id"])
        self.open_run(run)
        return run

    def open_run(self, run: str) -> None:
        self.page.goto(f"{self.url}/runs/flow-run/{run}")

    def wait_for(self, state: str) -> None:
        """Until the run that is shown comes to a state."""
        expect(self.page.locator(".state-badge").first).to_have_text(re.compile(state), timeout=PATIENCE)

    def tab(self, name: str) -> None:
        self.page.get_by_text(name, exact=True).first.click()

    def retry(self) -> None:
        """Press *Retry*, and once more where the UI asks whether that is meant."""
        self.page.get_by_role("button", name="Retry").first.click()
        asked = self.page.get_by_text("will be run again")
        expect(asked).to_be_visible()
        self.page.get_by_role("button", name="Retry").last.click()
        expect(asked).to_be_hidden()

    def task_runs(self) -> list[tuple[str, str]]:
        """The task runs of the run that is shown, newest first, each with its state."""
        self.tab("Task Runs")
        items = self.page.locator(".state-list-item")
        expect(items.first).to_be_visible()
        found: list[tuple[str, str]] = []
        while len(found) != items.count():  # the list grows while it is read
            names = items.locator("a[href*='/runs/task-run/']").all_inner_texts()
            found = list(zip(names, items.locator(".state-badge").all_inner_texts(), strict=False))
            items.last.scroll_into_view_if_needed()
            self.page.wait_for_timeout(500)
        return found

    def open_artifact(self, key: str, saying: str = "") -> None:
        """From a run's artifacts to one of them. A run that was retried has several of a key: `saying` tells which."""
        self.page.reload()  # the page asks for new ones only now and then
        self.tab("Artifacts")
        self.page.get_by_text("Task runs", exact=True).scroll_into_view_if_needed()  # those of tasks are loaded when seen
        card = self.page.locator("a[href*='/artifacts/artifact/']").filter(has=self.page.get_by_text(key, exact=True))
        card.filter(has_text=saying).first.click()
        self.page.wait_for_url("**/artifacts/artifact/**")
