"""The form of each deployment: every field named and explained, roles to choose from, and what is wrong refused at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prefect import Flow
from prefect.exceptions import ParameterTypeError
from prefect.utilities.callables import parameter_schema

from flows.backfill import backfill
from flows.board_sync import board_sync
from flows.executive_reports import executive_reports
from flows.feedback import feedback
from flows.retry_failed import retry_failed
from flows.tenant_reports import tenant_reports
from reports import roles

FLOWS: list[Flow[..., Any]] = [executive_reports, backfill, retry_failed, feedback, board_sync]


def fields(flow: Flow[..., Any]) -> dict[str, dict[str, Any]]:
    """The fields of a form as Prefect's server is told them."""
    found: dict[str, dict[str, Any]] = parameter_schema(flow.fn).model_dump()["properties"]
    return found


@pytest.mark.parametrize("flow", [*FLOWS, tenant_reports], ids=lambda flow: flow.name)
def test_every_field_says_what_it_is_for(flow: Flow[..., Any]) -> None:
    for name, field in fields(flow).items():
        assert len(field.get("description", "")) > 15, name
    assert flow.description


@pytest.mark.parametrize("flow", [*FLOWS, tenant_reports], ids=lambda flow: flow.name)
def test_every_field_has_a_title_and_one_type(flow: Flow[..., Any]) -> None:
    """A field of several types makes a reader choose a type before a value."""
    for name, field in fields(flow).items():
        assert field["title"][0].isupper(), name
        assert field["type"] in {"string", "array", "boolean", "integer"}, name
        assert not {"anyOf", "oneOf"} & set(field), name


def test_roles_are_chosen_from_those_there_are() -> None:
    assert all(f"'{role}'" in str(fields(executive_reports)["roles"]) for role in roles())
    assert "enum" in str(fields(executive_reports)["roles"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"period": "2026-13"},
        {"period": "yesterday"},
        {"period": ""},
        {"period": None},
        {"roles": ["boss"]},
        {"tenants": ["A B"]},
        {"deliver": "perhaps"},
        {"config": ""},
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_read(wrong: dict[str, Any], portfolio: Path) -> None:
    state: Any = executive_reports(**{"config": str(portfolio), **wrong}, return_state=True)
    assert state.is_failed()
    assert isinstance(state.result(raise_on_failure=False), ParameterTypeError)
    assert not (portfolio.parent / ".quarterdeck").exists()


@pytest.mark.parametrize(
    "right", ["2026-10", "2026-W44", "2026-W53", "2026-Q4", "2026", "FY2026-Q4", "FY2026", "last-week", "last-complete"]
)
def test_every_form_of_a_period_is_taken(right: str) -> None:
    assert executive_reports.validate_parameters({"period": right})["period"] == right


def test_a_form_that_is_sent_as_it_stands_is_taken() -> None:
    """What the server keeps of a deployment's parameters are the defaults of its schema."""
    for flow in FLOWS:
        defaults = {name: field["default"] for name, field in fields(flow).items() if "default" in field}
        needed = dict.fromkeys(set(fields(flow)) - set(defaults), "2026-10")
        assert set(flow.validate_parameters({**defaults, **needed})) == set(fields(flow))
