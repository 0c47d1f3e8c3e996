"""One run of a plan, as the flows share it: pull, measure, report, deliver, each part as Prefect tasks.

What fails stops nobody else; the run keeps what went wrong and tells it at the end. To be called inside a flow.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prefect import runtime
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture, as_completed
from prefect.states import Completed, Failed

from quarterdeck.config import PORTFOLIO
from quarterdeck.errors import BlockedError, Problem
from quarterdeck.steps.measure import faults_of
from quarterdeck.steps.outcome import write_outcome
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.pull import failure
from quarterdeck.steps.report import Filed
from quarterdeck.steps.run import RunLease, record_end, record_start, run_lease
from quarterdeck.steps.summary import COUNTS, ReportLine, RunFailedError, RunSummary, filed_line, problem_of, summarise
from quarterdeck.steps.tables import Basis
from quarterdeck.wiring import Parts
from tasks.collect import pull_source
from tasks.dispatch import deliver as deliver_task
from tasks.figures import measure
from tasks.paper import report

_SAY_EVERY = 5
_LOG = logging.getLogger("quarterdeck.run")
Futures = dict[tuple[str, str], PrefectFuture[str]]


@dataclass(frozen=True, slots=True)
class How:
    """How a run goes about its plan: whether it sends, mails what has changed, and reads a past period as it stood then."""

    deliver: bool = False
    revise: bool = False
    as_of_then: bool = False


@dataclass(frozen=True, slots=True)
class Pulled:
    """What the sources of a plan came to: by tenant, what each gave or why it did not, and the problems on the way."""

    outcomes: dict[str, list[str]]
    problems: list[Problem] = field(default_factory=list)


def run_plan(parts: Parts, todo: Plan, how: How, pulled: Pulled | None = None) -> RunSummary:
    """Carry out a plan under its leases, on record in the trail; `pulled` is what was pulled for it ahead of time."""
    run_id = _run_id()
    with run_lease(parts, todo) as lease:
        record_start(parts, run_id, todo, deliver=how.deliver)
        summary = _Run(parts, todo, how, lease).run(pulled)
        record_end(parts, run_id, summary)
    _show_table(summary)
    return summary


def ended(summary: RunSummary) -> State[dict[str, Any]]:
    """The state that a run ends in: failed where any part failed, with the summary in either case."""
    if summary.went_well:
        return Completed(message=f"{len(summary.reports)} reports", data=summary.as_dict())
    told = f"{len(summary.problems)} problems; see the run's table"
    return Failed(message=told, data=RunFailedError(told, summary.as_dict()))  # a worker wants an exception in a failed state


def start_pulls(parts: Parts, todo: Plan, how: How) -> Futures:
    """Begin to pull all sources of all tenants of a plan."""
    config = str(parts.settings.file)
    wanted = [(tenant, entry.id) for tenant in todo.tenants for entry in parts.settings.tenant(tenant).sources]
    return {pair: pull_source.submit(config, *pair, todo.period, how.as_of_then) for pair in wanted}


def gather_pulls(parts: Parts, todo: Plan, futures: Futures) -> Pulled:
    """What pulls came to, when all have ended."""
    pulled = Pulled({tenant: [] for tenant in todo.tenants})
    for (tenant, source), result in _results(futures):
        if isinstance(result, BaseException):
            pulled.problems.append(problem_of(result, f"source {source} of {tenant}"))
            period = parts.period(tenant, todo.period)
            pulled.outcomes[tenant].append(write_outcome(failure(parts, tenant, source, period, result)))
        else:
            pulled.outcomes[tenant].append(result)
    _LOG.info("pulled %d sources of %d tenants", len(futures), len(todo.tenants))
    return pulled


def _run_id() -> str:
    """The id of this try in the trail: a flow run that is retried keeps its own."""
    tries = runtime.flow_run.run_count
    return f"{runtime.flow_run.id}-{tries}" if tries > 1 else str(runtime.flow_run.id)


class _Run:
    """One run of a plan: what it has collected on the way."""

    def __init__(self, parts: Parts, todo: Plan, how: How, lease: RunLease) -> None:
        self.parts, self.todo, self.how, self.lease, self.config = parts, todo, how, lease, str(parts.settings.file)
        self.problems: list[Problem] = []
        self.progress = _Progress(len(todo.reports))

    def run(self, pulled: Pulled | None) -> RunSummary:
        pulled = pulled or gather_pulls(self.parts, self.todo, start_pulls(self.parts, self.todo, self.how))
        self.problems += pulled.problems
        bases = self._measure(pulled.outcomes)
        self.lease.renew()
        lines = self._report(bases)
        self.lease.renew()
        counts = self._deliver(lines)
        for problem in self.problems:
            _LOG.error("%s", problem)
        return summarise(self.todo.period, lines, counts, self.problems)

    def _measure(self, outcomes: Mapping[str, list[str]]) -> dict[str, str]:
        """Every tenant at once, then the portfolio from all of them; by tenant, the basis of its reports."""
        members = [tenant for tenant in self.todo.tenants if tenant != PORTFOLIO]
        bases = self._bases({tenant: (outcomes[tenant], {}) for tenant in members})
        if PORTFOLIO in self.todo.tenants:
            bases |= self._bases({PORTFOLIO: (outcomes[PORTFOLIO], dict(bases))})
        _LOG.info("worked out the figures of %d tenants", len(bases))
        return bases

    def _bases(self, inputs: Mapping[str, tuple[list[str], dict[str, str]]]) -> dict[str, str]:
        futures: Futures = {
            (tenant, "figures"): measure.submit(self.config, tenant, self.todo.period, outcomes, members)
            for tenant, (outcomes, members) in inputs.items()
        }
        bases: dict[str, str] = {}
        for (tenant, _), result in _results(futures):
            if isinstance(result, BaseException):
                self.problems.append(problem_of(result, f"the figures of {tenant}"))
            else:
                bases[tenant] = result
                self.problems += faults_of(self.parts, tenant, Basis.parse(result))
        return bases

    def _report(self, bases: Mapping[str, str]) -> list[ReportLine]:
        """All reports whose figures are there, at once; one line each in the plan's order."""
        futures: Futures = {
            (tenant, role): report.submit(self.config, tenant, role, self.todo.period, bases[tenant])
            for tenant, role in self.todo.reports
            if tenant in bases
        }
        done = dict(_results(futures, self.progress))
        return [self._line(tenant, role, done.get((tenant, role))) for tenant, role in self.todo.reports]

    def _line(self, tenant: str, role: str, result: str | BaseException | None) -> ReportLine:
        if isinstance(result, str):
            return filed_line(Filed.from_json(result))
        report_id = f"{tenant}_{role}_{self.todo.period}"
        if isinstance(result, BlockedError):
            self.problems.append(result.problem)
            return ReportLine(report_id, tenant, role, "blocked")
        if result is not None:
            self.problems.append(problem_of(result, f"{role} of {tenant}"))
        return ReportLine(report_id, tenant, role, "failed")

    def _deliver(self, lines: Iterable[ReportLine]) -> dict[str, int]:
        filed = [
            Filed(line.report_id, line.revision, line.tenant, line.role, self.todo.period, line.paths).to_json()
            for line in lines
            if line.revision is not None
        ]
        try:
            counts = deliver_task(self.config, self.todo.period, filed, self.how.deliver, self.how.revise)
        except Exception as error:  # noqa: BLE001 - what was made must still be told, and the run recorded as failed
            self.problems.append(problem_of(error, "the delivery"))
            return {}
        if counts.outdated:
            _LOG.info("%d readers have an earlier revision; --deliver --revise mails them the new one", counts.outdated)
        self.problems += counts.problems
        return {name: getattr(counts, name) for name in COUNTS}


