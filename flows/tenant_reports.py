"""One tenant's part of a run of many tenants: pull, measure, report. It delivers nothing and holds no lease.

The run above does both. It is begun by `executive-reports`, by its deployment, and not by people.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows import forms
from flows.apart import keep_outcome
from flows.on_prefect import asked, engine_of
from flows.running import make_tenant
from quarterdeck.steps.plan import Plan
from quarterdeck.wiring import open_parts

_RUNNER: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=4)


def _run_name() -> str:
    return f"{asked('tenant')} · {asked('period')}"


@flow(name="tenant-reports", flow_run_name=_run_name, task_runner=_RUNNER)
def tenant_reports(tenant: forms.OneTenant, period: forms.OnePeriod, roles: forms.Roles, config: forms.Config) -> State[int]:
    """Make and file the reports of one tenant, for the run that asks for them.

    Args:
        tenant: The tenant's id, as portfolio.yaml has it.
        period: As 2026-10 or 2026-W44.
        roles: Whom to write for.
        config: The path of the portfolio file, as the run above has it.

    """
    parts = open_parts(Path(config))
    with engine_of(parts) as engine:
        made = make_tenant(engine, parts, Plan(period, (tenant,), tuple((tenant, role) for role in roles)))
    keep_outcome(parts, made, period)
    if made.problems:
        told = f"{len(made.problems)} problems: see the run of the portfolio"
        return Failed(message=told, data=RuntimeError(told))  # a worker wants an exception in a failed state
    return Completed(message=f"{len(made.reports)} reports", data=len(made.reports))
