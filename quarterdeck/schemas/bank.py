"""What the banks say: the lines of their statements, and the balances that they state.

These tables are the bank's side of a reconciliation; the books' side is `entries`. They come from the bank files of the
sources `transactions` and `bank_statements`, which read them under the account that the books keep for the bank.
"""

from __future__ import annotations

from quarterdeck.schemas.column import TableSchema, Type, col, maybe, text

BANK: tuple[TableSchema, ...] = (
    TableSchema(
        "bank_lines",
        "Lines of the banks' statements, as the banks give them.",
        (
            text("line", doc="id of the line, unique within the account"),
            col("date", Type.DATE),
            text("account", doc="number in the chart of the account that the books keep for the bank"),
            col("amount_minor", Type.MINOR, "positive came in, negative went out"),
            text("currency"),
            maybe("party"),
            maybe("memo"),
            maybe("document", doc="reference of the invoice or receipt, where the bank carries it"),
            text("source_file"),
            col("source_line", Type.INT),
        ),
        key=("account", "line"),
        dated=True,
    ),
    TableSchema(
        "bank_balances",
        "Closing balances of days, as the banks' statements say.",
        (
            text("account", doc="number in the chart of the account that the books keep for the bank"),
            col("date", Type.DATE, "the day at whose end the balance stood"),
            col("balance_minor", Type.MINOR, "negative is overdrawn"),
            text("currency"),
        ),
        key=("account", "date"),
        dated=True,
    ),
)
