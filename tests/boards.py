"""Boards for tests: one in memory whose calls may be made to fail, and what a sync needs around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from quarterdeck import codec
from quarterdeck.boards import Board
from quarterdeck.boards.carry import Carried, carry_out, look
from quarterdeck.boards.entries import Entry
from quarterdeck.boards.faults import BoardUnavailableError, CardMissingError
from quarterdeck.boards.plans import Action, Item, Kind, Looked, Scope
from quarterdeck.boards.reconcile import plan, to_look_at
from quarterdeck.boards.records import BoardInfo, Capabilities, Card, Category, Content, Draft, Patch, Resolution

TENANT = "acme"
OCTOBER = date(2026, 11, 1)


class Crash(BaseException):
    """The process dies here."""


@dataclass
class MemoryBoard:
    """A board in memory. `before` and `after` are asked around the work of every call, and what they raise, it raises."""

    can: Capabilities = field(default_factory=Capabilities)
    cards: dict[str, Card] = field(default_factory=dict)
    comments: dict[str, dict[str, str]] = field(default_factory=dict)
    before: Callable[[str], None] = lambda _: None
    after: Callable[[str], None] = lambda _: None
    writes: list[str] = field(default_factory=list)

    @property
    def capabilities(self) -> Capabilities:
        return self.can

    def check(self) -> BoardInfo:
        return BoardInfo("in memory")

    def find(self, reference: str) -> Sequence[Card]:
        self.before("find")
        found = [card for card in self.cards.values() if card.reference == reference]
        self.after("find")
        return found

    def get(self, card_id: str) -> Card | None:
        self.before("get")
        card = self.cards.get(card_id)
        self.after("get")
        return card

    def create(self, draft: Draft) -> Card:
        self.before("create")
        said = draft.content
        number = str(len(self.comments) + 1)
        self.comments[number] = {}
        self.cards[number] = Card(
            number, f"B-{number}", f"https://board.example.com/{number}", draft.reference, said.title, said.text,
            Category.TODO, None, said.labels, said.priority, said.due, created_at=f"{int(number):06}",
        )  # fmt: skip
        return self._wrote("create", number)

    def update(self, card_id: str, patch: Patch) -> Card:
        self.before("update")
        card = self._card(card_id)
        given = {name: getattr(patch, name) for name in ("title", "text", "priority", "due")}
        labels = (card.labels | patch.labels_add) - patch.labels_remove
        self.cards[card_id] = replace(
            card, labels=labels, **{name: value for name, value in given.items() if value is not None}
        )
        return self._wrote("update", card_id)

    def transition(self, card_id: str, to: Category, resolution: Resolution | None = None) -> Card:
        self.before("transition")
        how = (resolution or Resolution.COMPLETED) if to is Category.DONE else None
        self.cards[card_id] = replace(self._card(card_id), category=to, resolution=how)
        return self._wrote("transition", card_id)

    def comment(self, card_id: str, text: str, key: str) -> None:
        self.before("comment")
        self._card(card_id)
        if key not in self.comments[card_id]:
            self.comments[card_id][key] = text
        self._wrote("comment", card_id)

    def edit(self, card_id: str, **changes: object) -> None:
        """What a person does to a card."""
        self.cards[card_id] = replace(self.cards[card_id], **changes)  # type: ignore[arg-type]

    def _card(self, card_id: str) -> Card:
        if card_id not in self.cards:
            raise CardMissingError(f"no card {card_id}")
        return self.cards[card_id]

    def _wrote(self, call: str, card_id: str) -> Card:
        self.writes.append(call)
        self.after(call)
        return self.cards[card_id]


@dataclass
class MemoryRegister:
    """What is remembered, and how often something new was."""

    kept: dict[str, Entry] = field(default_factory=dict)
    writes: int = 0

    def entries(self) -> dict[str, Entry]:
        return dict(self.kept)

    def save(self, entry: Entry) -> None:
        if self.kept.get(entry.fingerprint) != entry:
            self.kept[entry.fingerprint] = entry
            self.writes += 1


def mark(name: str) -> str:
    return codec.digest(["test", name])


def item(name: str, *, title: str = "", text: str = "", severity: str = "high", priority: str = "P1") -> Item:
    """An open finding as a card should show it."""
    content = Content(title or f"Mend {name}", text or f"{name} is broken", priority, date(2026, 12, 1), frozenset({"qd"}))
    return Item(mark(name), f"rule_{name}", severity, ("critical", "high", "medium", "low").index(severity), content)


def scope(end: date = OCTOBER, **more: object) -> Scope:
    return Scope(TENANT, "main", f"{end:%Y-%m}", end, **more)  # type: ignore[arg-type]


def planned(board: Board, register: MemoryRegister, items: Sequence[Item], at: Scope) -> tuple[Action, ...]:
    entries = register.entries()
    cards: Mapping[str, Looked] = look(board, entries, to_look_at(entries, items))
    return plan(entries, items, cards, replace(at, capabilities=board.capabilities))


def sync(board: Board, register: MemoryRegister, items: Sequence[Item], at: Scope) -> tuple[tuple[Action, ...], Carried]:
    """One sync as the product does it."""
    actions = planned(board, register, items, at)
    return actions, carry_out(board, register, actions, at.period, sleep=lambda _: None)


def kinds(actions: Iterable[Action]) -> list[str]:
    return [action.kind.value for action in actions if action.kind is not Kind.SKIP]


def lost(call: str, times: int = 1) -> Callable[[str], None]:
    """Let the answers of a call be lost so many times, after or before its work."""
    left = [times]

    def losing(name: str) -> None:
        if name == call and left[0] > 0:
            left[0] -= 1
            raise BoardUnavailableError("no answer")

    return losing
