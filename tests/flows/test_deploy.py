"""`prefect deploy --all`, as a person types it, on the session's own server."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectAlreadyExists
from prefect.settings import PREFECT_API_URL

ROOT = Path(__file__).parents[2]
COLLISIONS = {  # a run of reports that is still under way is waited for; the next hearing takes in what this one would have
    "executive-reports": "ENQUEUE",
    "weekly": "ENQUEUE",
    "backfill": "ENQUEUE",
    "retry-failed": "ENQUEUE",
    "feedback": "CANCEL_NEW",
    "board-sync": "CANCEL_NEW",
}


def deploy(home: Path) -> subprocess.CompletedProcess[str]:
    names = {"PREFECT_API_URL": str(PREFECT_API_URL.value()), "PREFECT_HOME": str(home), "DO_NOT_TRACK": "1"}
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **names}, capture_output=True, text=True, check=False)


@pytest.fixture
def work_pool() -> None:
    with get_client(sync_client=True) as client, suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name="quarterdeck", type="process"))


def test_every_deployment_is_made_and_again_changes_nothing(tmp_path: Path, work_pool: None) -> None:
    for _ in range(2):
        done = deploy(tmp_path)
        assert done.returncode == 0, done.stderr + done.stdout
    with get_client(sync_client=True) as client:
        found = {deployment.name: deployment for deployment in client.read_deployments()}
    assert set(found) >= set(COLLISIONS)
    made = found["executive-reports"]
    assert made.entrypoint == "flows/executive_reports.py:executive_reports"
    assert made.parameters == {"config": "portfolio.yaml", "deliver": True}
    assert [schedule.active for schedule in found["weekly"].schedules] == [False]
    for name, strategy in COLLISIONS.items():
        limit = found[name].concurrency_options
        assert limit is not None
        assert limit.collision_strategy.value == strategy
    [scheduled] = made.schedules
    assert scheduled.active
    assert isinstance(scheduled.schedule, CronSchedule)
    assert (scheduled.schedule.cron, scheduled.schedule.timezone) == ("0 6 3 * *", "America/Los_Angeles")
    [step] = made.pull_steps or []
    assert step == {"prefect.deployments.steps.set_working_directory": {"directory": str(ROOT)}}
