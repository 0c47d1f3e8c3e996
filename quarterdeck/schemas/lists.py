"""What people keep by hand: inventories, plans, and the hand-off documents of projects."""

from __future__ import annotations

from quarterdeck.schemas.books import STATEMENT_LINES
from quarterdeck.schemas.column import TableSchema, Type, col, maybe, text

EFFORTS = ("S", "M", "L")

INVENTORIES: tuple[TableSchema, ...] = (
    TableSchema(
        "assets",
        "What the tenant owns or runs: boats, houses, domains, accounts, systems.",
        (
            text("asset"),
            text("name"),
            text("category"),
            text("status", "active", "idle", "planned", "retired"),
            maybe("owner"),
            maybe("value_minor", Type.MINOR),
            maybe("currency"),
            maybe("renews_on", Type.DATE),
        ),
        key=("asset",),
    ),
    TableSchema(
        "channels",
        "Where customers could find the tenant, and how things stand there.",
        (
            text("channel"),
            text("kind", "ota", "website", "search", "social", "email", "marketplace", "referral", "direct"),
            col("is_listed", Type.BOOL),
            col("is_live", Type.BOOL, "a customer can book or enquire there today"),
            maybe("reach", Type.INT, doc="people a month who look there for such an offer"),
            maybe("commission_ratio", Type.RATIO),
            maybe("setup_cost_minor", Type.MINOR),
            maybe("currency"),
            maybe("effort", Type.TEXT, *EFFORTS),
            maybe("reviews", Type.INT),
            maybe("next_step"),
        ),
        key=("channel",),
    ),
    TableSchema(
        "prices",
        "What is sold, at which price, and what one more unit costs.",
        (
            text("product"),
            text("unit", doc="charter, job, night, hour ..."),
            col("price_minor", Type.MINOR),
            maybe("variable_cost_minor", Type.MINOR),
            text("currency"),
            maybe("is_main", Type.BOOL, doc="the product that break-even is counted in"),
        ),
        key=("product",),
    ),
    TableSchema(
        "budget",
        "Planned amounts by month and statement line; revenue and costs are both positive.",
        (
            col("date", Type.DATE, "first day of the month"),
            text("statement_line", *STATEMENT_LINES),
            col("amount_minor", Type.MINOR),
            text("currency"),
        ),
        key=("date", "statement_line"),
        dated=True,
    ),
    TableSchema(
        "contacts",
        "The mailing list, without addresses.",
        (
            text("contact"),
            text("segment"),
            col("is_opted_in", Type.BOOL),
            col("added_on", Type.DATE),
            maybe("last_booked_on", Type.DATE),
        ),
        key=("contact",),
    ),
    TableSchema(
        "campaigns",
        "Assumptions of a campaign, one row a case: low, base, high.",
        (
            text("campaign"),
            text("segment"),
            text("case", "low", "base", "high"),
            col("delivered_ratio", Type.RATIO),
            col("response_ratio", Type.RATIO),
            col("value_minor", Type.MINOR, "value of one response"),
            text("currency"),
        ),
        key=("campaign", "case"),
    ),
    TableSchema(
        "pipeline",
        "Deals, open and closed.",
        (
            text("deal"),
            text("stage", "lead", "qualified", "proposal", "won", "lost"),
            col("value_minor", Type.MINOR),
            text("currency"),
            col("opened_on", Type.DATE),
            maybe("closed_on", Type.DATE),
            maybe("channel"),
        ),
        key=("deal",),
    ),
    TableSchema(
        "funnel",
        "People who entered and who completed a step of the booking way, by day.",
        (col("date", Type.DATE), text("step"), col("entered", Type.INT), col("completed", Type.INT)),
        key=("date", "step"),
        dated=True,
    ),
    TableSchema(
        "ownership",
        "Who owns which share, and whether it is agreed in writing.",
        (
            text("holder"),
            col("share_ratio", Type.RATIO),
            text("relation", "founder", "investor", "employee", "company"),
            col("has_agreement", Type.BOOL),
            col("has_vesting", Type.BOOL),
        ),
        key=("holder",),
    ),
    TableSchema(
        "incidents",
        "Times at which something that customers or the team need did not work.",
        (
            text("incident"),
            col("date", Type.DATE, "day on which it was noticed"),
            text("service"),
            maybe("hours_to_restore", Type.RATIO, doc="from noticing it until it worked again; empty while it lasts"),
            maybe("cause"),
        ),
        key=("incident",),
        dated=True,
    ),
    TableSchema(
        "duties",
        "Who does what, and who could stand in.",
        (text("duty"), text("holder"), maybe("stand_in"), col("is_critical", Type.BOOL)),
        key=("duty",),
    ),
)

HANDOFFS: tuple[TableSchema, ...] = (
    TableSchema(
        "handoffs",
        "The state of each project as its hand-off document tells it.",
        (
            text("project"),
            text("title"),
            text("state", "planned", "active", "blocked", "paused", "live", "done"),
            maybe("owner"),
            col("updated_on", Type.DATE),
            col("blockers", Type.INT, "number of open blockers"),
            maybe("mission"),
            maybe("stack"),
            maybe("deployment"),
            maybe("financial_model"),
            text("source_file"),
        ),
        key=("project",),
    ),
    TableSchema(
        "blockers",
        "Open blockers named in hand-off documents.",
        (text("project"), text("blocker"), maybe("since", Type.DATE), text("source_file"), col("source_line", Type.INT)),
        key=("project", "blocker"),
    ),
)
