"""What people say: their notes on a period, and their decisions about actions and milestones."""

from __future__ import annotations

from quarterdeck.schemas.column import TableSchema, Type, col, maybe, text

PRIORITIES = ("P1", "P2", "P3")

PEOPLE: tuple[TableSchema, ...] = (
    TableSchema(
        "notes",
        "What people say about the period: notes of this tenant and this period alone, whenever they were written.",
        (
            text("note", doc="file and line"),
            maybe("roles", doc="whose reports it is for, comma separated; empty for all"),
            maybe("kpi", doc="the KPI that it stands beside"),
            maybe("finding", doc="code of the action, or fingerprint of the finding, that it stands beside"),
            text("author"),
            col("date", Type.DATE, "day on which it was written"),
            text("text", doc="a small part of markdown: paragraphs, lists, emphasis, links"),
        ),
        key=("note",),
    ),
    TableSchema(
        "overrides",
        "What people decided about an action's owner, due date or priority, or about a milestone's date, as far as it counts.",
        (
            text("override", doc="file and line"),
            text("kind", "action", "milestone"),
            text("subject", doc="code of the action, or fingerprint of its finding; id of the milestone"),
            maybe("owner"),
            maybe("due_on", Type.DATE),
            maybe("priority", Type.TEXT, *PRIORITIES),
            text("by"),
            col("date", Type.DATE, "day of the decision"),
            col("counts_from", Type.DATE, "first day that the report of a period must hold to heed it"),
            maybe("until", Type.DATE, doc="last day on which it holds"),
            text("reason"),
        ),
        key=("override",),
        keeps_past=True,
    ),
)
