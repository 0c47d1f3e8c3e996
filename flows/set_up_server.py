"""Makes on a Prefect server what prefect.yaml and deployments/automations say. What is there already is mended, not doubled."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.events.schemas.automations import AutomationCore
from prefect.exceptions import ObjectAlreadyExists

from flows.check_server import ServerError, asked
from flows.server_side import ROOT, declared_automations, declared_deployments, declared_pools
from quarterdeck.steps.check import OK, Checked

_PATIENCE_SECONDS = 300


def set_up_server() -> tuple[Checked, ...]:
    """What was made, a line each; ServerError where the server or Prefect's own command refused something."""
    pools = [Checked("work pool", pool["name"], OK, _pool(pool)) for pool in declared_pools()]
    _deploy()
    deployments = [Checked("deployment", each["name"], OK, "as in prefect.yaml") for each in declared_deployments()]
    automations = [Checked("automation", each["name"], OK, _automation(each)) for each in declared_automations()]
    return (*pools, *deployments, *automations)


def _pool(declared: dict[str, Any]) -> str:
    wanted = WorkPoolCreate(name=declared["name"], type="process")
    try:
        asked(lambda client: client.create_work_pool(wanted))
    except ObjectAlreadyExists:
        return "was there"
    return "made"


def _deploy() -> None:
    """Prefect's own command, in the checkout's folder: whoever types it by hand gets the same."""
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"]
    try:
        done = subprocess.run(  # noqa: S603 - all of it is ours
            command, cwd=ROOT, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ServerError("`prefect deploy --all` did not end", remedy="see the server's log") from None
    if done.returncode:
        said = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        what = f"`prefect deploy --all` failed: {said[-1] if said else done.returncode}"
        raise ServerError(what, remedy="mend prefect.yaml, or see the server's log")


def _automation(declared: dict[str, Any]) -> str:
    wanted = AutomationCore.model_validate(declared)
    return asked(lambda client: _upserted(client, wanted))


def _upserted(client: SyncPrefectClient, wanted: AutomationCore) -> str:
    there = client.read_automations_by_name(wanted.name)
    if not there:
        client.create_automation(wanted)
        return "made"
    if not wanted.enabled:
        return "was there"  # one that is for people to complete: what they have made of it on the server stays
    client.update_automation(there[0].id, wanted)
    return "as in its file"
