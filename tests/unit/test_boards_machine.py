"""Random lives of a board: findings come and go, people act, processes die at any call, answers are lost.

Whatever happens, no finding ever has two open cards, nothing that a person did is undone, and no card is closed for a
finding that nobody could look for.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from quarterdeck.boards import block
from quarterdeck.boards.faults import BoardError, BoardUnavailableError
from quarterdeck.boards.merge import MANAGE
from quarterdeck.boards.plans import Item, Policy
from quarterdeck.boards.records import Card, Category, Resolution
from quarterdeck.period import add_months
from tests.boards import Crash, MemoryBoard, MemoryRegister, item, mark, scope, sync

NAMES = ("a", "b", "c", "d", "e", "f")
CALLS = ("find", "get", "create", "update", "transition", "comment")
EDITABLE = ("title", "priority", "due")
names = st.sampled_from(NAMES)
STEPS: Counter[str] = Counter()  # done by all machines so far


@dataclass
class Theirs:
    """What people have done to a card, and what must therefore be there."""

    fields: dict[str, object]
    note: str = ""
    wont_fix: bool = False
    moved: bool = False


class Life(RuleBasedStateMachine):
    """A board, its register, the findings of a tenant, and the people."""

    @initialize(most_new=st.sampled_from([None, 2]), close_after=st.sampled_from([1, 2]))
    def begin(self, most_new: int | None, close_after: int) -> None:
        self.board, self.register = MemoryBoard(), MemoryRegister()
        self.policy = Policy(most_new=most_new, close_after=close_after, breaker_from=99)
        self.end = date(2026, 1, 1)
        self.open: dict[str, tuple[str, int]] = {}
        self.theirs: dict[str, Theirs] = {}
        self.deleted: dict[str, int] = {}
        self.word = 0

    # --- findings -----------------------------------------------------------------------------------------------------

    @rule(name=names, severity=st.sampled_from(["critical", "high", "low"]), version=st.integers(0, 3))
    def finding(self, name: str, severity: str, version: int) -> None:
        self.open[name] = (severity, version)

    @rule(name=names)
    def mended(self, name: str) -> None:
        """Whatever people decided of it is decided: when it comes back, it is asked again."""
        self.open.pop(name, None)
        self.deleted.pop(name, None)
        for card_id, theirs in self.theirs.items():
            if card_id in self.board.cards and _finding_of(self.board.cards[card_id]).endswith(mark(name)[:16]):
                theirs.wont_fix = False

    @rule(months=st.integers(1, 3))
    def time_goes_by(self, months: int) -> None:
        self.end = add_months(self.end, months)

    # --- people -------------------------------------------------------------------------------------------------------

    @rule(pick=st.integers(0, 99), field=st.sampled_from(EDITABLE))
    def edits(self, pick: int, field: str) -> None:
        card = self._some(pick)
        if card is None:
            return
        self.word += 1
        value: object = {
            "title": f"person {self.word}",
            "priority": f"p{self.word}",
            "due": date(2030, 1, 1) + timedelta(self.word),
        }[field]
        self.board.edit(card.id, **{field: value})
        if MANAGE not in card.labels:  # as long as that is on, the card is given back, whatever it says
            self._theirs(card).fields[field] = value

    @rule(pick=st.integers(0, 99))
    def writes_a_note(self, pick: int) -> None:
        card = self._some(pick)
        if card is not None:
            self.word += 1
            self.board.edit(card.id, text=f"note {self.word}\r\n\r\n{card.text}")
            self._theirs(card).note = f"note {self.word}"

    @rule(pick=st.integers(0, 99), wont=st.booleans())
    def closes(self, pick: int, wont: bool) -> None:
        card = self._some(pick)
        if card is not None and card.category is not Category.DONE:
            how = Resolution.NOT_PLANNED if wont else Resolution.COMPLETED
            self.board.edit(card.id, category=Category.DONE, resolution=how)
            self._theirs(card).wont_fix = wont and self._is_open(card)

    @rule(pick=st.integers(0, 99))
    def takes(self, pick: int) -> None:
        card = self._some(pick)
        if card is not None and card.category is Category.TODO:
            self.board.edit(card.id, category=Category.DOING)
            self._theirs(card).moved = True

    @rule(pick=st.integers(0, 99))
    def opens(self, pick: int) -> None:
        card = self._some(pick)
        if card is not None and card.category is Category.DONE and not self._has_newer(card):
            self.board.edit(card.id, category=Category.TODO, resolution=None)
            self._theirs(card).wont_fix = False

    @rule(pick=st.integers(0, 99))
    def deletes(self, pick: int) -> None:
        card = self._some(pick)
        if card is not None and self._is_open(card) and card.category is not Category.DONE:
            del self.board.cards[card.id]
            if any(entry.card_id == card.id for entry in self.register.kept.values()):
                name = next(name for name in self.open if mark(name)[:16] in card.reference)
                self.deleted[name] = len(self.board.comments)

    @rule(pick=st.integers(0, 99))
    def gives_back(self, pick: int) -> None:
        card = self._some(pick)
        if card is not None:
            self.board.edit(card.id, labels=card.labels | {MANAGE})
            self._theirs(card).fields.clear()

    # --- syncs --------------------------------------------------------------------------------------------------------

    @rule()
    def syncs(self) -> None:
        self._sync()

    @rule(blind=st.sets(names))
    def syncs_blind(self, blind: set[str]) -> None:
        """Some findings could not be looked for: they are neither open nor gone."""
        self._sync(blind=frozenset(blind))

    @rule(back=st.integers(1, 3))
    def syncs_an_older_period(self, back: int) -> None:
        before = (dict(self.board.cards), dict(self.register.kept))
        at = scope(add_months(self.end, -back), is_newest=False, gone=frozenset(map(mark, NAMES)), policy=self.policy)
        sync(self.board, self.register, [self._item(name) for name in sorted(self.open)], at)
        assert (self.board.cards, self.register.kept) == before

    @rule(call=st.sampled_from(CALLS), nth=st.integers(0, 6), late=st.booleans())
    def dies(self, call: str, nth: int, late: bool) -> None:
        """The process dies before or after the work of its n-th call."""
        self._failing(call, nth, late, Crash())

    @rule(call=st.sampled_from(CALLS), nth=st.integers(0, 6), late=st.booleans())
    def loses_an_answer(self, call: str, nth: int, late: bool) -> None:
        self._failing(call, nth, late, BoardUnavailableError("no answer"))

    @rule(nth=st.integers(0, 12))
    def dies_while_remembering(self, nth: int) -> None:
        left, save = [nth], self.register.save

        def saving(entry: object) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Crash
            save(entry)  # type: ignore[arg-type]

        self.register.save = saving  # type: ignore[method-assign]
        with suppress(Crash):
            self._sync()
        del self.register.save

    def _failing(self, call: str, nth: int, late: bool, error: BaseException) -> None:
        left = [nth]

        def failing(name: str) -> None:
            if name == call:
                left[0] -= 1
                if left[0] < 0 and (isinstance(error, Crash) or left[0] > -4):
                    raise error

        self.board.after, self.board.before = (failing, _nothing) if late else (_nothing, failing)
        with suppress(Crash, BoardError):
            self._sync()
        self.board.after = self.board.before = _nothing

    def _sync(self, blind: frozenset[str] = frozenset()) -> None:
        seen = [name for name in sorted(self.open) if name not in blind]
        gone = frozenset(mark(name) for name in NAMES if name not in self.open and name not in blind)
        was_open = {card.id for card in self.board.cards.values() if card.category is not Category.DONE}
        try:
            sync(self.board, self.register, [self._item(name) for name in seen], scope(self.end, gone=gone, policy=self.policy))
        finally:
            known = {entry.card_id: entry for entry in self.register.kept.values()}
            for card in self.board.cards.values():
                if card.id in was_open and card.category is Category.DONE and (entry := known.get(card.id)):
                    assert entry.fingerprint in gone or entry.rule == "board_overflow", "closed, and nobody had looked for it"

    # --- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def no_finding_has_two_open_cards(self) -> None:
        standing = [_finding_of(card) for card in self.board.cards.values() if card.category is not Category.DONE]
        assert len(standing) == len(set(standing))

    @invariant()
    def nothing_a_person_did_is_undone(self) -> None:
        for card_id, theirs in self.theirs.items():
            card = self.board.cards.get(card_id)
            if card is None:
                continue
            for name, value in theirs.fields.items():
                assert getattr(card, name) == value
            assert theirs.note in card.text
            if theirs.wont_fix:
                assert card.category is Category.DONE
            if theirs.moved:
                assert card.category is not Category.TODO or self._was_closed(card_id)

    @invariant()
    def a_step_is_done(self) -> None:
        STEPS[type(self).__name__] += 1

    @invariant()
    def what_was_deleted_is_not_made_again(self) -> None:
        for name, made in self.deleted.items():
            later = [card for card in self.board.cards.values() if mark(name)[:16] in card.reference and int(card.id) > made]
            assert not later

    @invariant()
    def our_part_is_there_once(self) -> None:
        for card in self.board.cards.values():
            assert card.text.count("— end of what Quarterdeck keeps —") == 1
            assert block.reference_in(card.text) == card.reference

    # --- helpers ------------------------------------------------------------------------------------------------------

    def _item(self, name: str) -> Item:
        severity, version = self.open[name]
        return item(
            name,
            title=f"Mend {name} {version}",
            text=f"{name} as of {version}",
            severity=severity,
            priority=f"P{1 + version % 3}",
        )

    def _some(self, pick: int) -> Card | None:
        cards = list(self.board.cards.values())
        return cards[pick % len(cards)] if cards else None

    def _theirs(self, card: Card) -> Theirs:
        return self.theirs.setdefault(card.id, Theirs({}))

    def _is_open(self, card: Card) -> bool:
        return any(mark(name)[:16] in card.reference for name in self.open)

    def _has_newer(self, card: Card) -> bool:
        return any(_finding_of(other) == _finding_of(card) and other.id != card.id for other in self.board.cards.values())

    def _was_closed(self, card_id: str) -> bool:
        self.theirs[card_id].moved = False  # closed and opened again since, by them or for the finding
        return True


def _nothing(_: str) -> None:
    """What happens around a call where nothing goes wrong."""


def _finding_of(card: Card) -> str:
    return ":".join((*card.reference.split(":")[:2], card.reference.split(":")[2][:16]))


class TestLife(Life.TestCase):  # type: ignore[misc, valid-type]
    settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@pytest.mark.slow
@pytest.mark.timeout(1200)
class TestLongLives(Life.TestCase):  # type: ignore[misc, valid-type]
    """Ten thousand steps at least, counted as they are done."""

    settings = settings(max_examples=400, stateful_step_count=50, deadline=None)

    def runTest(self) -> None:
        before = STEPS.total()
        super().runTest()
        assert STEPS.total() - before >= 10_000
