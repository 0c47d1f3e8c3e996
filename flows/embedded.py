"""A run from the command line: on the Prefect server that PREFECT_API_URL names, else within this process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.console import FAILED, OK, Out, show_run
from quarterdeck.config import prefect_defaults
from quarterdeck.steps.summary import RunFailedError, RunSummary

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State


def has_server(home: Path) -> bool:
    """Whether a Prefect server was named; then Prefect gets the settings that it needs before it is first imported."""
    if not os.environ.get("PREFECT_API_URL"):
        return False
    os.environ.update(prefect_defaults(home, os.environ))
    return True


def show_state(out: Out, state: State[Any]) -> int:
    """Show the summary that a flow run ended in; the command's exit code. An error that was not foreseen is raised."""
    result: Any = state.result(raise_on_failure=False)
    if isinstance(result, RunFailedError):
        result = result.summary
    if isinstance(result, BaseException):
        raise result
    show_run(out, result)
    return OK if state.is_completed() else FAILED


def show_summary(out: Out, summary: RunSummary) -> int:
    """Show what a run without a server came to; the command's exit code."""
    show_run(out, summary.as_dict())
    return OK if summary.went_well else FAILED
