"""Text in columns of a fixed-width font, where an East Asian character takes two cells and a combining mark none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_GAP = "  "
_LEAST = 6  # cells that a column of text keeps when room is short,
_WORD = 12  # and more of them where its words are long: nobody reads words in pieces
# Letters, punctuation and signs of one cell each, as most reports have nothing else: those need no look at each character.
_NARROW = re.compile("[\x00-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u2319\u2500-\u25fc]*")


@dataclass(frozen=True, slots=True)
class Field:
    """How one column is set: figures to the right and whole, text to the left and wrapped."""

    right: bool = False


def width(text: str) -> int:
    """The cells that a text takes."""
    return len(text) if text.isascii() or _NARROW.fullmatch(text) else sum(_cells(character) for character in text)


@lru_cache(maxsize=4096)
def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def wrap(text: str, cells: int) -> list[str]:
    """Lines of at most so many cells, broken at blanks, and within a word only where it fills a line."""
    taken = width(text)
    if taken <= cells:
        return [text]
    measure = len if taken == len(text) and _NARROW.fullmatch(text) else width
    lines: list[str] = []
    line, filled = "", 0
    for word in text.split(" "):
        for piece in (word,) if measure(word) <= cells else _pieces(word, cells):
            needed = measure(piece)
            if not line:
                line, filled = piece, needed
            elif filled + 1 + needed <= cells:
                line, filled = f"{line} {piece}", filled + 1 + needed
            else:
                lines.append(line)
                line, filled = piece, needed
    return [*lines, line]


def _pieces(word: str, cells: int) -> Iterator[str]:
    """A word that is wider than a line, cut where it fills one."""
    piece = ""
    for character in word:
        if piece and width(piece) + _cells(character) > cells:
            yield piece
            piece = ""
        piece += character
    yield piece


def pad(text: str, cells: int, *, right: bool = False) -> str:
    blank = " " * (cells - width(text))
    return blank + text if right else text + blank


def block(text: str, cells: int, *, first: str = "", rest: str | None = None) -> list[str]:
    """A wrapped paragraph whose first line begins with `first`, and the others with `rest` (by default as many blanks)."""
    rest = " " * width(first) if rest is None else rest
    lines = wrap(text, cells - max(width(first), width(rest)))
    return [(rest if number else first) + line for number, line in enumerate(lines)]


def table(
    fields: Sequence[Field],
    rows: Sequence[Sequence[str]],
    cells: int,
    *,
    head: bool = True,
    total: bool = False,
    under: Sequence[str] = (),
) -> list[str]:
    """Rows in aligned columns, ruled under the first where it is a head and above the last where it is a sum.

    `under` holds one line per row of the body, set below it over the whole width, or nothing. Columns of text share what the
    figures leave. Where the figures alone do not fit, each row becomes a short list of `label: value`.
    """
    widths = _widths(fields, rows, cells, head)
    if not widths:
        return _as_lists(rows, cells, head, under)
    rule = "─" * (sum(widths) + len(_GAP) * (len(widths) - 1))
    lines: list[str] = []
    for number, row in enumerate(rows):
        if (head and number == 1) or (total and number == len(rows) - 1):
            lines.append(rule)
        lines += _row(fields, widths, row)
        if under and number >= head and under[number - head]:
            lines += block(under[number - head], cells, first=" " * (widths[0] + len(_GAP)))
    return lines


def _row(fields: Sequence[Field], widths: Sequence[int], row: Sequence[str]) -> list[str]:
    wrapped = [wrap(cell, cells) for cell, cells in zip(row, widths, strict=True)]
    deepest = max(len(lines) for lines in wrapped)
    return [
        _GAP.join(
            pad(lines[depth] if depth < len(lines) else "", cells, right=field.right)
            for field, cells, lines in zip(fields, widths, wrapped, strict=True)
        ).rstrip(" ")
        for depth in range(deepest)
    ]


def _widths(fields: Sequence[Field], rows: Sequence[Sequence[str]], cells: int, head: bool) -> list[int]:
    """The width of each column, or none where they do not fit side by side."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(width, column)) for column in columns]
    least = [_least(field, column, head) for field, column in zip(fields, columns, strict=True)]
    room = cells - len(_GAP) * (len(fields) - 1)
    if sum(least) > room:
        return []
    while sum(widths) > room:  # cell by cell: heads of figures are wrapped first, then the widest text gives way
        spare = [index for index in range(len(widths)) if widths[index] > least[index]]
        heads = [index for index in spare if fields[index].right]
        widest = max(heads or spare, key=lambda index: widths[index])
        widths[widest] -= 1
    return widths


def _least(field: Field, column: Sequence[str], head: bool) -> int:
    """How narrow a column may become: figures stay whole, a head may be wrapped between its words."""
    if not field.right:
        longest = max((width(word) for cell in column for word in cell.split()), default=0)
        return min(max(map(width, column)), max(_LEAST, min(longest, _WORD)))
    words = [*column[0].split(" "), *column[1:]] if head else column
    return max(map(width, words))


def _as_lists(rows: Sequence[Sequence[str]], cells: int, head: bool, under: Sequence[str]) -> list[str]:
    labels = rows[0] if head else [""] * len(rows[0])
    lines: list[str] = []
    for number, row in enumerate(rows[head:]):
        lines += [""] if number else []
        for label, cell in zip(labels, row, strict=True):
            lines += block(f"{label}: {cell}" if label else cell, cells, first="  ", rest="    ") if cell else []
        lines += block(under[number], cells, first="  ") if under else []
    return lines
