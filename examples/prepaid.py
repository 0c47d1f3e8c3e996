"""Gift cards and deposits that JADA keeps a list of: paid by bank or at the dock, so that no card payment defers them."""

from __future__ import annotations

from examples.files import Row, major
from examples.span import Span


def prepaid(span: Span) -> list[Row]:
    """Two open gift cards, one that has just expired, and a deposit for which nobody has stated the day of service."""
    return [
        _row("G-014", "Gift card", "gift_card", "Elena Castellan", span.ago(376), 30_000, expires=span.ago(11)),
        _row("G-017", "Gift card", "gift_card", "Hugo Lindgren", span.ago(128), 50_000, expires=span.ahead(237)),
        _row("G-019", "Gift card", "gift_card", "Ines Quist", span.ago(46), 25_000, expires=span.ahead(319)),
        _row("D-031", "Half-day charter", "deposit", "Farid Holt", span.ago(23), 72_500),
    ]


def _row(id: str, product: str, kind: str, party: str, billed: object, cents: int, expires: object = None) -> Row:
    return {
        "obligation": id,
        "product": product,
        "kind": kind,
        "party": party,
        "billed_on": str(billed),
        "amount": major(cents),
        "service_start": None,
        "expires_on": None if expires is None else str(expires),
    }
