"""Concentration and the bridge from the budget, against SQL on DuckDB made from the definitions. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import duckdb
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.budgeting import against_budget
from quarterdeck.kpis import KPIS
from quarterdeck.model import Unavailable
from tests.tables import FUEL, RENT, Entry, at, cost, frame, posted, refund, sale, together

START, END = date(2026, 10, 1), date(2026, 11, 1)
_SHARES = """
WITH sold AS (SELECT * FROM postings WHERE statement_line IN ('revenue', 'refunds')
              AND date >= DATE '2025-11-01' AND date < DATE '2026-11-01'),
     customers AS (SELECT -sum(amount_minor) AS earned FROM sold WHERE party IS NOT NULL GROUP BY tenant, party)
SELECT (SELECT -sum(amount_minor) FROM sold), (SELECT -sum(amount_minor) FROM sold WHERE party IS NOT NULL),
       (SELECT sum(earned) FROM (SELECT earned FROM customers ORDER BY earned DESC LIMIT {count}))
"""
_BRIDGE = """
WITH months AS (SELECT tenant, statement_line, sum(amount_minor) AS minor FROM budget
                WHERE date = DATE '2026-10-01' GROUP BY ALL),
     actual AS (SELECT tenant, statement_line, sum(amount_minor) AS minor FROM postings
                WHERE date >= DATE '2026-10-01' AND date < DATE '2026-11-01' GROUP BY ALL),
     whole AS (SELECT tenant FROM months WHERE statement_line = 'revenue' AND tenant NOT IN (
                 SELECT tenant FROM actual WHERE statement_line IN ('cost_of_sales', 'operating_expenses') AND minor <> 0
                 AND (tenant, statement_line) NOT IN (SELECT (tenant, statement_line) FROM months)))
SELECT (SELECT coalesce(-sum(minor), 0) FROM actual WHERE tenant IN (SELECT tenant FROM whole)
        AND statement_line IN ('revenue', 'refunds', 'cost_of_sales', 'operating_expenses')),
       (SELECT coalesce(sum(CASE WHEN statement_line = 'revenue' THEN minor ELSE -minor END), 0) FROM months
        WHERE tenant IN (SELECT tenant FROM whole)),
       (SELECT count(*) FROM whole)
"""
_MINOR = st.integers(1, 10**12)
_ENTRIES = st.lists(
    st.builds(
        lambda make, day, minor, party: make(day, minor, party),
        st.sampled_from(
            (
                sale,
                sale,
                refund,
                lambda day, minor, party: cost(day, minor, FUEL, party),
                lambda day, minor, party: cost(day, minor, RENT, party),
            )
        ),
        st.dates(date(2025, 10, 1), date(2026, 11, 30)),
        _MINOR,
        st.sampled_from(("Ana", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", None)),
    ),
    max_size=15,
)
_LINES = st.dictionaries(st.sampled_from(("revenue", "refunds", "cost_of_sales", "operating_expenses")), _MINOR)


def asked(sql: str, **tables: pd.DataFrame) -> tuple[int | None, ...]:
    with duckdb.connect() as database:
        for name, rows in tables.items():
            database.register(name, rows)
        (row,) = database.execute(sql).fetchall()
    return tuple(None if cell is None else int(cell) for cell in row)


def books(one: list[Entry], two: list[Entry]) -> pd.DataFrame:
    """Two companies whose books began long before the days that are asked about."""
    begun = sale(date(2025, 9, 1), 1)
    return together("entries", posted(begun, *one, tenant="a"), posted(begun, *two, tenant="b"))


@settings(max_examples=30, deadline=None)
@given(one=_ENTRIES, two=_ENTRIES)
def test_concentration_is_that_of_sql(one: list[Entry], two: list[Entry]) -> None:
    rows = books(one, two)
    for id, count in (("customer_concentration", 1), ("top_customers", 5)):
        found = KPIS.get(id).compute(postings=rows, at=at("2026-10"))
        whole, named, largest = asked(_SHARES.format(count=count), postings=rows)
        if whole is None or whole <= 0 or named is None or named * 2 < whole:
            assert isinstance(found, Unavailable)
        else:
            assert not isinstance(found, Unavailable)
            assert abs(Fraction(found) - Fraction(largest or 0, whole)) <= Fraction(1, 2 * 10**8)


@settings(max_examples=30, deadline=None)
@given(one=_ENTRIES, two=_ENTRIES, plan_one=_LINES, plan_two=_LINES)
def test_the_bridge_is_that_of_sql(
    one: list[Entry], two: list[Entry], plan_one: dict[str, int], plan_two: dict[str, int]
) -> None:
    rows = books(one, two)
    budget = together(
        "budget",
        *(
            frame(
                "budget",
                [{"date": START, "statement_line": line, "amount_minor": minor} for line, minor in plan.items()],
                tenant,
            )
            for tenant, plan in (("a", plan_one), ("b", plan_two))
        ),
    )
    lines = against_budget(rows, budget, START, END)
    actual, planned, tenants = asked(_BRIDGE, postings=rows, budget=budget)
    assert bool(lines) == bool(tenants)
    assert sum(line.actual for line in lines) == actual
    assert sum(line.planned for line in lines) == planned
    assert sum(line.planned + line.better for line in lines) == actual
