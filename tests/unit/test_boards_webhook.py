"""Cards told to a program: which event a change is, and that a receiver ends up with what the board says, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook as Oracle

from quarterdeck.boards import Means, Telling, block
from quarterdeck.boards.faults import BoardError
from quarterdeck.boards.records import Card, Category, Content, Draft, Patch, Resolution
from quarterdeck.boards.webhook import WebhookBoard, WebhookBoardOptions
from quarterdeck.errors import ConfigError
from quarterdeck.webhooks.signing import MAX_BYTES
from tests.hook_server import SECRET, Clock, Hooks, hook_server, options

REFERENCE = "qd:acme:0123456789abcdef"


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    with hook_server() as server:
        yield server


class Naps:
    """Pauses that are over at once."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.taken = clock, list[float]()

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        self.clock.later(seconds=seconds)


def board_on(hooks: Hooks, home: Path, clock: Clock | None = None) -> WebhookBoard:
    means = Means(home, hooks.secrets.__getitem__, clock or Clock())
    return WebhookBoard(means, WebhookBoardOptions.model_validate(options()), "acme")


def draft(title: str = "Mend a", text: str = "a is broken", reference: str = REFERENCE) -> Draft:
    said = Content(title, block.wrapped(reference, text), "P1", date(2026, 12, 1), frozenset({"qd", "cto"}))
    return Draft(reference, said)


def tell(board: WebhookBoard) -> tuple[str, ...]:
    return tuple(problem.what for problem in board.tell(lambda _: None))


def test_it_is_a_board_that_tells(hooks: Hooks, tmp_path: Path) -> None:
    assert isinstance(board_on(hooks, tmp_path), Telling)


def test_a_life_of_a_card_is_told_in_its_order(hooks: Hooks, tmp_path: Path) -> None:
    board = board_on(hooks, tmp_path)
    made = board.create(draft())
    board.update(made.id, Patch(title="Mend a now"))
    board.update(made.id, Patch(title="Mend a now"))  # says nothing new
    board.transition(made.id, Category.DOING)
    board.comment(made.id, "It is gone.", "k1")
    board.comment(made.id, "It is gone.", "k1")
    board.transition(made.id, Category.DONE, Resolution.COMPLETED)
    board.transition(made.id, Category.TODO)
    board.transition(made.id, Category.DONE, Resolution.NOT_PLANNED)
    assert hooks.got == []  # until it is asked to tell
    assert tell(board) == ()
    told = hooks.events()
    assert [type.removeprefix("action_item.") for type, _ in told] == [
        "opened", "updated", "updated", "commented", "resolved", "reopened", "resolved"
    ]  # fmt: skip
    assert told[0][1] == {
        "tenant": "acme", "reference": REFERENCE, "card": "acme#1", "title": "Mend a", "text": "a is broken", "column": "todo",
        "resolution": None, "priority": "P1", "due": "2026-12-01", "labels": ["cto", "qd"], "by": "Quarterdeck",
    }  # fmt: skip
    assert (told[3][1]["comment"], told[3][1]["text"]) == ("It is gone.", None)
    assert [data["resolution"] for _, data in told[4:]] == ["completed", None, "not_planned"]
    assert len({got.id for got in hooks.got}) == len(told)
    assert tell(board) == ()
    assert len(hooks.got) == len(told)  # each once


def test_a_change_back_is_an_event_of_its_own(hooks: Hooks, tmp_path: Path) -> None:
    board = board_on(hooks, tmp_path)
    made = board.create(draft())
    for title in ("b", "Mend a", "b", "Mend a"):
        board.update(made.id, Patch(title=title))
    tell(board)
    assert len({got.id for got in hooks.got}) == 5


