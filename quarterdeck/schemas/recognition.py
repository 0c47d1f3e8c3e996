"""What was billed before it was earned, and when it is: deposits, gift cards, prepaid spans of service."""

from __future__ import annotations

from quarterdeck.schemas.column import TableSchema, Type, col, maybe, text

KINDS = ("service", "deposit", "gift_card", "subscription")

RECOGNITION: tuple[TableSchema, ...] = (
    TableSchema(
        "obligations",
        "What customers were billed for and when it is rendered; revenue is recognised by these days.",
        (
            text("obligation", doc="its id"),
            maybe("party"),
            text("product"),
            text("kind", *KINDS),
            col("billed_on", Type.DATE),
            col("amount_minor", Type.MINOR, "what the customer was billed"),
            text("currency"),
            maybe(
                "method",
                Type.TEXT,
                *("point", "span"),
                doc="point: on the day of service; span: straight-line from service_start up to, not including, service_end; "
                "where it is left out, span if there is a service_end",
            ),
            maybe("service_start", Type.DATE, doc="the day of service; of a gift card, the day it is redeemed"),
            maybe("service_end", Type.DATE, doc="the first day after the last day of service"),
            maybe("cancelled_on", Type.DATE, doc="no service is rendered from this day on"),
            maybe("refunded_minor", Type.MINOR, doc="paid back in all"),
            maybe("refunded_on", Type.DATE, doc="where it is left out, the day of the cancellation, else of the bill"),
            maybe("is_forfeited", Type.BOOL, doc="what is not paid back on a cancellation is kept, and is revenue on that day"),
            maybe("expires_on", Type.DATE, doc="last day on which a gift card is taken"),
            maybe("breakage", Type.TEXT, "on_expiry", "none", doc="whether an expired gift card becomes revenue; on_expiry"),
            maybe(
                "presentation",
                Type.TEXT,
                *("gross", "net"),
                doc="net: revenue is the amount less the commission; gross: all of it, the commission being a cost; gross",
            ),
            maybe("commission_minor", Type.MINOR, doc="what an agency keeps of the amount"),
            maybe("document", doc="references of its postings in the books, parted by spaces"),
        ),
        key=("obligation",),
        keeps_past=True,
    ),
)
