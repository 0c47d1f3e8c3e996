"""What the mail service tells of messages, taken in: every quarter of an hour by its schedule, or by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import forms
from quarterdeck.steps.feedback import FeedbackSummary, take_in
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
    _show(summary)
    told = ", ".join(f"{name} {count}" for name, count in summary.counts.items() if count) or "nothing new"
    if summary.went_well:
        return Completed(message=told, data=summary.as_dict())
    failed = f"{told}: {len(summary.problems)} problems; see the run's table"
    return Failed(message=failed, data=RunFailedError(failed, summary.as_dict()))


def _show(summary: FeedbackSummary) -> None:
    """What came of it as a table in the UI: what was counted, then every problem with its remedy."""
    rows = [{"what": name, "number": str(count), "remedy": ""} for name, count in summary.counts.items() if count]
    rows += [{"what": problem.what, "number": "", "remedy": problem.remedy} for problem in summary.problems]
    create_table_artifact(table=rows, key="feedback", description="What the mail service told")
