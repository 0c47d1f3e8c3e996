"""Invoices on credit, planned payments and scenarios of the companies: what is in no bank statement. Amounts in cents.

Invoices that were paid are those whose number stands in the statement; days of issue are drawn from a stream of their own.
Some customers are late, one for long, and one supplier waits, as anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from examples.files import Cell, Row, major
from examples.span import Span
from examples.statements import BankLine


@dataclass(frozen=True, slots=True)
class Open:
    """An unpaid invoice: `due` counts days from the span's last one, negative before it; `contact` how many days ago."""

    number: str
    party: str
    cents: int
    due: int
    side: str = "receivable"
    contact: int | None = None
    expected: int | None = None
    paid: int = 0


@dataclass(frozen=True, slots=True)
class Credit:
    """`terms` are the days that an invoice may be open; plans as (item, days ahead, cents), scenarios by driver."""

    terms: int = 30
    unpaid: tuple[Open, ...] = ()
    plans: tuple[tuple[str, int, int], ...] = ()
    scenarios: Mapping[str, Mapping[str, str]] | None = None


_SEASONS = {
    "low": {"revenue": "-0.20", "collection_days": "0.25"},
    "base": {"revenue": "0.05", "fixed_costs": "0.02"},
    "high": {"revenue": "0.25", "variable_costs": "-0.05", "fixed_costs": "0.04"},
}

CREDIT: Mapping[str, Credit] = {
    "jada": Credit(
        unpaid=(
            Open("CD-2291", "Coastline Diver Service", 42_000, -19, "payable", contact=6),
            Open("HA-5530", "Harborview Ads", 38_900, 9, "payable"),
            Open("JD-0107", "Seaport Hotel Concierge", 145_000, -34, contact=12, expected=10),
            Open("JD-0109", "Bayfront Events", 163_000, 16),
        ),
        plans=(("Haul-out and bottom paint", 66, -480_000), ("Coast guard inspection", 38, -65_000)),
        scenarios=_SEASONS,
    ),
    "queenofsandiego": Credit(
        unpaid=(
            Open("QS-0311", "Harbor Arts Society", 185_000, -22, contact=15),
            Open("QS-0316", "Point Loma School Fund", 96_000, 21),
            Open("PP-8841", "Pier Print Shop", 31_500, 5, "payable"),
        ),
        plans=(("Sound system, second half", 52, -210_000),),
        scenarios=_SEASONS,
    ),
    "quickdumpnow": Credit(
        terms=14,
        unpaid=(
            Open("QD-0648", "Bayside Builders", 98_000, -67, contact=41, paid=30_000),
            Open("QD-0655", "Mission Property Care", 54_000, -8, contact=3),
            Open("QD-0661", "Mission Property Care", 47_500, 6),
        ),
        plans=(("Truck registration", 29, -64_000),),
        scenarios=_SEASONS,
    ),
    "expert-yacht-delivery": Credit(
        unpaid=(
            Open("INV-2026-X31", "Ensenada Charter Fleet", 312_000, -74, contact=50),
            Open("INV-2026-X36", "Blue Anchor Brokers", 312_000, -9, contact=4),
            Open("INV-2026-X37", "Pilot Cove Marina", 330_000, 12),
        ),
    ),
    "dangerouscentaur-clients": Credit(
        terms=14,
        unpaid=(
            Open("INV-2026-P18", "Corner Bakery", 73_000, -96),
            Open("INV-2026-P21", "Mesa Dental", 64_000, 11),
        ),
    ),
}


def tables(credit: Credit, paid: Sequence[BankLine], span: Span, rng: Random) -> dict[str, list[Row]]:
    """Rows by table: every invoice of the span that was paid, then those that are not; plans; scenarios."""
    settled = [_settled(line, credit.terms, span, rng) for line in paid if line.document.startswith("INV-")]
    made = {"invoices": [*settled, *(_unpaid(invoice, credit.terms, span) for invoice in credit.unpaid)]}
    if credit.plans:
        made["planned_cash"] = [
            {"item": item, "due_on": span.ahead(days), "amount": major(cents), "currency": "USD"}
            for item, days, cents in credit.plans
        ]
    if credit.scenarios:
        made["scenarios"] = [
            {"scenario": name, "driver": driver, "change_ratio": change}
            for name, drivers in credit.scenarios.items()
            for driver, change in drivers.items()
        ]
    return made


def _settled(line: BankLine, terms: int, span: Span, rng: Random) -> Row:
    issued = line.day - timedelta(days=terms + rng.randint(-6, 17))
    return _row(line.document, "receivable", line.party, line.cents) | {
        "issued_on": issued,
        "due_on": issued + timedelta(days=terms),
        "paid": major(line.cents),
        "paid_on": min(line.day, span.last_day),
    }


def _unpaid(invoice: Open, terms: int, span: Span) -> Row:
    due = span.ahead(invoice.due)
    more: dict[str, Cell] = {
        "issued_on": due - timedelta(days=terms),
        "due_on": due,
        "paid": major(invoice.paid) if invoice.paid else None,
        "paid_on": span.ago(-invoice.due // 2) if invoice.paid else None,
        "expected_on": None if invoice.expected is None else span.ahead(invoice.expected),
        "last_contact_on": None if invoice.contact is None else span.ago(invoice.contact),
    }
    return _row(invoice.number, invoice.side, invoice.party, invoice.cents) | more


_COLUMNS = (
    *("invoice", "side", "party", "issued_on", "due_on", "amount", "currency"),
    *("paid", "paid_on", "expected_on", "last_contact_on"),
)


def _row(number: str, side: str, party: str, cents: int) -> dict[str, Cell]:
    empty: dict[str, Cell] = dict.fromkeys(_COLUMNS)
    return empty | {"invoice": number, "side": side, "party": party, "amount": major(cents), "currency": "USD"}
