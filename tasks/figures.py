"""Snapshot to figures."""

from __future__ import annotations

from pathlib import Path

from prefect import task

from quarterdeck.steps.measure import measure_tenant
from quarterdeck.steps.outcome import read_outcome
from quarterdeck.steps.tables import Basis
from quarterdeck.wiring import open_parts
from tasks.policy import KEPT, RETRIED


@task(name="measure", task_run_name="figures · {tenant}", tags=["measure"], **RETRIED, **KEPT)
def measure(config: str, tenant: str, period: str, outcomes: list[str], members: dict[str, str]) -> str:
    """Work out one tenant's KPIs and findings from what its sources gave; the basis of its reports as text."""
    parts = open_parts(Path(config))
    bases = [(member, Basis.parse(text)) for member, text in members.items()]
    pulled = [read_outcome(text) for text in outcomes]
    return str(measure_tenant(parts, tenant, parts.period(tenant, period), pulled, bases))
