"""Rows of QueenofSanDiego's tables as DynamoDB writes them: bookings, what happened to them, who may do what, invoices."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from examples.cloud.shapes import Item
from examples.common import CUSTOMERS
from examples.span import Span

_A_MONTH = (16, 24)
_SEAT_CENTS = 4_900
_CANCELLED, _FAILING = 0.06, 0.03
_CHANNELS = ("website", "mailing list", "map listing", "telephone")
_PRODUCTS = ("Concert sail", "Sunset sail")


def bookings(span: Span) -> list[Item]:
    """Bookings of seats, by the day on which they were made; those of days to come are confirmed, not completed."""
    rng = Random("cloud:bookings")
    made: list[Item] = []
    for month in span.months:
        for _ in range(rng.randint(*_A_MONTH)):
            day = month + timedelta(days=rng.randrange(28))
            made.append(_booking(len(made) + 1, day, span, rng))
    return made


def _booking(number: int, day: date, span: Span, rng: Random) -> Item:
    sail = day + timedelta(days=rng.randint(2, 30))
    seats = rng.choice((1, 2, 2, 2, 4, 6))
    cancelled = rng.random() < _CANCELLED
    status = "cancelled" if cancelled else "completed" if sail < span.end else "confirmed"
    return {
        "booking": {"S": f"QS-{number:05d}"},
        "made_on": {"S": day.isoformat()},
        "status": {"S": status},
        "sail": {"M": {"date": {"S": sail.isoformat()}, "product": {"S": rng.choice(_PRODUCTS)}}},
        "guest": {"S": f"guest-{CUSTOMERS.index(rng.choice(CUSTOMERS)) + 1:04d}"},
        "channel": {"S": rng.choice(_CHANNELS)},
        "seats": {"N": str(seats)},
        "amount": {"N": f"{seats * _SEAT_CENTS // 100}.{seats * _SEAT_CENTS % 100:02d}"},
        "currency": {"S": "USD"},
    }


def events(span: Span) -> list[Item]:
    """What the tools recorded of the last year's bookings: a form sent, a payment, a ticket mailed; older ones have expired."""
    rng = Random("cloud:events")
    made: list[Item] = []
    since = span.month(12).isoformat()
    for booking in (booked for booked in bookings(span) if booked["made_on"]["S"] >= since):
        begin = datetime.fromisoformat(f"{booking['made_on']['S']}T16:00:00+00:00") + timedelta(minutes=rng.randrange(360))
        payment = "payment_failed" if rng.random() < _FAILING else "payment_taken"
        for step, kind in enumerate(("form_sent", payment, "ticket_mailed")):
            made.append(
                {
                    "event": {"S": f"EV-{len(made) + 1:06d}"},
                    "at": {"S": f"{begin + timedelta(seconds=40 * step):%Y-%m-%dT%H:%M:%SZ}"},
                    "kind": {"S": kind},
                    "booking": booking["booking"],
                }
            )
    return made


def roles() -> list[Item]:
    """Who may do what in the ticket service."""
    people = {"owen.tran": ("admin", "refund", "mail"), "priya.raman": ("refund", "mail"), "lukas.stein": ("mail",)}
    return [
        {"person": {"S": person}, "rights": {"SS": list(rights)}, "is_active": {"BOOL": True}}
        for person, rights in people.items()
    ]


def billing(span: Span) -> list[Item]:
    """Where the invoices of private sails stand."""
    rng = Random("cloud:billing")
    return [
        {
            "invoice": {"S": f"INV-{number:04d}"},
            "issued_on": {"S": (month + timedelta(days=4)).isoformat()},
            "state": {"S": "open" if month >= span.month(1) else "paid"},
            "amount": {"N": str(rng.choice((980, 1040, 1100, 1220)))},
        }
        for number, month in enumerate(span.months, start=1)
    ]
