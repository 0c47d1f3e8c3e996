"""A chart of accounts for a company that has none: standard numbers, of which a pull takes those that its files need.

The names say that nobody has chosen them; a company adopts the chart by writing it into a file of its own.
"""

from __future__ import annotations

from collections.abc import Collection

from quarterdeck.reading.rows import Row

NAME = "the proposed chart"
PROPOSED = " (proposed)"
COLUMNS = ("account", "name", "type", "statement_line", "behaviour", "function")
STANDARD: tuple[tuple[str, ...], ...] = (
    ("1000", "Checking account", "asset", "cash", "", ""),
    ("1010", "Savings account", "asset", "cash", "", ""),
    ("1050", "Payment processor balance", "asset", "clearing", "", ""),
    ("1090", "Transfers between own accounts", "asset", "clearing", "", ""),
    ("1200", "Receivables", "asset", "receivables", "", ""),
    ("1300", "Prepaid expenses", "asset", "prepaid", "", ""),
    ("1500", "Equipment", "asset", "fixed_assets", "", ""),
    ("1590", "Accumulated depreciation", "asset", "fixed_assets", "", ""),
    ("2000", "Payables", "liability", "payables", "", ""),
    ("2100", "Credit card", "liability", "payables", "", ""),
    ("2200", "Sales tax payable", "liability", "taxes_payable", "", ""),
    ("2400", "Customer deposits", "liability", "deferred_revenue", "", ""),
    ("2700", "Loans", "liability", "loans", "", ""),
    ("3000", "Opening equity", "equity", "equity", "", ""),
    ("3100", "Owner contributions", "equity", "equity", "", ""),
    ("3200", "Owner withdrawals", "equity", "equity", "", ""),
    ("4000", "Sales", "income", "revenue", "", ""),
    ("4090", "Refunds", "income", "refunds", "", ""),
    ("4900", "Other income", "income", "revenue", "", ""),
    ("5000", "Cost of sales", "expense", "cost_of_sales", "variable", ""),
    ("5100", "Subcontractors", "expense", "cost_of_sales", "variable", ""),
    ("6000", "Rent", "expense", "operating_expenses", "fixed", "premises"),
    ("6110", "Card fees", "expense", "cost_of_sales", "variable", "sales"),
    ("6120", "Disputes", "expense", "operating_expenses", "variable", "sales"),
    ("6200", "Payroll", "expense", "operating_expenses", "fixed", "staff"),
    ("6300", "Software and hosting", "expense", "operating_expenses", "fixed", "technology"),
    ("6400", "Marketing", "expense", "operating_expenses", "fixed", "marketing"),
    ("6500", "Insurance", "expense", "operating_expenses", "fixed", "administration"),
    ("6600", "Professional fees", "expense", "operating_expenses", "fixed", "administration"),
    ("6700", "Travel", "expense", "operating_expenses", "variable", "administration"),
    ("6800", "Supplies and repairs", "expense", "operating_expenses", "variable", "operations"),
    ("6900", "Bank charges", "expense", "operating_expenses", "fixed", "administration"),
    ("7000", "Depreciation", "expense", "depreciation", "fixed", ""),
    ("7100", "Interest", "expense", "interest", "fixed", ""),
    ("7900", "Income tax", "expense", "income_tax", "", ""),
    ("9999", "Not assigned yet", "asset", "suspense", "", ""),
)


def proposed_rows(needed: Collection[str]) -> tuple[Row, ...]:
    """Rows of the table `accounts` for those of the standard accounts that are needed."""
    return tuple(_row(row) for row in STANDARD if row[0] in needed)


def _row(cells: tuple[str, ...]) -> Row:
    row: Row = {name: cell or None for name, cell in zip(COLUMNS, cells, strict=True)}
    return {**row, "name": f"{cells[1]}{PROPOSED}"}
