"""A failed run taken up again, as a worker does after the click on *Retry*."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from prefect import State
from prefect.client.orchestration import get_client
from prefect.flow_engine import run_flow_sync
from prefect.states import AwaitingRetry

from flows.executive_reports import executive_reports


def retry(run_id: UUID) -> State[Any]:
    """The same flow run once more, with the parameters it had; its final state."""
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run_id, AwaitingRetry())
        flow_run = client.read_flow_run(run_id)
    state: Any = run_flow_sync(executive_reports, flow_run=flow_run, parameters=flow_run.parameters, return_type="state")
    found: State[Any] = state
    return found
