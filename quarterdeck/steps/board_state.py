"""What a tenant's board says before its reports are made: where the card of each finding lies, and what people did with it.

It goes into a snapshot like all that a report is made of. A past period is made as it would have been then, of which a board
tells nothing; so only the newest period is told of it.
"""

from __future__ import annotations

from quarterdeck.boards.carry import look
from quarterdeck.boards.faults import BoardError
from quarterdeck.boards.records import Card, Category, Resolution
from quarterdeck.config import TenantSettings
from quarterdeck.config.boards import BoardSettings
from quarterdeck.period import Period
from quarterdeck.wiring import Parts

TABLE = "cards"


def cards(parts: Parts, tenant: TenantSettings, period: Period) -> list[dict[str, object]]:
    """The rows of the table `cards`; none where the board cannot be read now, which a sync will tell."""
    if period.kind.value != (tenant.board or BoardSettings()).period:
        return []
    entries = parts.register_of(tenant).entries()
    if not entries or max(entry.last_end for entry in entries.values()) > period.end:
        return []
    try:
        seen = look(parts.board_of(tenant), entries, entries)
    except BoardError:
        return []
    return [
        {"fingerprint": mark, "card": card.key, "url": card.url, "column": column(card)}
        for mark, card in sorted(seen.items())
        if isinstance(card, Card)
    ]


def column(card: Card) -> str:
    """Where a card lies, in the words of the table."""
    if card.category is Category.DONE and card.resolution is Resolution.NOT_PLANNED:
        return "accepted"
    return card.category.value
