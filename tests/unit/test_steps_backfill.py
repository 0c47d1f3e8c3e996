"""Which periods a backfill makes, and which it need not make again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quarterdeck.audit.happenings import Accept, Claim, Send
from quarterdeck.audit.states import Delivery, Denied, delivery_key
from quarterdeck.config import load_settings
from quarterdeck.errors import ConfigError, Problem
from quarterdeck.period import Period
from quarterdeck.steps.backfill import Restated, made_before, plan_backfill, remember, restated, together
from quarterdeck.steps.measure import measure_tenant
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.pull import pull
from quarterdeck.steps.report import make_report
from quarterdeck.steps.run import LEASE
from quarterdeck.steps.summary import RunSummary, filed_line
from quarterdeck.wiring import Parts
from reports import role, roles
from tests.mini import make

NOW = datetime(2026, 11, 3, 6, tzinfo=UTC)
TODO = Plan("2026-10", ("beta",), (("beta", "cmo"),))


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return opened(make(tmp_path))


def opened(file: Path) -> Parts:
    return Parts(load_settings(file, {}), lambda: NOW)


def periods(parts: Parts, first: str, last: str) -> list[str]:
    plans = plan_backfill(parts.settings, roles(), now=NOW, first=first, last=last)
    return [todo.period for todo in plans]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2025-11", "2026-02", ["2025-11", "2025-12", "2026-01", "2026-02"]),
        ("2026-10", "2026-10", ["2026-10"]),
        ("2026-W52", "2026-W52", None),  # has not begun
        ("2020-W52", "2021-W01", ["2020-W52", "2020-W53", "2021-W01"]),
        ("2025-Q4", "2026-Q2", ["2025-Q4", "2026-Q1", "2026-Q2"]),
        ("2024", "2025", ["2024", "2025"]),
    ],
)
def test_every_period_of_a_range_the_oldest_first(parts: Parts, first: str, last: str, expected: list[str] | None) -> None:
    if expected is None:
        with pytest.raises(ConfigError, match="has not begun"):
            periods(parts, first, last)
    else:
        assert periods(parts, first, last) == expected


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2026-10", "2026-09", "lies before"),
        ("2026-01", "2026-Q2", "not of one kind"),
        ("1975-01", "2026-10", "more than 600"),
        ("2026-13", "2026-10", "2026-13"),
    ],
)
def test_what_is_no_range_is_bad_input(parts: Parts, first: str, last: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        periods(parts, first, last)


def run(parts: Parts) -> RunSummary:
    period = Period.parse("2026-10")
    basis = measure_tenant(parts, "beta", period, [pull(parts, "beta", "inventory", period)])
    return RunSummary(("2026-10",), (filed_line(make_report(parts, role("cmo"), "beta", period, basis)),), {"planned": 0}, ())


def whole(parts: Parts) -> RunSummary:
    summary = replace(run(parts), deliveries={"planned": 2, "sent": 2, "already": 0})
    remember(parts, TODO, summary, deliver=False)
    return summary


def test_what_was_made_whole_is_not_made_again(parts: Parts) -> None:
    assert made_before(parts, TODO, deliver=False) is None
    summary = whole(parts)
    before = made_before(parts, TODO, deliver=False)
    assert before is not None
    assert before.reports == summary.reports
    assert {name: count for name, count in before.deliveries.items() if count} == {"planned": 2, "already": 2}


def test_what_failed_in_part_is_made_again(parts: Parts) -> None:
    remember(parts, TODO, replace(run(parts), problems=(Problem("a part failed"),)), deliver=False)
    assert made_before(parts, TODO, deliver=False) is None


def test_to_deliver_is_more_than_to_file(parts: Parts) -> None:
    whole(parts)
    assert made_before(parts, TODO, deliver=True) is None


def test_other_settings_make_it_anew(parts: Parts) -> None:
    whole(parts)
    file = parts.settings.file
    file.write_text(file.read_text().replace("name: Beta", "name: Beta Boats"))
    assert made_before(opened(file), TODO, deliver=False) is None


def test_newer_figures_make_it_anew(parts: Parts) -> None:
    whole(parts)
    channels = parts.settings.root / "beta" / "channels.csv"
    channels.write_text(channels.read_text().replace("Boats Online,ota,false,false", "Boats Online,ota,true,true"))
    run(parts)
    assert made_before(parts, TODO, deliver=False) is None


def test_other_figures_of_a_period_that_it_looks_back_on_make_it_anew(parts: Parts) -> None:
    whole(parts)
    september = Period.parse("2026-09")
    measure_tenant(parts, "beta", september, [pull(parts, "beta", "inventory", september)])
    assert made_before(parts, TODO, deliver=False) is None


def test_the_trail_keeps_no_path_and_nothing_that_hangs_on_a_secret(parts: Parts) -> None:
    whole(parts)
    [note] = parts.audit.notes("backfill")
    assert str(parts.settings.home) not in str(note)
    parts.settings.root.joinpath("repos.env").write_text("SMTP_PASSWORD=hunter2\n")
    assert made_before(opened(parts.settings.file), TODO, deliver=False) is not None
    parts.settings.root.joinpath("repos.env").write_text("RECIPIENT_EMAIL=new@example.com\n")
    assert made_before(opened(parts.settings.file), TODO, deliver=False) is None


def test_a_report_that_is_gone_from_the_archive_is_made_anew(parts: Parts) -> None:
    [line] = whole(parts).reports
    Path(line.paths["json"]).write_text("{}")
    assert made_before(parts, TODO, deliver=False) is None


def test_a_report_that_was_sent_otherwise_is_told_with_what_differs(parts: Parts) -> None:
    [first] = run(parts).reports
    assert first.revision is not None
    key = delivery_key(first.report_id, first.revision, "outbox", "cmo@example.com")
    row = Delivery(key, first.report_id, first.revision, "beta", "cmo", "2026-10", "outbox", "cmo@example.com", "b" * 64)
    parts.audit.plan([row], NOW)
    for event in (Claim("me", LEASE), Send(1, "try-1"), Accept("try-1", "m1")):
        assert not isinstance(parts.audit.apply(key, event, NOW), Denied)
    assert list(restated(parts, [first])) == []
    channels = parts.settings.root / "beta" / "channels.csv"
    channels.write_text(channels.read_text().replace("Boats Online,ota,false,false", "Boats Online,ota,true,true"))
    [now] = run(parts).reports
    [told] = restated(parts, [now])
    assert (told.sent, told.now) == (first.revision, now.revision)
    assert any("0 → 1" in change for change in told.changes), told
    assert str(told).startswith(f"{first.report_id} was sent as revision {first.revision[:12]}")
    assert str(Restated("r", "a" * 64, "b" * 64, ())).endswith("its words only")


def test_several_runs_add_up() -> None:
    one = RunSummary(("2026-09",), (), {"planned": 2, "sent": 1, "failed": 1}, (Problem("x"),))
    two = RunSummary(("2026-10",), (), {"planned": 1, "already": 1}, ())
    both = together([one, two])
    assert both.periods == ("2026-09", "2026-10")
    assert {name: count for name, count in both.deliveries.items() if count} == {
        "planned": 3,
        "sent": 1,
        "failed": 1,
        "already": 1,
    }
    assert [problem.what for problem in both.problems] == ["x"]
    assert RunSummary.of(both.as_dict()) == both
