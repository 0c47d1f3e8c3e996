"""Trello when it refuses, is slow, or when people got there first; on a stand-in."""

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
from tests import trello_server
from tests.board_servers import made
from tests.board_stub import Fault
from tests.trello_server import ELSEWHERE, REFERENCES, Trello

NAME = "qd:acme:0123456789abcdef"
DRAFT = Draft(NAME, Content("Mend a", block.wrapped(NAME, "a is broken"), labels=frozenset({"qd"})))
MAKING = "POST /1/cards$"


@pytest.fixture
def trello() -> Iterator[Trello]:
    with trello_server.running() as server:
        yield server


def board(trello: Trello, home: Path, secrets: dict[str, str] = REFERENCES, **options: Any) -> KnownBoard:
    return made("trello", home, trello.options(**options), secrets)


def test_a_token_that_is_none_is_told_without_it(trello: Trello, tmp_path: Path) -> None:
    with pytest.raises(BoardForbiddenError, match="invalid token") as refused:
        board(trello, tmp_path, {**REFERENCES, "${env:TRELLO_TOKEN}": "ATTA-wrong"}).check()
    assert "ATTA" not in str(refused.value)


def test_a_board_out_of_sight_is_no_deleted_card(trello: Trello, tmp_path: Path) -> None:
    at = board(trello, tmp_path)
    card = at.create(DRAFT)
    trello.is_hidden = True
    other = board(trello, tmp_path)
    for call in (lambda: at.get(card.id), lambda: other.find(NAME), other.check):
        with pytest.raises(BoardForbiddenError, match="does not reach"):
            call()


def test_a_closed_board_is_told(trello: Trello, tmp_path: Path) -> None:
    trello.is_closed = True
    with pytest.raises(BoardForbiddenError, match="closed"):
        board(trello, tmp_path).check()


@pytest.mark.parametrize("is_archived", [False, True])
def test_a_list_that_is_not_there_is_told_before_a_card_is_made(trello: Trello, tmp_path: Path, is_archived: bool) -> None:
    done = next(each for each in trello.lists if each["name"] == "Done")
    done.update({"closed": True} if is_archived else {"name": "Erledigt"})
    at = board(trello, tmp_path)
    with pytest.raises(CardRejectedError, match="no list Done") as told:
        at.check()
    assert "lists" in told.value.problem.remedy
    card = at.create(DRAFT)
    with pytest.raises(CardRejectedError, match="no list Done"):
        at.transition(card.id, Category.DONE, Resolution.COMPLETED)
    with pytest.raises(CardRejectedError, match="no list Neu"):
        board(trello, tmp_path, lists={"todo": "Neu"}).create(DRAFT)
    assert len(trello.calls(MAKING)) == 1


@pytest.mark.parametrize(
    ("status", "headers", "fault"),
    [
        (429, {"Retry-After": "7"}, BoardBusyError),
        (429, {}, BoardBusyError),
        (403, {}, BoardForbiddenError),
        (400, {}, CardRejectedError),
        (503, {}, BoardUnavailableError),
        (0, {}, BoardUnavailableError),
    ],
)
def test_what_a_refusal_means(
    trello: Trello, tmp_path: Path, status: int, headers: dict[str, str], fault: type[BoardError]
) -> None:
    trello.fail(MAKING, status, headers)
    with pytest.raises(fault) as error:
        board(trello, tmp_path).create(DRAFT)
    assert type(error.value) is fault
    assert len(trello.calls(MAKING)) == 1
    if isinstance(error.value, BoardBusyError):
        assert error.value.retry_after.total_seconds() == (7 if headers else 10)  # its limits are for ten seconds


def test_a_card_whose_making_was_not_answered_is_found(trello: Trello, tmp_path: Path) -> None:
    at = board(trello, tmp_path)
    assert list(at.find(NAME)) == []
    trello.fail(MAKING, 502, is_after=True)
    with pytest.raises(BoardUnavailableError):
        at.create(DRAFT)
    assert [card.reference for card in at.find(NAME)] == [NAME]


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[]", b'{"id": "1", "idList": 3}'])
def test_an_answer_that_is_not_trellos_leaves_it_open_whether_there_is_a_card(
    trello: Trello, tmp_path: Path, body: bytes
) -> None:
    trello.faults.append(Fault(MAKING, 200, body=body, is_after=True))
    with pytest.raises(BoardUnavailableError):
        board(trello, tmp_path).create(DRAFT)


def test_a_label_whose_making_was_not_answered_is_made_once(trello: Trello, tmp_path: Path) -> None:
    at = board(trello, tmp_path)
    trello.fail("POST /1/labels$", 502, is_after=True)
    with pytest.raises(BoardUnavailableError):
        at.create(DRAFT)
    assert at.create(DRAFT).labels == {"qd"}
    assert [label["name"] for label in trello.labels.values()] == ["qd"]


