"""A backfill of the small portfolio: every month in turn, as of then, not twice, and with what is wrong told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.objects import State

from flows.backfill import backfill
from quarterdeck.steps.summary import RunFailedError
from quarterdeck.wiring import open_parts
from tests.mini import make
from tests.repositories import Made


def run(file: Path, first: str = "2026-08", last: str = "2026-10", **asked: Any) -> State[Any]:
    state: Any = backfill(first=first, last=last, config=str(file), return_state=True, **asked)
    found: State[Any] = state
    return found


def summary_of(state: State[Any]) -> dict[str, Any]:
    result: Any = state.result(raise_on_failure=False)
    found: dict[str, Any] = result.summary if isinstance(result, RunFailedError) else result
    return found


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The small portfolio in git since before August, with one channel more live in September and in November."""
    file = make(tmp_path / "portfolio")
    made = Made(file.parent)
    (file.parent / ".gitignore").write_text(".quarterdeck\nalpha/code\n")
    made.git("init", "-q", "-b", "main", ".")
    made.commit({}, "2026-07-20T12:00:00Z")
    channels = (file.parent / "beta" / "channels.csv").read_text()
    live = channels.replace("Boats Online,ota,false,false", "Boats Online,ota,true,true")
    made.commit({"beta/channels.csv": live}, "2026-09-15T12:00:00Z")
    made.commit({"beta/channels.csv": live + "Third,ota,true,true,1,,,,,,\n"}, "2026-11-02T12:00:00Z")
    return file


def kpi(file: Path, period: str, id: str) -> Any:
    [page] = (file.parent / ".quarterdeck" / "archive" / "beta" / "cmo" / period).rglob("report.json")
    return next(kpi["value"] for kpi in json.loads(page.read_text())["kpis"] if kpi["id"] == id)


def test_each_month_is_made_as_it_was_then_and_only_once(kept: Path) -> None:
    state = run(kept, tenants=["beta"], roles=["cmo"])
    assert state.is_completed(), state.message
    summary = summary_of(state)
    assert summary["periods"] == ["2026-08", "2026-09", "2026-10"]
    assert [line["report_id"] for line in summary["reports"]] == [f"beta_cmo_2026-{month}" for month in ("08", "09", "10")]
    assert [kpi(kept, period, "live_otas") for period in summary["periods"]] == ["0", "1", "1"]
    assert sum(summary["deliveries"].values()) == 0
    parts = open_parts(kept)
    runs = len(parts.audit.runs())
    again = run(kept, last="2026-11", tenants=["beta"], roles=["cmo"])
    assert summary_of(again)["reports"][:3] == summary["reports"]
    assert len(parts.audit.runs()) == runs + 1  # November alone
    assert kpi(kept, "2026-11", "live_otas") == "2"
    assert run(kept, tenants=["beta"], roles=["cmo"], again=True).is_completed()
    assert len(parts.audit.runs()) == runs + 4


def test_what_is_known_only_as_it_stands_now_is_told_and_is_no_zero(tmp_path: Path) -> None:
    file = make(tmp_path)
    state = run(file, first="2026-09", last="2026-10", tenants=["beta"], roles=["cmo"])
    assert state.is_failed()
    summary = summary_of(state)
    assert [line["status"] for line in summary["reports"]] == ["filed", "filed"]
    assert len(summary["problems"]) == 2
    assert all("known only as it stands now" in problem["what"] for problem in summary["problems"])
    assert kpi(file, "2026-10", "live_otas") is None
    assert open_parts(file).audit.notes("backfill") == ()


def test_a_backfill_that_delivers_sends_each_period_once(kept: Path) -> None:
    asked: dict[str, Any] = {"tenants": ["alpha"], "roles": ["cfo"], "deliver": True}
    first = summary_of(run(kept, **asked))
    assert (first["deliveries"]["planned"], first["deliveries"]["sent"]) == (6, 6)
    second = summary_of(run(kept, **asked))
    assert (second["deliveries"]["planned"], second["deliveries"]["sent"], second["deliveries"]["already"]) == (6, 0, 6)
    assert len(list((kept.parent / ".quarterdeck" / "outbox").glob("*.eml"))) == 6
    assert open_parts(kept).audit.verify().ok