def test_the_same_life_on_a_new_machine_has_the_same_ids(hooks: Hooks, tmp_path: Path) -> None:
    """The file is lost and made again: what the receiver has taken already it does not take again."""
    for name, hour in (("first", 0), ("second", 7)):
        clock = Clock()
        clock.later(hours=hour)
        board = board_on(hooks, tmp_path / name, clock)
        board.transition(board.create(draft()).id, Category.DONE, Resolution.COMPLETED)
        tell(board)
    assert (len(hooks.got), len(hooks.distinct())) == (4, 2)


def test_whoever_acts_is_named(hooks: Hooks, tmp_path: Path) -> None:
    board = board_on(hooks, tmp_path)
    made = board.create(draft())
    board.acting("Ann").transition(made.id, Category.DOING)
    tell(board)
    assert [data["by"] for _, data in hooks.events()] == ["Quarterdeck", "Ann"]


def test_what_is_told_is_signed(hooks: Hooks, tmp_path: Path) -> None:
    clock = Clock()
    clock.now = clock.now.now(clock.now.tzinfo)
    board = board_on(hooks, tmp_path, clock)
    board.create(draft())
    tell(board)
    assert Oracle(SECRET).verify(hooks.got[0].body, dict(hooks.got[0].headers))["type"] == "action_item.opened"


def test_a_receiver_that_is_down_is_told_later_by_another_process(hooks: Hooks, tmp_path: Path) -> None:
    clock = Clock()
    board, naps = board_on(hooks, tmp_path, clock), Naps(clock)
    board.create(draft())
    board.create(draft(reference=f"{REFERENCE}-2"))
    for _ in range(3):
        hooks.reply(500)
    [problem] = board.tell(naps)
    assert problem.what.startswith("2 events wait for the endpoint")
    assert (naps.taken, len(hooks.got)) == ([1.0, 2.0], 3)
    later = board_on(hooks, tmp_path, clock)
    assert later.check().remarks[-1] == "2 to be told"
    assert tell(later) == ()
    assert hooks.distinct() == ["action_item.opened"] * 2
    assert "2 to be told" not in later.check().remarks


def test_a_receiver_is_left_alone_as_long_as_it_asks(hooks: Hooks, tmp_path: Path) -> None:
    clock = Clock()
    board, naps = board_on(hooks, tmp_path, clock), Naps(clock)
    board.create(draft())
    hooks.reply(429, Retry_After="30")
    assert board.tell(naps) == ()
    assert naps.taken == [30.0]
    board.create(draft(reference=f"{REFERENCE}-2"))
    hooks.reply(503, Retry_After="900")
    assert len(board.tell(naps)) == 1
    assert len(board.tell(naps)) == 1
    assert naps.taken == [30.0]  # nobody waits for so long
    assert len(hooks.got) == 3
    clock.later(seconds=900)
    assert board.tell(naps) == ()


def test_an_event_that_is_refused_holds_up_nothing_behind_it(hooks: Hooks, tmp_path: Path) -> None:
    board = board_on(hooks, tmp_path)
    for number in range(3):
        board.create(draft(reference=f"{REFERENCE}-{number}"))
    hooks.reply(200)
    hooks.reply(422)
    [problem] = tell(board)
    assert "was not taken" in problem
    assert len(hooks.got) == 3
    assert tell(board) == ()


@pytest.mark.parametrize("status", [302, 401, 404, 410])
def test_an_endpoint_that_is_wrong_or_gone_is_told_nothing_and_nothing_is_lost(
    hooks: Hooks, tmp_path: Path, status: int
) -> None:
    board = board_on(hooks, tmp_path)
    board.create(draft())
    board.create(draft(reference=f"{REFERENCE}-2"))
    hooks.reply(status, Location=hooks.url)
    assert len(tell(board)) == 1
    assert len(hooks.got) == 1
    if status == 410:
        assert len(tell(board)) == 1
        assert len(hooks.got) == 1
        board = replace_secret(board, hooks)
    assert tell(board) == ()
    assert hooks.distinct() == ["action_item.opened"] * 2


