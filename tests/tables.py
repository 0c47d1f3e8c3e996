"""Small tables for tests: rows name only what the test is about, the rest is filled in from the contract.

    posted(sale(OCT, 50_000, party="Ann"), cost(OCT, 12_000, "5000"))
    frame("channels", [{"kind": "ota", "is_live": True}])

Money is in minor units; amounts of `sale`, `cost` and the like are positive, they put the signs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

import pandas as pd

from quarterdeck import books, frames
from quarterdeck.measure.inputs import MAKERS
from quarterdeck.model import At, Exhibit, Fact
from quarterdeck.money import Money
from quarterdeck.period import Period
from quarterdeck.schemas import Column, Type, build, schema_of

Row = Mapping[str, object]
Entry = list[dict[str, object]]

OCTOBER = At(Period.parse("2026-10"), "USD")
OCT = date(2026, 10, 15)  # a day within OCTOBER
_NUMBERS = count(1)

CASH, CLEARING, EQUIPMENT, DEFERRED, LOAN, EQUITY, SUSPENSE = "1000", "1100", "1500", "2400", "2500", "3000", "9999"
RECEIVABLES, PREPAID, PAYABLES, TAXES = "1200", "1400", "2000", "2200"
SALES, REFUNDS, FUEL, RENT, ADS, DEPRECIATION, INTEREST = "4000", "4900", "5000", "6000", "6100", "6800", "7000"

CHART: tuple[Row, ...] = (
    {"account": CASH, "name": "Bank", "type": "asset", "statement_line": "cash"},
    {"account": CLEARING, "name": "Card payments", "type": "asset", "statement_line": "clearing"},
    {"account": RECEIVABLES, "name": "Customers", "type": "asset", "statement_line": "receivables"},
    {"account": PREPAID, "name": "Insurance paid ahead", "type": "asset", "statement_line": "prepaid"},
    {"account": EQUIPMENT, "name": "Boats", "type": "asset", "statement_line": "fixed_assets"},
    {"account": PAYABLES, "name": "Suppliers", "type": "liability", "statement_line": "payables"},
    {"account": TAXES, "name": "Sales tax", "type": "liability", "statement_line": "taxes_payable"},
    {"account": DEFERRED, "name": "Paid in advance", "type": "liability", "statement_line": "deferred_revenue"},
    {"account": LOAN, "name": "Loan", "type": "liability", "statement_line": "loans"},
    {"account": EQUITY, "name": "Equity", "type": "equity", "statement_line": "equity"},
    {"account": SALES, "name": "Charters", "type": "income", "statement_line": "revenue"},
    {"account": REFUNDS, "name": "Refunds", "type": "income", "statement_line": "refunds"},
    {"account": FUEL, "name": "Fuel", "type": "expense", "statement_line": "cost_of_sales", "behaviour": "variable"},
    {"account": RENT, "name": "Berth", "type": "expense", "statement_line": "operating_expenses", "behaviour": "fixed"},
    {"account": ADS, "name": "Advertising", "type": "expense", "statement_line": "operating_expenses"},
    {"account": DEPRECIATION, "name": "Depreciation", "type": "expense", "statement_line": "depreciation"},
    {"account": INTEREST, "name": "Interest", "type": "expense", "statement_line": "interest"},
    {"account": SUSPENSE, "name": "To be assigned", "type": "asset", "statement_line": "suspense"},
)


def frame(table: str, rows: Iterable[Row], tenant: str = "a") -> pd.DataFrame:
    """A frame of a table. Columns that may not be empty and are not named get a default; keys get numbers."""
    schema = schema_of(table)
    filled = []
    for index, row in enumerate(rows, start=1):
        defaults = {c.name: _default(c, index, c.name in schema.key) for c in schema.columns if not c.nullable}
        filled.append({**defaults, **row})
    return frames.to_frame(table, build(table, filled), tenant)


def together(table: str, *parts: pd.DataFrame) -> pd.DataFrame:
    """The frames of several tenants as the portfolio has them."""
    return frames.concat(table, parts)


def at(period: str, currency: str = "USD", fiscal_start: int = 1) -> At:
    return At(Period.parse(period, fiscal_start=fiscal_start), currency, fiscal_start)


def entry(day: date, debit: str, credit: str, minor: int, **columns: object) -> Entry:
    """The two legs of a balanced entry, with further columns on both."""
    number = f"e{next(_NUMBERS):06d}"
    both = {"entry": number, "date": day, **columns}
    return [
        {**both, "leg": 0, "account": debit, "amount_minor": minor},
        {**both, "leg": 1, "account": credit, "amount_minor": -minor},
    ]


def sale(day: date, minor: int, party: str | None = None) -> Entry:
    return entry(day, CASH, SALES, minor, party=party)


def refund(day: date, minor: int, party: str | None = None) -> Entry:
    return entry(day, REFUNDS, CASH, minor, party=party)


def cost(day: date, minor: int, account: str = RENT, party: str | None = None, document: str | None = None) -> Entry:
    return entry(day, account, CASH, minor, party=party, document=document)


def entries(*made: Entry, tenant: str = "a") -> pd.DataFrame:
    return frame("entries", [leg for legs in made for leg in legs], tenant)


def posted(*made: Entry, tenant: str = "a", chart: Iterable[Row] = CHART) -> pd.DataFrame:
    """Entries joined with a chart of accounts, as KPIs get them under the name `postings`."""
    return books.postings(entries(*made, tenant=tenant), frame("accounts", chart, tenant))


def nothing_of(name: str) -> pd.DataFrame:
    """A table without a row, or the frame that is made of such."""
    if name not in books.DERIVED:
        return frames.empty(name)
    return MAKERS[name](*(frames.empty(base) for base in books.DERIVED[name]))


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def cells(exhibit: Exhibit | None, column: str) -> list[Fact | None]:
    """One column of an exhibit, top to bottom."""
    assert exhibit is not None
    index = [c.id for c in exhibit.columns].index(column)
    return [row[index] for row in exhibit.rows]


def _default(column: Column, index: int, is_key: bool) -> object:
    if column.name == "currency":
        return "USD"
    if column.type is Type.TEXT:
        return column.allowed[0] if column.allowed else f"{column.name}-{index}" if is_key else column.name
    return {
        Type.INT: index if is_key else 0,
        Type.RATIO: Decimal(0),
        Type.BOOL: False,
        Type.DATE: OCT,
        Type.TIME: datetime(2026, 10, 15, 12, tzinfo=UTC),
    }[column.type]
