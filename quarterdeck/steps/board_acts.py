"""What people do to cards by command: look at them, move them, say something, accept, give back, have a new one made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from quarterdeck import codec
from quarterdeck.boards import KnownBoard
from quarterdeck.boards.carry import look
from quarterdeck.boards.embedded import EmbeddedBoard
from quarterdeck.boards.entries import Entry, Status
from quarterdeck.boards.merge import seen
from quarterdeck.boards.plans import Absence, Looked
from quarterdeck.boards.records import Card, Category, Resolution
from quarterdeck.config import TenantSettings
from quarterdeck.errors import ConfigError
from quarterdeck.wiring import Parts

_LIST = "`quarterdeck board list` shows the cards there are"


@dataclass(frozen=True, slots=True)
class Listed:
    """One card as it is remembered, and as it lies on its board."""

    tenant: str
    entry: Entry
    card: Looked

    def as_dict(self) -> dict[str, Any]:
        entry, card = self.entry, self.card if isinstance(self.card, Card) else None
        return {
            "tenant": self.tenant,
            "board": entry.board,
            "card": (card.key if card else entry.key) or None,
            "url": (card.url if card else entry.url) or None,
            "reference": entry.reference,
            "fingerprint": entry.fingerprint,
            "title": card.title if card else entry.sent.title if entry.sent else "",
            "status": entry.status.value,
            "column": card.category.value if card else self.card.value if isinstance(self.card, Absence) else None,
            "priority": card.priority if card else None,
            "due": card.due.isoformat() if card and card.due else None,
            "made_in": entry.made_in,
            "edited": sorted(entry.frozen),
            "why": entry.why,
        }


@dataclass(frozen=True, slots=True)
class _Hand:
    """A card in somebody's hand: its board, acting for them where it can name people, and what is remembered of it."""

    board: KnownBoard
    tenant: TenantSettings
    entry: Entry
    card: Card | None


def listed(parts: Parts, tenants: Iterable[TenantSettings]) -> list[Listed]:
    """The cards of some tenants, in the order in which they were made."""
    return [row for tenant in tenants for row in _of_tenant(parts, tenant)]


def _of_tenant(parts: Parts, tenant: TenantSettings) -> Iterator[Listed]:
    entries = parts.register_of(tenant).entries()
    cards = look(parts.board_of(tenant), entries, entries)
    return (Listed(tenant.id, entry, cards[mark]) for mark, entry in entries.items())


def move(parts: Parts, name: str, to: Category, by: str) -> Listed:
    """Put a card into another column; done by a person, which a sync sees and leaves alone."""
    hand = _hand(parts, name, by)
    return _after(hand, hand.board.transition(_there(hand).id, to, Resolution.COMPLETED if to is Category.DONE else None))


def say(parts: Parts, name: str, text: str, by: str, key: str = "") -> Listed:
    """Add a person's words to a card; under one key, once."""
    hand = _hand(parts, name, by)
    key = key or codec.digest([hand.entry.reference, by, text, parts.clock().isoformat()])
    hand.board.comment(_there(hand).id, text if isinstance(hand.board, EmbeddedBoard) else f"{by}: {text}", key)
    return _after(hand, _there(hand))


def accept(parts: Parts, name: str, by: str, reason: str, until: date | None = None) -> Listed:
    """Close a card as not planned: its finding is accepted, for good or until a day, and gets no card meanwhile."""
    hand = _hand(parts, name, by)
    words = f"accepted by {by}" + (f" until {until}" if until else "") + f": {reason}"
    key = codec.digest([hand.entry.reference, words])
    hand.board.comment(_there(hand).id, words[0].upper() + words[1:], key)
    card = hand.board.transition(_there(hand).id, Category.DONE, Resolution.NOT_PLANNED)
    entry = hand.entry.settle(Status.SUPPRESSED, hand.entry.last_end, words, until)
    parts.register_of(hand.tenant).save(entry)
    return _after(replace(hand, entry=entry), card)


def adopt(parts: Parts, name: str, by: str) -> Listed:
    """Give a card back to Quarterdeck: what people edited is written again with the next sync, and it is live."""
    hand = _hand(parts, name, by)
    card = _there(hand)
    if card.category is Category.DONE:
        card = hand.board.transition(card.id, Category.TODO)
    live = replace(hand.entry.revive(hand.entry.severity, hand.entry.last_end), frozen=frozenset(), told=frozenset())
    entry = live.adopt(card, seen(card))
    parts.register_of(hand.tenant).save(entry)
    return _after(replace(hand, entry=entry), card)


def recreate(parts: Parts, name: str, by: str) -> Listed:
    """Let the next sync make a new card for a finding whose card was deleted or closed."""
    hand = _hand(parts, name, by)
    if hand.card is not None and hand.card.category is not Category.DONE:
        raise ConfigError(f"{hand.card.key} is open", remedy="close it first: a finding has one open card")
    entry = hand.entry.settle(Status.CLOSED, date.min, f"{by} wants a new card")
    parts.register_of(hand.tenant).save(entry)
    return Listed(hand.tenant.id, entry, hand.card or Absence.GONE)


def named(parts: Parts, name: str, tenants: Iterable[TenantSettings]) -> tuple[TenantSettings, Entry]:
    """The card of a name: its key or id as the list shows it, its reference, or the start of its finding's fingerprint."""
    found = [
        (tenant, entry)
        for tenant in tenants
        for entry in parts.register_of(tenant).entries().values()
        if _is_named(entry, name)
    ]
    if len(found) != 1:
        what = f"{len(found)} cards are called {name!r}" if found else f"there is no card {name!r}"
        raise ConfigError(what, remedy=_LIST)
    return found[0]


def _hand(parts: Parts, name: str, by: str) -> _Hand:
    tenant, entry = named(parts, name, parts.settings.tenants)
    board = parts.board_of(tenant)
    if isinstance(board, EmbeddedBoard):
        board = board.acting(by)
    looked = look(board, {entry.fingerprint: entry}, [entry.fingerprint])[entry.fingerprint]
    if looked is Absence.UNREADABLE:
        raise ConfigError(f"the board does not show {name}", remedy="see what its credentials may read")
    return _Hand(board, tenant, entry, looked if isinstance(looked, Card) else None)


def _is_named(entry: Entry, name: str) -> bool:
    return name in {entry.key, entry.reference, entry.url} or (len(name) >= 8 and entry.fingerprint.startswith(name))


def _there(hand: _Hand) -> Card:
    if hand.card is None:
        raise ConfigError(
            f"the card of {hand.entry.reference} is gone", remedy="`quarterdeck board recreate` has a new one made"
        )
    return hand.card


def _after(hand: _Hand, card: Card) -> Listed:
    return Listed(hand.tenant.id, hand.entry, card)
