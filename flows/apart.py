"""Tenants made by runs of their own, for a portfolio of more tenants than one run takes on.

    this run  ->  one run a tenant, on a work pool: pull, measure, report  ->  this run: the portfolio's reports, delivery

The runs below make and file, and nothing else: this run holds the leases, waits for them, and alone delivers. One that
crashed, was never begun or takes too long is a problem that stops no other. They are found again under a key, so a retry of
this run takes what is made as it is, and has only those retried that did not go well.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

import httpx
from prefect import runtime
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import AwaitingRetry, Cancelled

from flows.running import Apart, Keep, Made
from quarterdeck import codec
from quarterdeck.config import PORTFOLIO
from quarterdeck.errors import ConfigError, Problem, StorageError
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.summary import ReportLine, RunSummary
from quarterdeck.wiring import Parts

DEPLOYMENT = "tenant-reports/tenant"
_LOOK_SECONDS = 2.0
_KEEP_EVERY = timedelta(minutes=5)  # a lease lasts for half an hour, and each costs a write
_AT_ONCE = 200  # the most that the server lists in one answer
_LOG = logging.getLogger("quarterdeck.run")

Runs = Mapping[str, FlowRun]


def apart_of(parts: Parts, todo: Plan) -> Apart | None:
    """How the tenants of a plan are made elsewhere; None where they are so few that the run makes them itself.

    ConfigError where they are too many for that, and there is no deployment that makes one.
    """
    members = [tenant for tenant in todo.tenants if tenant != PORTFOLIO]
    if len(members) <= parts.settings.runs.tenants_per_run:
        return None
    with get_client(sync_client=True) as client:
        try:
            client.read_deployment_by_name(DEPLOYMENT)
        except ObjectNotFound as error:
            raise ConfigError(
                f"{len(members)} tenants are more than one run takes on, and the server has no deployment {DEPLOYMENT}",
                where=parts.settings.place("runs", "tenants_per_run"),
                remedy="deploy it with `prefect --no-prompt deploy --all`, or raise tenants_per_run",
            ) from error
    return partial(_made_apart, parts, todo, members)


def keep_outcome(parts: Parts, made: Made, period: str) -> None:
    """Lay down what the flow run at hand came to, where the run above it looks."""
    told = {"basis": made.basis, "summary": RunSummary((period,), made.reports, {}, made.problems).as_dict()}
    key = _key(UUID(str(runtime.flow_run.id)), runtime.flow_run.run_count)
    parts.results.put(key, codec.canonical(told).encode())


def _made_apart(parts: Parts, todo: Plan, members: Sequence[str], keep: Keep) -> dict[str, Made]:
    with get_client(sync_client=True) as client:
        begun = {tenant: _begin(client, parts, todo, tenant) for tenant in members}
        _LOG.info("%d tenants are made by runs of their own", len(begun))
        ended = _wait(client, parts, begun, keep)
        for tenant in begun.keys() - ended.keys():  # so that no worker begins, when nobody waits any more
            client.set_flow_run_state(begun[tenant].id, Cancelled(message="the run above waits no longer"), force=True)
    return {tenant: _made(parts, todo, tenant, begun[tenant], ended.get(tenant)) for tenant in members}


def _begin(client: SyncPrefectClient, parts: Parts, todo: Plan, tenant: str) -> FlowRun:
    """The run of a tenant: a new one, or the one that an earlier try of this run began, retried where it did not go well."""
    roles = [role for owner, role in todo.reports if owner == tenant]
    begun: Any = run_deployment(
        DEPLOYMENT,
        parameters={"config": str(parts.settings.file), "tenant": tenant, "period": todo.period, "roles": roles},
        timeout=0,
        as_subflow=False,
        idempotency_key=f"{runtime.flow_run.id}:{tenant}",
        tags=[f"run:{runtime.flow_run.id}"],
    )
    run: FlowRun = begun
    if run.state is not None and run.state.is_final() and not _went_well(parts, run):
        client.set_flow_run_state(run.id, AwaitingRetry(), force=True)
    return run


def _went_well(parts: Parts, run: FlowRun) -> bool:
    return run.state_type is StateType.COMPLETED and parts.results.exists(_key(run.id, run.run_count))


def _wait(client: SyncPrefectClient, parts: Parts, begun: Runs, keep: Keep) -> Runs:
    """The runs as they ended, by tenant; those are missing that did not within the time."""
    tenants = {run.id: tenant for tenant, run in begun.items()}
    ended: dict[str, FlowRun] = {}
    now = parts.clock()
    until, keep_at = now + timedelta(minutes=parts.settings.runs.tenant_minutes), now + _KEEP_EVERY
    while len(ended) < len(begun) and parts.clock() < until:
        before = len(ended)
        open_ones = [id for id, tenant in tenants.items() if tenant not in ended]
        ended |= {tenants[run.id]: run for run in _read(client, open_ones) if run.state is not None and run.state.is_final()}
        if len(ended) > before:
            _LOG.info("%d of %d tenants are made", len(ended), len(begun))
        if parts.clock() >= keep_at:
            keep()
            keep_at = parts.clock() + _KEEP_EVERY
        if len(ended) < len(begun):
            parts.sleep(_LOOK_SECONDS)
    return ended


def _read(client: SyncPrefectClient, ids: Sequence[UUID]) -> Iterator[FlowRun]:
    """Flow runs as they stand; none where the server does not answer, for it may come back."""
    rest = iter(ids)
    while some := list(islice(rest, _AT_ONCE)):
        try:
            yield from client.read_flow_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=some)), limit=_AT_ONCE)
        except httpx.HTTPError as error:
            _LOG.warning("the server does not say how the tenants' runs stand: %s", type(error).__name__)


def _made(parts: Parts, todo: Plan, tenant: str, begun: FlowRun, run: FlowRun | None) -> Made:
    """What a tenant's run came to; where it left no word of that, that it is lost."""
    if run is None:
        minutes = parts.settings.runs.tenant_minutes
        return _lost(
            todo, tenant, f"did not end within {minutes} minutes", f"see {begun.name} on the server: is a worker there?"
        )
    if run.state_type in (StateType.COMPLETED, StateType.FAILED):
        try:
            return _read_outcome(parts.results.get(_key(run.id, run.run_count)))
        except StorageError:
            remedy = f"see {run.name} on the server; workers on other machines need a place under storage.results"
            return _lost(todo, tenant, "left no word of what it made", remedy)
    how = "crashed" if run.state_type is StateType.CRASHED else "was cancelled"
    return _lost(todo, tenant, how, f"see {run.name} on the server, then retry this run")


def _lost(todo: Plan, tenant: str, what: str, remedy: str) -> Made:
    lines = tuple(
        ReportLine(f"{tenant}_{role}_{todo.period}", tenant, role, "failed") for owner, role in todo.reports if owner == tenant
    )
    return Made(None, lines, (Problem(f"the run of {tenant} {what}", remedy=remedy),))


def _key(run: UUID, tries: int) -> str:
    """Where a try of a run leaves its outcome; one of an earlier try is never taken for a later one's."""
    return f"sub-runs/{run}-{tries}.json"


def _read_outcome(data: bytes) -> Made:
    told = json.loads(data)
    summary = RunSummary.of(told["summary"])
    return Made(told["basis"], summary.reports, summary.problems)
