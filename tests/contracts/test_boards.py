"""One suite for all boards: what each of the seven calls means, whatever lies behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from quarterdeck.boards import BOARDS, Board, block
from quarterdeck.boards.faults import BoardError, CardMissingError, CardRejectedError
from quarterdeck.boards.records import Card, Category, Content, Draft, Patch, Resolution
from tests.board_servers import SERVERS

pytestmark = pytest.mark.timeout(900)  # a real server may take its time to start, beside whatever else runs
REFERENCE = "qd:acme:0123456789abcdef"
HOSTILE = [
    "<script>alert(1)</script>",
    "[click](javascript:alert(1)) and ![x](https://example.com/x.png)",
    "@\u2060here @\u2060channel #1 **bold** _it_ `code` ~~gone~~",
    'h1. Title\n* item\n| a | b |\n{{macro}} !image.png! "link":https://example.com',
    "- one\n- two\n\n    indented\n1. first\n> quoted",
    "back\\slash, quote \" and ' and & and \\*",
    "naïve 日本語 🚤 \u05d0\u05d1",
]


@pytest.fixture(params=sorted(SERVERS))
def board(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Board]:
    with SERVERS[request.param](tmp_path) as made:
        yield made


def draft(board: Board, title: str = "Mend a", text: str = "a is broken", reference: str = REFERENCE) -> Draft:
    can = board.capabilities
    return Draft(
        reference,
        Content(
            title,
            block.wrapped(reference, text),
            "P1" if can.priority else None,
            date(2026, 12, 1) if can.due else None,
            frozenset({"qd", "cto"}) if can.labels else frozenset(),
        ),
    )


def test_every_kind_has_what_it_needs_here() -> None:
    assert set(SERVERS) == set(BOARDS)


def test_a_check_says_which_board_it_is_and_makes_nothing(board: Board) -> None:
    assert board.check().name
    assert list(board.find(REFERENCE)) == []


def test_a_card_is_given_back_as_it_was_made(board: Board) -> None:
    made = board.create(draft(board))
    assert made == board.get(made.id)
    assert list(board.find(REFERENCE)) == [made]
    assert (made.title, made.reference, made.category, made.resolution) == ("Mend a", REFERENCE, Category.TODO, None)
    assert block.inside(made.text) == "a is broken"
    can = board.capabilities
    assert made.priority == ("P1" if can.priority else None)
    assert made.due == (date(2026, 12, 1) if can.due else None)
    assert made.labels >= ({"qd", "cto"} if can.labels else set())
    assert made.key
    assert made.url


def test_a_reference_finds_its_own_card_alone(board: Board) -> None:
    one = board.create(draft(board))
    other = board.create(draft(board, "Mend b", reference=f"{REFERENCE}-2"))
    assert [card.id for card in board.find(REFERENCE)] == [one.id]
    assert [card.id for card in board.find(f"{REFERENCE}-2")] == [other.id]


def test_closed_cards_are_found_too_and_may_be_opened_again(board: Board) -> None:
    made = board.create(draft(board))
    closed = board.transition(made.id, Category.DONE, Resolution.COMPLETED)
    assert (closed.category, closed.resolution) == (Category.DONE, Resolution.COMPLETED)
    assert [card.id for card in board.find(REFERENCE)] == [made.id]
    opened = board.transition(made.id, Category.TODO)
    assert (opened.category, opened.resolution) == (Category.TODO, None)


def test_not_planned_is_told_apart_from_done(board: Board) -> None:
    made = board.create(draft(board))
    board.transition(made.id, Category.DONE, Resolution.NOT_PLANNED)
    assert _there(board, made).resolution is Resolution.NOT_PLANNED


def test_only_what_is_given_is_changed(board: Board) -> None:
    made = board.create(draft(board))
    after = board.update(made.id, Patch(title="Mend a now"))
    assert after == _there(board, made)
    assert (after.title, after.text, after.priority, after.due) == ("Mend a now", made.text, made.priority, made.due)
    assert after.labels == made.labels
    text = block.replaced(after.text, REFERENCE, "a is worse")
    assert block.inside(board.update(made.id, Patch(text=text)).text) == "a is worse"


def test_fields_change_as_far_as_the_board_has_them(board: Board) -> None:
    can = board.capabilities
    made = board.create(draft(board))
    patch = Patch(priority="P3" if can.priority else None, due=date(2027, 1, 15) if can.due else None)
    after = board.update(made.id, patch)
    assert after.priority == ("P3" if can.priority else None)
    assert after.due == (date(2027, 1, 15) if can.due else None)


def test_labels_are_added_and_taken_off_one_by_one(board: Board) -> None:
    if not board.capabilities.labels:
        pytest.skip("the board has no labels")
    made = board.create(draft(board))
    after = board.update(made.id, Patch(labels_add=frozenset({"qd:resolved"}), labels_remove=frozenset({"cto"})))
    assert after.labels == (made.labels | {"qd:resolved"}) - {"cto"}


def test_a_comment_with_one_key_is_said_once(board: Board) -> None:
    if not board.capabilities.comments:
        pytest.skip("the board has no comments")
    made = board.create(draft(board))
    for _ in range(2):
        board.comment(made.id, "It was looked for, and is gone.", f"{REFERENCE}:2026-10:gone")
    board.comment(made.id, "It is back.", f"{REFERENCE}:2026-11:back")
    assert _comments(board, made) in (2, None)


def test_what_is_not_there_is_said(board: Board) -> None:
    made = board.create(draft(board))
    absent = made.id[:-1] + ("0" if made.id[-1] != "0" else "1") if len(made.id) > 3 else "999999"
    assert board.get(absent) is None
    for call in (
        lambda: board.update(absent, Patch(title="x")),
        lambda: board.transition(absent, Category.DONE, Resolution.COMPLETED),
        lambda: board.comment(absent, "x", "k"),
    ):
        with pytest.raises((CardMissingError, CardRejectedError)):
            call()


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_text_and_comes_back_as_it_was(board: Board, text: str) -> None:
    title = text.replace("\n", " ")[:100]
    made = board.create(draft(board, title, text))
    assert made.title == title
    assert block.inside(made.text) == text
    assert block.reference_in(made.text) == REFERENCE


def test_a_title_as_long_as_it_may_be_is_kept(board: Board) -> None:
    title = "x" * min(board.capabilities.max_title, 2000)
    assert board.create(draft(board, title)).title == title


def test_every_fault_is_a_board_error() -> None:
    assert issubclass(CardMissingError, BoardError)


def _there(board: Board, card: Card) -> Card:
    found = board.get(card.id)
    assert found is not None
    return found


def _comments(board: Board, card: Card) -> int | None:
    """How many comments a card has, where the test's means tell; None where they do not."""
    history = getattr(board, "history", None)
    return None if history is None else sum(line.what == "said" for line in history(card.id))
