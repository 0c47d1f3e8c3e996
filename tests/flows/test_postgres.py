"""Prefect on PostgreSQL, as several workers need it: set up, two workers at work at once, a crash, a retry."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crashing import PERIOD, nothing_is_lost_or_doubled, slow_portfolio
from tests.mini import make
from tests.postgres import Postgres, binaries, postgres
from tests.prefect_servers import Server, server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(binaries() is None, reason="PostgreSQL is not installed (apt-get install postgresql)"),
]
DONE = ("Completed", "Crashed", "Failed")


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    with postgres() as made:
        yield made


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory, database: Postgres) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with server(folder, PREFECT_SERVER_DATABASE_CONNECTION_URL=database.url) as made:
        yield made


@pytest.fixture(scope="module")
def workers(serving: Server, tmp_path_factory: pytest.TempPathFactory) -> list[subprocess.Popen[bytes]]:
    config = make(tmp_path_factory.mktemp("any"))
    done = serving.type("setup", folder=config.parent)
    assert done.returncode == 0, done.stderr
    return [serving.worker(), serving.worker()]


def test_two_workers_make_two_portfolios_and_a_retry_completes_what_crashed(
    serving: Server, database: Postgres, workers: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    first, second = slow_portfolio(tmp_path / "first"), slow_portfolio(tmp_path / "second")
    asked = {"period": PERIOD, "deliver": True}
    one = serving.run("executive-reports/executive-reports", config=str(first.config), **asked)
    other = serving.run("executive-reports/weekly", config=str(second.config), **asked)
    first.wait_for_reports(3)
    second.wait_for_reports(1)
    serving.kill_run(one)
    assert serving.ended(one, *DONE) == "Crashed"
    serving.retry(one)
    ends = [serving.ended(run, *DONE) for run in (one, other)]
    assert ends == ["Completed", "Completed"], f"{serving.story(one)}\n{serving.story(other)}"
    nothing_is_lost_or_doubled(first)
    nothing_is_lost_or_doubled(second)
    assert database.tell("SELECT count(*) FROM flow_run WHERE state_type = 'COMPLETED'") == "2"
    assert not (serving.folder / "prefect.db").exists()
    checked = serving.type("check", folder=first.folder)
    assert checked.returncode == 0, checked.stdout
    assert "2 online" in checked.stdout
