"""A run's parts as Prefect tasks, its progress and outcome as artifacts in the UI. To be used inside a flow."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from prefect import runtime
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.states import Completed, Failed
from prefect.tasks import Task

from flows import shown
from flows.runners import Crew, crew_of
from flows.running import Pair, Pending
from quarterdeck.steps.deliver import DeliveryCounts
from quarterdeck.steps.estimate import Expected
from quarterdeck.steps.summary import RunFailedError, RunSummary
from quarterdeck.wiring import Parts
from tasks.collect import pull_source
from tasks.dispatch import deliver
from tasks.figures import measure
from tasks.paper import report, reports


@dataclass(frozen=True, slots=True)
class _Future:
    """What a task comes to; of one that makes several reports, the one at `number`."""

    future: PrefectFuture[Any]
    number: int | None = None

    def outcome(self) -> str | BaseException:
        try:
            result: Any = self.future.result(raise_on_failure=False)
        except Exception as error:  # noqa: BLE001 - the process that was at it is gone; the others' parts stand
            return error
        found: str | BaseException = result if self.number is None or isinstance(result, BaseException) else result[self.number]
        return found


@contextmanager
def engine_of(parts: Parts) -> Iterator[OnPrefect]:
    """The engine of the flow run at hand, for the block."""
    logging.getLogger("quarterdeck.run").setLevel(logging.INFO)  # Prefect takes its lines for the run's log, and sets no level
    with crew_of(parts) as crew:
        yield OnPrefect(crew, parts)


@dataclass(frozen=True, slots=True)
class OnPrefect:
    """The engine of flow runs."""

    crew: Crew
    parts: Parts

    @property
    def run_id(self) -> str:
        """The flow run's own id; a flow run that is retried keeps it, so later tries are counted."""
        tries = runtime.flow_run.run_count
        return f"{runtime.flow_run.id}-{tries}" if tries > 1 else str(runtime.flow_run.id)

    def pull(self, config: str, tenant: str, source: str, period: str, as_of_then: bool) -> Pending:
        given = {"config": config, "tenant": tenant, "source": source, "period": period, "as_of_then": as_of_then}
        return _Future(self.crew.pulling.submit(self._kept(pull_source), given))

    def measure(self, config: str, tenant: str, period: str, outcomes: list[str], members: dict[str, str]) -> Pending:
        given = {"config": config, "tenant": tenant, "period": period, "outcomes": outcomes, "members": members}
        return _Future(self.crew.making.submit(self._kept(measure), given))

    def reports(self, config: str, period: str, bases: Mapping[Pair, str]) -> dict[Pair, Pending]:
        """A task a report, or where tasks go to other processes, one for each few of them."""
        if self.crew.batch > 1:
            return self._in_batches(config, period, [(tenant, role, basis) for (tenant, role), basis in bases.items()])
        begun: dict[Pair, Pending] = {}
        for (tenant, role), basis in bases.items():
            given = {"config": config, "tenant": tenant, "role": role, "period": period, "basis": basis}
            begun[tenant, role] = _Future(self.crew.making.submit(self._kept(report), given))
        return begun

    def _in_batches(self, config: str, period: str, todo: list[tuple[str, str, str]]) -> dict[Pair, Pending]:
        begun: dict[Pair, Pending] = {}
        for start in range(0, len(todo), self.crew.batch):
            batch = todo[start : start + self.crew.batch]
            given = {"config": config, "period": period, "todo": batch, "results": self.crew.results}
            future = self.crew.making.submit(reports, given)
            begun |= {(tenant, role): _Future(future, number) for number, (tenant, role, _) in enumerate(batch)}
        return begun

    def _kept(self, task: Task[..., str]) -> Task[..., str]:
        """A task with its results where this run keeps them."""
        return task.with_options(result_storage=self.crew.results)

    def deliver(self, config: str, period: str, filed: list[str], send: bool, revise: bool) -> DeliveryCounts:
        return deliver(config, period, filed, send, revise)

    def progress(self, key: str, what: str) -> Callable[[float], None]:
        return shown.progress(key, what)

    def expect(self, expected: Expected) -> None:
        shown.show_expected(expected)

    def show(self, summary: RunSummary) -> None:
        shown.show_run(self.parts, summary)


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
    shown.tell_of_failure(summary)
    told = f"{shown.number_of(summary.problems)}: see the artifacts of the run"
    return Failed(message=told, data=RunFailedError(told, summary.as_dict()))  # a worker wants an exception in a failed state
