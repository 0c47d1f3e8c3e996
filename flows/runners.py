"""Who carries out the tasks of a flow run, as QUARTERDECK_TASK_RUNNER says, and where their results lie.

That is chosen inside the flow and not on its decorator: a worker loads a flow from its file, and only its parameters say
whose portfolio and environment these are. The runner of the decorator, which Prefect starts anew around each task in
another process, stays one of threads, which costs nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from flows.embedded import require_installed
from flows.workers import begin_worker, processes
from quarterdeck.config import cluster_of
from quarterdeck.wiring import Parts
from tasks.results import Results, remove_old_results, results_of

THREADS = 4
_BATCH = 4  # a task in another process costs as much as a report; so few that two processes still share a small run
Runner = TaskRunner[Any]


@dataclass(frozen=True, slots=True)
class Crew:
    """The runners of a flow run: `pulling` reads sources, `making` works out figures and writes reports.

    Sources are read by threads of one process, wherever the rest is done: what paces the questions to a service is there, and
    so are the rights to ask. `batch` is how many reports one task makes, and `results` where results of tasks are kept.
    """

    pulling: Runner
    making: Runner
    batch: int
    results: Results


_CREW: ContextVar[Crew | None] = ContextVar("crew", default=None)


@contextmanager
def crew_of(parts: Parts) -> Iterator[Crew]:
    """The crew of the flow run at hand: the one of the flow run above it, or else one of its own for the block."""
    above = _CREW.get()
    if above is not None:
        yield above
        return
    with ExitStack() as stack:
        pulling = stack.enter_context(ThreadPoolTaskRunner[Any](max_workers=THREADS))
        name = parts.settings.environment.task_runner
        making = pulling if name == "threads" else stack.enter_context(runner_of(name))
        crew = Crew(pulling, making, 1 if making is pulling else _BATCH, results_of(parts))
        token = _CREW.set(crew)
        stack.callback(_CREW.reset, token)
        yield crew
    try:
        remove_old_results(parts)
    except OSError as error:  # the run itself has gone as it has gone
        logging.getLogger("quarterdeck.run").warning("old results of tasks cannot be removed: %s", error)


def runner_of(name: str) -> Runner:
    """The task runner of a name, not yet started; ConfigError where what it needs is not installed."""
    if name == "threads":
        return ThreadPoolTaskRunner(max_workers=THREADS)
    if name == "processes":
        return ProcessPoolTaskRunner(max_workers=processes(), initializer=begin_worker)
    require_installed(name)
    from prefect_dask.task_runners import DaskTaskRunner  # late: it is an extra

    cluster = cluster_of(name)
    if cluster is not None:
        return DaskTaskRunner(address=f"tcp://{cluster}")
    # Without its page, which would be open to everybody on this machine.
    return DaskTaskRunner(cluster_kwargs={"n_workers": processes(), "threads_per_worker": 1, "dashboard_address": None})
