"""The board that needs nothing: cards in a SQLite file, with a page to look at and commands to act on them.

    board:
      kind: embedded

Whoever changes a card here is named in its history: `quarterdeck board move` and the other commands write a person's name,
a sync writes its own.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from quarterdeck.boards import Means, Options, board
from quarterdeck.boards.faults import CardMissingError
from quarterdeck.boards.records import BoardInfo, Capabilities, Card, Category, Draft, Patch, Resolution
from quarterdeck.boards.register import opened

FILE = "board.sqlite"
OURSELVES = "Quarterdeck"
_WRITTEN = ("title", "text", "priority", "due", "labels")
_TABLES = (
    """CREATE TABLE IF NOT EXISTS cards (
    tenant TEXT NOT NULL, number INTEGER NOT NULL, reference TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    category TEXT NOT NULL, resolution TEXT, labels TEXT NOT NULL, priority TEXT, due TEXT, created_at TEXT NOT NULL,
    PRIMARY KEY (tenant, number)
) STRICT""",
    "CREATE INDEX IF NOT EXISTS cards_by_reference ON cards (tenant, reference)",
    """CREATE TABLE IF NOT EXISTS card_history (
    tenant TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, what TEXT NOT NULL,
    text TEXT NOT NULL, key TEXT
) STRICT""",
    "CREATE UNIQUE INDEX IF NOT EXISTS said_once ON card_history (tenant, number, key) WHERE key IS NOT NULL",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card's history: when, who, what was done (made, changed, moved, said), and in which words."""

    at: str
    by: str
    what: str
    text: str


