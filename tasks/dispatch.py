"""Paper to reader: the one final task of a run."""

from __future__ import annotations

from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from quarterdeck.steps.deliver import DeliveryCounts
from quarterdeck.steps.report import Filed
from quarterdeck.steps.send import send_reports
from quarterdeck.wiring import open_parts


@task(name="deliver", task_run_name="deliver · {period}", tags=["deliver"], cache_policy=NO_CACHE)
def deliver(config: str, period: str, filed: list[str], send: bool, revise: bool) -> DeliveryCounts:  # noqa: ARG001 - names the run
    """Deliver what was filed, each report once to each reader. Without `send` nothing goes out."""
    parts = open_parts(Path(config))
    return send_reports(parts, [Filed.from_json(text) for text in filed], send=send, revise=revise)
