"""Rows to tables, and tables held against their contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa

from quarterdeck.errors import SnapshotError
from quarterdeck.schemas.column import Column, Type
from quarterdeck.schemas.tables import schema_of

# The exact Python types of each column type: Arrow itself would take 1.5 for 1, a time of day for its date, and pandas'
# NaT for the first day of year 1.
_TAKEN: Mapping[Type, frozenset[type]] = {
    Type.TEXT: frozenset({str}),
    Type.INT: frozenset({int, np.int64}),
    Type.RATIO: frozenset({Decimal, int}),
    Type.BOOL: frozenset({bool, np.bool_}),
    Type.DATE: frozenset({date}),
    Type.TIME: frozenset({datetime}),
}


def build(table: str, rows: Iterable[Mapping[str, object]]) -> pa.Table:
    """Rows as an Arrow table in the contract's order and types; SnapshotError where one breaks it.

    Sources convert and reject cell by cell before (see `reading`); what still fails here is a fault of the code.
    """
    schema = schema_of(table)
    listed = list(rows)
    strangers = {name for row in listed for name in row} - set(schema.names)
    if strangers:
        raise SnapshotError(f"table {table} has no column {', '.join(sorted(strangers))}")
    built = pa.Table.from_arrays(
        [_array(table, c, [row.get(c.name) for row in listed]) for c in schema.columns], schema=schema.arrow()
    )
    check(table, built)
    return built


def _array(table: str, column: Column, values: list[object]) -> pa.Array:
    strange = {type(value) for value in values} - _TAKEN[column.type] - {type(None)}
    if strange or (column.type is Type.TIME and any(getattr(value, "tzinfo", UTC) is None for value in values)):
        kinds = ", ".join(sorted(kind.__name__ for kind in strange)) or "times without a time zone"
        raise SnapshotError(f"{table}.{column.name} takes {column.type.name}, not {kinds}")
    try:
        return pa.array(values, type=column.type.value)
    except (ValueError, OverflowError) as error:  # of text that is no Unicode, or a number that is too large or too fine
        raise SnapshotError(f"{table}.{column.name} cannot hold every value it is given: {error}") from error


def check(table: str, rows: pa.Table) -> None:
    """Raise SnapshotError where rows break the contract: columns, types, nulls, closed sets, key."""
    schema = schema_of(table)
    if not rows.schema.equals(schema.arrow()):
        found, wanted = (", ".join(f"{f.name}: {f.type}" for f in fields) for fields in (rows.schema, schema.arrow()))
        raise SnapshotError(f"table {table} has the columns {found}; expected {wanted}")
    for column in schema.columns:
        values = rows.column(column.name)
        if not column.nullable and values.null_count:
            raise SnapshotError(f"{table}.{column.name} may not be empty, and is in {values.null_count} rows")
        if column.allowed:
            strange = set(values.unique().to_pylist()) - {*column.allowed, None}
            if strange:
                raise SnapshotError(f"{table}.{column.name} holds {sorted(strange)!r}, expected one of {column.allowed}")
    if schema.key and rows.num_rows:
        distinct = rows.group_by(list(schema.key)).aggregate([]).num_rows
        if distinct != rows.num_rows:
            raise SnapshotError(f"{table} has {rows.num_rows - distinct} rows too many for the key {schema.key}")
