"""What customers owe and what is owed to suppliers, and the plans that a forecast of cash takes as they are."""

from __future__ import annotations

from quarterdeck.schemas.column import TableSchema, Type, col, maybe, text

SIDES = ("receivable", "payable")
DRIVERS = ("revenue", "variable_costs", "fixed_costs", "collection_days")

INVOICES: tuple[TableSchema, ...] = (
    TableSchema(
        "invoices",
        "Invoices to customers and from suppliers, paid ones among them. A credit note has a negative amount.",
        (
            text("invoice", doc="its number"),
            text("side", *SIDES),
            text("party"),
            col("issued_on", Type.DATE),
            col("due_on", Type.DATE),
            col("amount_minor", Type.MINOR, "tax included, as the invoice says"),
            text("currency"),
            maybe("paid_minor", Type.MINOR, doc="paid so far, all payments together"),
            maybe("paid_on", Type.DATE, doc="day of the last payment"),
            maybe("expected_on", Type.DATE, doc="day on which somebody expects the rest"),
            maybe("last_contact_on", Type.DATE, doc="day of the last reminder or talk about it"),
        ),
        key=("side", "party", "invoice"),
    ),
    TableSchema(
        "planned_cash",
        "Single payments and receipts that are planned and in no invoice: a haul-out, a tax, a loan.",
        (
            text("item"),
            col("due_on", Type.DATE),
            col("amount_minor", Type.MINOR, "positive comes in, negative goes out"),
            text("currency"),
        ),
        key=("item", "due_on"),
    ),
    TableSchema(
        "scenarios",
        "Assumptions of a scenario, one row a driver: by which part it is above or below what it is today.",
        (text("scenario"), text("driver", *DRIVERS), col("change_ratio", Type.RATIO, "0.1 is a tenth more, -0.1 a tenth less")),
        key=("scenario", "driver"),
    ),
)
