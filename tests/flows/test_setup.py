"""`quarterdeck setup` and `check` on the session's real server: what is made, nothing twice, and what is noticed."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolUpdate
from prefect.settings import PREFECT_API_URL

from flows.server_side import declared_automations, declared_deployments, declared_settings
from tests.commands import environment, printed, quarterdeck
from tests.mini import make
from tests.prefect_servers import free_port

Row = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("portfolio")).parent


@pytest.fixture(scope="module")
def served() -> dict[str, str]:
    return {"PREFECT_API_URL": str(PREFECT_API_URL.value())}


@pytest.fixture(scope="module", autouse=True)
def made(folder: Path, served: dict[str, str]) -> list[Row]:
    done = quarterdeck("setup", "--json", folder=folder, names=served)
    assert done.returncode == 0, done.stderr
    rows: list[Row] = printed(done, "check")["checks"]
    return rows


@pytest.fixture
def client() -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as opened:
        yield opened


def checked(folder: Path, served: dict[str, str]) -> tuple[int, dict[tuple[str, str], Row]]:
    """The exit code of a check, and its rows that are about the server."""
    done = quarterdeck("check", "--json", folder=folder, names=served)
    rows = printed(done, "check")["checks"]
    return done.returncode, {(row["part"], row["name"]): row for row in rows[12:]}


def test_all_that_a_server_needs_is_made(made: list[Row]) -> None:
    names = [("work pool", "quarterdeck"), *(("deployment", each["name"]) for each in declared_deployments())]
    names += [("automation", each["name"]) for each in declared_automations()]
    assert [(row["part"], row["name"]) for row in made] == names
    assert ("automation", "runs without heartbeat") in names


def test_a_server_without_a_worker_lacks_just_that(folder: Path, served: dict[str, str]) -> None:
    code, rows = checked(folder, served)
    wrong = {place: row for place, row in rows.items() if row["state"] != "ok"}
    assert (code, set(wrong)) == (1, {("workers", "quarterdeck")})
    assert wrong["workers", "quarterdeck"]["remedy"] == "prefect worker start --pool quarterdeck"
    assert rows["server", "settings"]["told"].endswith("of prefect.toml")
    assert rows["deployment", "executive-reports"]["told"] == "monthly on"
    assert rows["deployment", "weekly"]["told"] == "weekly off"
    assert rows["automation", "runs without heartbeat"]["told"] == "on"


@contextmanager
def changed(client: SyncPrefectClient) -> Iterator[None]:
    """Somebody has been at the UI: a paused pool, a schedule that is off, other parameters, an automation that is off."""
    [automation] = client.read_automations_by_name("runs without heartbeat")
    reports = client.read_deployment_by_name("executive-reports/executive-reports")
    weekly = client.read_deployment_by_name("executive-reports/weekly")
    client.update_work_pool("quarterdeck", WorkPoolUpdate(is_paused=True))
    client.pause_automation(automation.id)
    client.update_deployment_schedule(reports.id, reports.schedules[0].id, active=False)
    body = {"parameters": {"config": "other.yaml"}}
    client.request("PATCH", "/deployments/{id}", path_params={"id": weekly.id}, json=body)
    try:
        yield
    finally:
        client.update_work_pool("quarterdeck", WorkPoolUpdate(is_paused=False))
        client.update_deployment_schedule(reports.id, reports.schedules[0].id, active=True)


@pytest.mark.slow
def test_what_somebody_has_changed_is_noticed_and_a_second_set_up_makes_nothing_twice(
    folder: Path, served: dict[str, str], client: SyncPrefectClient
) -> None:
    with changed(client):
        code, rows = checked(folder, served)
        told = {place: (row["told"], row["remedy"]) for place, row in rows.items() if row["state"] == "problem"}
        assert code == 1
        assert told["work pool", "quarterdeck"] == ("it is paused", "prefect work-pool resume quarterdeck")
        assert told["automation", "runs without heartbeat"][0] == "it is switched off"
        what, remedy = told["deployment", "executive-reports"]
        assert what == "its schedule monthly is off"
        assert remedy.startswith("prefect deployment schedule resume executive-reports/executive-reports ")
        assert told["deployment", "weekly"] == ("its parameters are not those of prefect.yaml", "quarterdeck setup")
        again = quarterdeck("setup", folder=folder, names=served)
        assert again.returncode == 0, again.stderr
        assert "prefect worker start --pool quarterdeck" in again.stdout
        _, rows = checked(folder, served)
        wrong = {place for place, row in rows.items() if row["state"] == "problem"}
        # What a person has switched off or paused stays so.
        assert wrong == {("workers", "quarterdeck"), ("work pool", "quarterdeck"), ("deployment", "executive-reports")}
    for automation in declared_automations():
        assert len(client.read_automations_by_name(automation["name"])) == 1
    deployed = [deployment.name for deployment in client.read_deployments()]
    assert [deployed.count(each["name"]) for each in declared_deployments()] == [1] * len(declared_deployments())


def test_a_server_that_does_not_answer_is_the_one_problem_of_it(folder: Path) -> None:
    url = f"http://owner:tall-ships@127.0.0.1:{free_port()}/api"
    code, rows = checked(folder, {"PREFECT_API_URL": url})
    [row] = rows.values()
    assert (code, row["part"], row["state"]) == (1, "server", "problem")
    assert "prefect server start" in row["remedy"]
    assert "tall-ships" not in json.dumps(row)
    assert not (folder / ".quarterdeck").exists()
    done = quarterdeck("setup", "--json", folder=folder, names={"PREFECT_API_URL": url})
    assert done.returncode == 1
    assert printed(done, "problems")["problems"][0]["what"].startswith("it does not answer")


def test_every_setting_of_prefect_toml_is_one_that_prefect_knows_and_takes(tmp_path: Path) -> None:
    """As variables of the environment, in the form in which the command line hands them on."""
    declared = declared_settings()
    code = (
        "import json\n"
        "from prefect.settings import get_current_settings\n"
        "print(json.dumps(get_current_settings().to_environment_variables(exclude_unset=True)))\n"
    )
    names = {**environment(tmp_path, declared), "PREFECT_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=names, capture_output=True, text=True, check=True)
    taken = json.loads(done.stdout)
    assert set(declared) <= set(taken)
    assert len(declared) >= 6


def test_the_locked_packages_bring_a_server_that_can_be_imported() -> None:
    """Once a release of another package was enough to make it impossible, and only the first start would tell."""
    assert importlib.import_module("prefect.server.api.server").create_app()
