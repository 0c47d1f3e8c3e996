"""The pages of embedded boards: one a tenant and one of all, beside the file that holds the cards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from quarterdeck.boards import block
from quarterdeck.boards.embedded import OURSELVES, EmbeddedBoard, Line
from quarterdeck.boards.entries import Entry, Status
from quarterdeck.boards.records import Card, Category, Resolution
from quarterdeck.config import TenantSettings
from quarterdeck.render.site.board import BoardFacts, Ticket, board_page, tidy
from quarterdeck.steps.board_items import LABEL
from quarterdeck.storage import LocalStore
from quarterdeck.wiring import Parts
from quarterdeck.words import Voice

FOLDER, FRONT = "board", "board.html"


def write_pages(parts: Parts) -> None:
    """Write the page of every embedded board, and the one that shows them all; nothing where there is no card."""
    found = [facts for tenant in parts.settings.tenants if (facts := _facts(parts, tenant)) is not None]
    if not any(facts.tickets for facts in found):
        return
    store, language = LocalStore(parts.settings.home), _language(parts.settings.portfolio)
    for facts in found:
        key = f"{FOLDER}/{facts.tenant}.html"
        tenant = parts.settings.tenant(facts.tenant)
        store.put(key, board_page(parts.templates, key, facts.name, _language(tenant), [facts], FRONT))
    store.put(FRONT, board_page(parts.templates, FRONT, parts.settings.portfolio.name, language, found, None))


def _language(tenant: TenantSettings) -> str:
    return str(tenant.locale or "en_US").replace("_", "-")


def _facts(parts: Parts, tenant: TenantSettings) -> BoardFacts | None:
    board = parts.board_of(tenant)
    if not isinstance(board, EmbeddedBoard):
        return None
    entries = {entry.card_id: entry for entry in parts.register_of(tenant).entries().values()}
    today = parts.clock().astimezone(tenant.zone).date()
    voice = Voice(str(tenant.locale or "en_US"))
    tickets = tuple(_ticket(card, entries.get(card.id), board.history(card.id), today, voice) for card in board.cards())
    reports = f"archive/{tenant.id}/index.html" if parts.settings.storage.archive is None else None
    return BoardFacts(tenant.id, tenant.name, tenant.branding.accent, tickets, reports)


def _ticket(card: Card, entry: Entry | None, history: Iterable[Line], today: date, voice: Voice) -> Ticket:
    said = [line for line in history if line.what == "said" and line.by != OURSELVES]
    owners = sorted(card.labels - {LABEL, *(label for label in card.labels if label.startswith("qd:"))})
    return Ticket(
        number=card.id,
        key=card.key,
        lane=tidy(owners[0]).upper() if owners else "OTHERS",
        column=_column(card, entry),
        title=tidy(card.title),
        priority=tidy(card.priority or ""),
        due=voice.day(card.due) if card.due else "",
        is_late=card.due is not None and card.due < today,
        age=f"since {entry.made_in}" if entry else "made by hand",
        lines=tuple(tidy(line) for line in (block.inside(card.text) or card.text).splitlines() if line.strip()),
        said=f"{tidy(said[-1].by)}: {tidy(said[-1].text)}" if said else "",
        edited=", ".join(sorted(entry.frozen)) if entry else "",
    )


def _column(card: Card, entry: Entry | None) -> str:
    is_accepted = entry is not None and entry.status in (Status.ACCEPTED, Status.SUPPRESSED)
    if card.category is Category.DONE and (is_accepted or card.resolution is Resolution.NOT_PLANNED):
        return "accepted"
    return card.category.value
