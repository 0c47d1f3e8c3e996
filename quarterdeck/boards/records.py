"""The words of a task board: cards, what may be written of them, and what a board can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Category(StrEnum):
    """What a column or a status of a board means, whatever it is called there."""

    TODO = "todo"
    DOING = "doing"
    DONE = "done"


class Resolution(StrEnum):
    """How a card came to be done: the work was done, or somebody decided that it will not be."""

    COMPLETED = "completed"
    NOT_PLANNED = "not_planned"


@dataclass(frozen=True, slots=True)
class Content:
    """What a card says, as far as Quarterdeck writes it. `text` is plain lines; an adapter sets them for its board."""

    title: str
    text: str
    priority: str | None = None  # P1, P2, P3
    due: date | None = None
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it lies on its board now.

    `text` is the whole of its description as plain text, with whatever people have written around our part. `assignee` says
    that somebody has taken it.
    """

    id: str
    key: str
    url: str
    reference: str
    title: str
    text: str
    category: Category
    resolution: Resolution | None = None
    labels: frozenset[str] = frozenset()
    priority: str | None = None
    due: date | None = None
    assignee: str = ""
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A card to be made: its external reference, and what it says (`text` with the marks of our part)."""

    reference: str
    content: Content


@dataclass(frozen=True, slots=True)
class Patch:
    """What to write of a card; None leaves a field as it is. Labels are added and taken off one by one."""

    title: str | None = None
    text: str | None = None
    priority: str | None = None
    due: date | None = None
    labels_add: frozenset[str] = frozenset()
    labels_remove: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        return self == Patch()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a board can hold: fields it has not are neither written nor compared."""

    priority: bool = True
    due: bool = True
    labels: bool = True
    comments: bool = True
    max_title: int = 255
    max_text: int = 60_000


@dataclass(frozen=True, slots=True)
class BoardInfo:
    """What a check of a board found: its name as people know it, and remarks on what it lacks."""

    name: str
    url: str = ""
    remarks: tuple[str, ...] = field(default=())
