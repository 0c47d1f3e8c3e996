"""Redmine when it refuses, has other words, or when people got there first; on a real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quarterdeck.boards import KnownBoard, block
from quarterdeck.boards.faults import BoardForbiddenError, BoardUnavailableError, CardMissingError, CardRejectedError
from quarterdeck.boards.records import Category, Content, Draft, Patch, Resolution
from tests import redmine_server
from tests.board_servers import made
from tests.redmine_server import KEY, REFERENCE, Redmine

pytestmark = pytest.mark.timeout(900)  # the first test waits for Redmine to start, beside whatever else runs
NAME = "qd:acme:0123456789abcdef"
SECRETS = {REFERENCE: KEY}


@pytest.fixture
def redmine() -> Redmine:
    return redmine_server.shared()


def board(redmine: Redmine, home: Path, secrets: dict[str, str] = SECRETS, **options: Any) -> KnownBoard:
    project = options.pop("project", None) or redmine.project()
    return made("redmine", home, {**redmine.options(project), **options}, secrets)


def draft(title: str = "Mend a", priority: str = "P1") -> Draft:
    return Draft(NAME, Content(title, block.wrapped(NAME, "a is broken"), priority))


def test_a_key_that_is_none_is_told_without_it(redmine: Redmine, tmp_path: Path) -> None:
    with pytest.raises(BoardForbiddenError, match="refuses our credentials") as refused:
        board(redmine, tmp_path, {REFERENCE: "f" * 40}).check()
    assert "f" * 10 not in str(refused.value)


def test_a_project_that_is_not_there_is_told(redmine: Redmine, tmp_path: Path) -> None:
    with pytest.raises(CardMissingError):
        board(redmine, tmp_path, project="nobody").check()


def test_other_names_of_statuses_are_told_before_anything_is_made(redmine: Redmine, tmp_path: Path) -> None:
    with pytest.raises(CardRejectedError, match="Redmine has no Erledigt"):
        board(redmine, tmp_path, statuses={"done": "Erledigt"}).check()


def test_a_field_that_the_project_does_not_have_is_told(redmine: Redmine, tmp_path: Path) -> None:
    with pytest.raises(CardRejectedError, match="without its reference"):
        board(redmine, tmp_path, reference_field=999).create(draft())


def test_a_title_over_its_limit_is_refused_with_redmines_words(redmine: Redmine, tmp_path: Path) -> None:
    with pytest.raises(CardRejectedError, match="Subject is too long"):
        board(redmine, tmp_path).create(draft("x" * 300))


def test_what_people_did_is_seen(redmine: Redmine, tmp_path: Path) -> None:
    at = board(redmine, tmp_path)
    card = at.create(draft())
    edited = {
        "issue": {
            "subject": "Ask Ann",
            "assigned_to_id": 1,
            "status_id": 4,
            "description": f"Mine.\r\n\r\n{_raw(redmine, card.id)}",
        }
    }
    redmine.call("PUT", f"/issues/{card.id}.json", edited)
    found = at.get(card.id)
    assert found is not None
    assert (found.title, found.category, found.text.startswith("Mine.\n")) == ("Ask Ann", Category.DOING, True)
    assert block.inside(found.text) == "a is broken"
    at.update(card.id, Patch(text=block.replaced(found.text, NAME, "a is worse")))
    again = at.get(card.id)
    assert again is not None
    assert again.text.startswith("Mine.\n\n—")
    assert block.inside(again.text) == "a is worse"
    redmine.call("DELETE", f"/issues/{card.id}.json")
    assert at.get(card.id) is None
    with pytest.raises(CardMissingError):
        at.transition(card.id, Category.DONE, Resolution.COMPLETED)


def test_our_part_is_shown_as_text(redmine: Redmine, tmp_path: Path) -> None:
    at = board(redmine, tmp_path)
    hostile = '</pre> <script>alert(1)</script> {{include(x)}} "a":javascript:alert(1)'
    card = at.create(Draft(NAME, Content("Mend", block.wrapped(NAME, hostile))))
    raw = _raw(redmine, card.id)
    assert raw.count("</pre>") == 1
    found = at.get(card.id)
    assert found is not None
    assert block.inside(found.text) == hostile


def test_nobody_at_the_address_is_unknown_and_may_pass(tmp_path: Path) -> None:
    options = {"url": "http://127.0.0.1:9", "project": "p", "key": REFERENCE, "reference_field": 1}
    with pytest.raises(BoardUnavailableError) as error:
        made("redmine", tmp_path, options, SECRETS).check()
    assert not error.value.permanent


def _raw(redmine: Redmine, card_id: str) -> str:
    return str(redmine.call("GET", f"/issues/{card_id}.json")["issue"]["description"])
