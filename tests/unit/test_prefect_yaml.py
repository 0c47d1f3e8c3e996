"""prefect.yaml, without Prefect: what is scheduled is what was meant, and names what is there."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from tests import golden_files

ROOT = Path(__file__).parents[2]
DEPLOYMENTS: list[dict[str, Any]] = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]


def test_names_times_zones_parameters_and_limits_are_those_that_were_decided() -> None:
    golden_files.check("deployments.txt", "".join(line for each in DEPLOYMENTS for line in described(each)))


def described(deployment: dict[str, Any]) -> list[str]:
    schedules = [f"  {each['slug']}: {each['cron']} in {each['timezone']}{is_off(each)}\n" for each in deployment["schedules"]]
    given = [f"  {name} = {value!r}\n" for name, value in deployment["parameters"].items()]
    head = f"{deployment['name']}: {deployment['entrypoint']} on {deployment['work_pool']['name']}\n"
    limit = deployment.get("concurrency_limit")
    limits = [f"  {limit['limit']} at a time, others {limit['collision_strategy']}\n"] if limit else []
    return [head, *schedules, *given, *limits, f"  tags {', '.join(deployment['tags'])}\n"]


def is_off(schedule: dict[str, Any]) -> str:
    return "" if schedule.get("active", True) else ", off until it is switched on"


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: each["name"])
def test_a_deployment_names_a_flow_that_is_there_and_parameters_that_it_takes(deployment: dict[str, Any]) -> None:
    path, _, name = deployment["entrypoint"].partition(":")
    functions = [node for node in ast.parse((ROOT / path).read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]
    [flow] = [function for function in functions if function.name == name]
    assert set(deployment["parameters"]) <= {argument.arg for argument in flow.args.args}


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: each["name"])
def test_a_schedule_has_a_zone_and_leaves_the_month_time_to_close(deployment: dict[str, Any]) -> None:
    for schedule in deployment["schedules"]:
        assert ZoneInfo(schedule["timezone"])
        _, _, day, _, weekday = schedule["cron"].split()
        if "deliver" not in deployment["parameters"]:
            continue  # it asks for no period
        assert int(weekday if day == "*" else day) >= 2, "in a zone behind the portfolio's, the period would not be over yet"
