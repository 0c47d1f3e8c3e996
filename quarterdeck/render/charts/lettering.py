"""The letters of charts: what the shipped font can draw, how wide a text will be, and how to make it fit.

Widths are estimates on the safe side, in parts of the font size: they keep labels apart, no more is asked of them.
"""

from __future__ import annotations

import re
from itertools import pairwise

SIZE = 12.5  # px of figures and labels
SMALL = 11.0  # px of what stands over columns and in the second row
FAMILY = "Quarterdeck Sans, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif"

# What the font has, as far as labels need it; a test holds this against the font file.
_DRAWN = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u0148\u014a-\u017f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f"
    "\u2010-\u2014\u2018-\u201a\u201c-\u201e\u2026\u20ac\u2212]*"
)
_WIDTHS = {
    " ": 0.27,
    ".": 0.27,
    ",": 0.27,
    "'": 0.27,
    "I": 0.28,
    "i": 0.27,
    "j": 0.27,
    "l": 0.27,
    "%": 1.0,
    "m": 0.9,
    "w": 0.84,
}
_WIDTHS |= {"M": 0.93, "W": 1.02, "\N{HORIZONTAL ELLIPSIS}": 0.96, "\N{NO-BREAK SPACE}": 0.27, "f": 0.38, "r": 0.4, "t": 0.38}
_SMALL_LETTER, _OTHER = 0.62, 0.76
_FIGURE = 0.65


def drawn(text: str, otherwise: str) -> str:
    """The text where the shipped font has all its characters, else another: the words of a chart hold it in full."""
    return text if _DRAWN.fullmatch(text) else otherwise


def width(text: str, size: float = SIZE) -> float:
    """About how many px a text takes."""
    return size * sum(_WIDTHS.get(character) or _width(character) for character in text)


def _width(character: str) -> float:
    if character.isdigit() or character in "+-\u2212$":
        return _FIGURE
    return _SMALL_LETTER if character.islower() else _OTHER


def fit(text: str, room: float, size: float = SIZE) -> str:
    """The text, or its beginning with an ellipsis where it would take more than `room` px."""
    if width(text, size) <= room:
        return text
    while text and width(text, size) + size > room:
        text = text[:-1]
    return f"{text.rstrip()}\N{HORIZONTAL ELLIPSIS}"


def wrap(text: str, room: float, size: float = SIZE) -> tuple[str, ...]:
    """One or two lines of a text, broken at a blank, each fitted."""
    words = text.split(" ")
    first = words[0]
    while len(first.split(" ")) < len(words):
        longer = " ".join(words[: len(first.split(" ")) + 1])
        if width(longer, size) > room:
            break
        first = longer
    rest = text[len(first) :].strip()
    return (fit(first, room, size), fit(rest, room, size)) if rest else (fit(first, room, size),)


def spread(wanted: list[float], gap: float, last: float) -> list[float]:
    """Places near the wanted ones, in their order, at least `gap` apart and none beyond `last`."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    places = list(wanted)
    for before, index in pairwise(order):
        places[index] = max(places[index], places[before] + gap)
    limit = last
    for index in reversed(order):
        places[index] = min(places[index], limit)
        limit = places[index] - gap
    return places
