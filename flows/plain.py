"""A run's parts as threads of this process, or as processes: for the command line where there is no Prefect server.

A temporary server costs many seconds at every command and loses the records of tasks when it ends, so a run without one
does without Prefect. What stays is what is ours: the archive, the trail, the table at the end.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from flows.past import MakePeriod
from flows.running import How, Pair, Pending, Pulled, run_plan
from flows.workers import worker_pool
from quarterdeck.config import Settings
from quarterdeck.errors import AuditError, QuarterdeckError, can_pass
from quarterdeck.steps import strings
from quarterdeck.steps.deliver import DeliveryCounts
from quarterdeck.steps.estimate import Expected
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.summary import RunSummary, problem_of
from quarterdeck.wiring import Parts
from reports import role as role_of

_THREADS = 4
_TRIES = 4
_FIRST_PAUSE_SECONDS = 2


@dataclass(frozen=True, slots=True)
class _Future:
    future: Future[str]

    def outcome(self) -> str | BaseException:
        return self.future.exception() or self.future.result()


@dataclass
class Plain:
    """The engine of runs without a server; its threads and processes end with the block it is used in.

    Sources are read by threads, whatever makes the rest: what paces the questions to a service is in one process.
    """

    first_pause: float = _FIRST_PAUSE_SECONDS
    run_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_THREADS, "quarterdeck"))
    _processes: Executor | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The engine that QUARTERDECK_TASK_RUNNER names."""
        return cls(_processes=worker_pool() if settings.environment.task_runner == "processes" else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for pool in filter(None, (self._threads, self._processes)):
            pool.shutdown(wait=kind is None, cancel_futures=True)

    def again(self) -> Plain:
        """The same threads and processes for one more run, which has an id of its own."""
        return Plain(self.first_pause, _threads=self._threads, _processes=self._processes)

    def pull(self, config: str, tenant: str, source: str, period: str, as_of_then: bool) -> Pending:
        return self._begin(self._threads, strings.pulled, config, tenant, source, period, as_of_then)

    def measure(self, config: str, tenant: str, period: str, outcomes: list[str], members: dict[str, str]) -> Pending:
        return self._begin(self._processes or self._threads, strings.measured, config, tenant, period, outcomes, members)

    def reports(self, config: str, period: str, bases: Mapping[Pair, str]) -> dict[Pair, Pending]:
        making = self._processes or self._threads
        return {
            (tenant, role): self._begin(making, _reported, config, tenant, role, period, basis)
            for (tenant, role), basis in bases.items()
        }

    def deliver(self, config: str, period: str, filed: list[str], send: bool, revise: bool) -> DeliveryCounts:  # noqa: ARG002 - as tasks have it
        return strings.delivered(config, filed, send, revise)

    def progress(self, key: str, what: str) -> Callable[[float], None]:  # noqa: ARG002 - the log's lines are enough
        return lambda _: None

    def expect(self, expected: Expected) -> None:
        """The log's lines are enough."""

    def show(self, summary: RunSummary) -> None:
        """The command line shows it."""

    def _begin(self, pool: Executor, step: Callable[..., str], *given: Any) -> Pending:
        return _Future(pool.submit(_tried, self.first_pause, step, *given))


def _tried(first_pause: float, step: Callable[..., str], *given: Any) -> str:
    """A step, tried again after a pause where that can help."""
    again = Retrying(
        retry=retry_if_exception(can_pass),
        stop=stop_after_attempt(_TRIES),
        wait=wait_exponential_jitter(multiplier=first_pause, jitter=first_pause / 2),
        reraise=True,
    )
    return again(step, *given)


def _reported(config: str, tenant: str, role: str, period: str, basis: str) -> str:
    return strings.reported(config, tenant, role_of(role), period, basis)


def in_threads(engine: Plain, parts: Parts) -> MakePeriod:
    """A period as a run of its own on an engine's threads. One that cannot be made is told, and stops no other."""

    def made(todo: Plan, how: How, pulled: Pulled) -> RunSummary:
        try:
            return run_plan(engine.again(), parts, todo, how, pulled)
        except AuditError:  # what the trail does not know must not go on
            raise
        except QuarterdeckError as error:
            return RunSummary((todo.period,), (), {}, (problem_of(error, f"the period {todo.period}"),))

    return made
