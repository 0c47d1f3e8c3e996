"""What docs/storage.md and docs/archive.md tell people to paste is what it says, and names the rights that we use."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from quarterdeck.config.places import StorageSettings
from quarterdeck.storage.s3_faults import _KMS, _NEEDS
from tests.handbook import Example, examples, page

BLOCKS = [
    pytest.param(block, id=f"{name} {number}")
    for name in ("storage.md", "archive.md")
    for number, block in enumerate(examples(page(name)))
    if block.language == "json"
]


def actions(policy: dict[str, Any]) -> set[str]:
    told: set[str] = set()
    for statement in policy["Statement"]:
        told |= {statement["Action"]} if isinstance(statement["Action"], str) else set(statement["Action"])
    return told


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_of_json_is_a_policy_or_a_lifecycle(block: Example) -> None:
    document = json.loads(block.text)
    if "Rules" in document:
        assert document["Rules"][0]["NoncurrentVersionExpiration"]["NoncurrentDays"] > 0
        return
    assert document.keys() == {"Version", "Statement"}
    assert document["Version"] == "2012-10-17"
    for statement in document["Statement"]:
        assert statement.keys() >= {"Effect", "Action", "Resource"}
        assert statement["Effect"] == "Deny" or all("*" not in action for action in actions({"Statement": [statement]}))
        assert statement["Effect"] == "Deny" or "Principal" not in statement or statement["Principal"] != "*"


def test_a_run_needs_the_rights_that_its_errors_name_and_none_that_deletes() -> None:
    told = next(json.loads(block.text) for block in examples(page("storage.md")) if "PutObjectRetention" in block.text)
    named = {action for need in _NEEDS.values() for action in re.findall(r"s3:\w+", need)} | set(_KMS.values())
    assert actions(told) == named | {"s3:PutObjectRetention"}
    assert not [action for action in actions(told) if re.search("Delete|Acl|Policy|Bypass", action)]


def test_the_settings_shown_are_settings() -> None:
    blocks = [block for block in examples(page("storage.md")) if block.language == "yaml"]
    assert len(blocks) == 2
    for block in blocks:
        StorageSettings.model_validate(yaml.safe_load(block.text)["storage"])