@board
class EmbeddedBoard:
    """A tenant's cards in `board.sqlite`."""

    kind: ClassVar[str] = "embedded"
    file: ClassVar[str] = FILE  # of the home folder
    Options: ClassVar[type[Options]] = Options

    def __init__(self, means: Means, options: Any, tenant: str, by: str = OURSELVES) -> None:
        self._path, self._clock, self._tenant, self._by = means.home / self.file, means.clock, tenant, by
        self._means, self._options = means, options

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities()

    def acting(self, by: str) -> Self:
        """The same board for a person, who is named in the history of what is changed."""
        return type(self)(self._means, self._options, self._tenant, by)

    def check(self) -> BoardInfo:
        with opened(self._path) as file:
            _prepare(file)
        return BoardInfo(f"{self._tenant}, embedded")

    def cards(self) -> list[Card]:
        """All cards of the tenant in the order in which they were made."""
        with opened(self._path) as file:
            _prepare(file)
            return [_card(row) for row in file.execute(f"{_SELECT} WHERE tenant = ? ORDER BY number", (self._tenant,))]

    def history(self, card_id: str) -> list[Line]:
        with opened(self._path) as file:
            _prepare(file)
            rows = file.execute(
                "SELECT at, by, what, text FROM card_history WHERE tenant = ? AND number = ? ORDER BY rowid",
                (self._tenant, _number(card_id)),
            )
            return [Line(*row) for row in rows]

    def find(self, reference: str) -> Sequence[Card]:
        with opened(self._path) as file:
            _prepare(file)
            rows = file.execute(f"{_SELECT} WHERE tenant = ? AND reference = ? ORDER BY number", (self._tenant, reference))
            return [_card(row) for row in rows]

    def get(self, card_id: str) -> Card | None:
        with opened(self._path) as file:
            _prepare(file)
            return self._read(file, card_id)

    def create(self, draft: Draft) -> Card:
        said = draft.content
        with opened(self._path) as file:
            _prepare(file)
            number = file.execute(
                "SELECT coalesce(max(number), 0) + 1 FROM cards WHERE tenant = ?", (self._tenant,)
            ).fetchone()[0]
            file.execute(
                "INSERT INTO cards VALUES (?, ?, ?, ?, ?, 'todo', NULL, ?, ?, ?, ?)",
                (self._tenant, number, draft.reference, said.title, said.text, _labels(said.labels), said.priority,
                 said.due and said.due.isoformat(), self._clock().isoformat()),
            )  # fmt: skip
            self._note(file, str(number), "made", said.title)
            return self._found(file, str(number))

    def update(self, card_id: str, patch: Patch) -> Card:
        with opened(self._path) as file:
            _prepare(file)
            before = self._found(file, card_id)
            labels = (before.labels | patch.labels_add) - patch.labels_remove
            due = patch.due or before.due
            file.execute(
                "UPDATE cards SET title = ?, text = ?, priority = ?, due = ?, labels = ? WHERE tenant = ? AND number = ?",
                (
                    before.title if patch.title is None else patch.title,
                    before.text if patch.text is None else patch.text,
                    patch.priority or before.priority,
                    due and due.isoformat(),
                    _labels(labels),
                    self._tenant,
                    _number(card_id),
                ),
            )
            after = self._found(file, card_id)
            if changed := [name for name in _WRITTEN if getattr(before, name) != getattr(after, name)]:
                self._note(file, card_id, "changed", ", ".join(changed))
            return after

    def transition(self, card_id: str, to: Category, resolution: Resolution | None = None) -> Card:
        with opened(self._path) as file:
            _prepare(file)
            before = self._found(file, card_id)
            how = (resolution or Resolution.COMPLETED).value if to is Category.DONE else None
            file.execute(
                "UPDATE cards SET category = ?, resolution = ? WHERE tenant = ? AND number = ?",
                (to.value, how, self._tenant, _number(card_id)),
            )
            after = self._found(file, card_id)
            if after != before:
                self._note(file, card_id, "moved", f"{to.value}, {how}" if how else to.value)
            return after

    def comment(self, card_id: str, text: str, key: str) -> None:
        with opened(self._path) as file:
            _prepare(file)
            self._found(file, card_id)
            self._note(file, card_id, "said", text, key)

    def remove(self, card_id: str) -> None:
        """Delete a card for good, as a person may."""
        with opened(self._path) as file:
            _prepare(file)
            self._found(file, card_id)
            self._note(file, card_id, "removed", "")
            file.execute("DELETE FROM cards WHERE tenant = ? AND number = ?", (self._tenant, _number(card_id)))

    def _read(self, file: sqlite3.Connection, card_id: str) -> Card | None:
        row = file.execute(f"{_SELECT} WHERE tenant = ? AND number = ?", (self._tenant, _number(card_id))).fetchone()
        return None if row is None else _card(row)

    def _found(self, file: sqlite3.Connection, card_id: str) -> Card:
        card = self._read(file, card_id)
        if card is None:
            raise CardMissingError(
                f"{self._tenant} has no card {card_id}", remedy="`quarterdeck board list` shows those there are"
            )
        return card

    def _note(self, file: sqlite3.Connection, card_id: str, what: str, text: str, key: str | None = None) -> bool:
        """Write a line of history in the transaction that it is about; whether it is a new one."""
        noted = file.execute(
            "INSERT OR IGNORE INTO card_history VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._tenant, _number(card_id), self._clock().isoformat(), self._by, what, text, key),
        )
        return noted.rowcount > 0


_SELECT = "SELECT tenant, number, reference, title, text, category, resolution, labels, priority, due, created_at FROM cards"


def _prepare(file: sqlite3.Connection) -> None:
    for statement in _TABLES:
        file.execute(statement)


def _card(row: tuple[Any, ...]) -> Card:
    tenant, number, reference, title, text, category, resolution, labels, priority, due, created_at = row
    return Card(
        id=str(number),
        key=f"{tenant}#{number}",
        url=f"board/{tenant}.html#card-{number}",
        reference=reference,
        title=title,
        text=text,
        category=Category(category),
        resolution=None if resolution is None else Resolution(resolution),
        labels=frozenset(json.loads(labels)),
        priority=priority,
        due=None if due is None else date.fromisoformat(due),
        created_at=created_at,
    )


def _labels(labels: frozenset[str]) -> str:
    return json.dumps(sorted(labels), ensure_ascii=False)


def _number(card_id: str) -> int:
    """The number of a card; of anything else there is no card."""
    return int(card_id) if card_id.isascii() and card_id.isdigit() and len(card_id) < 18 else -1
