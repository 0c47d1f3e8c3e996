"""Source to snapshot."""

from __future__ import annotations

from pathlib import Path

from prefect import task

from quarterdeck.steps.outcome import write_outcome
from quarterdeck.steps.pull import pull
from quarterdeck.wiring import open_parts
from tasks.policy import KEPT, RETRIED


@task(name="pull", task_run_name="{source} · {tenant}", tags=["pull"], **RETRIED, **KEPT)
def pull_source(config: str, tenant: str, source: str, period: str, as_of_then: bool = False) -> str:
    """Pull one source of one tenant; the manifest of its snapshots as JSON."""
    parts = open_parts(Path(config))
    return write_outcome(pull(parts, tenant, source, parts.period(tenant, period), as_of_then=as_of_then))
