"""What the mail service tells of messages, taken in: every quarter of an hour by its schedule, or by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import forms
from flows.shown import number_of, show_feedback
from quarterdeck.steps.feedback import take_in
from quarterdeck.steps.summary import RunFailedError
from quarterdeck.wiring import open_parts


@flow(name="feedback")
def feedback(limit: forms.Limit = 10_000, config: forms.Config = "portfolio.yaml") -> State[dict[str, Any]]:
    """Take in deliveries, bounces and complaints, and settle what nobody knows of.

    Args:
        limit: How many messages of the queue to take in at most; the next run goes on.
        config: Its path; a relative one begins in the folder that the deployment runs in.

    """
    summary = take_in(open_parts(Path(config)), limit)
    show_feedback(summary)
    told = ", ".join(f"{name} {count}" for name, count in summary.counts.items() if count) or "nothing new"
    if summary.went_well:
        return Completed(message=told, data=summary.as_dict())
    failed = f"{told}; {number_of(summary.problems)}: see the artifacts of the run"
    return Failed(message=failed, data=RunFailedError(failed, summary.as_dict()))
