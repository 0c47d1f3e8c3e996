"""One period as a flow run below another: what backfills and retries are made of on a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.on_prefect import asked, ended, engine_of, whom
from flows.past import MakePeriod
from flows.running import How, Pulled, run_plan
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.summary import RunFailedError, RunSummary, problem_dict, problem_from, problem_of
from quarterdeck.wiring import Parts, open_parts

_RUNNER: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=4)


def _period_name() -> str:
    return f"{whom()} · {asked('period')}"


@flow(name="period", flow_run_name=_period_name, task_runner=_RUNNER)
def one_period(
    config: str,
    period: str,
    tenants: list[str],
    reports: list[list[str]],
    deliver: bool,
    as_of_then: bool,
    outcomes: dict[str, list[str]],
    problems: list[dict[str, Any]],
) -> State[dict[str, Any]]:
    """One period of several, from what was pulled for it."""
    todo = Plan(period, tuple(tenants), tuple((tenant, role) for tenant, role in reports))
    told = [problem_from(problem) for problem in problems]
    how = How(deliver=deliver, as_of_then=as_of_then)
    parts = open_parts(Path(config))
    with engine_of(parts) as engine:
        return ended(run_plan(engine, parts, todo, how, Pulled(outcomes, told)))


def on_prefect(parts: Parts) -> MakePeriod:
    """A period as a flow run of its own below the one that asks for it."""

    def made(todo: Plan, how: How, pulled: Pulled) -> RunSummary:
        state: Any = one_period(
            str(parts.settings.file),
            todo.period,
            list(todo.tenants),
            [list(pair) for pair in todo.reports],
            how.deliver,
            how.as_of_then,
            pulled.outcomes,
            [problem_dict(problem) for problem in pulled.problems],
            return_state=True,
        )
        result = state.result(raise_on_failure=False)
        if isinstance(result, RunFailedError):
            result = result.summary
        if isinstance(result, BaseException):
            return RunSummary((todo.period,), (), {}, (problem_of(result, f"the period {todo.period}"),))
        return RunSummary.of(result)

    return made