def test_the_cards_of_a_board_are_read_once_and_page_by_page(
    trello: Trello, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quarterdeck.boards.trello._PAGE", 2)
    at = board(trello, tmp_path)
    for number in range(5):
        name = f"qd:acme:{number:016}"
        at.create(Draft(name, Content("Mend", block.wrapped(name, "it is broken"))))
    for number in range(5):
        assert [card.reference for card in at.find(f"qd:acme:{number:016}")] == [f"qd:acme:{number:016}"]
    assert len(trello.calls("GET .*/cards$")) == 3
    at.create(DRAFT)
    assert [card.reference for card in at.find(NAME)] == [NAME]
    assert len(trello.calls("GET .*/cards$")) == 3


def test_what_people_did_is_seen(trello: Trello, tmp_path: Path) -> None:
    at = board(trello, tmp_path)
    card = at.create(DRAFT)
    there = trello.cards[card.id]
    there.update(
        name="Ask Ann",
        desc=f"Mine, see https://example.com\n\n{there['desc']}\n\nAnd this.",
        idList=trello.list_id("Ideas"),
        members=[{"id": "1", "username": "ann"}],
        due="2026-12-24T08:30:00.000Z",
    )
    found = at.get(card.id)
    assert found is not None
    assert (found.title, found.category, found.assignee, found.due) == ("Ask Ann", Category.DOING, "ann", date(2026, 12, 24))
    assert block.inside(found.text) == "a is broken"
    again = at.update(card.id, Patch(text=block.replaced(found.text, NAME, "a is worse")))
    assert (again.text[:5], again.text[-9:], block.inside(again.text)) == ("Mine,", "And this.", "a is worse")
    assert there["desc"].count("```") == 2


@pytest.mark.parametrize(
    ("where", "is_archived", "resolution"),
    [
        ("Doing", True, Resolution.COMPLETED),
        ("Done", False, Resolution.COMPLETED),
        ("Accepted", False, Resolution.NOT_PLANNED),
        ("Accepted", True, Resolution.NOT_PLANNED),
    ],
)
def test_archived_is_done(trello: Trello, tmp_path: Path, where: str, is_archived: bool, resolution: Resolution) -> None:
    at = board(trello, tmp_path)
    card = at.create(DRAFT)
    trello.cards[card.id].update(idList=trello.list_id(where), closed=is_archived)
    found = at.get(card.id)
    assert found is not None
    assert (found.category, found.resolution) == (Category.DONE, resolution)
    assert at.transition(card.id, Category.TODO).category is Category.TODO
    assert not trello.cards[card.id]["closed"]


def test_a_card_in_an_archived_list_is_done(trello: Trello, tmp_path: Path) -> None:
    at = board(trello, tmp_path)
    card = at.create(DRAFT)
    next(each for each in trello.lists if each["name"] == "Ideas")["closed"] = True
    trello.cards[card.id]["idList"] = trello.list_id("Ideas")
    found = board(trello, tmp_path).get(card.id)
    assert found is not None
    assert (found.category, found.resolution) == (Category.DONE, Resolution.COMPLETED)


@pytest.mark.parametrize("how", ["deleted", "moved"])
def test_a_card_that_left_the_board_is_missing(trello: Trello, tmp_path: Path, how: str) -> None:
    at = board(trello, tmp_path)
    card = at.create(DRAFT)
    if how == "deleted":
        del trello.cards[card.id]
    else:
        trello.cards[card.id]["idBoard"] = ELSEWHERE
    assert at.get(card.id) is None
    assert list(at.find(NAME)) == []
    if how == "deleted":
        with pytest.raises(CardMissingError):
            at.transition(card.id, Category.DONE, Resolution.COMPLETED)


def test_an_id_that_is_none_is_no_card_and_asks_nobody(trello: Trello, tmp_path: Path) -> None:
    at = board(trello, tmp_path)
    assert at.get("../boards/AbCd1234") is None
    assert not trello.calls("boards/AbCd1234/")


def test_labels_of_one_name_are_taken_off_together(trello: Trello, tmp_path: Path) -> None:
    at = board(trello, tmp_path)
    card = at.create(DRAFT)
    twin = {"id": "f" * 24, "idBoard": trello_server.BOARD, "name": "qd", "color": "red"}
    trello.labels[str(twin["id"])] = twin
    trello.cards[card.id]["labels"].append(twin)
    assert at.update(card.id, Patch(labels_remove=frozenset({"qd"}), labels_add=frozenset({"new"}))).labels == {"new"}
    assert at.update(card.id, Patch(labels_add=frozenset({"new"}))).labels == {"new"}


def test_a_comment_mentions_nobody_and_fits(trello: Trello, tmp_path: Path) -> None:
    at = board(trello, tmp_path)
    card = at.create(DRAFT)
    for _ in range(2):
        at.comment(card.id, "@board ``` @ann " + "```\n" * 8000, "key")
    (said,) = trello.comments[card.id]
    assert "@board" not in said
    assert "@ann" not in said
    assert [line for line in said.splitlines() if line.strip() == "```"] == ["```", "```"]


def test_the_longest_text_fits_whatever_it_is(trello: Trello, tmp_path: Path) -> None:
    at = board(trello, tmp_path)
    text = "`" * at.capabilities.max_text
    assert block.inside(at.create(Draft(NAME, Content("Mend", block.wrapped(NAME, text)))).text) == text


def test_a_title_over_its_limit_is_refused_with_trellos_words(trello: Trello, tmp_path: Path) -> None:
    with pytest.raises(CardRejectedError, match="invalid value for name"):
        board(trello, tmp_path).create(Draft(NAME, Content("x" * 16_385, "")))
