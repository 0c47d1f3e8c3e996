"""GitHub when it refuses, is slow, or when people got there first; on a stand-in."""

from __future__ import annotations

from collections.abc import Iterator
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
from quarterdeck.boards.records import Category, Content, Draft, Resolution
from tests import github_server
from tests.board_servers import made
from tests.github_server import REFERENCE, TOKEN, GitHub

NAME = "qd:acme:0123456789abcdef"
DRAFT = Draft(NAME, Content("Mend a", block.wrapped(NAME, "a is broken"), labels=frozenset({"qd"})))


@pytest.fixture
def github() -> Iterator[GitHub]:
    with github_server.running() as server:
        yield server


def board(github: GitHub, home: Path, token: str = TOKEN, **options: Any) -> KnownBoard:
    return made("github", home, github.options(**options), {REFERENCE: token})


def test_a_token_that_is_none_is_told_without_it(github: GitHub, tmp_path: Path) -> None:
    with pytest.raises(BoardForbiddenError) as refused:
        board(github, tmp_path, "github_pat_wrong").check()
    assert "github_pat" not in str(refused.value)


def test_a_repository_out_of_sight_is_no_deleted_card(github: GitHub, tmp_path: Path) -> None:
    at = board(github, tmp_path)
    card = at.create(DRAFT)
    github.is_hidden = True
    for call in (lambda: at.get(card.id), lambda: at.find(NAME), lambda: at.create(DRAFT)):
        with pytest.raises(BoardForbiddenError):
            call()
    github.is_hidden, github.has_issues = False, False
    with pytest.raises(BoardForbiddenError):
        at.get(card.id)


def test_a_deleted_card_is_missing(github: GitHub, tmp_path: Path) -> None:
    at = board(github, tmp_path)
    card = at.create(DRAFT)
    github.gone.add(int(card.id))
    assert at.get(card.id) is None
    with pytest.raises(CardMissingError):
        at.transition(card.id, Category.DONE, Resolution.COMPLETED)


@pytest.mark.parametrize(
    ("status", "headers", "fault"),
    [
        (429, {"Retry-After": "7"}, BoardBusyError),
        (403, {"Retry-After": "7"}, BoardBusyError),
        (403, {}, BoardForbiddenError),
        (422, {}, CardRejectedError),
        (503, {}, BoardUnavailableError),
        (0, {}, BoardUnavailableError),
    ],
)
def test_what_a_refusal_means(
    github: GitHub, tmp_path: Path, status: int, headers: dict[str, str], fault: type[BoardError]
) -> None:
    github.fail("POST .*/issues$", status, headers)
    with pytest.raises(fault) as error:
        board(github, tmp_path).create(DRAFT)
    assert type(error.value) is fault
    assert len(github.calls("POST .*/issues$")) == 1
    if isinstance(error.value, BoardBusyError):
        assert error.value.retry_after.total_seconds() == 7


def test_a_card_whose_making_was_not_answered_is_found(github: GitHub, tmp_path: Path) -> None:
    at = board(github, tmp_path)
    github.fail("POST .*/issues$", 502, is_after=True)
    with pytest.raises(BoardUnavailableError):
        at.create(DRAFT)
    assert [card.reference for card in at.find(NAME)] == [NAME]


def test_a_user_who_may_not_label_is_told(github: GitHub, tmp_path: Path) -> None:
    github.may_write = False
    with pytest.raises(CardRejectedError, match="without its labels"):
        board(github, tmp_path).create(DRAFT)


def test_a_title_over_its_limit_is_refused(github: GitHub, tmp_path: Path) -> None:
    with pytest.raises(CardRejectedError, match="title is too long"):
        board(github, tmp_path).create(Draft(NAME, Content("x" * 257, "")))


def test_columns_of_a_project(github: GitHub, tmp_path: Path) -> None:
    at = board(github, tmp_path, project={"number": 7})
    assert at.check().name == "example/operations, Watch"
    card = at.create(DRAFT)
    assert github.items == {"I_1": "Todo"}
    github.items["I_1"] = "Review"
    found = at.get(card.id)
    assert found is not None
    assert found.category is Category.DOING
    assert at.transition(card.id, Category.DONE, Resolution.NOT_PLANNED).resolution is Resolution.NOT_PLANNED
    assert github.items == {"I_1": "Done"}


def test_a_busy_project_does_not_have_the_card_made_again(github: GitHub, tmp_path: Path) -> None:
    at = board(github, tmp_path, project={"number": 7})
    github.fail("POST /graphql", 429, {"Retry-After": "1"})
    with pytest.raises(BoardUnavailableError) as error:
        at.create(DRAFT)
    assert not isinstance(error.value, BoardBusyError)
    assert len(github.issues) == 1


@pytest.mark.parametrize("project", [{"number": 8}, {"number": 7, "field": "Stand"}, {"number": 7, "done": "Erledigt"}])
def test_a_project_of_other_names_is_told(github: GitHub, tmp_path: Path, project: dict[str, Any]) -> None:
    with pytest.raises((BoardForbiddenError, CardRejectedError)):
        board(github, tmp_path, project=project).check()
