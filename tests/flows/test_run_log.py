"""The progress lines of a run, which people at a terminal see, are its log on the server."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId
from prefect.client.schemas.objects import State

from flows.executive_reports import executive_reports

_PATIENCE_SECONDS = 60.0


def log_of(run_id: UUID, wanted: str) -> list[str]:
    """A run's lines, once one of them is there: they are sent some seconds after they were said."""
    about, end = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run_id])), time.monotonic() + _PATIENCE_SECONDS
    with get_client(sync_client=True) as client:
        while wanted not in (lines := [line.message for line in client.read_logs(about)]) and time.monotonic() < end:
            time.sleep(0.2)
    return lines


def test_what_a_run_has_made_is_in_its_log(portfolio: Path) -> None:
    state: State[Any] = executive_reports(
        config=str(portfolio), period="2026-10", tenants=["alpha"], roles=["cfo"], return_state=True
    )
    assert state.state_details.flow_run_id is not None
    assert "made 1 of 1 reports" in log_of(state.state_details.flow_run_id, "made 1 of 1 reports")
