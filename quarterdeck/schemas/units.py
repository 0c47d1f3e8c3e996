"""What units keep of their own trade: a house that is let, jobs that are delivered, hours that are worked for clients."""

from __future__ import annotations

from quarterdeck.schemas.column import TableSchema, Type, col, maybe, text

RENT_BY = ("night", "month", "stay")
JOB_STATES = ("quoted", "booked", "delivered", "lost", "cancelled")
BILLING_MODELS = ("retainer", "hourly", "fixed", "none")

UNITS: tuple[TableSchema, ...] = (
    TableSchema(
        "properties",
        "Houses, flats and rooms that are let.",
        (
            text("property"),
            text("name"),
            col("units", Type.INT, "how many can be let at once: rooms of a guest house, 1 for a house"),
            maybe("value_minor", Type.MINOR, doc="what it cost or is worth; yields are stated over it"),
            maybe("currency"),
            maybe("lettable_from", Type.DATE),
        ),
        key=("property",),
        keeps_past=True,
    ),
    TableSchema(
        "stays",
        "Stays and leases, one row each, those to come among them.",
        (
            text("stay"),
            text("property"),
            maybe("party", doc="who stays"),
            maybe("booked_on", Type.DATE),
            col("arrives_on", Type.DATE, "first night, or first day of the lease"),
            maybe("leaves_on", Type.DATE, doc="day of departure, of which the night is free again; empty while nobody knows"),
            col("rent_minor", Type.MINOR, "for one night, one month or the whole stay"),
            text("rent_by", *RENT_BY),
            text("currency"),
            col("is_cancelled", Type.BOOL),
        ),
        key=("stay",),
        keeps_past=True,
    ),
    TableSchema(
        "repairs",
        "Maintenance of what is let.",
        (
            text("repair"),
            text("property"),
            text("what"),
            col("reported_on", Type.DATE),
            maybe("done_on", Type.DATE),
            maybe("cost_minor", Type.MINOR),
            maybe("currency"),
        ),
        key=("repair",),
        keeps_past=True,
    ),
    TableSchema(
        "jobs",
        "Delivery jobs from the quote to the hand-over.",
        (
            text("job"),
            maybe("party"),
            maybe("route"),
            text("status", *JOB_STATES),
            col("quoted_on", Type.DATE),
            maybe("decided_on", Type.DATE, doc="day on which the quote was booked or lost"),
            maybe("promised_on", Type.DATE),
            maybe("delivered_on", Type.DATE),
            maybe("miles", Type.INT),
            maybe("crew_days", Type.RATIO),
            col("amount_minor", Type.MINOR, "price of the job"),
            maybe("cost_minor", Type.MINOR, doc="crew, fuel, dues and travel of the job"),
            text("currency"),
        ),
        key=("job",),
        keeps_past=True,
    ),
    TableSchema(
        "crews",
        "Who can be sent, and for how many days a month.",
        (text("crew"), col("days_a_month", Type.RATIO), maybe("since", Type.DATE), maybe("until", Type.DATE)),
        key=("crew",),
        keeps_past=True,
    ),
    TableSchema(
        "client_contracts",
        "What was agreed with each client. A client without a model has an agreement that says nothing of money.",
        (
            text("client"),
            text("model", *BILLING_MODELS),
            maybe("rate_minor", Type.MINOR, doc="of one hour; what hours are valued at under every model"),
            maybe("monthly_minor", Type.MINOR, doc="the retainer of a month"),
            maybe("hours_included", Type.RATIO, doc="in a month of a retainer"),
            maybe("currency"),
            col("since", Type.DATE),
            maybe("until", Type.DATE),
            col("is_signed", Type.BOOL),
        ),
        key=("client", "since"),
        keeps_past=True,
    ),
    TableSchema(
        "time_entries",
        "Hours worked for clients, by day. An hour is billed once it names the invoice it stands on.",
        (
            text("entry"),
            col("date", Type.DATE),
            text("client"),
            text("person"),
            col("hours", Type.RATIO),
            col("is_billable", Type.BOOL),
            maybe("invoice", doc="the invoice it is billed on; for a retainer, that of the month"),
            maybe("task"),
        ),
        key=("entry",),
        dated=True,
    ),
)
