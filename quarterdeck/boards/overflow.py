"""The card that counts the action items for which a period had no room."""

from __future__ import annotations

from collections.abc import Sequence

from quarterdeck import codec
from quarterdeck.boards.plans import Item, Scope
from quarterdeck.boards.records import Content

OVERFLOW = "board_overflow"
_LISTED = 50


def overflow_mark(tenant: str) -> str:
    """The fingerprint that stands for what has no card of its own."""
    return codec.digest([1, tenant, OVERFLOW, ""])


def overflow_item(scope: Scope, waiting: Sequence[Item]) -> Item:
    """What the card says: how many wait, and which are the first of them."""
    count = len(waiting)
    lines = [f"- {item.content.title}" for item in waiting[:_LISTED]]
    more = [f"- and {count - _LISTED} more"] if count > _LISTED else []
    text = "\n".join([f"Of {scope.period}, in order of priority; each gets its card when there is room.", "", *lines, *more])
    title = f"{count} more action {'item waits' if count == 1 else 'items wait'} for a card"
    labels = frozenset().union(*(item.content.labels for item in waiting[:1]))
    return Item(overflow_mark(scope.tenant), OVERFLOW, "low", 3, Content(title, text, labels=labels & {"qd"}))
