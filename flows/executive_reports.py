"""The main job: pull every source, work out every tenant, write every report, deliver once.

    pull (tenant x source) -> measure (tenant) -> measure (portfolio) -> report (tenant x role) -> deliver

What fails stops nobody else: a source takes its figures with it and the reports say so, a report only itself. The run
ends as failed when any part failed, and its pages in the UI say which and why.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows import forms
from flows.apart import apart_of
from flows.on_prefect import asked, ended, engine_of, whom
from flows.running import How, run_plan
from quarterdeck.errors import QuarterdeckError
from quarterdeck.steps.plan import period_of, plan
from quarterdeck.wiring import open_parts
from reports import roles as all_roles

_RUNNER: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=4)


def _run_name() -> str:
    """Whose reports, and the period's own name; what is wrong with it the run itself says."""
    given = asked("period") or "last-complete"
    with suppress(QuarterdeckError):
        parts = open_parts(Path(asked("config") or "portfolio.yaml"))
        given = period_of(given, parts.settings, parts.clock(), ()).text
    return f"{whom()} · {given}"


@flow(name="executive-reports", flow_run_name=_run_name, task_runner=_RUNNER)
def executive_reports(
    period: forms.Period = "last-complete",
    tenants: forms.Tenants = (),
    roles: forms.Roles = (),
    deliver: forms.Deliver = False,
    revise: forms.Revise = False,
    config: forms.Config = "portfolio.yaml",
) -> State[dict[str, Any]]:
    """Make and deliver the reports of one period.

    Args:
        period: last-complete is the last month that is over. Or 2026-10, 2026-W44, 2026-Q4, 2026, last-week, last-quarter.
        tenants: Ids of the tenants to report on; all, and the portfolio, where none is named.
        roles: Whom to write for; all roles of each tenant where none is named.
        deliver: Send the reports to their readers. Left off, they are only filed in the archive.
        revise: Send a report that has changed since it was sent once more, as "Revised".
        config: Its path; a relative one begins in the folder that the deployment runs in.

    """
    parts = open_parts(Path(config))
    todo = plan(
        parts.settings,
        all_roles(),
        now=parts.clock(),
        period=period,
        tenants=tenants,
        wanted_roles=roles,
        deliver=deliver,
    )
    apart = apart_of(parts, todo)
    with engine_of(parts) as engine:
        return ended(run_plan(engine, parts, todo, How(deliver=deliver, revise=revise), apart=apart))
