"""How runs are carried out on a Prefect server: what does the work, and how much of it one run takes on."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

TASK_RUNNERS = ("threads", "processes", "dask", "dask://HOST:PORT")
_CLUSTER = re.compile(r"dask://([A-Za-z0-9][A-Za-z0-9.-]*:[0-9]{1,5})", re.ASCII)


class RunSettings(BaseModel):
    """When tenants get runs of their own, how long these are waited for, and how long results of tasks are kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tenants_per_run: Annotated[int, Field(ge=1, le=100_000)] = 50
    tenant_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    result_days: Annotated[int, Field(ge=1, le=3650)] = 30


def is_task_runner(name: str) -> bool:
    """Whether a name is one of `TASK_RUNNERS`, with a host and a port where these stand."""
    return name in TASK_RUNNERS[:-1] or cluster_of(name) is not None


def cluster_of(name: str) -> str | None:
    """The HOST:PORT of a task runner that is a Dask cluster which is there; None for the others."""
    match = _CLUSTER.fullmatch(name)
    return match.group(1) if match else None
