"""To the board: one file per task board, each an adapter of seven calls, and `reconcile.py`, the pure plan of what to change.

Adapters hold no rules: they say what lies on a board and do what they are told, once; what to do, and what a person's edit
means, is decided in `reconcile.py`. A call **raises a BoardError where it did not do its work**; BoardUnavailableError where
nobody knows whether it did. The text of a card is plain; an adapter sets it in its board's own form, so that nothing in it
is markup there, and gives it back as it was.

To add one: a file in this folder with a class under `@board`; the conformance suite in tests/contracts finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict

from quarterdeck.boards.records import BoardInfo, Capabilities, Card, Category, Draft, Patch, Resolution
from quarterdeck.errors import Problem
from quarterdeck.registry import Registry
from quarterdeck.secrets import Secrets


class Options(BaseModel):
    """What the settings may say of a board. Its errors repeat nothing: it may be a secret."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Means:
    """What a board works with: the home folder of the embedded parts, what reads a secret by its reference, and the time.

    `root` is the folder of portfolio.yaml, which the paths in a board's options start from.
    """

    home: Path
    secret: Secrets
    clock: Callable[[], datetime]
    root: Path = Path()


class Board(Protocol):
    """A tenant's task board.

    `find` gives the cards of a reference, open and closed ones; `get` None only where the board knows that there is no such
    card; `create` makes at most one call that makes; `update` writes the given fields only; `comment` says the same thing once
    however often it is asked to, by its `key`. `create` and `update` give the card back as it lies there now.
    """

    @property
    def capabilities(self) -> Capabilities: ...

    def check(self) -> BoardInfo: ...

    def find(self, reference: str) -> Sequence[Card]: ...

    def get(self, card_id: str) -> Card | None: ...

    def create(self, draft: Draft) -> Card: ...

    def update(self, card_id: str, patch: Patch) -> Card: ...

    def transition(self, card_id: str, to: Category, resolution: Resolution | None = None) -> Card: ...

    def comment(self, card_id: str, text: str, key: str) -> None: ...


class KnownBoard(Board, Protocol):
    """A board as it is set up for a tenant. Making one does nothing yet: it reaches out at its first call."""

    kind: ClassVar[str]
    Options: ClassVar[type[Options]]

    def __init__(self, means: Means, options: Any, tenant: str) -> None: ...


@runtime_checkable
class Telling(Protocol):
    """A board that notes what its receiver must be told, and tells it when it is asked to."""

    def tell(self, sleep: Callable[[float], None]) -> tuple[Problem, ...]:
        """Tell what waits, oldest first, and again after pauses what fails; what could not be told."""
        ...


BOARDS: Registry[type[KnownBoard]] = Registry("boards", "quarterdeck.boards")

B = TypeVar("B", bound=type[KnownBoard])


def board(cls: B) -> B:
    """Class decorator: make a board known under its `kind`."""
    BOARDS.add(cls.kind, cls)
    return cls


__all__ = ["BOARDS", "Board", "KnownBoard", "Means", "Options", "Telling", "board"]
