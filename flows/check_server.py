"""What of a Prefect server `quarterdeck check` looks at: itself, its settings, and all that `quarterdeck setup` makes there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import prefect
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName
from prefect.client.schemas.objects import WorkerStatus
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL

from flows.server_side import ROOT, declared_automations, declared_deployments, declared_pools, declared_settings
from quarterdeck.config import load_settings
from quarterdeck.errors import QuarterdeckError
from quarterdeck.steps.check import PROBLEM, SECONDS, Checked, Question, answers

T = TypeVar("T")
SETUP = "quarterdeck setup"
_SERVER = "PREFECT_SERVER_"


class ServerError(QuarterdeckError):
    """The server is not as it should be."""


def check_server(config: Path, seconds: float = SECONDS) -> tuple[Checked, ...]:
    """Ask the server that PREFECT_API_URL names; where it does not answer, nothing else is asked."""
    first = answers([Question("server", _shown_url(), _version)], seconds)
    if first[0].state == PROBLEM:
        return first
    return (*first, *answers(_questions(config), seconds))


def _questions(config: Path) -> Iterator[Question]:
    yield Question("server", "settings", _settings)
    for pool in declared_pools():
        yield Question("work pool", pool["name"], partial(_pool, pool["name"]))
        yield Question("workers", pool["name"], partial(_workers, pool["name"]))
    for deployment in declared_deployments():
        yield Question("deployment", deployment["name"], partial(_deployment, deployment, config))
    for automation in declared_automations():
        yield Question("automation", automation["name"], partial(_automation, automation))


def _shown_url() -> str:
    """The server's address without what may be a password."""
    url = urlsplit(str(PREFECT_API_URL.value()))
    return f"{url.scheme}://{url.hostname}{f':{url.port}' if url.port else ''}{url.path}"


def asked(question: Callable[[SyncPrefectClient], T]) -> T:
    """A question to the server; ServerError where it does not answer, or not as it should."""
    try:
        with get_client(sync_client=True) as client:
            return question(client)
    except PrefectHTTPStatusError as error:
        status = error.response.status_code
        remedy = "see PREFECT_API_AUTH_STRING" if status in {401, 403} else "see the server's log"
        raise ServerError(f"it answers with status {status}", remedy=remedy) from None
    except (httpx.HTTPError, OSError) as error:
        remedy = "start it with `prefect server start` in the checkout's folder, or mend PREFECT_API_URL"
        raise ServerError(f"it does not answer: {type(error).__name__}", remedy=remedy, permanent=False) from None


def _version() -> str:
    version = asked(lambda client: client.api_version())
    if version != prefect.__version__:
        remedy = "start it from this checkout's .venv"
        raise ServerError(f"it is Prefect {version}, and this is {prefect.__version__}", remedy=remedy)
    return f"Prefect {version}"


def _settings() -> str:
    """The server's own settings against those of prefect.toml."""
    told = asked(lambda client: client.request("GET", "/admin/settings").json())
    wanted = {name: value for name, value in declared_settings().items() if name.startswith(_SERVER)}
    others = [name for name, value in wanted.items() if _told(told["server"], name.removeprefix(_SERVER).lower()) != value]
    if others:
        remedy = "start it in the checkout's folder, where prefect.toml lies, or mend the variable where it is meant to hold"
        raise ServerError(f"it has another {', '.join(others)}", remedy=remedy)
    return f"the {len(wanted)} of prefect.toml"


def _told(settings: Mapping[str, Any], name: str) -> str:
    """A setting by the rest of its variable's name, in the form in which that is written."""
    for key, value in settings.items():
        if key == name:
            number = value.is_integer() if isinstance(value, float) else False
            return str(value).lower() if isinstance(value, bool) else str(int(value) if number else value)
        if name.startswith(f"{key}_") and isinstance(value, Mapping):
            return _told(value, name.removeprefix(f"{key}_"))
    return ""


def _pool(name: str) -> str:
    try:
        pool = asked(lambda client: client.read_work_pool(name))
    except ObjectNotFound:
        raise ServerError("there is no such work pool", remedy=SETUP) from None
    if pool.is_paused:
        raise ServerError("it is paused", remedy=f"prefect work-pool resume {name}")
    return f"of type {pool.type}"


