"""What docs/operating.md says of whatever dies under a run: shown on a server and a worker of the tests' own, by SIGKILL.

Each run ends as the page says, a retry completes it, and then nothing is lost and nobody was told twice.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from flows.server_side import declared_automations, declared_settings
from tests.crashing import PERIOD, ROLES, TENANTS, Portfolio, nothing_is_lost_or_doubled, slow_portfolio
from tests.mini import make
from tests.prefect_servers import Server, server, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
DEPLOYMENT = "executive-reports/executive-reports"
HEARTBEAT, SILENCE = "30", 45  # seconds; Prefect takes no heartbeats closer together
LOCKED_SECONDS = 8


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that was set up as a person does it."""
    config = make(tmp_path_factory.mktemp("any"))
    with server(tmp_path_factory.mktemp("server"), PREFECT_FLOWS_HEARTBEAT_FREQUENCY=HEARTBEAT) as made:
        done = made.type("setup", folder=config.parent)
        assert done.returncode == 0, done.stderr
        yield made


@contextmanager
def another_worker(serving: Server) -> Iterator[subprocess.Popen[bytes]]:
    worker = serving.worker()
    try:
        yield worker
    finally:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


@pytest.fixture
def worker(serving: Server) -> Iterator[subprocess.Popen[bytes]]:
    with another_worker(serving) as begun:
        yield begun


@pytest.fixture
def slow(tmp_path: Path) -> Portfolio:
    return slow_portfolio(tmp_path)


def under_way(serving: Server, slow: Portfolio) -> str:
    """A run that has filed its first reports, and has more to do."""
    run = serving.run(DEPLOYMENT, config=str(slow.config), period=PERIOD, deliver=True)
    slow.wait_for_reports(3)
    return run


def is_in_the_middle(slow: Portfolio) -> bool:
    return len(slow.filed) < ROLES * TENANTS


def completed_by_a_retry(serving: Server, run: str, slow: Portfolio) -> None:
    serving.retry(run)
    assert serving.ended(run, "Completed", "Failed", "Crashed") == "Completed", serving.story(run)
    nothing_is_lost_or_doubled(slow)


def test_a_killed_process_is_a_crashed_run_that_a_retry_completes(
    serving: Server, worker: subprocess.Popen[bytes], slow: Portfolio
) -> None:
    run = under_way(serving, slow)
    serving.kill_run(run)
    assert serving.ended(run, "Crashed", "Completed", "Failed") == "Crashed"
    assert is_in_the_middle(slow)
    completed_by_a_retry(serving, run, slow)


def test_a_killed_worker_is_a_crashed_run_that_another_worker_completes(
    serving: Server, worker: subprocess.Popen[bytes], slow: Portfolio
) -> None:
    """Whoever writes into a pipe that nobody reads any more is ended: so are runs at their next line of log."""
    run = under_way(serving, slow)
    given = Path(f"/proc/{serving.pid_of(run)}/environ").read_bytes().split(b"\0")
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    assert is_in_the_middle(slow)
    assert serving.ended(run, "Completed", "Crashed", "Failed") == "Crashed"
    with another_worker(serving):
        completed_by_a_retry(serving, run, slow)
    # The worker had handed the settings of prefect.toml on to its run, whose progress is its log.
    wanted = declared_settings()
    assert f"PREFECT_CLIENT_MAX_RETRIES={wanted['PREFECT_CLIENT_MAX_RETRIES']}".encode() in given
    all_made = f"made {ROLES * TENANTS} of {ROLES * TENANTS} reports"
    until(lambda: all_made in serving.log(run), "the run's progress is in its log")


def test_a_run_that_died_with_its_worker_is_crashed_for_its_silence_and_gives_its_place_free(
    serving: Server, worker: subprocess.Popen[bytes], slow: Portfolio
) -> None:
    """The automation is the product's own, but for the time."""
    [declared] = [each for each in declared_automations() if each["name"] == "runs without heartbeat"]
    [there] = serving.ask("POST", "/automations/filter", {"automations": {"name": {"any_": [declared["name"]]}}})
    quicker = {**declared, "trigger": {**declared["trigger"], "within": SILENCE}}
    serving.ask("PUT", f"/automations/{there['id']}", quicker)
    run = under_way(serving, slow)
    child = serving.pid_of(run)
    os.killpg(worker.pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    assert is_in_the_middle(slow)
    assert serving.state(run) == "Running"
    assert serving.ended(run, "Crashed", "Completed", "Failed") == "Crashed"
    serving.ask("PUT", f"/automations/{there['id']}", declared)
    with another_worker(serving):
        completed_by_a_retry(serving, run, slow)


def test_a_run_outlives_its_server(serving: Server, worker: subprocess.Popen[bytes], slow: Portfolio) -> None:
    run = under_way(serving, slow)
    serving.kill()
    assert is_in_the_middle(slow)
    time.sleep(3)
    serving.start()
    assert serving.ended(run, "Completed", "Crashed", "Failed") == "Completed"
    nothing_is_lost_or_doubled(slow)


def test_a_locked_database_only_takes_time(serving: Server, worker: subprocess.Popen[bytes], slow: Portfolio) -> None:
    run = under_way(serving, slow)
    with closing(sqlite3.connect(serving.folder / "prefect.db", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        time.sleep(LOCKED_SECONDS)
        assert is_in_the_middle(slow)
        database.execute("ROLLBACK")
    assert serving.ended(run, "Completed", "Crashed", "Failed") == "Completed"
    nothing_is_lost_or_doubled(slow)
