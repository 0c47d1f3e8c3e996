"""JSON that a stranger may have written, read strictly: what can be read in two ways is not read at all."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from quarterdeck.errors import FeedbackError

Document = Mapping[str, Any]
MOST_BYTES = 2**20  # what a queue carries at most
_MOST_TEXT = 2000


def read(text: str) -> Document:
    """The object that a text is; FeedbackError for anything else, and for doubled keys, NaN, numbers out of range."""
    if len(text) > MOST_BYTES:
        raise FeedbackError(f"the message has more than {MOST_BYTES} bytes")
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_float)
        json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise FeedbackError("the message is no JSON that can be relied on") from error
    if not isinstance(found, dict):
        raise FeedbackError("the message is no JSON object")
    return found


def part(document: Document, name: str) -> Document:
    """An object in an object; FeedbackError where there is none."""
    found = document.get(name)
    if not isinstance(found, dict):
        raise FeedbackError(f"the message has no {name}")
    return found


def text(document: Document, name: str, *, most: int = _MOST_TEXT) -> str:
    """A text that must be there, without characters that are not seen."""
    found = document.get(name)
    if not isinstance(found, str) or not found or len(found) > most or not found.isprintable():
        raise FeedbackError(f"the message has no {name} that can be used")
    return found


def words(document: Document, name: str) -> str:
    """Prose of others, which may be missing: one line, cut where it is long, without what is not seen."""
    found = document.get(name)
    seen = "".join(each if each.isprintable() else " " for each in found) if isinstance(found, str) else ""
    return " ".join(seen.split())[:_MOST_TEXT]


def moment(document: Document, name: str) -> datetime:
    """An instant in UTC; FeedbackError where there is none, or one without a zone."""
    try:
        found = datetime.fromisoformat(text(document, name, most=40))
        if found.tzinfo is None:
            raise ValueError("it has no zone")
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise FeedbackError(f"the message's {name} is no time") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in an object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is out of range")
    return number
