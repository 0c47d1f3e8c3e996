"""Books of any kind, drawn by Hypothesis, and the same in DuckDB: an oracle that knows nothing but the definition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import duckdb
import pandas as pd
from hypothesis import strategies as st

from quarterdeck import books
from quarterdeck.schemas import STATEMENT_LINES
from tests.tables import frame

TYPES: Mapping[str, str] = {
    **dict.fromkeys(("cash", "receivables", "inventory", "prepaid", "fixed_assets", "clearing", "suspense"), "asset"),
    **dict.fromkeys(("payables", "deferred_revenue", "taxes_payable", "short_term_loans", "loans"), "liability"),
    **dict.fromkeys(("equity", "translation"), "equity"),
    **dict.fromkeys(("revenue", "refunds"), "income"),
    **dict.fromkeys(("cost_of_sales", "operating_expenses", "depreciation", "interest", "income_tax"), "expense"),
}
LINES = tuple(line for line in STATEMENT_LINES if line != "translation")
CHART = [{"account": line, "name": line, "type": TYPES[line], "statement_line": line} for line in LINES]

Leg = dict[str, Any]


@st.composite
def entries(draw: st.DrawFn, others: tuple[str, ...] = (), first: date = date(2025, 6, 1)) -> list[Leg]:
    """A balanced entry on two to four accounts; with `others`, some legs name one of those as the other side."""
    day = draw(st.dates(first, date(2026, 11, 15)))
    accounts = draw(st.lists(st.sampled_from(LINES), min_size=2, max_size=4))
    amounts = [draw(st.integers(-(10**7), 10**7)) for _ in accounts[1:]]
    sides = st.sampled_from((None, *others)) if others else st.none()
    return [
        {"leg": leg, "date": day, "account": account, "amount_minor": minor, "counterparty": draw(sides)}
        for leg, (account, minor) in enumerate(zip(accounts, [*amounts, -sum(amounts)], strict=True))
    ]


def numbered(made: list[list[Leg]], currency: str = "USD") -> list[Leg]:
    return [{**leg, "entry": f"e{number}", "currency": currency} for number, legs in enumerate(made) for leg in legs]


def posted(legs: list[Leg], tenant: str = "a") -> pd.DataFrame:
    return books.postings(frame("entries", legs, tenant), frame("accounts", CHART, tenant))


@lru_cache(maxsize=1)
def _database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:")


def asked(query: str, **tables: pd.DataFrame | list[Leg]) -> list[tuple[Any, ...]]:
    """The rows of a query over some tables."""
    database = _database()
    for name, table in tables.items():
        database.register(name, pd.DataFrame(table))
    return database.execute(query).fetchall()


def one(query: str, **tables: pd.DataFrame | list[Leg]) -> Any:
    ((value,),) = asked(query, **tables)
    return value
