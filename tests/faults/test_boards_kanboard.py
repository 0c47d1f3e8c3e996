"""Kanboard when it refuses, says that it failed, or when people got there first; on a stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.boards import KnownBoard, block
from quarterdeck.boards.faults import (
    BoardBusyError,
    BoardError,
    BoardForbiddenError,
    BoardUnavailableError,
    CardMissingError,
    CardRejectedError,
)
from quarterdeck.boards.records import Category, Content, Draft, Patch, Resolution
from tests import kanboard_server
from tests.board_servers import made
from tests.board_stub import Fault
from tests.kanboard_server import REFERENCE, TOKEN, Kanboard

NAME = "qd:acme_eu:0123456789abcdef"
DRAFT = Draft(NAME, Content("Mend a", block.wrapped(NAME, "a is broken"), "P1", date(2026, 12, 1), frozenset({"qd"})))


@pytest.fixture
def kanboard() -> Iterator[Kanboard]:
    with kanboard_server.running() as server:
        yield server


def board(kanboard: Kanboard, home: Path, token: str = TOKEN, **options: Any) -> KnownBoard:
    return made("kanboard", home, kanboard.options(**options), {REFERENCE: token})


def test_a_token_that_is_none_is_told_without_it(kanboard: Kanboard, tmp_path: Path) -> None:
    with pytest.raises(BoardForbiddenError, match="Unauthorized") as refused:
        board(kanboard, tmp_path, "wrong-one").check()
    assert "wrong-one" not in str(refused.value)


def test_a_check_names_the_project_and_what_it_lacks(kanboard: Kanboard, tmp_path: Path) -> None:
    assert board(kanboard, tmp_path).check().remarks == ()
    assert "P1" in board(kanboard, tmp_path, priorities={"P1": 9}).check().remarks[0]
    with pytest.raises(CardRejectedError, match="no column Erledigt"):
        board(kanboard, tmp_path, columns={"done": "Erledigt"}).check()
    with pytest.raises(CardRejectedError, match="no column Neu"):
        board(kanboard, tmp_path, columns={"todo": "Neu"}).create(DRAFT)
    assert not kanboard.tasks


@pytest.mark.parametrize("how", ["gone", "closed"])
def test_a_project_that_is_not_there_is_no_deleted_card(kanboard: Kanboard, tmp_path: Path, how: str) -> None:
    at = board(kanboard, tmp_path)
    card = at.create(DRAFT)
    kanboard.is_gone, kanboard.is_active = how == "gone", 0
    calls = [lambda: at.check()] if how == "closed" else [lambda: at.get(card.id), lambda: at.find(NAME)]  # noqa: PLW0108
    for call in calls:
        with pytest.raises(BoardForbiddenError):
            call()


def test_a_deleted_or_moved_task_is_missing(kanboard: Kanboard, tmp_path: Path) -> None:
    at = board(kanboard, tmp_path)
    card, other = at.create(DRAFT), at.create(DRAFT)
    kanboard.tasks.pop(int(card.id))
    kanboard.tasks[int(other.id)]["project_id"] = 8
    for each in (card.id, other.id, "no number", "9" * 30):
        assert at.get(each) is None
        with pytest.raises(CardMissingError):
            at.transition(each, Category.DONE, Resolution.COMPLETED)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"code": 403, "message": "Forbidden"}, BoardForbiddenError),
        ({"code": -32601, "message": "Method not found"}, CardRejectedError),
        ({"code": -32602, "message": "Invalid params", "data": "Wrong number of arguments"}, CardRejectedError),
        ({"code": -32603, "message": "Internal error"}, BoardUnavailableError),
        ({"code": "HY000", "message": "SQLSTATE[HY000]: database is locked"}, BoardUnavailableError),
        ({}, BoardUnavailableError),
        ([False], CardRejectedError),
        ([0], CardRejectedError),
    ],
)
def test_failures_within_a_success_are_told(kanboard: Kanboard, tmp_path: Path, answer: Any, fault: type[BoardError]) -> None:
    kanboard.answers["createTask"] = answer
    with pytest.raises(fault) as error:
        board(kanboard, tmp_path).create(DRAFT)
    assert type(error.value) is fault
    assert "createTask" in str(error.value)
    assert kanboard.told.count("createTask") == 1


@pytest.mark.parametrize(
    "procedure", ["updateTask", "setTaskTags", "openTask", "closeTask", "moveTaskPosition", "createComment"]
)
def test_a_false_is_never_taken_for_done(kanboard: Kanboard, tmp_path: Path, procedure: str) -> None:
    at = board(kanboard, tmp_path)
    card = at.create(DRAFT)
    if procedure == "openTask":
        at.transition(card.id, Category.DONE, Resolution.COMPLETED)
    kanboard.answers[procedure] = [False]

    def all_of_them() -> None:
        at.update(card.id, Patch(title="Mend b", labels_add=frozenset({"new"})))
        at.comment(card.id, "It is back.", "key")
        at.transition(card.id, Category.TODO)
        at.transition(card.id, Category.DONE, Resolution.COMPLETED)

    with pytest.raises(CardRejectedError, match=procedure):
        all_of_them()


@pytest.mark.parametrize(
    ("status", "headers", "fault"),
    [
        (429, {"Retry-After": "7"}, BoardBusyError),
        (403, {}, BoardForbiddenError),
        (404, {}, CardMissingError),
        (503, {}, BoardUnavailableError),
        (0, {}, BoardUnavailableError),
    ],
)
def test_what_a_refusal_means(
    kanboard: Kanboard, tmp_path: Path, status: int, headers: dict[str, str], fault: type[BoardError]
) -> None:
    kanboard.fail("POST", status, headers)
    with pytest.raises(fault) as error:
        board(kanboard, tmp_path).create(DRAFT)
    assert type(error.value) is fault


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"result": {"id": "x"}}'])
def test_an_answer_that_is_not_kanboards_is_no_card(kanboard: Kanboard, tmp_path: Path, body: bytes) -> None:
    at = board(kanboard, tmp_path)
    card = at.create(DRAFT)
    kanboard.faults.append(Fault("POST", 200, body=body))
    with pytest.raises(BoardUnavailableError):
        at.get(card.id)


def test_a_task_whose_making_was_not_answered_is_found(kanboard: Kanboard, tmp_path: Path) -> None:
    at = board(kanboard, tmp_path)
    at.find(NAME)
    at.check()  # so that making it is one call
    kanboard.fail("POST", 502, is_after=True)
    with pytest.raises(BoardUnavailableError):
        at.create(DRAFT)
    assert [card.reference for card in at.find(NAME)] == [NAME]


def test_a_busy_answer_after_the_making_does_not_have_it_made_again(kanboard: Kanboard, tmp_path: Path) -> None:
    at = board(kanboard, tmp_path)
    kanboard.answers["getTask"] = {"code": -32603, "message": "Internal error"}
    with pytest.raises(BoardUnavailableError) as error:
        at.create(DRAFT)
    assert not isinstance(error.value, BoardBusyError)
    assert len(at.find(NAME)) == 1


def test_two_tasks_of_one_reference_are_both_found_and_no_other(kanboard: Kanboard, tmp_path: Path) -> None:
    at = board(kanboard, tmp_path)
    first, second = at.create(DRAFT), at.create(DRAFT)
    at.create(Draft(NAME.replace("_", "x"), DRAFT.content))
    at.transition(first.id, Category.DONE, Resolution.COMPLETED)
    assert [(card.id, card.category) for card in at.find(NAME)] == [(first.id, Category.DONE), (second.id, Category.TODO)]


def test_what_people_did_is_seen(kanboard: Kanboard, tmp_path: Path) -> None:
    at = board(kanboard, tmp_path)
    card = at.create(DRAFT)
    task = kanboard.tasks[int(card.id)]
    task.update(title="Ask Ann", description=f"Mine.\n\n{task['description']}", column_id=1, owner_id=4, priority=0, date_due=0)
    found = at.get(card.id)
    assert found is not None
    assert (found.title, found.category, found.assignee) == ("Ask Ann", Category.DOING, "user 4")
    assert (found.priority, found.due) == ("0", None)
    again = at.update(card.id, Patch(text=block.replaced(found.text, NAME, "a is worse")))
    assert (again.text[:5], block.inside(again.text)) == ("Mine.", "a is worse")


def test_the_last_column_is_done_and_a_tag_says_that_it_is_not_planned(kanboard: Kanboard, tmp_path: Path) -> None:
    at = board(kanboard, tmp_path)
    card = at.create(DRAFT)
    kanboard.tasks[int(card.id)]["column_id"] = 4
    found = at.get(card.id)
    assert found is not None
    assert (found.category, found.resolution) == (Category.DONE, Resolution.COMPLETED)
    assert at.transition(card.id, Category.DONE, Resolution.NOT_PLANNED).labels == {"qd", "wontfix"}
    assert kanboard.tasks[int(card.id)]["is_active"] == 0
    again = at.transition(card.id, Category.TODO)
    assert (again.category, sorted(again.labels)) == (Category.TODO, ["qd"])


def test_a_card_that_is_where_it_should_be_is_not_moved(kanboard: Kanboard, tmp_path: Path) -> None:
    at = board(kanboard, tmp_path)
    card = at.create(DRAFT)
    at.transition(card.id, Category.TODO)
    at.transition(card.id, Category.DONE, Resolution.COMPLETED)
    at.transition(card.id, Category.DONE, Resolution.COMPLETED)
    assert (kanboard.told.count("moveTaskPosition"), kanboard.told.count("closeTask")) == (1, 1)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_due_days_are_those_of_kanboard(kanboard: Kanboard, tmp_path: Path, zone: str) -> None:
    kanboard.zone = zone
    assert board(kanboard, tmp_path).create(DRAFT).due == date(2026, 12, 1)


def test_a_time_zone_that_is_none_is_told(kanboard: Kanboard, tmp_path: Path) -> None:
    at = board(kanboard, tmp_path)
    kanboard.answers["getTimezone"] = ["Middle/Earth"]
    with pytest.raises(BoardUnavailableError, match="time zone"):
        at.create(DRAFT)


def test_a_title_over_its_limit_is_refused(kanboard: Kanboard, tmp_path: Path) -> None:
    with pytest.raises(CardRejectedError, match="refuses createTask"):
        board(kanboard, tmp_path).create(Draft(NAME, Content("x" * 65_536, "")))
