"""Stripe's export of balance transactions as balanced entries.

A charge debits what reached the balance, debits the fee, credits revenue with the gross; refunds and disputes turn that
round, and a dispute that was won turns it round again. What an adjustment is, its reporting category says where it is there.
A payout moves money from the balance to the bank. **Where the bank's own file is read, its line is what posts the
payout** (a category rule sends it to the clearing account) and Stripe's row posts nothing, so that the money counts once.

Types that are Stripe's but that no account is named for (transfers to connected accounts, reserves, advances) go to the
suspense account: the balance stays right, and the suspense finding asks what they were. Other types are rejected.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from quarterdeck.errors import Reject
from quarterdeck.reading import read_csv
from quarterdeck.reading.cells import CellError, amount, currency_code, day, instant
from quarterdeck.reading.records import Cells, plain_text
from quarterdeck.sources import Window
from quarterdeck.sources._bank import BankLine, BankStatement
from quarterdeck.sources._deferral import Deferral
from quarterdeck.sources._files import Day, LocalPath, Name, Part
from quarterdeck.sources._posting import Entry, Ids, Leg, balanced

_REQUIRED = ("id", "Type", "Amount", "Fee", "Net", "Currency", "Created (UTC)")
_KNOWN = (
    *_REQUIRED,
    *("Source", "Available On (UTC)", "Description", "Reporting Category"),
    *("Destination Platform Fee", "Destination Platform Fee Currency"),
    *("Customer Facing Amount", "Customer Facing Currency", "Transfer", "Transfer Date (UTC)", "Transfer Group"),
)
_METADATA = re.compile(r".+ \(metadata\)")
_SERVICE_DATE, _CUSTOMER = "service_date (metadata)", "customer (metadata)"
_OLD_PAYOUT = re.compile(r"STRIPE (?:TRANSFER|PAYOUT)", re.IGNORECASE)  # payouts were called transfers until 2017
_STRIPE = "Stripe"

_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("charge", "payment"), "revenue"),
    **dict.fromkeys(("refund", "payment_refund", "payment_failure_refund", "refund_failure", "payment_reversal"), "refunds"),
    "adjustment": "disputes",
    **dict.fromkeys(("stripe_fee", "stripe_fx_fee", "tax_fee"), "fees"),
    **dict.fromkeys(("payout", "payout_cancel", "payout_failure", "topup", "topup_reversal"), "payout"),
    **dict.fromkeys(
        (
            *("transfer", "transfer_cancel", "transfer_failure", "transfer_refund", "connect_collection_transfer"),
            *("application_fee", "application_fee_refund", "reserve_transaction", "reserved_funds", "contribution"),
            *("payment_network_reserve_hold", "payment_network_reserve_release", "payment_unreconciled"),
            *("advance", "advance_funding", "anticipation_repayment", "climate_order_purchase", "climate_order_refund"),
            *("obligation_outbound", "obligation_reversal_inbound", "issuing_dispute", "issuing_transaction"),
            *("issuing_authorization_hold", "issuing_authorization_release"),
        ),
        "suspense",
    ),
}
# What an adjustment is, where the export says so: the type alone does not tell a dispute from a refund that failed.
_ADJUSTMENTS: Mapping[str, str] = {
    "dispute": "disputes",
    "dispute_reversal": "disputes",
    "refund_failure": "refunds",
    "refund": "refunds",
    "fee": "fees",
    "tax": "fees",
    "charge_failure": "revenue",
    "": "disputes",
}
_NO_REFUND = frozenset({"partial_capture_reversal", "charge_failure"})  # revenue that never was


class StripeFile(Part):
    """One export, and the accounts that its rows are posted to."""

    path: LocalPath
    clearing: Name = "1050"
    revenue: Name = "4000"
    refunds: Name = "4090"
    fees: Name = "6110"
    disputes: Name = "6120"
    payout_to: Name = "1000"
    deferred: Name | None = None
    complete_through: Day | None = None

    ACCOUNTS: ClassVar[tuple[str, ...]] = ("clearing", "revenue", "refunds", "fees", "disputes", "payout_to")


@dataclass(frozen=True, slots=True)
class _Row:
    """A balance transaction, converted."""

    id: str
    kind: str
    minor: int
    fee: int
    currency: str
    created: datetime
    day: date
    source: str | None
    description: str | None
    customer: str | None
    service_date: date | None


def read_stripe(
    settings: StripeFile, suspense: str, window: Window, with_statement: Collection[str], ids: Ids
) -> BankStatement:
    """Entries and lines of one export up to the period's end.

    `with_statement` are the accounts whose own bank files are read.
    """
    statement = BankStatement(settings.path, settings.clearing)
    for record in read_csv(window.path(settings.path), settings.path, known=_is_known, required=_REQUIRED):
        if isinstance(record, Reject):
            statement.rejects.append(record)
            continue
        cells = Cells(record, settings.path)
        row = _row(cells, window)
        is_first = True
        if row is not None:
            told = (row.kind, row.minor, row.fee, row.currency, row.created)
            is_first, earlier = ids.claim(f"stripe:{row.id}", told, settings.path, record.line)
            if earlier is not None:
                cells.refuse("id", f"an id that occurs once, or a row that says the same as {earlier}")
        statement.rejects += cells.rejects
        if row is None or cells.rejects:
            continue
        statement.see(row.day)
        if not is_first:
            continue
        if row.created >= window.end_instant:
            continue
        statement.mark(row.created)
        statement.lines.append(_line(row, settings.path, record.line))
        is_elsewhere = row.kind == "payout" and settings.payout_to in with_statement
        legs = () if is_elsewhere else balanced(_legs(row, settings, suspense))
        if legs:
            statement.entries.append(
                Entry(
                    id=f"stripe:{row.id}",
                    day=row.day,
                    currency=row.currency,
                    legs=legs,
                    origin="stripe",
                    file=settings.path,
                    line=record.line,
                    document=row.source,
                    memo=row.description,
                    service_date=row.service_date,
                )
            )
    if settings.deferred is not None:
        deferral = Deferral(settings.deferred, settings.revenue, (settings.revenue, settings.refunds))
        statement.entries = list(deferral.post(statement.entries, window.end))
    statement.close(settings.complete_through, window.end)
    return statement


def _line(row: _Row, file: str, number: int) -> BankLine:
    """The row as a line of the provider's own statement: what the clearing account is reconciled with."""
    return BankLine(
        id=f"stripe:{row.id}",
        day=row.day,
        minor=row.minor - row.fee,
        currency=row.currency,
        balance=None,
        party=_STRIPE if row.kind == "payout" else row.customer,
        memo=row.description,
        document=row.source,
        file=file,
        number=number,
    )


