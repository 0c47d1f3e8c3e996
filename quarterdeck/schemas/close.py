"""How periods are closed, kept by hand: checklist, locks, the register of fixed assets, and what is asked about expenses."""

from __future__ import annotations

from quarterdeck.schemas.column import TableSchema, Type, col, maybe, text

CLOSE: tuple[TableSchema, ...] = (
    TableSchema(
        "close_tasks",
        "The checklist of a close, one row a task of a period.",
        (
            text("period", doc="the period that is closed, as 2026-10 or 2026-Q3"),
            text("task"),
            maybe("owner"),
            maybe("due_on", Type.DATE),
            maybe("done_on", Type.DATE, doc="empty while it is open"),
        ),
        key=("period", "task"),
    ),
    TableSchema(
        "locks",
        "Days through which the books were closed: whatever is written later with an earlier date changes a closed period.",
        (
            col("through", Type.DATE, "the last day that is closed"),
            col("locked_at", Type.TIME),
            maybe("locked_by"),
        ),
        key=("through",),
        keeps_past=True,
    ),
    TableSchema(
        "fixed_assets",
        "The register of fixed assets, those disposed of among them; depreciation is in equal parts by month.",
        (
            text("asset"),
            text("account", doc="number in the chart of the account that holds the asset's cost"),
            col("acquired_on", Type.DATE),
            col("cost_minor", Type.MINOR),
            text("currency"),
            col("useful_months", Type.INT, "over how many months it is written off"),
            maybe("residual_minor", Type.MINOR, doc="what is left at the end; nothing when empty"),
            maybe("disposed_on", Type.DATE),
        ),
        key=("asset",),
        keeps_past=True,
    ),
    TableSchema(
        "expense_patterns",
        "Words by which an expense is asked about: what looks personal, what the company does not pay for.",
        (
            text("words", doc="found anywhere in the party or the memo of an expense, capital letters or small ones"),
            maybe("question", doc="what is asked about such an expense"),
        ),
        key=("words",),
    ),
)
