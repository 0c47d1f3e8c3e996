"""A run as its users look at it: states, numbers of readers, and where each report is; nobody is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.steps.overview import ReportRow, overview
from quarterdeck.steps.summary import ReportLine, RunSummary
from quarterdeck.wiring import Parts
from tests import mini
from tests.reporting import parts_of
from tests.trails import NOW, delivery, send

REVISION, OTHER = "a" * 64, "b" * 64
LINES = (
    ReportLine("alpha_cfo_2026-10", "alpha", "cfo", "filed", REVISION),
    ReportLine("portfolio_ceo_2026-10", "portfolio", "ceo", "failed"),
    ReportLine("gone_ceo_2026-10", "gone", "ceo", "filed", REVISION),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return mini.make(tmp_path)


def rows(parts: Parts) -> dict[str, ReportRow]:
    return {row.report_id: row for row in overview(parts, RunSummary(("2026-10",), LINES, {}, ()))}


def test_each_report_has_its_state_and_its_readers_in_numbers(file: Path) -> None:
    parts = parts_of(file)
    sent, waits = (delivery(role="cfo", reader=reader, revision=REVISION) for reader in ("cfo@example.com", "bo@example.com"))
    parts.audit.plan([sent, waits, delivery(role="cfo", revision=OTHER)], NOW)
    send(parts.audit, sent)
    found = rows(parts)
    assert list(found) == [line.report_id for line in LINES]
    cfo, ceo = found["alpha_cfo_2026-10"], found["portfolio_ceo_2026-10"]
    assert (cfo.state, cfo.readers, cfo.deliveries) == ("filed", 2, "planned 1, sent 1")
    assert (ceo.state, ceo.readers, ceo.deliveries, ceo.link, ceo.place) == ("failed", 1, "", "", "")
    assert "@" not in str(found)


def test_a_tenant_that_the_settings_name_no_more_has_no_readers(file: Path) -> None:
    assert rows(parts_of(file))["gone_ceo_2026-10"].readers == 0


def test_a_report_is_found_by_its_link_or_its_place(file: Path) -> None:
    row = rows(parts_of(file))["alpha_cfo_2026-10"]
    assert row.link == ""
    assert row.place == str(file.parent / f".quarterdeck/archive/alpha/cfo/2026-10/{REVISION}/report.html")
    settings = "delivery: {archive_url: https://reports.example.com/archive/}\n"
    file.write_text(file.read_text("utf-8") + settings, "utf-8")
    row = rows(parts_of(file))["alpha_cfo_2026-10"]
    assert row.link == f"https://reports.example.com/archive/alpha/cfo/2026-10/{REVISION}/page.html"
