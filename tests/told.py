"""What a Prefect server was told of a flow run: its artifacts, and events, which arrive a moment later."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.client.schemas.objects import Artifact, State
from prefect.events import Event
from prefect.events.filters import EventFilter, EventNameFilter, EventRelatedFilter

PATIENCE_SECONDS = 30


def run_of(state: State[Any]) -> UUID:
    """The flow run that ended in a state."""
    found = state.state_details.flow_run_id
    assert found is not None
    return found


def artifacts(run: UUID) -> dict[str, Artifact]:
    """A flow run's artifacts, those of its tasks among them, by key; of equal keys the newest."""
    found: list[Artifact] = []
    wanted = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run]))
    with get_client(sync_client=True) as client:
        while page := client.read_artifacts(artifact_filter=wanted, offset=len(found), limit=200):
            found += page
    return {str(artifact.key): artifact for artifact in sorted(found, key=lambda artifact: str(artifact.created))}


def events(run: UUID, *prefixes: str, until: Callable[[list[Event]], bool] = bool) -> list[Event]:
    """The events of a flow run whose names begin so, oldest first, once all are there that are waited for."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not until(found := _read(run, prefixes)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


def _read(run: UUID, prefixes: Sequence[str]) -> list[Event]:
    related = EventRelatedFilter(id=[f"prefect.flow-run.{run}"])
    with get_client(sync_client=True) as client:
        page = client.read_events(EventFilter(event=EventNameFilter(prefix=list(prefixes)), related=[related]), limit=50)
        found = list(page.events)
        while page.next_page:
            page = client.read_events_page(str(page.next_page))
            found += page.events
    return sorted(found, key=lambda event: event.occurred)


def about(event: Event) -> str:
    """What an event is about."""
    return event.resource["prefect.resource.id"]