def replace_secret(board: WebhookBoard, hooks: Hooks) -> WebhookBoard:
    secrets = {**hooks.secrets, "${env:HOOK_KEY}": hooks.secrets["${env:HOOK_OLD_KEY}"]}
    means = replace(board._means, secret=secrets.__getitem__)
    return WebhookBoard(means, board._options, "acme")


def test_a_card_is_kept_though_its_secret_is_not_there(hooks: Hooks, tmp_path: Path) -> None:
    def nothing(reference: str) -> str:
        raise ConfigError(f"there is nothing behind {reference}")

    board = board_on(hooks, tmp_path)
    without = WebhookBoard(replace(board._means, secret=nothing), board._options, "acme")
    made = without.create(draft())
    assert without.get(made.id) == made
    [problem] = tell(without)
    assert "1 event waits for the endpoint: there is nothing behind ${env:HOOK" in problem
    with pytest.raises(BoardError, match="nothing behind"):
        without.check()
    assert tell(board) == ()
    assert hooks.url.encode() not in (tmp_path / "webhook.sqlite").read_bytes()


def test_any_text_fits_into_an_event(hooks: Hooks, tmp_path: Path) -> None:
    board = board_on(hooks, tmp_path)
    made = board.create(draft("\U0001f6a4" * 255, "\x01" * 4_000))
    board.comment(made.id, "\U0001f6a4" * 40_000, "k")
    assert tell(board) == ()
    assert all(len(got.body) < MAX_BYTES for got in hooks.got)
    assert hooks.events()[1][1]["comment"].endswith("…")


def test_tenants_have_cards_and_events_of_their_own(hooks: Hooks, tmp_path: Path) -> None:
    one = board_on(hooks, tmp_path)
    other = WebhookBoard(one._means, one._options, "beta")
    one.create(draft())
    assert (other.cards(), tell(other)) == ([], ())
    assert hooks.got == []


# Random lives

CARDS = 3
_act = st.one_of(
    st.tuples(st.just("title"), st.integers(0, CARDS - 1), st.sampled_from(["x", "y", "z"])),
    st.tuples(st.just("move"), st.integers(0, CARDS - 1), st.sampled_from(list(Category))),
    st.tuples(st.just("say"), st.integers(0, CARDS - 1), st.sampled_from(["x", "y", "z"])),
    st.tuples(st.just("tell"), st.lists(st.sampled_from([200, 204, 0, 408, 429, 500, 503]), max_size=6), st.none()),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(_act, max_size=20))
def test_a_receiver_that_takes_each_id_once_ends_up_with_the_board(acts: list[tuple[str, Any, Any]]) -> None:
    clock = Clock()
    with hook_server(tls=False) as hooks, TemporaryDirectory() as folder:
        board = board_on(hooks, Path(folder), clock)
        cards = [board.create(draft(reference=f"{REFERENCE}-{number}")) for number in range(CARDS)]
        for what, which, how in acts:
            if what == "title":
                board.update(cards[which].id, Patch(title=how))
            elif what == "move":
                board.transition(cards[which].id, how, Resolution.COMPLETED if how is Category.DONE else None)
            elif what == "say":
                board.comment(cards[which].id, how, how)
            else:
                hooks.replies[:] = [(status, {}) for status in which]
                board.tell(Naps(clock))
                board = board_on(hooks, Path(folder), clock)  # what it kept in mind is gone
        hooks.replies.clear()
        assert tell(board) == ()
        assert shown_by(hooks) == {card.reference: seen(card) for card in board.cards()}


def seen(card: Card) -> tuple[str, str, str | None]:
    return card.title, card.category.value, card.resolution.value if card.resolution else None


def shown_by(hooks: Hooks) -> dict[str, tuple[str, str, str | None]]:
    """What a receiver shows that takes each id once, in the order in which they came."""
    taken: dict[str, dict[str, Any]] = {}
    for got in hooks.got:
        taken.setdefault(got.id, got.event["data"])
    return {data["reference"]: (data["title"], data["column"], data["resolution"]) for data in taken.values()}
