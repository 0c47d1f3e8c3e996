"""What a tenant's own systems record of its trade: bookings, and whatever else happened in them."""

from __future__ import annotations

from quarterdeck.schemas.column import TableSchema, Type, col, maybe, text

SALES: tuple[TableSchema, ...] = (
    TableSchema(
        "bookings",
        "Bookings by the day on which they were made, with the state they are in now; no accounts are made of them.",
        (
            text("booking"),
            col("date", Type.DATE, "day on which it was made"),
            text("status", "enquiry", "pending", "confirmed", "completed", "cancelled"),
            maybe("service_date", Type.DATE, doc="day on which the service is rendered"),
            maybe("product"),
            maybe("party", doc="who booked, by a name or number of the tenant's, not by an address"),
            maybe("channel", doc="where the booking came from"),
            maybe("amount_minor", Type.MINOR, doc="what it is worth, paid or not"),
            maybe("currency"),
        ),
        key=("booking",),
        dated=True,
    ),
    TableSchema(
        "events",
        "What a system recorded, by day: a form that was sent, a payment that failed, a message that went out.",
        (
            text("event"),
            col("date", Type.DATE),
            maybe("occurred_at", Type.TIME),
            text("kind"),
            maybe("subject", doc="what it is about: a booking, a page, a channel"),
            maybe("detail"),
        ),
        key=("event",),
        dated=True,
    ),
)
