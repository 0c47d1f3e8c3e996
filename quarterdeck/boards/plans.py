"""What a plan for a board is made of: the action items, the moment they speak for, and the actions that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum

from quarterdeck.boards.entries import Entry
from quarterdeck.boards.records import Capabilities, Card, Category, Content, Draft, Patch, Resolution


@dataclass(frozen=True, slots=True)
class Item:
    """One open finding as a card should show it. `rank` orders severities: the lower, the worse."""

    fingerprint: str
    rule: str
    severity: str
    rank: int
    content: Content


@dataclass(frozen=True, slots=True)
class Policy:
    """How a tenant's board is kept; see docs/boards/README.md for what each is for."""

    most_new: int | None = 10  # cards made for one period; the others are counted on one card
    reopen_after: int = 2  # periods a person's "done" stands while the finding stays open
    reopen_window_days: int = 90  # in which a card that was closed is opened again; later, a new one is made
    close_after: int = 1  # periods a finding must be gone
    patience: Mapping[str, int] = field(default_factory=dict)  # the same, of rules that need more
    close_edited: bool = False  # close cards that a person has edited or taken, too
    most_closed: float = 0.5  # share of the open cards that may close at once
    breaker_from: int = 6  # closing fewer at once is nothing to stop at


@dataclass(frozen=True, slots=True)
class Scope:
    """The moment a plan speaks for: a tenant's period, and what was measured in it.

    `gone` are the findings that were looked for and not found since their cards were made; `accepted` those that the
    settings accept, each with a few words and the day it ends. A finding that is neither open nor in one of the two could
    not be looked for.
    """

    tenant: str
    board: str
    period: str
    end: date
    is_newest: bool = True
    gone: frozenset[str] = frozenset()
    accepted: Mapping[str, tuple[str, date | None]] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    capabilities: Capabilities = field(default_factory=Capabilities)
    close_all: bool = False
    period_days: float = 30.44  # how long a period of the board's cadence is


class Absence(Enum):
    """Why there is no card to look at."""

    GONE = "gone"  # the board knows that there is none
    UNREADABLE = "unreadable"  # the board does not let us see


Looked = Card | Absence


class Kind(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    TRANSITION = "transition"
    COMMENT = "comment"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Action:
    """One step of a plan, with its reason.

    `before` is what is remembered right before the board is asked, `after` once it has answered; None leaves what is known
    as it is. `otherwise` are the steps to take where the board has no such transition. A skip does nothing on the board.
    """

    kind: Kind
    reason: str
    fingerprint: str
    reference: str
    title: str
    card_id: str = ""
    draft: Draft | None = None
    patch: Patch | None = None
    to: Category | None = None
    resolution: Resolution | None = None
    comment: str = ""
    before: Entry | None = None
    after: Entry | None = None
    otherwise: tuple[Action, ...] = ()
