"""What a report remembers of the periods before: over gaps, after reruns, and never because somebody looked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from quarterdeck.steps.preview import preview
from reports import role as role_of
from tests import mini
from tests.reporting import Report, parts_of, report

LATER = datetime(2027, 1, 5, 15, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return mini.make(tmp_path)


def made(config: Path, period: str) -> Report:
    return report(config, "alpha", "cmo", period, LATER)


def ota(shown: Report) -> tuple[str, str]:
    [finding] = [finding for finding in shown.findings if finding["rule"] == "ota_listing_missing"]
    return finding["state"], finding["first_seen"]


def list_it(config: Path, *, live: bool) -> None:
    file = config.parent / "alpha" / "channels.csv"
    state = {True: "ota,true,true", False: "ota,false,false"}
    file.write_text(file.read_text("utf-8").replace(state[not live], state[live]), "utf-8")


def test_a_finding_is_new_once_and_then_persists_since(config: Path) -> None:
    assert ota(made(config, "2026-09")) == ("new", "2026-09")
    assert ota(made(config, "2026-10")) == ("persisting", "2026-09")
    assert ota(made(config, "2026-11")) == ("persisting", "2026-09")


def test_a_period_that_was_left_out_makes_no_finding_new_again(config: Path) -> None:
    made(config, "2026-08")
    assert ota(made(config, "2026-11")) == ("persisting", "2026-08")


def test_what_was_mended_in_a_gap_is_told_as_done(config: Path) -> None:
    made(config, "2026-08")
    list_it(config, live=True)
    shown = made(config, "2026-11")
    assert ota(shown) == ("fixed", "2026-08")
    assert "done" in {promise["outcome"] for promise in shown.document["promises"]}


def test_what_comes_back_after_it_was_fixed_is_new(config: Path) -> None:
    made(config, "2026-09")
    list_it(config, live=True)
    assert ota(made(config, "2026-10")) == ("fixed", "2026-09")
    list_it(config, live=False)
    assert ota(made(config, "2026-11")) == ("new", "2026-11")


def test_a_year_without_a_report_is_forgotten(config: Path) -> None:
    made(config, "2025-08")
    assert ota(made(config, "2026-10")) == ("new", "2026-10")


def test_an_earlier_period_made_again_knows_nothing_of_later_ones(config: Path) -> None:
    first = made(config, "2026-09").document
    made(config, "2026-10")
    assert made(config, "2026-09").document["revision"] == first["revision"]


def test_weeks_and_months_remember_apart(config: Path) -> None:
    made(config, "2026-10")
    assert ota(made(config, "2026-W45")) == ("new", "2026-W45")


def test_a_preview_changes_no_report_to_come(config: Path) -> None:
    before = made(config, "2026-10").document["revision"]
    shown = preview(parts_of(config, LATER), "alpha", role_of("cmo"), "2026-09")
    assert shown.problems == ()
    assert preview(parts_of(config, LATER), "alpha", role_of("cmo"), "2026-09").revision == shown.revision
    assert made(config, "2026-10").document["revision"] == before
    assert preview(parts_of(config, LATER), "alpha", role_of("cmo"), "2026-10").revision == before


def test_making_a_report_again_gives_the_same_revision(config: Path) -> None:
    for tenant, role in (("alpha", "cfo"), ("portfolio", "ceo")):
        first = report(config, tenant, role, "2026-10", LATER).document
        assert report(config, tenant, role, "2026-10", LATER).document == first
