"""The books, and the rates that turn their amounts into another currency."""

from __future__ import annotations

from quarterdeck.schemas.column import TableSchema, Type, col, maybe, text

STATEMENT_LINES = (
    *("cash", "receivables", "inventory", "prepaid", "fixed_assets", "clearing", "suspense"),
    *("payables", "deferred_revenue", "taxes_payable", "short_term_loans", "loans", "equity", "translation"),
    *("revenue", "refunds", "cost_of_sales", "operating_expenses", "depreciation", "interest", "income_tax"),
)

BOOKS: tuple[TableSchema, ...] = (
    TableSchema(
        "entries",
        "Balanced postings: the legs of one `entry` sum to zero per currency. Debit is positive, credit negative.",
        (
            text("entry", doc="id of the balanced set, unique within the tenant"),
            col("leg", Type.INT, "position within the entry, from 0"),
            col("date", Type.DATE),
            text("account"),
            col("amount_minor", Type.MINOR),
            text("currency"),
            maybe("party"),
            maybe("document", doc="reference of the invoice or receipt behind the posting"),
            maybe("memo"),
            maybe("service_date", Type.DATE, doc="day the service is rendered, where the source knows it"),
            maybe("created_at", Type.TIME, doc="when the posting was written, where the accounting system says so"),
            maybe("created_by", doc="who wrote it"),
            maybe("counterparty", doc="the tenant of the portfolio on the other side; such postings are eliminated together"),
            text(
                "origin",
                *("stripe", "bank", "ledger", "translation", "elimination"),
                doc="books made from stripe or bank rows are derived books; the last two are added to a portfolio's",
            ),
            text("source_file"),
            col("source_line", Type.INT),
        ),
        key=("entry", "leg"),
        dated=True,
    ),
    TableSchema(
        "accounts",
        "Chart of accounts.",
        (
            text("account", doc="the number"),
            text("name"),
            text("type", "asset", "liability", "equity", "income", "expense"),
            text("statement_line", *STATEMENT_LINES),
            maybe("behaviour", Type.TEXT, "fixed", "variable", doc="how a cost moves with volume"),
            maybe("function", doc="what an expense is for: marketing, technology, crew ..."),
        ),
        key=("account",),
    ),
    TableSchema(
        "rates",
        "Units of `quote` for one unit of `base`.",
        (col("date", Type.DATE), text("base"), text("quote"), col("rate", Type.RATIO)),
        key=("date", "base", "quote"),
        dated=True,
    ),
)
