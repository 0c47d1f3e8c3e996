"""Snapshot to figures."""

from __future__ import annotations

from prefect import task

from quarterdeck.steps import strings
from tasks import assets
from tasks.policy import KEPT, RETRIED
from tasks.ui import attempt


@task(name="measure", task_run_name="figures · {tenant}", **RETRIED, **KEPT)
def measure(config: str, tenant: str, period: str, outcomes: list[str], members: dict[str, str]) -> str:
    """Work out one tenant's KPIs and findings from what its sources gave; the basis of its reports as text."""
    attempt("assets", lambda: assets.makes_figures(tenant, outcomes, members))
    return strings.measured(config, tenant, period, outcomes, members)
