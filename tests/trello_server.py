"""Trello on loopback, as far as one board goes: what its public description of the API says, in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.board_stub import Asked, Route, Said, Stub, route, serving

KEY, TOKEN = "0123456789abcdef0123456789abcdef", "ATTA-kept-to-ourselves"
REFERENCES = {"${env:TRELLO_KEY}": KEY, "${env:TRELLO_TOKEN}": TOKEN}
SHORT, BOARD, ELSEWHERE = "AbCd1234", f"{0x5A0:08x}{1:016x}", f"{0x5A0:08x}{2:016x}"
_COLOURS = ("yellow", "purple", "blue", "red", "green", "orange", "black", "sky", "pink", "lime")
_MADE = 1_793_700_000  # when the first card was made; each is made a second after the one before
_WRITES = "name desc closed idList due pos"


@dataclass
class Trello(Stub):
    """One board. `is_hidden` lets the token not reach it; `cards` and `comments` are by the id of a card."""

    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    comments: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: list[dict[str, Any]] = field(default_factory=list)
    is_hidden: bool = False
    is_closed: bool = False
    serial: int = 0

    ROUTES: ClassVar[tuple[Route, ...]] = (
        route("GET", "/1/boards/{}", "board", params="fields"),
        route("GET", "/1/boards/{}/lists", "all_lists", params="filter fields"),
        route("GET", "/1/boards/{}/labels", "all_labels", params="fields limit"),
        route("GET", "/1/boards/{}/cards", "all_cards", params="filter fields members member_fields limit before"),
        route("POST", "/1/labels", "make_label", needed="name color idBoard"),
        route("POST", "/1/cards", "make", needed="idList", fields="name desc due pos idLabels"),
        route("GET", "/1/cards/{}", "card", params="fields members member_fields"),
        route("PUT", "/1/cards/{}", "change", fields=_WRITES),
        route("POST", "/1/cards/{}/idLabels", "label", needed="value"),
        route("DELETE", "/1/cards/{}/idLabels/{}", "unlabel"),
        route("GET", "/1/cards/{}/actions", "said", params="filter fields limit"),
        route("POST", "/1/cards/{}/actions/comments", "say", needed="text"),
    )

    def __post_init__(self) -> None:
        for name in ("Ideas", "To Do", "Doing", "Done", "Accepted"):
            self.lists.append({"id": self._id(), "name": name, "closed": False, "pos": 65_536 * (len(self.lists) + 1)})

    def options(self, **more: object) -> dict[str, object]:
        key, token = REFERENCES
        return {"board": SHORT, "key": key, "token": token, "url": self.url, **more}

    def list_id(self, name: str) -> str:
        return next(str(each["id"]) for each in self.lists if each["name"] == name)

    def check(self, asked: Asked) -> None:
        told = asked.headers.get("authorization")
        if told != f'OAuth oauth_consumer_key="{KEY}", oauth_token="{TOKEN}"':
            raise _refused(401, "invalid token" if KEY in str(told) else "invalid key")

    def board(self, asked: Asked) -> tuple[int, Any]:
        self._reach(asked)
        url = f"https://trello.com/b/{SHORT}/operations"
        return 200, {"id": BOARD, "name": "Operations", "closed": self.is_closed, "url": url}

    def all_lists(self, asked: Asked) -> tuple[int, Any]:
        self._reach(asked)
        if asked.params.get("filter") not in ("all", "open", "closed", "none"):
            raise _refused(400, "invalid value for filter")
        return 200, [each for each in self.lists if asked.params["filter"] == "all" or not each["closed"]]

    def all_labels(self, asked: Asked) -> tuple[int, Any]:
        self._reach(asked)
        return 200, list(self.labels.values())[: min(int(asked.params.get("limit", 50)), 1000)]

    def all_cards(self, asked: Asked) -> tuple[int, Any]:
        self._reach(asked)
        limit = int(asked.params.get("limit", 1000))
        if limit > 1000 or asked.params.get("filter") not in ("all", "open", "closed", "visible"):
            raise _refused(400, "invalid value for limit")
        before = asked.params.get("before", "f" * 24)
        found = [card for card in self.cards.values() if card["id"] < before and card["idBoard"] == BOARD]
        if asked.params["filter"] != "all":
            found = [card for card in found if not card["closed"]]
        found = sorted(found, key=lambda card: str(card["id"]))[-limit:]
        return 200, [_shown(card, asked) for card in reversed(found)]

    def make_label(self, asked: Asked) -> tuple[int, Any]:
        if asked.body["idBoard"] != BOARD:
            raise _refused(400, "invalid value for idBoard")
        if asked.body["color"] not in _COLOURS:
            raise _refused(400, "invalid value for color")
        label = {"id": self._id(), "idBoard": BOARD, "name": asked.body["name"], "color": asked.body["color"]}
        self.labels[label["id"]] = label
        return 200, label

    def make(self, asked: Asked) -> tuple[int, Any]:
        self._writable()
        self._fits(asked.body)
        labels = [self._label(each) for each in asked.body.get("idLabels", ())]
        card = {
            "id": self._id(_MADE + len(self.cards)),
            "idShort": len(self.cards) + 1,
            "idBoard": BOARD,
            "idList": asked.body["idList"],
            "name": asked.body.get("name", ""),
            "desc": asked.body.get("desc", ""),
            "due": asked.body.get("due"),
            "closed": False,
            "labels": labels,
            "members": [],
        }
        card["shortUrl"] = f"https://trello.com/c/{card['id'][-8:]}"
        self.cards[card["id"]], self.comments[card["id"]] = card, []
        return 200, {name: value for name, value in card.items() if name != "members"}

    def card(self, asked: Asked) -> tuple[int, Any]:
        return 200, _shown(self._card(asked), asked)

    def change(self, asked: Asked) -> tuple[int, Any]:
        card = self._card(asked)
        self._writable()
        self._fits(asked.body)
        if not isinstance(asked.body.get("closed", False), bool):
            raise _refused(400, "invalid value for closed")
        card.update(asked.body)
        return 200, {name: value for name, value in card.items() if name != "members"}

    def label(self, asked: Asked) -> tuple[int, Any]:
        labels, label = self._card(asked)["labels"], self._label(asked.body["value"])
        if label in labels:
            raise _refused(400, "that label is already on the card")
        labels.append(label)
        return 200, [each["id"] for each in labels]

    def unlabel(self, asked: Asked) -> tuple[int, Any]:
        labels, label = self._card(asked)["labels"], self._label(asked.parts[1])
        if label not in labels:
            raise _refused(404, "The requested resource was not found.")
        labels.remove(label)
        return 200, {"_value": None}

    def said(self, asked: Asked) -> tuple[int, Any]:
        if asked.params.get("filter") != "commentCard" or int(asked.params.get("limit", 50)) > 1000:
            raise _refused(400, "invalid value for limit")
        said = self.comments[self._card(asked)["id"]]
        return 200, [
            {"id": f"{number:024x}", "type": "commentCard", "data": {"text": text}} for number, text in enumerate(said)
        ]

    def say(self, asked: Asked) -> tuple[int, Any]:
        if not 0 < len(asked.body["text"]) <= 16_384:
            raise _refused(400, "invalid value for text")
        self.comments[self._card(asked)["id"]].insert(0, asked.body["text"])
        return 200, {"data": {"text": asked.body["text"]}}

    def _id(self, made: int = _MADE) -> str:
        self.serial += 1
        return f"{made:08x}{self.serial:015x}f"

    def _reach(self, asked: Asked) -> None:
        if self.is_hidden or asked.parts[0] not in (SHORT, BOARD):
            raise _refused(404, "The requested resource was not found.")

    def _writable(self) -> None:
        if self.is_closed:
            raise _refused(401, "unauthorized card permission requested")

    def _card(self, asked: Asked) -> dict[str, Any]:
        card_id = asked.parts[0]
        if len(card_id) != 24:
            raise self.wrong(f"{card_id} is no card's id")
        if self.is_hidden or card_id not in self.cards:
            raise _refused(404, "The requested resource was not found.")
        return self.cards[card_id]

    def _label(self, label_id: str) -> dict[str, Any]:
        if label_id not in self.labels:
            raise _refused(400, "invalid value for idLabels")
        return self.labels[label_id]

    def _fits(self, body: dict[str, Any]) -> None:
        for name in ("name", "desc"):
            if len(body.get(name) or "") > 16_384:
                raise _refused(400, f"invalid value for {name}")
        if "idList" in body and body["idList"] not in {each["id"] for each in self.lists}:
            raise _refused(400, "invalid value for idList")


def _shown(card: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """A card with the fields that were asked for; its id is always among them, its members only on demand."""
    wanted = {"id", *asked.params["fields"].split(",")}
    known = {**card, "members": [dict(each) for each in card["members"]]}
    if "members" in wanted or wanted - set(known):
        raise _refused(400, "invalid value for fields")
    if asked.params.get("members") == "true":
        wanted.add("members")
    return {name: value for name, value in known.items() if name in wanted}


def _refused(status: int, words: str) -> Said:
    return Said(status, words.encode(), {"Content-Type": "text/plain; charset=utf-8"})


@contextlib.contextmanager
def running() -> Iterator[Trello]:
    with serving(Trello()) as server:
        yield server
