"""Make docs/gallery.md: how every role's report looks as mail by day and by night, text, paper and workbook.

All of it is the example portfolio with its AWS accounts, made in a temporary folder. Needs chromium and pdftoppm, and what
the tests need.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from examples.portfolio import generate  # noqa: E402 - the checkout is not installed
from flows.console import Out  # noqa: E402
from flows.example_cloud import emulated  # noqa: E402
from quarterdeck.model import Role  # noqa: E402
from quarterdeck.steps.preview import Preview, preview  # noqa: E402
from quarterdeck.wiring import open_parts  # noqa: E402
from reports import roles  # noqa: E402
from tests.mails import shown  # noqa: E402

PAGE = ROOT / "docs" / "gallery.md"
PICTURES = ROOT / "docs" / "pictures" / "gallery"
PERIOD = "2026-10"
TODAY = date(2026, 11, 1)
TENANTS = {  # who shows a role; the others are of jada
    "ceo": "portfolio",
    "cmo": "quickdumpnow",
    "accounting": "queenofsandiego",
    "cto": "queenofsandiego",
    "rental": "rental",
    "logistics": "expert-yacht-delivery",
    "client-billing": "dangerouscentaur-clients",
}
MOST_BYTES = 200_000
WIDTH, HEIGHT = 640, 1500
TEXT_LINES, TABLE_ROWS, TABLE_COLUMNS = 44, 8, 6
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")


@dataclass(frozen=True)
class Shot:
    """One picture: the file it is kept in, and what it shows."""

    name: str
    alt: str

    @property
    def link(self) -> str:
        return f"![{self.alt}](pictures/gallery/{self.name}.png)"


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None or shutil.which("pdftoppm") is None:
        sys.exit("the gallery needs chromium and pdftoppm (poppler-utils)")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        with emulated(Out(as_json=False), Path(folder, "portfolio.yaml"), TODAY) as aws:
            parts = open_parts(generate(Path(folder), TODAY, aws=aws))
            made = {role: preview(parts, TENANTS.get(role.id, "jada"), role, PERIOD) for role in roles().values()}
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        sections = [section(browser, role, report) for role, report in made.items()]
        browser.close()
    kept = {line for part in sections for line in part.split("pictures/gallery/")[1:]}
    names = {line.partition(")")[0] for line in kept}
    for file in PICTURES.glob("*.png"):
        if file.name not in names:
            file.unlink()
    PAGE.write_text("\n".join([HEAD, *sections]), encoding="utf-8")


HEAD = """\
# Gallery

Every role's report of the example portfolio for October 2026, as its readers get it: the mail by day and by night (its first
screens), the plain text that goes along, the first page of the paper, and a sheet of the workbook. `make gallery` makes it.
"""


def section(browser: Browser, role: Role, made: Preview) -> str:
    """A role's part of the page."""
    name = f"{role.id}-{made.report_id.partition('_')[0]}"
    message = shown(Path(made.paths["eml"]).read_bytes())
    light, dark = Shot(f"{name}-light", f"{role.title} mail, light"), Shot(f"{name}-dark", f"{role.title} mail, dark")
    take(browser, message, light, is_dark=False)
    take(browser, message, dark, is_dark=True)
    paper = Shot(f"{name}-paper", f"{role.title} report, first page of the PDF")
    print_page(Path(made.paths["pdf"]), paper)
    lines = Path(made.paths["txt"]).read_text("utf-8").split("\n")[:TEXT_LINES]
    return "\n".join(
        [
            f"## {role.title}: {lines[0]}",
            "",
            "| mail, light | mail, dark |",
            "| --- | --- |",
            f"| {light.link} | {dark.link} |",
            "",
            paper.link,
            "",
            "```text",
            *lines,
            "…",
            "```",
            "",
            *(sheet(made.paths) if "xlsx" in made.paths else []),
        ]
    )


def take(browser: Browser, message: str, shot: Shot, *, is_dark: bool) -> None:
    """The top of a mail; less of it where the picture would be too large."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="dark" if is_dark else "light", offline=True
    )
    window = context.new_page()
    window.set_content(message)
    path = PICTURES / f"{shot.name}.png"
    for height in range(HEIGHT, 400, -200):
        window.set_viewport_size({"width": WIDTH, "height": height})
        if len(window.screenshot(path=path)) < MOST_BYTES:
            break
    context.close()


def print_page(pdf: Path, shot: Shot) -> None:
    for dots in (80, 64, 50):
        command = ["pdftoppm", "-png", "-r", str(dots), "-f", "1", "-singlefile", pdf, PICTURES / shot.name]
        subprocess.run(command, check=True)  # noqa: S603 - files of this script's own
        if (PICTURES / f"{shot.name}.png").stat().st_size < MOST_BYTES:
            break


def sheet(paths: Mapping[str, str]) -> Iterator[str]:
    """The first table of the workbook, read back, as a table of the page."""
    book = openpyxl.load_workbook(BytesIO(Path(paths["xlsx"]).read_bytes()))
    page = book.worksheets[3]
    yield f"The sheet “{page.title}” of the workbook, one of {len(book.sheetnames)}:"
    yield ""
    for number, row in enumerate(page.iter_rows(max_row=TABLE_ROWS, max_col=min(TABLE_COLUMNS, page.max_column))):
        yield "| " + " | ".join(cell_text(cell.value, cell.number_format) for cell in row) + " |"
        if number == 0:
            yield "|" + " --- |" * len(row)
    yield ""


def cell_text(value: object, form: str) -> str:
    """A cell as a spreadsheet shows it."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:.1%}" if form.endswith("%") else f"{value:,.{len(form.partition('.')[2].partition(' ')[0])}f}"
    return str(value).removesuffix(" 00:00:00").replace("|", "\\|")


if __name__ == "__main__":
    main()
