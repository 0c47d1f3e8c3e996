"""docs/operating.md on what a run leaves behind, held against a run."""

from __future__ import annotations

import re
from pathlib import Path

from flows.executive_reports import executive_reports
from quarterdeck.steps.preview import preview
from quarterdeck.wiring import open_parts
from reports import role
from tests.handbook import page, rows, section

# What the page writes in capitals, as it looks on disk.
_FORMS = {
    "TENANT": "[a-z-]+",
    "TABLE": "[a-z_]+",
    "SHA256": "[0-9a-f]{64}",
    "PERIOD": "2026-10",
    "SOURCE": "[a-z-]+",
    "ROLE": "[a-z-]+",
    "REVISION": "[0-9a-f]{64}",
    "DIGEST": "[0-9a-f]{12}",
    "KPI": "[a-z_]+",
}


def test_the_home_folder_is_laid_out_as_the_page_says(portfolio: Path) -> None:
    executive_reports(config=str(portfolio), period="2026-10", tenants=["alpha"], deliver=True, return_state=True)
    preview(open_parts(portfolio), "alpha", role("cto"), "2026-10")
    home = portfolio.parent / ".quarterdeck"
    described = {
        cells[0].strip("`").rstrip("/"): cells[1] for cells in rows(section(page("operating.md"), "The home folder"), "in it")
    }
    there = {re.sub(r"-(wal|shm)$", "", path.name) for path in home.iterdir()}
    # The tests' own server keeps its files elsewhere; the others come with sources, boards and readers that this portfolio
    # does not have.
    assert there == set(described) - {"prefect", "cache", "hmac.key", "webhooks", "webhook.sqlite"}
    for name in ("snapshots", "archive"):
        forms = [form(text) for text in re.findall(r"`([^`.][^`]*\.[a-z0-9]+)`", described[name])]
        files = [path.relative_to(home / name).as_posix() for path in (home / name).rglob("*.*")]
        assert files
        for text in forms:
            assert any(re.fullmatch(text, file) for file in files), text
        folders = {re.sub(r"[^/]+$", "", text) for text in forms}
        assert [file for file in files if not any(re.fullmatch(folder + "[^/]+", file) for folder in folders)] == []


def form(text: str) -> str:
    """A path of the page as a pattern."""
    return re.sub("|".join(_FORMS), lambda match: _FORMS[match[0]], re.escape(text))
