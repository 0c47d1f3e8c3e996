"""What the github board asks, held against GitHub's own descriptions of its APIs (tests/schemas, `npm ci`)."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, parse, validate
from jsonschema import Draft7Validator

from quarterdeck.boards import block, github_project
from quarterdeck.boards.records import Category, Content, Draft, Patch, Resolution
from tests import github_server
from tests.board_servers import made
from tests.board_stub import Asked

_MODULES = Path(__file__).parents[1] / "schemas/node_modules/@octokit"
pytestmark = pytest.mark.skipif(not _MODULES.is_dir(), reason="GitHub's schemas are not there: npm ci in tests/schemas")
NAME = "qd:acme:0123456789abcdef"


@lru_cache(maxsize=1)
def _api() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_MODULES / "openapi/generated/api.github.com.json").read_text("utf-8"))
    return found


def _wrong(asked: Asked) -> str:
    """What GitHub would not understand of a request, empty where it would."""
    paths = {path: each for path, each in _api()["paths"].items() if asked.method.lower() in each}
    known = [each for path, each in paths.items() if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), asked.path)]
    if not known:
        return f"no {asked.method} {asked.path}"
    call = known[0][asked.method.lower()]
    refs = _api()["components"]["parameters"]
    listed = [refs[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in call.get("parameters", ())]
    unknown = set(asked.params) - {each["name"] for each in listed if each["in"] == "query"}
    if unknown:
        return f"no parameters {unknown} of {asked.path}"
    if asked.body is None:
        return ""
    schema = {**call["requestBody"]["content"]["application/json"]["schema"], "components": _api()["components"]}
    fields = schema.get("properties")
    if fields is not None and not set(asked.body) <= set(fields):
        return f"no fields {set(asked.body) - set(fields)}"
    return "; ".join(error.message for error in Draft7Validator(schema).iter_errors(asked.body))


def test_every_request_is_one_of_githubs(tmp_path: Path) -> None:
    with github_server.running() as server:
        at = made("github", tmp_path, server.options(), {github_server.REFERENCE: github_server.TOKEN})
        at.check()
        card = at.create(Draft(NAME, Content("Mend a", block.wrapped(NAME, "a"), labels=frozenset({"qd", "cto"}))))
        at.find(NAME)
        at.update(card.id, Patch("Mend it", "b", labels_add=frozenset({"qd:resolved"}), labels_remove=frozenset({"cto"})))
        at.comment(card.id, "It is gone.", "key")
        at.transition(card.id, Category.DONE, Resolution.NOT_PLANNED)
        at.transition(card.id, Category.TODO)
        assert {asked.method for asked in server.asked} == {"GET", "POST", "PATCH", "DELETE"}
        assert [found for found in map(_wrong, server.asked) if found] == []
    assert _wrong(Asked("PATCH", "/repos/a/b/issues/1", {}, {}, {"state": "shut"}))


def test_every_query_is_valid() -> None:
    text = (_MODULES / "graphql-schema/schema.graphql").read_text("utf-8")
    schema = build_schema(text, assume_valid=True)  # it names some fields twice
    for query in (github_project.PROJECT, github_project.ITEMS, github_project.ADD, github_project.MOVE):
        assert validate(schema, parse(query)) == []
    assert validate(schema, parse(github_project.ADD.replace("contentId", "issueId")))
