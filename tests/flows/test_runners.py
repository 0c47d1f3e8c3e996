"""Figures and reports by other processes: the same bytes as on threads, and a retry makes only what failed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster
from prefect import flow, task
from prefect.client.schemas.objects import State
from prefect.task_runners import TaskRunner

from flows.backfill import backfill
from flows.embedded import require_installed, require_runner
from flows.executive_reports import executive_reports
from flows.on_prefect import _Future
from flows.plain import Plain
from flows.runners import runner_of
from flows.running import How, run_plan
from quarterdeck.errors import ConfigError
from quarterdeck.steps.plan import plan
from quarterdeck.steps.summary import RunFailedError
from quarterdeck.wiring import open_parts
from reports import roles
from tests.commands import environment
from tests.mini import make
from tests.prefect_servers import until
from tests.retried import retry

REPORTS = 15
PAGE = "page.html"


def run(portfolio: Path, **given: Any) -> State[Any]:
    state: Any = executive_reports(config=str(portfolio), period="2026-10", **given, return_state=True)
    found: State[Any] = state
    return found


def filed(portfolio: Path) -> dict[str, str]:
    """A digest of every file of every report, by its place; the archive's pages say to the minute when something was made."""
    archive = portfolio.parent / ".quarterdeck" / "archive"
    files = (path for path in archive.glob("*/*/2026-10/*/*") if path.is_file() and path.name != PAGE)
    return {str(path.relative_to(archive)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def kept(portfolio: Path) -> dict[str, int]:
    """When each result of a task was written, by its file."""
    return {path.name: path.stat().st_mtime_ns for path in (portfolio.parent / ".quarterdeck" / "results").iterdir()}


@contextmanager
def named(name: str) -> Iterator[str]:
    """A task runner's name; for `cluster` that of a Dask cluster of two processes that is there for the block."""
    if name != "cluster":
        yield name
        return
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:  # type: ignore[no-untyped-call]
        yield cluster.scheduler_address.replace("tcp://", "dask://")


@pytest.fixture(scope="module")
def on_threads(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    portfolio = make(tmp_path_factory.mktemp("threads"))
    assert run(portfolio).is_completed()
    return filed(portfolio)


@pytest.mark.slow
def test_a_dask_cluster_of_the_runs_own_makes_the_same_bytes(
    portfolio: Path, on_threads: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDECK_TASK_RUNNER", "dask")
    state = run(portfolio)
    assert state.is_completed(), state.message
    assert filed(portfolio) == on_threads


def test_processes_without_a_server_make_the_same_bytes(
    portfolio: Path, on_threads: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDECK_TASK_RUNNER", "processes")
    parts = open_parts(portfolio)
    todo = plan(parts.settings, roles(), now=parts.clock(), period="2026-10")
    with Plain.of(parts.settings) as engine:
        summary = run_plan(engine, parts, todo, How())
    assert summary.went_well, summary.problems
    assert len(on_threads) > REPORTS * 4
    assert filed(portfolio) == on_threads


@pytest.mark.slow
@pytest.mark.parametrize("name", ["processes", "cluster"])
def test_a_batch_fails_only_where_a_report_does_and_a_retry_makes_that_one(
    portfolio: Path, on_threads: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = portfolio.parent / ".quarterdeck" / "archive" / "alpha" / "cfo"
    in_the_way.parent.mkdir(parents=True)
    in_the_way.touch()
    with named(name) as runner:
        monkeypatch.setenv("QUARTERDECK_TASK_RUNNER", runner)
        first = run(portfolio)
        result: Any = first.result(raise_on_failure=False)
        status = {line["report_id"]: line["status"] for line in result.summary["reports"]}
        assert status.pop("alpha_cfo_2026-10") == "failed"
        assert set(status.values()) == {"filed"}
        [problem] = result.summary["problems"]
        assert problem["what"].startswith("cfo of alpha: ")
        before = kept(portfolio)
        in_the_way.unlink()
        assert first.state_details.flow_run_id is not None
        second = retry(first.state_details.flow_run_id)
    assert second.is_completed(), second.message
    after = kept(portfolio)
    again = {name for name in after if after[name] != before.get(name)}
    assert len(again) == 1, "what was made was made again"
    assert filed(portfolio) == on_threads


@pytest.mark.slow
def test_the_periods_of_a_backfill_share_its_processes(portfolio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_TASK_RUNNER", "processes")
    begun: list[str] = []

    def counted(name: str) -> TaskRunner[Any]:
        begun.append(name)
        return runner_of(name)

    monkeypatch.setattr("flows.runners.runner_of", counted)
    given = {"first": "2026-09", "last": "2026-10", "tenants": ["beta"], "roles": ["cmo"], "config": str(portfolio)}
    state: Any = backfill(**given, return_state=True)
    result = state.result(raise_on_failure=False)
    summary = result.summary if isinstance(result, RunFailedError) else result
    assert [line["status"] for line in summary["reports"]] == ["filed", "filed"], summary
    assert begun == ["processes"]


@task(persist_result=False)
def dies() -> str:
    os._exit(1)


def test_a_process_that_dies_is_the_outcome_of_what_it_was_at() -> None:
    @flow
    def above() -> object:
        with runner_of("processes") as runner:
            return _Future(runner.submit(dies, {})).outcome()

    assert isinstance(above(), BrokenProcessPool)


PARENT = """
from flows.workers import worker_pool
import os, sys, time
if __name__ == "__main__":
    print(worker_pool().submit(os.getpid).result(), flush=True)
    time.sleep(600)
"""


def test_workers_end_with_the_process_that_began_them(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    with subprocess.Popen([sys.executable, str(script)], env=environment(tmp_path), stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        worker = Path("/proc") / parent.stdout.readline().decode().strip()
        assert worker.exists()
        parent.kill()
    until(lambda: not worker.exists(), "the worker ends")


def test_what_needs_a_server_or_packages_is_refused_before_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    require_runner("processes")
    with pytest.raises(ConfigError, match="dask needs a Prefect server"):
        require_runner("dask")
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:4200/api")
    require_runner("dask://127.0.0.1:8786")
    monkeypatch.setattr("flows.embedded.find_spec", lambda _: None)
    for refused in (require_runner, require_installed, runner_of):
        with pytest.raises(ConfigError, match="make dask"):
            refused("dask")
