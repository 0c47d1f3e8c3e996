"""A command that is killed in the middle of its run on a server: the next one makes what is left, and nobody is told twice."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterStartTime
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.settings import PREFECT_API_URL

from tests.commands import arguments, environment, printed, quarterdeck
from tests.crashing import MAILS, PERIOD, TENANTS, Portfolio, nothing_is_lost_or_doubled, slow_portfolio

RUN = ("run", "--period", PERIOD, "--role", "cfo", "--role", "ceo", "--deliver", "--json")


@pytest.fixture
def slow(tmp_path: Path) -> Portfolio:
    return slow_portfolio(tmp_path)


@pytest.fixture(scope="session")
def served() -> dict[str, str]:
    return {"PREFECT_API_URL": str(PREFECT_API_URL.value())}


@contextmanager
def under_way(portfolio: Portfolio, names: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The command in a process of its own, for a block; it does not outlive it."""
    process = subprocess.Popen(
        arguments(*RUN),
        cwd=portfolio.folder,
        env=environment(portfolio.folder, names),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def latest_run() -> FlowRun:
    """The run that was begun last on the session's server."""
    begun = FlowRunFilter(start_time=FlowRunFilterStartTime(is_null_=False))
    with get_client(sync_client=True) as client:
        [found] = client.read_flow_runs(flow_run_filter=begun, sort=FlowRunSort.START_TIME_DESC, limit=1)
    return found


def test_a_command_that_is_killed_while_it_sends_is_simply_run_again(slow: Portfolio, served: dict[str, str]) -> None:
    with under_way(slow, served) as process:
        slow.wait_for_mails(3)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert slow.sent.total() < MAILS, "it was killed too late to show anything"
    killed = latest_run()
    assert killed.state is not None
    assert killed.state.is_running()  # nobody has told the server; without heartbeats it would stay so
    again = printed(quarterdeck(*RUN, folder=slow.folder, names=served), "run")
    assert [line["status"] for line in again["reports"]] == ["filed"] * (2 * TENANTS)
    assert again["problems"] == []
    nothing_is_lost_or_doubled(slow, roles=2)
    mended = latest_run()
    assert mended.id != killed.id  # the command's run was this server's
    assert mended.state is not None
    assert mended.state.is_completed()
