"""Rows held against the contract of their table: what AWS has added since breaks a row, and no pull."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from quarterdeck.errors import Reject
from quarterdeck.reading.cells import shorten
from quarterdeck.schemas import Column, schema_of
from quarterdeck.sources._inventory.asking import Row


def sort_out(table: str, rows: Iterable[Row | Reject]) -> tuple[list[Row], list[Reject]]:
    """The rows that fit a table, each key once, and why the others do not.

    A thing that moved from one page of an answer to the next while it was read comes twice; it is one.
    """
    good: list[Row] = []
    rejects: list[Reject] = []
    seen: set[tuple[object, ...]] = set()
    schema = schema_of(table)
    for number, row in enumerate(rows, 1):
        fault = row if isinstance(row, Reject) else _fault(schema.columns, row, number)
        if fault is not None:
            rejects.append(fault)
        elif not isinstance(row, Reject) and (key := tuple(row[name] for name in schema.key or row)) not in seen:
            seen.add(key)
            good.append(row)
    return good, rejects


def _fault(columns: Iterable[Column], row: Mapping[str, object], number: int) -> Reject | None:
    for column in columns:
        value = row.get(column.name)
        if value is None and not column.nullable:
            return _reject(row, number, column.name, "", "something")
        if column.allowed and value is not None and value not in column.allowed:
            return _reject(row, number, column.name, str(value), f"one of {', '.join(column.allowed)}")
    return None


def _reject(row: Mapping[str, object], number: int, column: str, value: str, expected: str) -> Reject:
    return Reject(f"account {row['account']}, {row['region']}", number, column, shorten(value), expected)
