"""What customers pay again and again: subscriptions, retainers, berths let by the year."""

from __future__ import annotations

from quarterdeck.schemas.column import TableSchema, Type, col, maybe, text

EVERY = ("month", "quarter", "year")

SUBSCRIPTIONS: tuple[TableSchema, ...] = (
    TableSchema(
        "subscriptions",
        "Subscriptions, one row for each price that one had: where the price changes, one row ends and the next begins.",
        (
            text("subscription"),
            text("customer"),
            maybe("plan"),
            col("price_minor", Type.MINOR, "of one month, quarter or year"),
            text("currency"),
            text("every", *EVERY),
            col("started_on", Type.DATE, "first day at this price"),
            maybe("ended_on", Type.DATE, doc="first day on which it is no longer paid at this price; empty while it is"),
        ),
        key=("subscription", "started_on"),
        keeps_past=True,
    ),
)
