"""The archive's pages after a run of the flow: there, whole, and left alone by a run that changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.executive_reports import executive_reports
from tests.pages import check_site, links_of, pages_of, rows_of


def run(config: Path, **given: Any) -> dict[str, Any]:
    state: Any = executive_reports(**{"config": str(config), "period": "2026-10", **given}, return_state=True)
    summary: dict[str, Any] = state.result(raise_on_failure=False)
    return summary


def test_a_run_writes_the_site_and_a_second_one_leaves_it_alone(portfolio: Path) -> None:
    summary = run(portfolio, deliver=True)
    assert summary["problems"] == []
    root = portfolio.parent / ".quarterdeck" / "archive"
    trees = check_site(root)
    assert [row[0] for row in rows_of(trees["index.html"], "Latest reports")] == ["Tenant", "Two companies", "Alpha", "Beta"]
    shown = {target for target, _ in links_of("index.html", trees["index.html"]) if target.endswith("/page.html")}
    filed = {Path(line["paths"]["json"]).parent.relative_to(root).as_posix() for line in summary["reports"]}
    assert shown == {f"{place}/page.html" for place in filed}
    before = {key: (root / key).stat().st_mtime_ns for key in pages_of(root)}
    run(portfolio, deliver=True)
    assert {key: (root / key).stat().st_mtime_ns for key in pages_of(root)} == before


def test_a_changed_source_leads_to_a_page_that_says_what_changed(portfolio: Path) -> None:
    run(portfolio, tenants=["alpha"], roles=["cfo"])
    bank = portfolio.parent / "alpha" / "bank.csv"
    bank.write_text(bank.read_text("utf-8").replace("2026-10-12,-100.00", "2026-10-12,-400.00"), "utf-8")
    summary = run(portfolio, tenants=["alpha"], roles=["cfo"])
    [line] = summary["reports"]
    root = portfolio.parent / ".quarterdeck" / "archive"
    page = f"alpha/cfo/2026-10/{line['revision']}/page.html"
    assert ["Cash", "$8,100", "$7,800", "−3.7%", ""] in rows_of(check_site(root)[page], "Revisions")
