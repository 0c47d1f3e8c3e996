"""Source to snapshot."""

from __future__ import annotations

from prefect import task

from quarterdeck.steps import strings
from tasks.policy import KEPT, RETRIED


@task(name="pull", task_run_name="{source} · {tenant}", **RETRIED, **KEPT)
def pull_source(config: str, tenant: str, source: str, period: str, as_of_then: bool = False) -> str:
    """Pull one source of one tenant; the manifest of its snapshots as JSON."""
    return strings.pulled(config, tenant, source, period, as_of_then)
