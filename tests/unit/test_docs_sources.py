"""Pages of sources: every option described, an example that is valid, and rights at AWS that are JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from quarterdeck.sources import SOURCES
from tests.handbook import DOCS, examples, page, rows

PAGES = sorted((DOCS / "sources").glob("*.md"))
COMMON = {"max_rejected"}
LOCAL = {"bank_statements", "code_audit", "ledger", "notes", "web_analytics"}  # asks nobody


@pytest.fixture(params=PAGES, ids=lambda path: path.stem)
def kind(request: pytest.FixtureRequest) -> str:
    path: Path = request.param
    return path.stem


def test_a_page_is_of_a_source_that_is_there(kind: str) -> None:
    assert kind in SOURCES
    assert page(f"sources/{kind}.md").startswith(f"# Source: {kind}\n")


def test_options_are_described_each_once(kind: str) -> None:
    named = [cells[0].strip("`") for cells in rows(page(f"sources/{kind}.md"), "option")]
    wanted = set(SOURCES.get(kind).Options.model_fields) - COMMON
    assert sorted(named) == sorted(wanted)


def test_examples_are_valid_and_name_the_tables(kind: str) -> None:
    text = page(f"sources/{kind}.md")
    found = [example for example in examples(text) if example.language == "yaml"]
    assert found
    for example in found:
        for entry in yaml.safe_load(example.text):
            common = {key: entry.pop(key) for key in ("kind", "id") if key in entry}
            assert common["kind"] == kind
            SOURCES.get(kind).Options.model_validate(entry)


def test_rights_are_policies_without_a_wildcard_of_actions(kind: str) -> None:
    if kind in LOCAL:
        return
    found = [example for example in examples(page(f"sources/{kind}.md")) if example.language == "json"]
    assert found
    for example in found:
        policy = json.loads(example.text)
        assert policy["Version"] == "2012-10-17"
        for statement in policy["Statement"]:
            assert statement["Effect"] == "Allow"
            assert statement["Resource"]
            assert all(":" in action and "*" not in action for action in statement["Action"])
