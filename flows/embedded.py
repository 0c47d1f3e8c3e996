"""A run from the command line: on the Prefect server that PREFECT_API_URL names, else within this process."""

from __future__ import annotations

import os
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.console import FAILED, OK, Out, show_run
from flows.server_side import declared_settings
from quarterdeck.config import prefect_defaults
from quarterdeck.errors import ConfigError
from quarterdeck.steps.summary import RunFailedError, RunSummary

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State


def has_server(home: Path) -> bool:
    """Whether a Prefect server was named; then Prefect gets the settings that it needs before it is first imported."""
    if not os.environ.get("PREFECT_API_URL"):
        return False
    prepare_prefect(home)
    return True


def prepare_prefect(home: Path) -> None:
    """Give Prefect its settings before it is imported: where the environment has none, ours, else those of prefect.toml."""
    os.environ.update(prefect_defaults(home, os.environ))
    os.environ.update({name: value for name, value in declared_settings().items() if name not in os.environ})
    # Where there is no home folder yet, a command that only asks makes none, and Prefect need not complain of it.
    warnings.filterwarnings("ignore", message="Failed to create the Prefect home directory")


def require_runner(name: str) -> None:
    """ConfigError where what QUARTERDECK_TASK_RUNNER names cannot do the work from here; before anything is read or written."""
    if name.startswith("dask") and not os.environ.get("PREFECT_API_URL"):
        remedy = "name the server's address in PREFECT_API_URL, or take threads or processes"
        raise ConfigError(f"QUARTERDECK_TASK_RUNNER: {name} needs a Prefect server", remedy=remedy)
    require_installed(name)


def require_installed(name: str) -> None:
    """ConfigError where a task runner wants packages that are not there."""
    if name.startswith("dask") and find_spec("prefect_dask") is None:
        remedy = "install them with `make dask`"
        raise ConfigError(f"QUARTERDECK_TASK_RUNNER: {name} needs packages that are not installed", remedy=remedy)


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
