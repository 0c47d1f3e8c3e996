"""Text of unknown origin made fit for paper: no controls, no invisible characters, a bounded length.

Escaping is not done here: each renderer escapes for its own format.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

NAME = 240  # characters a name may have before it is clipped
PROSE = 2000  # and a sentence or paragraph

_BLANKS = re.compile(r"[ \t\n\r\v\f\x1c-\x1f\x85\u2028\u2029]+")  # not the no-break spaces, which figures need
# What is visible whatever stands beside it, as nearly all texts are through and through: no need to look at each character.
_PLAIN = re.compile("[ -~\xa0-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u23ff\u2500-\u27bf]*")
_MOST_MARKS = 3  # combining marks on one letter; more would climb over the neighbouring lines
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_SCHEMES = frozenset({"http", "https", "mailto"})


def clean(text: str, limit: int = NAME) -> str:
    """One line of visible text: controls, zero-width and bidi characters are gone, blanks are single, the rest stands.

    What no encoding can carry (lone surrogates, noncharacters) becomes U+FFFD; more than `limit` characters end in an ellipsis.
    """
    if not _PLAIN.fullmatch(text):
        text = _visible(_BLANKS.sub(" ", text))
    text = (_BLANKS.sub(" ", text) if "  " in text else text).strip(" ")
    return text if len(text) <= limit else text[: limit - 1].rstrip(" ") + "\N{HORIZONTAL ELLIPSIS}"


def _visible(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in {"Cc", "Cf"}:
            continue
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks <= _MOST_MARKS:
            kept.append(_REPLACEMENT if category == "Cs" or _is_noncharacter(character) else character)
    return "".join(kept)


def _is_noncharacter(character: str) -> bool:
    point = ord(character)
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF


def link(address: str | None) -> str:
    """The address when it is one that a reader may safely follow (http, https, mailto), else nothing."""
    if not address or len(address) > PROSE or any(not c.isprintable() or c.isspace() for c in address):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme.lower() in _SCHEMES and (parts.netloc or parts.scheme.lower() == "mailto") else ""
