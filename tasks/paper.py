"""Figures to paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.transactions import CommitMode, transaction

from quarterdeck.errors import QuarterdeckError, ReportError
from quarterdeck.steps import strings
from quarterdeck.steps.report import Filed
from quarterdeck.wiring import open_parts
from reports import role as role_of
from tasks import assets
from tasks.policy import KEPT, RETRIED
from tasks.results import Results
from tasks.ui import attempt, show_report


@task(name="report", task_run_name="{role} · {tenant}", **RETRIED, **KEPT)
def report(config: str, tenant: str, role: str, period: str, basis: str) -> str:
    """Make and file one role's report of one tenant; what was filed as JSON."""
    attempt("assets", lambda: assets.makes(assets.report(tenant, role), of=[assets.figures(tenant)]))
    made = strings.reported(config, tenant, role_of(role), period, basis)
    _show(config, Filed.from_json(made))
    return made


def _show(config: str, filed: Filed) -> None:
    attempt("assets", lambda: assets.made_report(filed))
    attempt("a report", lambda: show_report(open_parts(Path(config)), filed))


@task(name="reports", task_run_name="reports · {period}", cache_policy=NO_CACHE, persist_result=False)
def reports(config: str, period: str, todo: Sequence[Sequence[str]], results: Results) -> list[str | QuarterdeckError]:
    """Several reports (tenant, role, basis) by one task, for where a task of its own would cost as much as its report.

    Each is a task within this one: it fails, is tried again and is kept by itself, so that a retry of the run makes only
    those that failed. What one came to stands in its place, filed or as its error; this task itself does not fail.
    """
    made = report.with_options(result_storage=results)
    with transaction(commit_mode=CommitMode.EAGER):  # each is kept when it is made: one that fails takes no other back
        return [_outcome(made(config, tenant, role, period, basis, return_state=True)) for tenant, role, basis in todo]


def _outcome(state: object) -> str | QuarterdeckError:
    """What a report came to, in a form that gets back from another process."""
    result = state.result(raise_on_failure=False)  # type: ignore[attr-defined]
    if isinstance(result, str | QuarterdeckError):
        return result
    return ReportError(f"{type(result).__name__}: {result}", remedy="run it again; the log has the details", permanent=False)
