"""What a tenant's board says before its reports are made: where the card of each finding lies, and what people did with it.

It goes into a snapshot like all that a report is made of. A past period is made as it would have been then, of which a board
tells nothing; so only the newest period is told of it. What the sync of a period itself has made and closed is left as it was
before: a second run of the period reads the same, and changes nothing.
"""

from __future__ import annotations

from quarterdeck.boards.carry import look
from quarterdeck.boards.entries import Entry, Status
from quarterdeck.boards.faults import BoardError
from quarterdeck.boards.overflow import OVERFLOW
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
    known = parts.register_of(tenant).entries()
    if any(entry.last_end > period.end for entry in known.values()):
        return []
    entries = {mark: entry for mark, entry in known.items() if entry.made_in != period.text and entry.rule != OVERFLOW}
    if not entries:
        return []
    try:
        seen = look(parts.board_of(tenant), entries, entries)
    except BoardError:
        return []
    return [
        {"fingerprint": mark, "card": card.key, "url": card.url, "column": _before(entries[mark], card, period)}
        for mark, card in sorted(seen.items())
        if isinstance(card, Card)
    ]


def _before(entry: Entry, card: Card, period: Period) -> str:
    """Where a card lay before the sync of a period closed it, as far as that is known."""
    is_ours = entry.status in (Status.CLOSED, Status.CLOSING, Status.ACCEPTED) and entry.settled == period.end
    return Category.TODO.value if is_ours else column(card)


def column(card: Card) -> str:
    """Where a card lies, in the words of the table."""
    if card.category is Category.DONE and card.resolution is Resolution.NOT_PLANNED:
        return "accepted"
    return card.category.value
