"""What a failed run left is made by the retry: that alone, from the same snapshots, and sent once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.executive_reports import executive_reports
from flows.left import make_left
from flows.plain import Plain, in_threads
from flows.retry_failed import retry_failed
from flows.running import How, run_plan
from quarterdeck.config import load_settings
from quarterdeck.errors import ReportError
from quarterdeck.steps import strings
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.retry import Asked
from quarterdeck.steps.run import LEASE
from quarterdeck.steps.summary import RunSummary
from quarterdeck.steps.unfinished import unfinished
from quarterdeck.wiring import Parts, open_parts
from reports import roles

TODO = Plan("2026-10", ("alpha",), (("alpha", "cfo"), ("alpha", "cto")))


def left(parts: Parts) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    return [(each.plan.period, each.plan.reports) for each in unfinished(parts, roles())]


def sent(parts: Parts) -> int:
    return len(list((parts.settings.home / "outbox").glob("*.eml")))


def run_plainly(parts: Parts, todo: Plan = TODO, *, deliver: bool = True) -> RunSummary:
    with Plain(first_pause=0) as engine:
        return run_plan(engine, parts, todo, How(deliver=deliver))


def retry_plainly(parts: Parts, period: str = "") -> RunSummary:
    with Plain(first_pause=0) as engine:
        return make_left(engine, parts, in_threads(engine, parts), Asked(period=period))


def break_one(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    real = strings.reported

    def reported(config: str, tenant: str, wanted: Any, *rest: Any) -> str:
        if wanted.id == role:
            raise ReportError("a switch breaks it")
        return real(config, tenant, wanted, *rest)

    monkeypatch.setattr(strings, "reported", reported)


def test_only_what_failed_is_made_again_and_sent_once(portfolio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = open_parts(portfolio)
    with monkeypatch.context() as broken:
        break_one(broken, "cfo")
        assert [line.status for line in run_plainly(parts).reports] == ["failed", "filed"]
    assert left(parts) == [("2026-10", (("alpha", "cfo"),))]
    pulls: list[str] = []
    monkeypatch.setattr(strings, "pulled", lambda *given: pulls.append(given[2]))
    made = retry_plainly(parts)
    assert [(line.report_id, line.status) for line in made.reports] == [("alpha_cfo_2026-10", "filed")]
    assert (made.deliveries["sent"], sent(parts)) == (2, 2)
    assert pulls == []
    assert left(parts) == []
    again = retry_plainly(parts)
    assert (again.reports, again.deliveries["already"], sent(parts)) == ((), 2, 2)
    assert parts.audit.verify().ok


def test_a_source_that_failed_is_pulled_again_and_no_other(portfolio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = portfolio.read_text().replace("id: books\n", "id: books\n        required: true\n")
    portfolio.write_text(text)
    parts = Parts(load_settings(portfolio, {}), open_parts(portfolio).clock)
    bank = portfolio.parent / "alpha" / "bank.csv"
    rows = bank.read_bytes()
    bank.unlink()
    statuses = {line.status for line in run_plainly(parts).reports}
    assert statuses == {"blocked"}
    assert retry_plainly(parts).reports[0].status == "blocked"
    bank.write_bytes(rows)
    real, pulls = strings.pulled, list[str]()

    def pulled(*given: Any) -> str:
        pulls.append(given[2])
        return real(*given)

    monkeypatch.setattr(strings, "pulled", pulled)
    assert {line.status for line in retry_plainly(parts).reports} == {"filed"}
    assert pulls == ["books"]
    assert sent(parts) == 2


def test_a_run_that_died_left_all_it_was_asked_for(portfolio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = open_parts(portfolio)

    def dies(*_: Any) -> str:
        raise SystemExit(143)

    with monkeypatch.context() as killed:
        killed.setattr("flows.running._Run.run", dies)
        with pytest.raises(SystemExit):
            run_plainly(parts)
    assert left(parts) == [("2026-10", TODO.reports)]
    assert retry_plainly(parts, "2026-09").reports == ()
    assert [line.status for line in retry_plainly(parts, "2026-10").reports] == ["filed", "filed"]


def test_what_another_run_is_at_is_left_to_it(portfolio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = open_parts(portfolio)
    with monkeypatch.context() as broken:
        break_one(broken, "cfo")
        run_plainly(parts)
    lease = parts.audit.acquire("run:alpha:2026-10", "elsewhere:1:1", LEASE, parts.clock())
    told = retry_plainly(parts)
    assert ["elsewhere:1:1 is running over alpha:2026-10" in problem.what for problem in told.problems] == [True]
    assert (told.reports, sent(parts)) == ((), 0)
    parts.audit.release(lease)
    assert retry_plainly(parts).went_well
    assert sent(parts) == 2


def test_what_the_settings_no_longer_have_is_wanted_by_nobody(portfolio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = open_parts(portfolio)
    break_one(monkeypatch, "cfo")
    run_plainly(parts)
    without = {id: role for id, role in roles().items() if id != "cfo"}
    assert unfinished(parts, without) == ()


def test_a_failed_flow_run_is_finished_by_the_flow(portfolio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        break_one(broken, "cfo")
        first: Any = executive_reports(
            config=str(portfolio), period="2026-10", tenants=["alpha"], roles=["cfo", "cto"], deliver=True, return_state=True
        )
        assert first.is_failed()
    state: Any = retry_failed(config=str(portfolio), return_state=True)
    assert state.is_completed(), state.message
    assert [line["report_id"] for line in state.result()["reports"]] == ["alpha_cfo_2026-10"]
    assert sent(open_parts(portfolio)) == 2
    nothing: Any = retry_failed(config=str(portfolio), return_state=True)
    assert nothing.result()["reports"] == []
