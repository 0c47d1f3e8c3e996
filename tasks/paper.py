"""Figures to paper."""

from __future__ import annotations

from prefect import task

from quarterdeck.steps import strings
from reports import role as role_of
from tasks.policy import KEPT, RETRIED


@task(name="report", task_run_name="{role} · {tenant}", **RETRIED, **KEPT)
def report(config: str, tenant: str, role: str, period: str, basis: str) -> str:
    """Make and file one role's report of one tenant; what was filed as JSON."""
    return strings.reported(config, tenant, role_of(role), period, basis)
