"""What the policy makes of each kind of board: a card from its making to its end, with each sync done once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from quarterdeck.boards import Board, block
from quarterdeck.boards.plans import Item, Scope
from quarterdeck.boards.records import Card, Category, Patch, Resolution
from tests.board_servers import SERVERS
from tests.boards import MemoryRegister, item, kinds, mark, scope, sync

pytestmark = pytest.mark.timeout(900)  # as in test_boards
NOVEMBER, DECEMBER = date(2026, 12, 1), date(2027, 1, 1)
LABELS = frozenset({"qd", "cto"})


@pytest.fixture(params=sorted(set(SERVERS) - {"webhook"}))  # which has no cards to read
def board(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Board]:
    with SERVERS[request.param](tmp_path) as made:
        yield made


def finding(name: str, text: str = "") -> Item:
    made = item(name, text=text or f"{name} is broken:\n\n- `one`\n- **two** <b>three</b>")
    return replace(made, content=replace(made.content, labels=LABELS))


def done(board: Board, register: MemoryRegister, items: list[Item], at: Scope) -> list[str]:
    """What a sync did, which went well, and which a second one has nothing to add to."""
    actions, carried = sync(board, register, items, at)
    assert carried.problems == ()
    again, nothing = sync(board, register, items, at)
    assert (kinds(again), nothing.problems) == ([], ())
    return kinds(actions)


def card(board: Board, register: MemoryRegister, name: str) -> Card:
    found = board.get(register.kept[mark(name)].card_id)
    assert found is not None
    return found


def test_the_life_of_a_card(board: Board) -> None:
    register = MemoryRegister()
    both = [finding("a"), finding("b")]
    assert done(board, register, both, scope()) == ["create", "create"]
    first = card(board, register, "a")
    assert block.inside(first.text) == both[0].content.text
    worse = [finding("a", "a is worse:\n\n```\n~~~~\n</pre>\n{code}\n```"), both[1]]
    assert done(board, register, worse, scope(NOVEMBER)) == ["update"]
    assert block.inside(card(board, register, "a").text) == worse[0].content.text

    gone = scope(NOVEMBER, gone=frozenset({mark("a")}))
    assert "transition" in done(board, register, [worse[1]], gone)
    closed = card(board, register, "a")
    assert (closed.category, closed.resolution) == (Category.DONE, Resolution.COMPLETED)

    assert "transition" in done(board, register, worse, scope(DECEMBER))
    opened = card(board, register, "a")
    assert (opened.id, opened.category) == (first.id, Category.TODO)

    accepted = scope(DECEMBER, accepted={mark("b"): ("accepted by Ann", None)})
    assert "transition" in done(board, register, worse[:1], accepted)
    assert card(board, register, "b").resolution is Resolution.NOT_PLANNED


def test_what_a_person_wrote_stays(board: Board) -> None:
    register = MemoryRegister()
    done(board, register, [finding("a")], scope())
    there = card(board, register, "a")
    board.update(there.id, Patch(title="Ask Ann", text=f"Mine.\n\n{there.text}"))
    now = [replace(finding("a", "a is worse"), content=replace(finding("a", "a is worse").content, title="Mend a soon"))]
    told = ["comment"] if board.capabilities.comments else []
    assert done(board, register, now, scope(NOVEMBER)) == [*told, "update"]
    after = card(board, register, "a")
    assert (after.title, block.inside(after.text)) == ("Ask Ann", "a is worse")


def test_a_card_whose_making_nobody_noted_is_taken_up(board: Board) -> None:
    register = MemoryRegister()
    done(board, register, [finding("a")], scope())
    there = card(board, register, "a")
    forgetful = MemoryRegister()
    actions, carried = sync(board, forgetful, [finding("a")], scope())
    assert (kinds(actions), carried.problems) == (["create"], ())
    assert forgetful.kept[mark("a")].card_id == there.id
