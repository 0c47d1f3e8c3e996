"""Source to snapshot."""

from __future__ import annotations

from prefect import task

from quarterdeck.steps import strings
from tasks import assets
from tasks.policy import KEPT, RETRIED
from tasks.ui import attempt


@task(name="pull", task_run_name="{source} · {tenant}", **RETRIED, **KEPT)
def pull_source(config: str, tenant: str, source: str, period: str, as_of_then: bool = False) -> str:
    """Pull one source of one tenant; the manifest of its snapshots as JSON."""
    attempt("assets", lambda: assets.makes_tables(config, tenant, source))
    outcome = strings.pulled(config, tenant, source, period, as_of_then)
    attempt("assets", lambda: assets.made_tables(outcome))
    return outcome
