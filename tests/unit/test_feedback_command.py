"""`quarterdeck feedback list` and `lift` as they are typed; what needs a queue is in tests/flows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from quarterdeck.steps.suppression import Cause, suppress
from tests.feeding import Station, station
from tests.handbook import DOCS
from tests.postbox import NOW


@pytest.fixture
def at(tmp_path: Path) -> Station:
    made = station(tmp_path)
    suppress(made.parts, "e1", "ana@example.com", Cause.BOUNCE, NOW)
    suppress(made.parts, "e2", "bea@example.com", Cause.COMPLAINT, NOW)
    return made


def call(at: Station, *words: str) -> Result:
    return CliRunner().invoke(app, ["feedback", *words, "--config", str(at.parts.settings.file)])


def printed(done: Result, schema: str) -> Any:
    document = json.loads(done.stdout)
    rules = json.loads((DOCS / "schemas" / f"{schema}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(rules, format_checker=jsonschema.FormatChecker()).validate(document)
    return document


def test_whom_nothing_is_sent_to_is_listed(at: Station) -> None:
    assert "ana@example.com  the address bounced for good on 2026-11-04" in call(at, "list").stdout
    rows = printed(call(at, "list", "--json"), "feedback_list")
    assert [row["address"] for row in rows] == ["ana@example.com", "bea@example.com"]


def test_a_suppression_is_lifted_by_somebody_for_a_reason(at: Station) -> None:
    done = call(at, "lift", "Ana@example.com", "--by", "Bea", "--reason", "her mailbox is back")
    assert (done.exit_code, done.stdout) == (0, "ana@example.com is sent to again with the next reports.\n")
    assert [row["address"] for row in printed(call(at, "list", "--json"), "feedback_list")] == ["bea@example.com"]
    rows = printed(call(at, "lift", "bea@example.com", "--by", "Bea", "--reason", "it was me", "--json"), "feedback_list")
    assert rows[0]["reason"] == "the reader complained on 2026-11-04"


def test_what_is_not_suppressed_is_bad_input(at: Station) -> None:
    done = call(at, "lift", "cfo@example.com", "--by", "Bea", "--reason", "why not", "--json")
    assert done.exit_code == 2
    assert printed(done, "problems")["problems"][0]["what"] == "this address is not suppressed"


def test_without_a_queue_it_is_bad_input_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "portfolio.yaml").write_text("version: 1\nportfolio: {name: One, currency: USD}\ntenants: [{id: a, name: A}]\n")
    done = CliRunner().invoke(app, ["feedback", "--config", str(tmp_path / "portfolio.yaml")])
    assert done.exit_code == 2
    assert "there is no queue to hear from (name it under `delivery.feedback`)" in done.stderr
    assert not (tmp_path / ".quarterdeck").exists()
