"""Whether a table's columns fit beside each other in a mail, told from its letters: a mail cannot measure itself.

Where they do not, each row is set as a name and a list of what the other columns say, which fits any screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from quarterdeck.render.columns import width
from quarterdeck.render.records import Cell, Table

LONGEST = 14  # characters of a word that are kept together; four columns of them fit
ONE_LINE = 20  # and of a figure, a date or a state

_LETTER, _HEAD_LETTER, _GAP = 7, 6, 14  # px; the letters are those of a wide font, as many clients set
_ASKED = 200  # rows that are looked at


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a wide table: its name, and label and cell of all that it holds beside."""

    name: str
    facts: tuple[tuple[str, Cell], ...]


def width_of(table: Table) -> int:
    """The pixels that the table needs, however its cells are wrapped."""
    rows = [*table.body.rows[:_ASKED], *([table.total] if table.total else [])]
    needed = 0
    for index, column in enumerate(table.columns):
        head = _HEAD_LETTER * _longest([column.label], keep=False)
        body = _LETTER * _longest((row[index].text for row in rows), keep=column.kind != "text")
        needed += max(head, body) + (_GAP if index else 0)
    return needed


def entries(table: Table) -> Iterator[Entry]:
    """The rows as lists, the sum last. The first two columns of text name a row; what is empty is left out."""
    texts = [index for index, column in enumerate(table.columns) if column.kind == "text"]
    naming = texts[:2] or [0]
    for row in (*table.body.rows, *((table.total,) if table.total else ())):
        yield Entry(
            name=" · ".join(row[index].text for index in naming if row[index].text),
            facts=tuple(
                (column.label, cell)
                for index, (column, cell) in enumerate(zip(table.columns, row, strict=True))
                if index not in naming and cell.text
            ),
        )


def _longest(texts: Iterable[str], *, keep: bool) -> int:
    """Characters of the longest piece that is never broken; `keep` says that short texts stay on one line."""
    return max((_piece(text, keep=keep) for text in texts), default=0)


def _piece(text: str, *, keep: bool) -> int:
    if keep and len(text) <= ONE_LINE:
        return width(text)
    return max((width(word) for word in text.split() if len(word) <= LONGEST), default=1)
