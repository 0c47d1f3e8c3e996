"""Carrying out a plan: step by step, each card for itself, so that a crash anywhere leaves nothing that a next run cannot mend.

What a card is about to become is remembered before the board is asked, and what it has become right after. A card is only
made when the board has none of its reference, and a call that makes is never repeated without such a look.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from typing import Protocol, TypeVar

from quarterdeck.boards import Board
from quarterdeck.boards.entries import Entry, Status
from quarterdeck.boards.faults import (
    BoardBusyError,
    BoardError,
    BoardForbiddenError,
    BoardUnavailableError,
    CardRejectedError,
)
from quarterdeck.boards.merge import kept, seen
from quarterdeck.boards.plans import Absence, Action, Kind, Looked
from quarterdeck.boards.records import Card, Category
from quarterdeck.errors import Problem

_TRIES = 3
_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=1)
_IN_A_ROW = 3  # cards that fail one after the other until the board is left alone
_T = TypeVar("_T")


class Register(Protocol):
    """Where entries are remembered."""

    def save(self, entry: Entry) -> None: ...


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of a plan: the steps that were done, and a problem for each card that could not be brought in line."""

    done: tuple[Action, ...]
    problems: tuple[Problem, ...]


def look(board: Board, entries: Mapping[str, Entry], marks: Iterable[str]) -> dict[str, Looked]:
    """The cards of entries as they lie on the board now. BoardError where the board as a whole cannot be read."""
    return {mark: _look(board, entries[mark]) for mark in marks}


def _look(board: Board, entry: Entry) -> Looked:
    try:
        if entry.card_id:
            return _patient(lambda: board.get(entry.card_id)) or Absence.GONE
        found = _patient(lambda: board.find(entry.reference))
    except (BoardForbiddenError, CardRejectedError):
        return Absence.UNREADABLE
    return choose(found) or Absence.GONE


def choose(cards: Sequence[Card]) -> Card | None:
    """Of several cards with one reference the oldest open one, else the newest closed one; none is ever deleted."""
    open_ones = [card for card in cards if card.category is not Category.DONE]
    if open_ones:
        return min(open_ones, key=lambda card: (card.created_at, len(card.id), card.id))
    return max(cards, key=lambda card: (card.created_at, len(card.id), card.id), default=None)


def carry_out(
    board: Board, register: Register, actions: Sequence[Action], period: str, sleep: Callable[[float], None] = time.sleep
) -> Carried:
    """Take the steps of a plan. What fails stops the steps of its card alone, unless the board fails again and again."""
    work = _Work(board, register, period, sleep)
    problems: list[Problem] = []
    in_a_row = 0
    for _, steps in groupby(actions, key=lambda action: action.fingerprint):
        if in_a_row >= _IN_A_ROW:
            problems.append(Problem("the board failed again and again, and is left alone", remedy="sync it again later"))
            break
        try:
            work.card(steps)
            in_a_row = 0
        except BoardError as error:
            problems.append(error.problem)
            in_a_row += isinstance(error, BoardUnavailableError | BoardForbiddenError)
    return Carried(tuple(work.done), (*work.conflicts, *problems))


class _Work:
    """One card at a time."""

    def __init__(self, board: Board, register: Register, period: str, sleep: Callable[[float], None]) -> None:
        self.board, self.register, self.period, self.sleep = board, register, period, sleep
        self.done: list[Action] = []
        self.conflicts: list[Problem] = []

    def card(self, steps: Iterable[Action]) -> None:
        for step in steps:
            self._step(step)

    def _step(self, step: Action) -> None:
        if step.before is not None:
            self.register.save(step.before)
        try:
            after = self._do(step)
        except CardRejectedError:
            if not step.otherwise:
                raise
            self.card(step.otherwise)
            return
        if after is not None:
            self.register.save(after)
        self.done.append(step)

    def _do(self, step: Action) -> Entry | None:
        """Do one step; what is known then."""
        if step.kind is Kind.SKIP:
            return step.after
        if step.kind is Kind.CREATE:
            return self._create(step)
        if step.kind is Kind.UPDATE:
            return self._update(step)
        if step.kind is Kind.TRANSITION:
            assert step.to is not None
            to, resolution = step.to, step.resolution
            self._again(lambda: self.board.transition(step.card_id, to, resolution))
            return step.after
        key = f"{step.reference}:{self.period}:{step.reason}"
        self._again(lambda: self.board.comment(step.card_id, step.comment, key))
        return step.after

    def _create(self, step: Action) -> Entry:
        draft, after = step.draft, step.after
        assert draft is not None
        assert after is not None
        found = self._again(lambda: self.board.find(draft.reference))
        if len(found) > 1:
            self.conflicts.append(
                Problem(f"{len(found)} cards have the reference {draft.reference}", remedy="close all but one")
            )
        card = choose(found)
        if card is not None:  # it was made before, and nobody wrote that down
            return after.adopt(card, seen(card))
        card = self._once_busy(lambda: self.board.create(draft))
        assert after.sent is not None
        return replace(after.adopt(card, kept(seen(card), after.sent.labels)), sent=after.sent)

    def _update(self, step: Action) -> Entry | None:
        assert step.patch is not None
        patch = step.patch
        card = self._again(lambda: self.board.update(step.card_id, patch))
        if step.after is None or step.after.status is not Status.LIVE or step.after.sent is None:
            return step.after
        now = kept(seen(card), step.after.sent.labels)
        # Of the fields that are a person's, what we once wrote stays what theirs is compared with.
        theirs = {name: getattr(step.after.base, name) for name in step.after.frozen if step.after.base is not None}
        return replace(step.after, base=replace(now, **theirs))

    def _again(self, call: Callable[[], _T]) -> _T:
        return _patient(call, self.sleep)

    def _once_busy(self, call: Callable[[], _T]) -> _T:
        """A call that must not be made twice is only repeated where the board said that it did nothing."""
        return _patient(call, self.sleep, (BoardBusyError,))


def _patient(
    call: Callable[[], _T],
    sleep: Callable[[float], None] = time.sleep,
    passing: tuple[type[BoardError], ...] = (BoardUnavailableError,),
) -> _T:
    """A call again after a pause, as long as what went wrong may pass."""
    pause = _PAUSE
    for _ in range(_TRIES - 1):
        try:
            return call()
        except passing as error:
            wanted = error.retry_after if isinstance(error, BoardBusyError) else pause
            if wanted > _LONGEST_PAUSE:
                raise
            sleep(wanted.total_seconds())
            pause *= 2
    return call()
