"""The page of a task board: four columns, a lane for each owner, and nothing that needs a server or a script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from quarterdeck.render.clean import PROSE, clean
from quarterdeck.render.site.shell import Frame, page

COLUMNS = (("todo", "To do"), ("doing", "In progress"), ("done", "Done"), ("accepted", "Accepted"))


@dataclass(frozen=True, slots=True)
class Ticket:
    """A card as the page shows it. `column` is one of COLUMNS; `age` and `due` are words; `said` is what people wrote last."""

    number: str
    key: str
    lane: str
    column: str
    title: str
    priority: str
    due: str
    is_late: bool
    age: str
    lines: tuple[str, ...]
    said: str = ""
    edited: str = ""


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """One tenant's board: its cards in the order in which they were made; `reports` is the key of the page of its reports."""

    tenant: str
    name: str
    accent: str | None
    tickets: tuple[Ticket, ...]
    reports: str | None = None

    @property
    def lanes(self) -> list[tuple[str, list[tuple[str, list[Ticket]]]]]:
        """By owner, what each column holds."""
        owners = sorted({ticket.lane for ticket in self.tickets})
        return [(owner, _columns(ticket for ticket in self.tickets if ticket.lane == owner)) for owner in owners]

    @property
    def counts(self) -> list[tuple[str, int]]:
        return [(label, sum(ticket.column == id for ticket in self.tickets)) for id, label in COLUMNS]


def _columns(tickets: Iterable[Ticket]) -> list[tuple[str, list[Ticket]]]:
    listed = list(tickets)
    return [(label, [ticket for ticket in listed if ticket.column == id]) for id, label in COLUMNS]


def board_page(templates: Path, key: str, title: str, language: str, boards: Sequence[BoardFacts], front: str | None) -> bytes:
    """A page with one board, or with those of a whole portfolio. `front` is the key of the page of all, None for itself."""
    accent = boards[0].accent if len(boards) == 1 else None
    crumbs = (("All boards", front), (title, "")) if front else ((title, ""),)
    return page(templates, "board", Frame(key, f"{title}: board", language, accent, crumbs), title=title, boards=boards)


def tidy(text: str) -> str:
    """Words of people and of data as one visible line."""
    return clean(text, PROSE)
