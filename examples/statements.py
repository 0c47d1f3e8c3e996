"""From a tenant's books to what its bank and its payment provider would export: statement lines and balance transactions.

A card sale is charged through Stripe, becomes available two weekdays later, is paid out that day and reaches the bank on
the next weekday, so that at a month's end a little money is always on its way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from examples.shapes import Books, Reversal, Sales
from examples.span import Span, business_day, in_month

STRIPE = "STRIPE"
_DISPUTE_FEE = 1500


@dataclass(frozen=True, slots=True)
class BankLine:
    """One line of a bank statement; paid is negative."""

    day: date
    party: str
    cents: int
    memo: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale; `n` counts a tenant's sales from 1."""

    n: int
    day: date
    what: str
    customer: str
    cents: int
    service: date


@dataclass(frozen=True, slots=True)
class StripeRow:
    """A balance transaction: `cents` gross, `fee` taken off it."""

    kind: str
    source: str
    cents: int
    fee: int
    created: datetime
    available: date
    description: str
    customer: str = ""
    service: date | None = None

    @property
    def net(self) -> int:
        return self.cents - self.fee


@dataclass(frozen=True, slots=True)
class Statements:
    """All that a tenant's bank and payment provider know of the span, in the order of days."""

    bank: tuple[BankLine, ...]
    stripe: tuple[StripeRow, ...]


def statements(books: Books, span: Span, zone: ZoneInfo, rng: Random) -> Statements:
    """Work out every statement line and balance transaction of the span."""
    sales = [(plan, sale) for plan in books.sales for sale in _sales(plan, span, rng)]
    cards = [sale for plan, sale in sales if plan.through == "stripe"]
    stripe, payouts = _stripe(cards, books.reversals, span, zone, rng)
    lines = [
        *payouts,
        *(_invoice(sale, span) for plan, sale in sales if plan.through == "bank"),
        *_standing(books, span, rng),
        *_per_sale(books, [sale for _, sale in sales], span, rng),
        *(BankLine(span.day(o.back, o.day), o.party, o.cents, o.memo, o.document) for o in books.one_offs),
    ]
    known = sorted(lines, key=lambda line: (line.day, line.party, line.cents, line.document))
    return Statements(tuple(_numbered(known)), tuple(row for row in stripe if _local(row, zone) < span.end))


def _local(row: StripeRow, zone: ZoneInfo) -> date:
    return row.created.astimezone(zone).date()


def _sales(plan: Sales, span: Span, rng: Random) -> Iterable[Sale]:
    n = 0
    for month in span.months:
        counts = plan.second_year if span.year_of(month) else plan.first_year
        for day in sorted(rng.sample(range(1, in_month(month, plan.last_day).day + 1), counts[month.month - 1])):
            n += 1
            sold = month.replace(day=day)
            customer = plan.customers[n % len(plan.customers)] if len(plan.customers) < 12 else rng.choice(plan.customers)
            cents = plan.cents + rng.choice(plan.extras)
            yield Sale(n, sold, plan.what, customer, cents, sold + timedelta(days=rng.randint(*plan.lead_days)))


def _invoice(sale: Sale, span: Span) -> BankLine:
    day = min(business_day(sale.day), span.last_day)
    return BankLine(day, sale.customer, sale.cents, sale.what, f"INV-{sale.day:%Y}-{sale.n:03d}")


def _standing(books: Books, span: Span, rng: Random) -> Iterable[BankLine]:
    for order in books.standing:
        for month in span.months:
            if month.month not in order.months:
                continue
            cents = order.cents + rng.randint(-order.spread, order.spread)
            yield BankLine(_posted(month, order.day), order.party, cents, order.memo, "?" if order.document else "")


def _per_sale(books: Books, sales: Sequence[Sale], span: Span, rng: Random) -> Iterable[BankLine]:
    for cost in books.per_sale:
        for month in span.months:
            count = sum(sale.day.replace(day=1) == month for sale in sales)
            cents = sum(cost.cents + rng.randint(-cost.spread, cost.spread) for _ in range(count))
            if cents:
                yield BankLine(_posted(month, cost.day), cost.party, cents, cost.memo, "?")


def _posted(month: date, day: int) -> date:
    """Banks post on weekdays; the last day of a month stays, so that a statement reaches to its end."""
    wanted = in_month(month, day)
    if day >= 31:
        return wanted
    moved = business_day(wanted)
    return moved if moved.month == wanted.month else wanted - timedelta(days=wanted.weekday() - 4)


def _numbered(lines: Iterable[BankLine]) -> Iterable[BankLine]:
    """Give each paper that is on file its number: R-2026-0042."""
    for n, line in enumerate(lines, start=1):
        yield replace(line, document=f"R-{line.day:%Y}-{n:04d}") if line.document == "?" else line


def _stripe(
    sales: Sequence[Sale], reversals: Sequence[Reversal], span: Span, zone: ZoneInfo, rng: Random
) -> tuple[list[StripeRow], list[BankLine]]:
    rows = [_charge(sale, zone, rng) for sale in sales]
    for reversal in reversals:
        month = span.month(reversal.back)
        first = next((row for row in rows if _local(row, zone).replace(day=1) == month), None)
        if first is not None:
            rows.append(_reversed(first, reversal.kind, zone))
    rows.sort(key=lambda row: (row.created, row.source))
    payouts = list(_payouts(rows, zone))
    lines = [_received(row) for row in payouts]
    every = sorted([*rows, *payouts], key=lambda row: (row.created, row.source))
    return every, [line for line in lines if line.day < span.end]


def _charge(sale: Sale, zone: ZoneInfo, rng: Random) -> StripeRow:
    moment = time(rng.randint(8, 19), rng.randint(0, 59), rng.randint(0, 59))  # evenings are the next day in UTC
    created = datetime.combine(sale.day, moment, zone)
    fee = (sale.cents * 29 + 500) // 1000 + 30  # 2.9 % + 0.30
    available = business_day(sale.day + timedelta(days=1), after=1)
    source = f"ch_EXAMPLE{sale.n:05d}"
    return StripeRow("charge", source, sale.cents, fee, created, available, sale.what, sale.customer, sale.service)


def _reversed(charge: StripeRow, kind: str, zone: ZoneInfo) -> StripeRow:
    created = charge.created + timedelta(days=6 if kind == "refund" else 9)
    prefix, fee, said = ("re_", 0, "Refund") if kind == "refund" else ("dp_", _DISPUTE_FEE, "Chargeback withdrawal")
    return replace(
        charge,
        kind=kind,
        source=charge.source.replace("ch_", prefix),
        cents=-charge.cents,
        fee=fee,
        created=created,
        available=created.astimezone(zone).date(),
        description=f"{said} for {charge.source}",
    )


def _payouts(rows: Sequence[StripeRow], zone: ZoneInfo) -> Iterable[StripeRow]:
    """A payout of everything available on each day on which something becomes available, while it is more than nothing."""
    balance = 0
    for n, day in enumerate(sorted({business_day(row.available) for row in rows}), start=1):
        balance += sum(row.net for row in rows if business_day(row.available) == day)
        if balance <= 0:
            continue
        moment = datetime.combine(day, time(6, 15), zone)
        yield StripeRow("payout", f"po_EXAMPLE{n:05d}", -balance, 0, moment, business_day(day, after=1), "STRIPE PAYOUT")
        balance = 0


def _received(payout: StripeRow) -> BankLine:
    return BankLine(payout.available, STRIPE, -payout.cents, f"TRANSFER {payout.source}", payout.source)
