"""The engine of runs without a server: beside each other, tried again where that can help, one outcome each."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from flows.plain import Plain, in_threads
from flows.running import How, Pulled, run_plan
from quarterdeck.errors import SourceError
from quarterdeck.exhibits import EXHIBITS
from quarterdeck.steps import strings
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.run import LEASE
from quarterdeck.wiring import Parts, open_parts
from tests.mini import make

TODO = Plan("2026-10", ("beta",), (("beta", "cmo"),))


def test_what_may_pass_is_tried_again_and_what_cannot_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: Counter[str] = Counter()
    errors = {
        "passes": SourceError("not now", permanent=False),
        "never": SourceError("not now", permanent=False),
        "permanent": SourceError("wrong"),
        "unforeseen": RuntimeError("what"),
    }

    def pulled(_config: str, _tenant: str, source: str, *_: object) -> str:
        tried[source] += 1
        if source == "passes" and tried[source] == 3:
            return "in the end"
        raise errors[source]

    monkeypatch.setattr(strings, "pulled", pulled)
    with Plain(first_pause=0) as engine:
        begun = {source: engine.pull("c", "t", source, "p", False) for source in errors}
        found = {source: pending.outcome() for source, pending in begun.items()}
    assert found == {**errors, "passes": "in the end"}
    assert tried == {"passes": 3, "never": 4, "permanent": 1, "unforeseen": 4}


def test_an_interrupted_run_begins_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[object] = []

    def pulled(*given: object) -> str:
        begun.append(given[2])
        time.sleep(0.01)
        return "done"

    monkeypatch.setattr(strings, "pulled", pulled)
    engine = Plain(first_pause=0)
    for number in range(400):
        engine.pull("c", "t", str(number), "p", False)
    error = KeyboardInterrupt()
    engine.__exit__(KeyboardInterrupt, error, None)
    with pytest.raises(RuntimeError, match="shutdown"):
        engine.pull("c", "t", "late", "p", False)
    assert len(begun) < 400


def test_a_run_is_made_filed_and_remembered(tmp_path: Path) -> None:
    parts: Parts = open_parts(make(tmp_path))
    with Plain() as engine:
        first = run_plan(engine, parts, TODO, How())
        second = run_plan(engine.again(), parts, TODO, How())
    assert first.went_well
    assert first.reports == second.reports
    assert parts.archive.revisions("beta", "cmo", "2026-10") == (first.reports[0].revision,)
    runs = parts.audit.runs()
    assert len({run.run_id for run in runs}) == 2
    assert all(run.ended for run in runs)


def test_a_table_whose_code_fails_is_missing_from_its_report_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def torn(**_: object) -> None:
        raise ZeroDivisionError("no channel")

    monkeypatch.setitem(EXHIBITS._entries, "channel_matrix", replace(EXHIBITS.get("channel_matrix"), make=torn))
    with Plain() as engine:
        summary = run_plan(engine, open_parts(make(tmp_path)), TODO, How())
    [line] = summary.reports
    assert line.status == "filed"
    said = "its code failed with ZeroDivisionError: no channel"
    assert [problem.what for problem in summary.problems] == [f"exhibit channel_matrix of beta_cmo_2026-10: {said}"]
    notice = json.loads(Path(line.paths["json"]).read_text("utf-8"))["data_notice"][0]
    assert notice["text"] == f"“{EXHIBITS.get('channel_matrix').title}” could not be made: {said}"


def test_a_period_that_cannot_be_made_is_told_and_stops_no_other(tmp_path: Path) -> None:
    parts: Parts = open_parts(make(tmp_path))
    parts.audit.acquire("run:beta:2026-10", "elsewhere:1:1", LEASE, parts.clock())
    with Plain() as engine:
        made = in_threads(engine, parts)(TODO, How(), Pulled({"beta": []}))
    assert [problem.what.partition(" since")[0] for problem in made.problems] == [
        "the period 2026-10: elsewhere:1:1 is running over beta:2026-10"
    ]
    assert (made.periods, made.reports, made.went_well) == (("2026-10",), (), False)