def _is_known(column: str) -> bool:
    return column in _KNOWN or _METADATA.fullmatch(column) is not None


def _legs(row: _Row, settings: StripeFile, suspense: str) -> tuple[Leg, ...]:
    other = {
        "revenue": settings.revenue,
        "refunds": settings.refunds,
        "disputes": settings.disputes,
        "fees": settings.fees,
        "payout": settings.payout_to,
        "suspense": suspense,
    }[row.kind]
    party = _STRIPE if row.kind in ("fees", "payout") else row.customer
    return (
        Leg(settings.clearing, row.minor - row.fee, party),
        Leg(settings.fees, row.fee, _STRIPE),
        Leg(other, -row.minor, party),
    )


def _row(cells: Cells, window: Window) -> _Row | None:
    """The row, or None and every cell that is wrong among the rejects of `cells`."""
    id = cells.get("id", plain_text)
    kind = cells.get("Type", _kind)
    currency = cells.get("Currency", lambda text: currency_code(text.upper()))
    created = cells.get("Created (UTC)", instant)
    description = cells.find("Description", plain_text)
    service_date = cells.find(_SERVICE_DATE, day)
    source, customer = cells.find("Source", plain_text), cells.find(_CUSTOMER, plain_text)
    if currency is None:
        return None
    minor, fee, net = (cells.get(column, lambda text: amount(text, currency)) for column in ("Amount", "Fee", "Net"))
    if cells.rejects or id is None or kind is None or created is None or minor is None or fee is None or net is None:
        return None
    if minor - fee != net:
        cells.refuse("Net", "the amount less the fee")
        return None
    category = cells.text("Reporting Category").lower()
    if cells.text("Type").lower() == "adjustment":
        kind = _ADJUSTMENTS.get(category, "suspense")
    elif kind == "refunds" and category in _NO_REFUND:
        kind = "revenue"
    if kind == "suspense" and _OLD_PAYOUT.match(description or ""):
        kind = "payout"
    return _Row(
        id=id,
        kind=kind,
        minor=minor,
        fee=fee,
        currency=currency,
        created=created,
        day=created.astimezone(window.zone).date(),
        source=source,
        description=description,
        customer=customer,
        service_date=service_date,
    )


def _kind(text: str) -> str:
    kind = _KINDS.get(text.lower())
    if kind is None:
        raise CellError("a type of Stripe's balance transactions, as charge, refund, adjustment or payout")
    return kind
