"""A run's parts as Prefect tasks, its progress and outcome as artifacts in the UI. To be used inside a flow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from prefect import runtime
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.states import Completed, Failed

from flows.running import Pending
from quarterdeck.steps.deliver import DeliveryCounts
from quarterdeck.steps.summary import RunFailedError, RunSummary
from tasks.collect import pull_source
from tasks.dispatch import deliver
from tasks.figures import measure
from tasks.paper import report


@dataclass(frozen=True, slots=True)
class _Future:
    future: PrefectFuture[str]

    def outcome(self) -> str | BaseException:
        return self.future.result(raise_on_failure=False)


class OnPrefect:
    """The engine of flow runs."""

    @property
    def run_id(self) -> str:
        """The flow run's own id; a flow run that is retried keeps it, so later tries are counted."""
        tries = runtime.flow_run.run_count
        return f"{runtime.flow_run.id}-{tries}" if tries > 1 else str(runtime.flow_run.id)

    def pull(self, config: str, tenant: str, source: str, period: str, as_of_then: bool) -> Pending:
        return _Future(pull_source.submit(config, tenant, source, period, as_of_then))

    def measure(self, config: str, tenant: str, period: str, outcomes: list[str], members: dict[str, str]) -> Pending:
        return _Future(measure.submit(config, tenant, period, outcomes, members))

    def report(self, config: str, tenant: str, role: str, period: str, basis: str) -> Pending:
        return _Future(report.submit(config, tenant, role, period, basis))

    def deliver(self, config: str, period: str, filed: list[str], send: bool, revise: bool) -> DeliveryCounts:
        return deliver(config, period, filed, send, revise)

    def progress(self, key: str, what: str) -> Callable[[float], None]:
        artifact = create_progress_artifact(0.0, key=key, description=what)
        return lambda share: update_progress_artifact(artifact, 100.0 * share)  # type: ignore[arg-type,return-value]

    def show(self, summary: RunSummary) -> None:
        """The run as a table in the UI: every report with its state, every problem with its remedy, every remark."""
        rows = [
            {"report": line.report_id, "state": line.status, "where": line.paths.get("html", "")} for line in summary.reports
        ]
        rows += [{"report": "problem", "state": problem.what, "where": problem.remedy} for problem in summary.problems]
        rows += [{"report": "remark", "state": remark, "where": ""} for remark in summary.remarks]
        counts = ", ".join(f"{name} {count}" for name, count in summary.deliveries.items())
        told = f"{', '.join(summary.periods)}: {counts or 'nothing delivered'}"
        create_table_artifact(table=rows, key="run", description=told)


def asked(name: str) -> Any:
    """What the flow run at hand was asked for by a parameter, for its name; None where that was left out."""
    return runtime.flow_run.parameters.get(name)


def whom() -> str:
    """Whose reports the flow run at hand makes, for its name."""
    return ", ".join(asked("tenants") or []) or "all tenants"


def ended(summary: RunSummary) -> State[dict[str, Any]]:
    """The state that a flow run ends in: failed where any part failed, with the summary in either case."""
    if summary.went_well:
        return Completed(message=f"{len(summary.reports)} reports", data=summary.as_dict())
    told = f"{len(summary.problems)} problems; see the run's table"
    return Failed(message=told, data=RunFailedError(told, summary.as_dict()))  # a worker wants an exception in a failed state