class _Progress:
    """How many reports are made, in the log and as an artifact that the UI draws."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._artifact = create_progress_artifact(0.0, key="reports", description=f"{total} reports")

    def step(self) -> None:
        self._done += 1
        update_progress_artifact(self._artifact, 100.0 * self._done / self._total)  # type: ignore[arg-type]
        if self._done % _SAY_EVERY == 0 or self._done == self._total:
            _LOG.info("made %d of %d reports", self._done, self._total)


def _results(futures: Futures, progress: _Progress | None = None) -> Iterable[tuple[tuple[str, str], str | BaseException]]:
    """Each future's result, or its error in place of one, in the order of the futures."""
    if progress:
        for _ in as_completed(list(futures.values())):
            progress.step()
    return [(key, future.result(raise_on_failure=False)) for key, future in futures.items()]


def _show_table(summary: RunSummary) -> None:
    """The run as a table in the UI: every report with its state, then every problem with its remedy."""
    rows = [{"report": line.report_id, "state": line.status, "where": line.paths.get("html", "")} for line in summary.reports]
    rows += [{"report": "problem", "state": problem.what, "where": problem.remedy} for problem in summary.problems]
    counts = ", ".join(f"{name} {count}" for name, count in summary.deliveries.items())
    create_table_artifact(table=rows, key="run", description=f"{', '.join(summary.periods)}: {counts or 'nothing delivered'}")
