"""A flow in this very process, without a server of its own to keep: what the commands that run flows share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.console import FAILED, OK, Out, show_run
from quarterdeck.config import prefect_defaults
from quarterdeck.steps.summary import RunFailedError

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State


def embed_prefect(home: Path) -> None:
    """Set what an embedded Prefect needs, before it is imported for the first time."""
    os.environ.update(prefect_defaults(home, os.environ))


def shown(out: Out, flow: Callable[[], State[Any]]) -> int:
    """Run a flow that ends in a summary, and show it; the command's exit code. An error that was not foreseen is raised."""
    state = flow()
    result: Any = state.result(raise_on_failure=False)
    if isinstance(result, RunFailedError):
        result = result.summary
    if isinstance(result, BaseException):
        raise result
    show_run(out, result)
    return OK if state.is_completed() else FAILED
