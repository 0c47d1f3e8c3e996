"""What rules share: cells as facts, evidence rows, figures of KPIs, and what the configuration provides.

No rule lives in here; a module with a leading underscore is not part of the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from numbers import Integral
from typing import Any

import pandas as pd

from quarterdeck.frames import day
from quarterdeck.model import At, Fact, KpiValue
from quarterdeck.money import Money, exponent

EVIDENCE_LIMIT = 20  # rows; what a reader looks at in a report, the rest is in the snapshots

Kpis = Mapping[str, KpiValue]


def major(units: int, at: At) -> Money:
    """Whole units of the tenant's currency: thresholds are stated in them."""
    return Money(units * 10 ** exponent(at.currency), at.currency)


def fact(value: Any) -> Fact | None:
    """One cell of a frame as a fact, None where it is empty."""
    if isinstance(value, str | Money | Decimal):
        return value
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return day(value)
    if pd.api.types.is_bool(value):
        return "yes" if value else "no"
    if isinstance(value, Integral):
        return int(value)
    raise TypeError(f"{value!r} is no fact")


def evidence(rows: pd.DataFrame, at: At, *columns: str) -> tuple[Mapping[str, Fact], ...]:
    """The first rows as evidence, without their empty cells.

    A column `x_minor` becomes the fact `x`: money in the row's currency, else in the tenant's.
    """
    listed = rows.head(EVIDENCE_LIMIT).to_dict("records")
    return tuple(_without_gaps({name.removesuffix("_minor"): _cell(row, name, at) for name in columns}) for row in listed)


def _without_gaps(cells: Mapping[str, Fact | None]) -> dict[str, Fact]:
    return {name: cell for name, cell in cells.items() if cell is not None}


def _cell(row: Mapping[Any, Any], name: str, at: At) -> Fact | None:
    value = row[name]
    if not name.endswith("_minor") or pd.isna(value):
        return fact(value)
    currency = row.get("currency")
    return Money(int(value), currency if isinstance(currency, str) else at.currency)


def provided(sources: pd.DataFrame, table: str) -> int:
    """How many configured sources are meant to give a table."""
    listed = sources["provides"].str.split(",")
    return sum(table in {name.strip() for name in names} for names in listed)


def is_company(tenant: pd.DataFrame) -> bool:
    return bool((tenant["kind"] == "company").any())


def days_between(first: date, last: date) -> int:
    return (last - first).days


def amount_of(kpis: Kpis, id: str) -> Money | None:
    """The figure of a KPI in money; None where it is unavailable."""
    value = kpis[id].value if id in kpis else None
    return value if isinstance(value, Money) else None


def number_of(kpis: Kpis, id: str) -> Decimal | None:
    """The figure of a KPI that is a ratio, a span or a count; None where it is unavailable."""
    value = kpis[id].value if id in kpis else None
    return None if value is None or isinstance(value, Money) else Decimal(value)
