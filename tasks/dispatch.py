"""Paper to reader: the one final task of a run."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from quarterdeck.steps import strings
from quarterdeck.steps.deliver import DeliveryCounts


@task(name="deliver", task_run_name="deliver · {period}", cache_policy=NO_CACHE)
def deliver(config: str, period: str, filed: list[str], send: bool, revise: bool) -> DeliveryCounts:  # noqa: ARG001 - names the run
    """Deliver what was filed, each report once to each reader. Without `send` nothing goes out."""
    return strings.delivered(config, filed, send, revise)
