"""Trello: cards of a board, whose lists are the columns, over its REST API.

    board:
      kind: trello
      board: AbCd1234
      key: ${env:TRELLO_KEY}
      token: ${env:TRELLO_TOKEN}

A card has no field of ours: it is found by the marks of our part, among all cards of the board, which are read once a sync.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import StringConstraints

from quarterdeck.boards import Means, Options, block, board
from quarterdeck.boards.calls import Calls, mapping, rows, understood
from quarterdeck.boards.faults import BoardError, BoardForbiddenError, BoardUnavailableError, CardMissingError
from quarterdeck.boards.framing import Frame, comment_mark
from quarterdeck.boards.pace import Bucket
from quarterdeck.boards.records import BoardInfo, Capabilities, Card, Category, Draft, Patch, Resolution
from quarterdeck.boards.trello_board import Labels, ListNames, Lists
from quarterdeck.http import Answer
from quarterdeck.secrets import Reference

Url = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.\[\]:-]+/?$", max_length=300)]
BoardId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{8}([0-9a-f]{16})?$")]
_FRAME = Frame("```", "```", "```")
_LONGEST = 16_384  # of a title, a description and a comment alike
_CAN = Capabilities(priority=False, max_title=_LONGEST, max_text=12_000)  # in which every third character may need a joiner
_CALLS = (50, 5.0)  # at once, and per second from then on: Trello allows 100 in 10 seconds to a token
_PAGE = 500  # cards of the longest descriptions still fit an answer
_MOST_PAGES = 100
_FIELDS = "name,desc,closed,due,idBoard,idList,idShort,labels,shortUrl"
_WANTED = {"fields": _FIELDS, "members": "true", "member_fields": "username"}
_NOON = "T12:00:00.000Z"  # the same day from Hawaii to Auckland in winter
_CUT = "…"


class TrelloOptions(Options):
    """Which board it is, and how its lists are called. `board` is its id, or the short one in its address."""

    board: BoardId
    key: Reference
    token: Reference
    lists: ListNames = ListNames()
    url: Url = "https://api.trello.com"


@board
class TrelloBoard:
    """The cards of a board."""

    kind: ClassVar[str] = "trello"
    Options: ClassVar[type[Options]] = TrelloOptions

    def __init__(self, means: Means, options: Any, tenant: str) -> None:  # noqa: ARG002 - a reference names its tenant
        self._means, self._options = means, options
        self._bucket = Bucket(*_CALLS)
        self._marked: dict[str, Card] | None = None  # the cards that have our marks, as long as we know them

    @property
    def capabilities(self) -> Capabilities:
        return _CAN

    def check(self) -> BoardInfo:
        seen = self._see_board()
        self._lists.check()
        return BoardInfo(str(seen["name"]), str(seen.get("url", "")))

    def find(self, reference: str) -> Sequence[Card]:
        if self._marked is None:
            self._marked = {card.id: card for card in self._all() if card.reference}
        found = [card for card in self._marked.values() if card.reference == reference]
        return sorted(found, key=lambda card: (card.created_at, card.id))

    def get(self, card_id: str) -> Card | None:
        try:
            found = mapping(self._ask("GET", card_id, params=_WANTED))
        except CardMissingError:
            found = {}
        if not found or found.get("idBoard") != self._board["id"]:  # deleted, or moved to another board
            (self._marked or {}).pop(card_id, None)
            return None
        return self._noted(self._card(found))

    def create(self, draft: Draft) -> Card:
        said = draft.content
        body: dict[str, Any] = {
            "idList": self._lists.id_of(Category.TODO),
            "idLabels": [self._labels.wanted(name) for name in sorted(said.labels)],
            "name": said.title,
            "desc": _FRAME.framed(said.text),
            "pos": "bottom",
        }
        if said.due is not None:
            body["due"] = f"{said.due.isoformat()}{_NOON}"
        try:
            return self._noted(self._card(mapping(self._calls.ask("POST", "/cards", body=body))))
        except BoardError:
            self._marked = None  # whether there is a card now, nobody knows
            raise

    def update(self, card_id: str, patch: Patch) -> Card:
        fields: dict[str, Any] = {}
        if patch.title is not None:
            fields["name"] = patch.title
        if patch.text is not None:
            fields["desc"] = _FRAME.framed(patch.text)
        if patch.due is not None:
            fields["due"] = f"{patch.due.isoformat()}{_NOON}"
        if fields:
            self._ask("PUT", card_id, body=fields)
        self._relabel(card_id, patch)
        return self._there(card_id)

    def transition(self, card_id: str, to: Category, resolution: Resolution | None = None) -> Card:
        self._ask("PUT", card_id, body={"idList": self._lists.id_of(to, resolution), "closed": False})
        return self._there(card_id)

    def comment(self, card_id: str, text: str, key: str) -> None:
        mark = comment_mark(key)
        said = rows(self._ask("GET", card_id, "/actions", params={"filter": "commentCard", "fields": "data", "limit": "1000"}))
        if any(mark in str((action.get("data") or {}).get("text") or "") for action in said):
            return
        text = text.replace("@", "@\u2060")  # a mention is one in a frame, too
        text = text if len(text) <= _CAN.max_text else text[: _CAN.max_text - 1] + _CUT
        self._ask("POST", card_id, "/actions/comments", body={"text": f"{_FRAME.around(text)}\n\n{mark}"})

    @understood()
    def _relabel(self, card_id: str, patch: Patch) -> None:
        """Put labels on that the card lacks and take others off; of one name there may be several."""
        if not (patch.labels_add or patch.labels_remove):
            return
        labels = mapping(self._ask("GET", card_id, params={"fields": "labels"})).get("labels") or []
        for name in sorted(patch.labels_add - {str(label["name"]) for label in labels}):
            self._ask("POST", card_id, "/idLabels", body={"value": self._labels.wanted(name)})
        for label in labels:
            if label["name"] in patch.labels_remove:
                with suppress(CardMissingError):  # a person took it off meanwhile
                    self._ask("DELETE", card_id, f"/idLabels/{label['id']}")

    def _ask(
        self, method: str, card_id: str, path: str = "", params: Mapping[str, str] | None = None, body: Any = None
    ) -> Answer:
        """A call about a card. It is only missing where its board is there."""
        try:
            return self._calls.ask(method, f"/cards/{_id(card_id)}{path}", params=params, body=body)
        except CardMissingError:
            self._see_board()
            raise

    def _see_board(self) -> dict[str, Any]:
        try:
            found = mapping(self._calls.ask("GET", self._path, params={"fields": "name,closed,url"}))
        except CardMissingError:
            raise BoardForbiddenError(
                "the token does not reach the board", remedy="see `board`, and who the members of it are"
            ) from None
        if found.get("closed"):
            raise BoardForbiddenError("the board is closed", remedy="open it again in Trello, or name another one")
        return found

    def _all(self) -> list[Card]:
        """All cards of the board, archived ones too: the newest first, page by page."""
        cards: list[Card] = []
        wanted = {**_WANTED, "filter": "all", "limit": str(_PAGE)}
        for _ in range(_MOST_PAGES):
            try:
                page = rows(self._calls.ask("GET", f"{self._path}/cards", params=wanted))
            except CardMissingError:
                self._see_board()
                raise
            cards += [self._card(each) for each in page]
            if len(page) < _PAGE:
                return cards
            wanted["before"] = min(card.id for card in cards)  # an id begins with the time of its making
        raise BoardUnavailableError("the board has too many cards to look through", remedy="use a board of its own")

    def _there(self, card_id: str) -> Card:
        card = self.get(card_id)
        if card is None:
            raise CardMissingError(f"card {card_id} is gone", remedy="`quarterdeck board recreate` has a new one made")
        return card

    def _noted(self, card: Card) -> Card:
        if self._marked is not None and card.reference:
            self._marked[card.id] = card
        return card

    @understood()
    def _card(self, found: Mapping[str, Any]) -> Card:
        text = _FRAME.unframed(str(found.get("desc") or ""))
        category, resolution = self._lists.meaning(str(found["idList"]), is_archived=bool(found.get("closed")))
        return Card(
            id=str(found["id"]),
            key=f"#{found['idShort']}",
            url=str(found.get("shortUrl", "")),
            reference=block.reference_in(text),
            title=str(found["name"]),
            text=text,
            category=category,
            resolution=resolution,
            labels=frozenset(str(label["name"]) for label in found.get("labels") or () if label.get("name")),
            due=date.fromisoformat(str(found["due"])[:10]) if found.get("due") else None,
            assignee=", ".join(str(member["username"]) for member in found.get("members") or ()),
            created_at=_made_at(str(found["id"])),
        )

    @property
    def _path(self) -> str:
        return f"/boards/{self._options.board}"

    @cached_property
    def _board(self) -> dict[str, Any]:
        return self._see_board()

    @cached_property
    def _calls(self) -> Calls:
        key, token = (self._means.secret(of) for of in (self._options.key, self._options.token))
        headers = {
            "Authorization": f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"',
            "Accept": "application/json",
        }
        base = f"{str(self._options.url).rstrip('/')}/1"
        return Calls(base, headers, said=_said, pace=lambda _: self._bucket.take())

    @cached_property
    def _lists(self) -> Lists:
        return Lists(self._calls, self._path, self._options.lists)

    @cached_property
    def _labels(self) -> Labels:
        return Labels(self._calls, self._path, lambda: str(self._board["id"]))


def _id(card_id: str) -> str:
    """A card's id; anything else is no card."""
    if len(card_id) != 24 or not set(card_id) <= set("0123456789abcdef"):
        raise CardMissingError(f"{card_id!r} is no card's id")
    return card_id


def _made_at(card_id: str) -> str:
    """When a card was made, which its id begins with."""
    return datetime.fromtimestamp(int(_id(card_id)[:8], 16), UTC).isoformat()


def _said(answer: Answer) -> str:
    """Trello's own words: a line of text, or a message; never a page of something between."""
    body = answer.json()
    if isinstance(body, dict):
        return str(body.get("message") or body.get("error") or "")
    is_text = answer.headers.get("content-type", "").startswith("text/plain")
    return answer.body.decode("utf-8", "replace") if is_text else ""
