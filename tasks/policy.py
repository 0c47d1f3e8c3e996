"""When a task is tried again, and how its result is kept."""

from __future__ import annotations

from typing import Any

from prefect.cache_policies import INPUTS, RUN_ID
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from quarterdeck.errors import can_pass


def _can_pass(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    return can_pass(state.result(raise_on_failure=False))


RETRIED: dict[str, Any] = {
    "retries": 3,
    "retry_delay_seconds": exponential_backoff(backoff_factor=2),
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": _can_pass,
}
# As JSON: every result is plain text, and reading a file of results must not be able to run code.
KEPT: dict[str, Any] = {"persist_result": True, "result_serializer": "json", "cache_policy": RUN_ID + INPUTS}
