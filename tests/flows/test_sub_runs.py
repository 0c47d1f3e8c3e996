"""Tenants made by runs of their own: on a real worker, and where workers do not what they should."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import ObjectAlreadyExists
from prefect.flow_engine import run_flow_sync
from prefect.settings import PREFECT_API_URL
from prefect.states import AwaitingRetry, Crashed

from flows.apart import apart_of
from flows.executive_reports import executive_reports
from flows.running import Made
from quarterdeck.config import load_settings
from quarterdeck.errors import ConfigError
from quarterdeck.steps.plan import Plan
from quarterdeck.wiring import Parts
from tests.commands import ROOT, environment, mails
from tests.mini import PORTFOLIO

PERIOD = "2026-10"
ROLES = ("ceo", "cto", "cfo", "cmo", "accounting")
TODO = Plan(PERIOD, ("alpha", "beta", "portfolio"), (("alpha", "cfo"), ("beta", "cmo"), ("portfolio", "ceo")))


def prefect(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """One of Prefect's commands on the session's server; what it starts itself is in its process group."""
    names = {"PREFECT_API_URL": str(PREFECT_API_URL.value()), "PREFECT_HOME": str(folder), "PREFECT_WORKER_QUERY_SECONDS": "1"}
    given = environment(folder, {**names, "DO_NOT_TRACK": "1"})
    with (folder / "prefect.log").open("ab") as log:
        command = [sys.executable, "-m", "prefect", *words]
        return subprocess.Popen(command, cwd=ROOT, env=given, stdout=log, stderr=log, start_new_session=True)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> None:
    with get_client(sync_client=True) as client, suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name="quarterdeck", type="process"))
    folder = tmp_path_factory.mktemp("deploy")
    assert prefect(folder, "--no-prompt", "deploy", "--name", "tenant").wait() == 0, (folder / "prefect.log").read_text()


@contextmanager
def worker(folder: Path) -> Iterator[None]:
    process = prefect(folder, "worker", "start", "--pool", "quarterdeck")
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def runs_below(run_id: UUID) -> dict[str, FlowRun]:
    """The runs that a run had made of its tenants, by tenant."""
    with get_client(sync_client=True) as client:
        found = (run for run in client.read_flow_runs(limit=200) if f"run:{run_id}" in run.tags)
        return {run.parameters["tenant"]: run for run in found}


def retry(run_id: UUID) -> State[Any]:
    """What a worker does after the click on *Retry*: take up the same flow run, with the parameters it had."""
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run_id, AwaitingRetry())
        flow_run = client.read_flow_run(run_id)
    state: Any = run_flow_sync(executive_reports, flow_run=flow_run, parameters=flow_run.parameters, return_type="state")
    found: State[Any] = state
    return found


def reports(home: Path) -> dict[str, bytes]:
    """Every file of every report, by its place."""
    archive = home / "archive"
    return {
        str(path.relative_to(archive)): path.read_bytes()
        for path in archive.glob(f"*/*/{PERIOD}/*/*")
        if path.is_file() and path.name != "page.html"
    }


def test_tenants_are_made_by_a_worker_and_delivered_by_the_run_above(portfolio: Path, deployment: None) -> None:
    home = portfolio.parent / ".quarterdeck"
    together: Any = executive_reports(config=str(portfolio), period=PERIOD, return_state=True)
    assert together.is_completed(), together.message
    expected = reports(home)
    home.rename(portfolio.parent / "before")
    portfolio.write_text(portfolio.read_text() + "runs: {tenants_per_run: 1}\n")
    in_the_way = home / "archive" / "alpha" / "cfo"
    in_the_way.parent.mkdir(parents=True)
    in_the_way.touch()
    with worker(portfolio.parent):
        first: Any = executive_reports(config=str(portfolio), period=PERIOD, deliver=True, return_state=True)
        failed = first.result(raise_on_failure=False).summary
        assert {line["status"] for line in failed["reports"] if line["report_id"] != f"alpha_cfo_{PERIOD}"} == {"filed"}
        [problem] = failed["problems"]
        assert problem["what"].startswith("cfo of alpha: ")
        assert failed["deliveries"]["sent"] == 1, "the portfolio's report goes out all the same"
        run_id = first.state_details.flow_run_id
        before = runs_below(run_id)
        assert set(before) == {"alpha", "beta"}
        assert {run.name for run in before.values()} == {f"alpha · {PERIOD}", f"beta · {PERIOD}"}
        assert {run.parent_task_run_id for run in before.values()} == {None}
        in_the_way.unlink()
        second = retry(run_id)
    assert second.is_completed(), second.message
    after = runs_below(run_id)
    assert {tenant: run.id for tenant, run in after.items()} == {tenant: run.id for tenant, run in before.items()}
    assert {tenant: run.run_count for tenant, run in after.items()} == {"alpha": 2, "beta": 1}
    deliveries = second.result()["deliveries"]
    assert (deliveries["sent"], deliveries["already"]) == (2, 1)
    assert len(mails(home)) == 3
    assert reports(home) == expected


class Elsewhen:
    """Parts whose time goes by in their sleep, in which something may happen on the server."""

    def __init__(self, portfolio: Path) -> None:
        self.now = datetime(2026, 11, 5, tzinfo=UTC)
        self.parts = Parts(load_settings(portfolio, {}), lambda: self.now, self.sleep)
        self.kept = 0
        self.slept = 0

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(minutes=seconds)
        self.slept += 1
        if self.slept == 1:
            self.crash("alpha")

    def crash(self, tenant: str) -> None:
        with get_client(sync_client=True) as client:
            [run] = [run for run in client.read_flow_runs(limit=200) if run.parameters == self.asked(tenant)]
            client.set_flow_run_state(run.id, Crashed(), force=True)

    def asked(self, tenant: str) -> dict[str, Any]:
        roles = [role for owner, role in TODO.reports if owner == tenant]
        return {"config": str(self.parts.settings.file), "tenant": tenant, "period": PERIOD, "roles": roles}

    def keep(self) -> None:
        self.kept += 1


def test_a_run_that_crashed_or_never_began_is_told_and_waited_for_no_longer(portfolio: Path, deployment: None) -> None:
    portfolio.write_text(portfolio.read_text() + "runs: {tenants_per_run: 1, tenant_minutes: 30}\n")
    world = Elsewhen(portfolio)

    @flow
    def above() -> dict[str, Made]:
        apart = apart_of(world.parts, TODO)
        assert apart is not None
        return dict(apart(world.keep))

    made = above()
    assert [problem.what for problem in made["alpha"].problems] == ["the run of alpha crashed"]
    assert [problem.what for problem in made["beta"].problems] == ["the run of beta did not end within 30 minutes"]
    assert [(line.report_id, line.status) for part in made.values() for line in part.reports] == [
        (f"alpha_cfo_{PERIOD}", "failed"),
        (f"beta_cmo_{PERIOD}", "failed"),
    ]
    assert {part.basis for part in made.values()} == {None}
    assert world.kept >= 3, "the leases of the run are kept while it waits"
    with get_client(sync_client=True) as client:
        [beta] = [run for run in client.read_flow_runs(limit=200) if run.parameters == world.asked("beta")]
        assert beta.state_name == "Cancelled", "no worker begins it when nobody waits for it"


def test_so_few_tenants_as_one_run_takes_on_are_its_own(portfolio: Path) -> None:
    assert apart_of(Elsewhen(portfolio).parts, TODO) is None
    portfolio.write_text(PORTFOLIO + "runs: {tenants_per_run: 2}\n")
    assert apart_of(Elsewhen(portfolio).parts, TODO) is None


def test_a_server_without_the_deployment_is_told_before_anything_begins(
    portfolio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.apart.DEPLOYMENT", "tenant-reports/nowhere")
    portfolio.write_text(portfolio.read_text() + "runs: {tenants_per_run: 1}\n")
    with pytest.raises(ConfigError, match="2 tenants are more than one run takes on") as refused:
        apart_of(Elsewhen(portfolio).parts, TODO)
    assert refused.value.problem.where is not None
    assert refused.value.problem.where.line == portfolio.read_text().splitlines().index("runs: {tenants_per_run: 1}") + 1
