"""How wide the columns of a table on paper are, and which of its rows are one line: told from letters, not measured.

Typst sets a row that it knows no height of twice, and a column that it knows no width of three times. Widths of letters
are those of Libertinus Serif, which Typst has within it, rounded up.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, inf

from quarterdeck.render.records import Cell, Column

SIZE, HEAD_SIZE = 9.5, 8.0  # pt
GAP = 10.0  # pt before each column but the first
_ROOM = {"a4": 481.8, "us-letter": 498.5}  # pt between the margins
_BOLD = 1.12
_NARROWEST = 40.0  # pt
LONGEST = 16  # letters of a word that is kept together
_SLACK = 0.5
_LETTERS = {
    0.20: "'",
    0.25: " ,.:;|·\N{NO-BREAK SPACE}",
    0.30: "!()I\\ijl{}’‘",
    0.35: '"-/Jft',
    0.40: "*[]`rs“”",
    0.45: "?cez~éèç",
    0.50: "#$0123456789FS_abgx€£¥äå",
    0.55: "+<=>LP^dhknopquvy–−üößñø▲×",
    0.60: "BERYÉ●■○",
    0.65: "%CKTZ",
    0.70: "AGNUVXÄÜÅΔ",
    0.75: "&DHOQ…ÖØ",
    0.80: "mw",
    0.85: "M",
    0.90: "@",
    1.00: "W",
}
_WIDTHS = {letter: width for width, letters in _LETTERS.items() for letter in letters}
_UNKNOWN = 1.1  # em of a letter that another font sets


def width(text: str, size: float = SIZE) -> float:
    """At most so many pt does a text take, if all of its letters are known."""
    return size * sum([_WIDTHS.get(letter, _UNKNOWN) for letter in text])


def columns(
    heads: Sequence[Column], rows: Sequence[Sequence[Cell]], total: Sequence[Cell], paper: str
) -> list[float | None] | None:
    """The width of each column in pt, without the gap before it; None for the one that takes the rest of the line.

    Figures, dates and states keep to one line; texts share what these leave, each up to what it needs. None for all where
    that leaves a text less than its longest word.
    """
    needs = [_need(heads[place], [row[place].text for row in rows], total, place) for place in range(len(heads))]
    texts = sorted((place for place, head in enumerate(heads) if head.kind == "text"), key=lambda place: needs[place])
    left = _room(len(heads), paper) - sum(need for place, need in enumerate(needs) if place not in texts)
    found: list[float | None] = [*needs]
    for number, place in enumerate(texts):
        share = min(needs[place], _up(left / (len(texts) - number)))
        left -= share
        if share < min(needs[place], _least([row[place].text for row in rows])):
            return None
        found[place] = share
    if texts:
        found[texts[-1]] = None
    return found if left > -1 else None


def _room(count: int, paper: str) -> float:
    return _ROOM[paper] - GAP * (count - 1)


def _need(head: Column, texts: Sequence[str], total: Sequence[Cell], place: int) -> float:
    """What a column takes where no text of it is wrapped."""
    last = _BOLD * width(total[place].text) if total else 0.0
    return _up(_SLACK + max(width(head.label, HEAD_SIZE), last, *map(width, texts)))


def _up(points: float) -> float:
    """Rounded up to hundredths, which are short to write."""
    return ceil(points * 100) / 100


def _least(texts: Sequence[str]) -> float:
    """What a column of texts must have: its longest word, as far as words are kept together."""
    words = [word for text in texts for word in text.split(" ") if len(word) <= LONGEST]
    return max(_NARROWEST, _SLACK + max(map(width, words), default=0.0))


def one_lined(row: Sequence[Cell], widths: Sequence[float | None], paper: str) -> bool:
    """Whether a row takes one line, for sure."""
    rest = _room(len(widths), paper) - sum(given or 0.0 for given in widths)
    return all(_takes(cell.text) <= (rest if given is None else given) for cell, given in zip(row, widths, strict=True))


def _takes(text: str) -> float:
    return width(text) + _SLACK if all(letter in _WIDTHS for letter in text) else inf
