"""Cards told to a program of your own: each change an event to an endpoint, signed as Standard Webhooks has it.

    board:
      kind: webhook
      url: "${env:CARDS_URL}"
      secrets: ["${secret:quarterdeck/cards}"]

Nothing can be read there. So the board is an embedded one, which holds each card as the receiver was told of it, and whose
changes are noted as events in the same transaction. What people do at the receiver is not seen: the receiver owns that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, ClassVar

from quarterdeck import boards
from quarterdeck.boards import block, board, outgoing
from quarterdeck.boards.embedded import EmbeddedBoard
from quarterdeck.boards.faults import BoardError
from quarterdeck.boards.records import BoardInfo, Capabilities, Card, Category
from quarterdeck.errors import ConfigError, Problem
from quarterdeck.webhooks import Endpoint, EndpointOptions
from quarterdeck.webhooks.signing import MAX_BYTES, event, event_id

_OPENED, _UPDATED, _RESOLVED, _REOPENED, _COMMENTED, _REMOVED = (
    f"action_item.{what}" for what in ("opened", "updated", "resolved", "reopened", "commented", "removed")
)
_TYPES = {"made": _OPENED, "changed": _UPDATED, "said": _COMMENTED, "removed": _REMOVED}


class WebhookBoardOptions(EndpointOptions, boards.Options):
    """The endpoint that is told of a tenant's cards."""


@board
class WebhookBoard(EmbeddedBoard):
    """A tenant's cards in `webhook.sqlite`, and what the endpoint has yet to be told of them."""

    kind: ClassVar[str] = "webhook"
    file: ClassVar[str] = "webhook.sqlite"
    Options: ClassVar[type[boards.Options]] = WebhookBoardOptions

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(max_text=4_000)  # an event has less than 20 kB

    def check(self) -> BoardInfo:
        try:
            told = self._endpoint.check()
        except ConfigError as error:
            raise BoardError(error.problem.what, remedy=error.problem.remedy, permanent=error.permanent) from None
        waiting = len(outgoing.waiting(self._path, self._tenant))
        remarks = (told, "what people do there is not seen", *((f"{waiting} to be told",) if waiting else ()))
        return BoardInfo(f"{self._tenant}, told to an endpoint", remarks=remarks)

    def tell(self, sleep: Callable[[float], None]) -> tuple[Problem, ...]:
        return tuple(outgoing.tell(self._path, self._tenant, self._endpoint, sleep))

    def _note(self, file: sqlite3.Connection, card_id: str, what: str, text: str, key: str | None = None) -> bool:
        is_new = super()._note(file, card_id, what, text, key)
        if is_new:
            card = self._found(file, card_id)
            before = outgoing.types_of(file, self._tenant, int(card_id))
            type = _TYPES.get(what) or _moved(card, before)
            data = {"tenant": self._tenant, **_data(card), "by": self._by}
            if what == "said":
                data |= {"comment": text, "text": None}
            id = event_id("card", len(before), type, data)
            outgoing.note(file, self._tenant, int(card_id), id, type, self._fitting(type, data))
        return is_new

    def _fitting(self, type: str, data: Mapping[str, Any]) -> bytes:
        """The body of an event of now, with texts cut until it is small enough."""
        body = event(type, self._clock(), data)
        most = self.capabilities.max_text
        while len(body) >= MAX_BYTES and most:
            most //= 2
            body = event(type, self._clock(), {name: _cut(value, most) for name, value in data.items()})
        return body

    @cached_property
    def _endpoint(self) -> Endpoint:
        return Endpoint(self._options, self._means.secret, self._means.home, self._clock, self._means.root)


def _moved(card: Card, before: list[str]) -> str:
    """What it means that a card lies in another column now: a change of column within the open ones is like any other."""
    if card.category is Category.DONE:
        return _RESOLVED
    last = next((type for type in reversed(before) if type in (_OPENED, _RESOLVED, _REOPENED)), _OPENED)
    return _REOPENED if last == _RESOLVED else _UPDATED


def _data(card: Card) -> dict[str, Any]:
    """All of a card, each time: a receiver that missed an event has lost nothing with the next one."""
    inside = block.inside(card.text)
    return {
        "reference": card.reference,
        "card": card.key,
        "title": card.title,
        "text": card.text if inside is None else inside,
        "column": card.category.value,
        "resolution": card.resolution.value if card.resolution else None,
        "priority": card.priority,
        "due": card.due.isoformat() if card.due else None,
        "labels": sorted(card.labels),
    }


def _cut(value: Any, most: int) -> Any:
    return f"{value[:most]}…" if isinstance(value, str) and len(value) > most else value