def _workers(pool: str) -> str:
    start = f"prefect worker start --pool {pool}"
    try:
        workers = asked(lambda client: client.read_workers_for_work_pool(pool))
    except ObjectNotFound:
        raise ServerError("there is no such work pool", remedy=f"{SETUP}, then {start}") from None
    online = sum(worker.status is WorkerStatus.ONLINE for worker in workers)
    if not online:
        raise ServerError("no worker is online, so nothing that is due will run", remedy=start)
    return f"{online} online"


def _deployment(declared: Mapping[str, Any], config: Path) -> str:
    name = DeploymentFilter(name=DeploymentFilterName(any_=[declared["name"]]))
    found = asked(lambda client: client.read_deployments(deployment_filter=name))
    if not found:
        raise ServerError("it is not deployed", remedy=SETUP)
    others = [part for part, (wanted, there) in _parts(declared, found[0]).items() if wanted != there]
    if others:
        raise ServerError(f"its {', '.join(others)} are not those of prefect.yaml", remedy=SETUP)
    if found[0].paused:
        raise ServerError("it is paused", remedy="resume it in the UI")
    return _schedules(declared, found[0], config)


def _parts(declared: Mapping[str, Any], found: DeploymentResponse) -> dict[str, tuple[object, object]]:
    """What prefect.yaml says of a deployment and what the server has, side by side."""
    limit, options = declared.get("concurrency_limit") or {}, found.concurrency_options
    crons = {(each["slug"], each["cron"], each["timezone"]) for each in _declared_schedules(declared)}
    there = {
        (each.slug, each.schedule.cron, each.schedule.timezone)
        for each in found.schedules
        if isinstance(each.schedule, CronSchedule)
    }
    return {
        "entrypoint": (declared["entrypoint"], found.entrypoint),
        "work pool": (declared["work_pool"]["name"], found.work_pool_name),
        "parameters": (declared.get("parameters") or {}, found.parameters),
        "tags": (sorted(declared.get("tags") or ()), sorted(found.tags)),
        "schedules": (crons, there if crons else set()),  # those that were made by hand beside none are let be
        "concurrency": (limit.get("collision_strategy"), options.collision_strategy.value if options else None),
    }


def _schedules(declared: Mapping[str, Any], found: DeploymentResponse, config: Path) -> str:
    """Whether what should be on is on, and in the zone of the portfolio that it is for."""
    zone = _zone_of(declared, config)
    told = []
    for each in _declared_schedules(declared):
        [there] = [schedule for schedule in found.schedules if schedule.slug == each["slug"]]
        if each.get("active", True) and not there.active:
            remedy = f"prefect deployment schedule resume {_full_name(declared)} {there.id}"
            raise ServerError(f"its schedule {each['slug']} is off", remedy=remedy)
        if there.active and zone is not None and each["timezone"] != zone:
            remedy = f"write `timezone: {zone}` in prefect.yaml, then {SETUP}"
            raise ServerError(f"{each['slug']} is by the clock of {each['timezone']}, the portfolio by {zone}", remedy=remedy)
        told.append(f"{each['slug']} {'on' if there.active else 'off'}")
    return ", ".join(told) or "by hand"


def _full_name(declared: Mapping[str, Any]) -> str:
    """A deployment's name with its flow's, which is that of the function in its entrypoint."""
    return f"{declared['entrypoint'].rpartition(':')[2].replace('_', '-')}/{declared['name']}"


def _declared_schedules(declared: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(declared.get("schedules") or ())


def _zone_of(declared: Mapping[str, Any], config: Path) -> str | None:
    """The time zone of the portfolio that is checked, where the deployment is for that one."""
    named = declared.get("parameters", {}).get("config")
    if named is None or (ROOT / named).resolve() != config.resolve():
        return None
    return load_settings(config).portfolio.timezone


def _automation(declared: Mapping[str, Any]) -> str:
    name, wanted = declared["name"], declared.get("enabled", True)
    found = asked(lambda client: client.read_automations_by_name(name))
    if not found:
        raise ServerError("it is not there", remedy=SETUP)
    if not found[0].enabled and not wanted:
        return "off, as in its file"
    if not found[0].enabled:
        raise ServerError("it is switched off", remedy=f"prefect automation resume '{name}'")
    return "on"
