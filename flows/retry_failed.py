"""What failed runs left, from the trail: reports that failed are made again, and what was not sent is sent, once.

Nothing is pulled that was pulled well, and nothing is made that was made: a second retry finds nothing to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows import forms
from flows.left import make_left
from flows.on_prefect import ended, engine_of
from flows.periods import on_prefect
from quarterdeck.steps.plan import period_of
from quarterdeck.steps.retry import Asked
from quarterdeck.wiring import Parts, open_parts

_RUNNER: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=4)


def _text(parts: Parts, period: str) -> str:
    """A period as the trail writes it; empty for all."""
    return period_of(period, parts.settings, parts.clock(), ()).text if period else ""


@flow(name="retry-failed", task_runner=_RUNNER)
def retry_failed(period: forms.AnyPeriod = "", config: forms.Config = "portfolio.yaml") -> State[dict[str, Any]]:
    """Make the reports that failed, were held back, or whose run died.

    Args:
        period: Only what is left of this period, as 2026-10; of all periods where none is named.
        config: Its path; a relative one begins in the folder that the deployment runs in.

    """
    parts = open_parts(Path(config))
    with engine_of(parts) as engine:
        summary = make_left(engine, parts, on_prefect(parts), Asked(period=_text(parts, period)))
        engine.show(summary)
    return ended(summary)
