"""Figures to paper."""

from __future__ import annotations

from pathlib import Path

from prefect import task

from quarterdeck.steps.report import make_report
from quarterdeck.steps.tables import Basis
from quarterdeck.wiring import open_parts
from reports import role as role_of
from tasks.policy import KEPT, RETRIED


@task(name="report", task_run_name="{role} · {tenant}", tags=["report"], **RETRIED, **KEPT)
def report(config: str, tenant: str, role: str, period: str, basis: str) -> str:
    """Make and file one role's report of one tenant; what was filed as JSON."""
    parts = open_parts(Path(config))
    return make_report(parts, role_of(role), tenant, parts.period(tenant, period), Basis.parse(basis)).to_json()
