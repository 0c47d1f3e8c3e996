"""Past periods as they would have been made then: one run of each, the oldest first, and nothing made twice.

    for each period:  pull (as of then, some periods ahead) -> the run of the period -> remembered

Nothing is delivered unless that is asked for. A backfill that was stopped goes on where it was, for a period that was made
whole is remembered in the trail. Periods come one after the other because each looks back on those before it; their
sources hang on nothing but themselves, so those of the coming periods are pulled meanwhile.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows import forms
from flows.on_prefect import asked, ended, engine_of, whom
from flows.past import make_past, restatements
from flows.periods import on_prefect
from flows.shown import show_restated
from quarterdeck.steps.backfill import plan_backfill
from quarterdeck.wiring import open_parts
from reports import roles as all_roles

_RUNNER: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=4)


def _run_name() -> str:
    return f"{whom()} · {asked('first')} to {asked('last')}"


@flow(name="backfill", flow_run_name=_run_name, task_runner=_RUNNER)
def backfill(
    first: forms.First,
    last: forms.Last,
    tenants: forms.Tenants = (),
    roles: forms.Roles = (),
    deliver: forms.Deliver = False,
    again: forms.Again = False,
    ahead: forms.Ahead = 2,
    config: forms.Config = "portfolio.yaml",
) -> State[dict[str, Any]]:
    """Make the reports of past periods as they would have been made then.

    Args:
        first: The oldest period: 2025-01, 2025-W01, 2025-Q1, 2025.
        last: The newest period, of the same kind; it is made too.
        tenants: Ids of the tenants to report on; all, and the portfolio, where none is named.
        roles: Whom to write for; all roles of each tenant where none is named.
        deliver: Send the reports to their readers. Left off, they are only filed in the archive.
        again: Make periods anew, too, that were made before and have not changed.
        ahead: For how many coming periods the sources are pulled while one is being made.
        config: Its path; a relative one begins in the folder that the deployment runs in.

    """
    parts = open_parts(Path(config))
    plans = plan_backfill(
        parts.settings,
        all_roles(),
        now=parts.clock(),
        first=first,
        last=last,
        tenants=tenants,
        wanted_roles=roles,
        deliver=deliver,
    )
    with engine_of(parts) as engine:
        summary = make_past(engine, parts, plans, on_prefect(parts), deliver=deliver, again=again, ahead=ahead)
        engine.show(summary)
    show_restated(restatements(parts, summary))
    return ended(summary)
