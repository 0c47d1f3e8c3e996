"""What exhibits share: columns by kind, cells as facts, and the tenant's column in a portfolio's table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from quarterdeck.frames import day
from quarterdeck.model import ColumnKind, Exhibit, ExhibitColumn, Fact
from quarterdeck.money import round_half_even

Cells = tuple[Fact | None, ...]
Row = tuple[str, Cells]  # a row with the tenant it belongs to

_TENANT = ExhibitColumn("tenant", "Company")


def text(id: str, label: str) -> ExhibitColumn:
    return ExhibitColumn(id, label)


def money(id: str, label: str) -> ExhibitColumn:
    return ExhibitColumn(id, label, ColumnKind.MONEY)


def count(id: str, label: str) -> ExhibitColumn:
    return ExhibitColumn(id, label, ColumnKind.COUNT)


def ratio(id: str, label: str) -> ExhibitColumn:
    return ExhibitColumn(id, label, ColumnKind.RATIO)


def dated(id: str, label: str) -> ExhibitColumn:
    return ExhibitColumn(id, label, ColumnKind.DATE)


def grid(
    columns: Sequence[ExhibitColumn], rows: Iterable[Row], *, total: Cells | None = None, note: str = ""
) -> Exhibit | None:
    """An exhibit of some rows, None without any. The tenant comes first where there is more than one."""
    listed = list(rows)
    if not listed:
        return None
    several = len({tenant for tenant, _ in listed}) > 1
    lead = (_TENANT,) if several else ()
    made = [(tenant, *cells) if several else cells for tenant, cells in listed]
    if total is not None:
        made.append(("", *total) if several else total)
    return Exhibit("", "", (*lead, *columns), tuple(made), note, total is not None)


def shown(rows: int, limit: int) -> str:
    """The note of a table that shows only its first rows: `20 of 43 shown`."""
    return f"{limit} of {rows} shown" if rows > limit else ""


def words(value: Any) -> str | None:
    """A cell of text; None where it is empty."""
    return None if not isinstance(value, str) or not value.strip() else value


def whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def exact(value: Any) -> Decimal | None:
    """A cell of a ratio column of a snapshot."""
    return value if isinstance(value, Decimal) else None


def when(value: Any) -> date | None:
    return None if pd.isna(value) else day(value)


def decimal(value: Decimal | Fraction, places: int) -> Decimal:
    """An exact number rounded to some places."""
    return Decimal(round_half_even(Fraction(value) * 10**places)).scaleb(-places)


def share(value: Decimal | Fraction) -> Decimal:
    """A ratio with the places that ratios have in snapshots."""
    return decimal(value, 8)


def yes_or_no(value: Any) -> str:
    return "yes" if value else "no"


def source(row: dict[Any, Any]) -> str:
    """Where a row was read: `file:line`, as editors understand it."""
    return f"{row['source_file']}:{row['source_line']}"
