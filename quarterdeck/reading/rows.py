"""Records to rows of a contract table, and the rejects beside them.

File columns have the contract's names, except that an amount `value_minor` is written `value`, in major units of the
row's currency. A row is kept whole or rejected whole, with every cell that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from quarterdeck.errors import Reject
from quarterdeck.reading.cells import PLAIN, CellError, Notation, clean, convert, currency_code, is_money, reject
from quarterdeck.reading.records import Record
from quarterdeck.schemas import Column, TableSchema

Row = dict[str, object]
Finish = Callable[[Row], Row]


@dataclass(frozen=True, slots=True)
class Rows:
    """Good rows in the file's order, and what was wrong with the others."""

    rows: tuple[Row, ...] = ()
    rejects: tuple[Reject, ...] = ()


def file_columns(schema: TableSchema) -> dict[str, Column]:
    """The columns of a table under the names they have in files."""
    return {column.name.removesuffix("_minor") if is_money(column) else column.name: column for column in schema.columns}


def required_columns(schema: TableSchema) -> tuple[str, ...]:
    """The names that a file's header must have; the currency may be left to the tenant's."""
    return tuple(name for name, column in file_columns(schema).items() if not column.nullable and name != "currency")


def read_rows(
    schema: TableSchema,
    records: Iterable[Record | Reject],
    *,
    file: str,
    currency: str,
    notation: Notation = PLAIN,
    finish: Finish | None = None,
) -> Rows:
    """Rows of a table from a file's records; `currency` is the tenant's, for rows that name none.

    `finish` sees each converted row: it gives the row to keep, or raises CellError with the column in its evidence.
    """
    columns = file_columns(schema)
    rows: list[Row] = []
    rejects: list[Reject] = []
    seen: dict[tuple[object, ...], int] = {}
    for record in records:
        if isinstance(record, Reject):
            rejects.append(record)
            continue
        row, faults = _row(columns, record, file, currency, notation)
        if not faults and finish is not None:
            row, faults = _finished(row, record, file, finish)
        if not faults and schema.key:
            faults = _double(schema.key, row, record, file, seen)
        if faults:
            rejects += faults
        else:
            rows.append(row)
    return Rows(tuple(rows), tuple(rejects))


def _row(
    columns: Mapping[str, Column], record: Record, file: str, currency: str, notation: Notation
) -> tuple[Row, list[Reject]]:
    try:
        own, is_named = _currency(columns, record, currency)
    except CellError as error:
        return {}, [reject(file, record.line, "currency", record.cells["currency"], error.problem.what)]
    row: Row = {}
    faults: list[Reject] = []
    for name, column in columns.items():
        text = record.cells.get(name, "")
        if name == "currency":
            continue
        try:
            row[column.name] = convert(column, text, own, notation)
        except CellError as error:
            faults.append(reject(file, record.line, name, text, error.problem.what))
    if "currency" in columns:
        has_money = any(is_money(column) and row.get(column.name) is not None for column in columns.values())
        row["currency"] = own if is_named or has_money or not columns["currency"].nullable else None
    return row, faults


def _finished(row: Row, record: Record, file: str, finish: Finish) -> tuple[Row, list[Reject]]:
    try:
        return finish(row), []
    except CellError as error:
        name = error.evidence["column"]
        return row, [reject(file, record.line, name, record.cells.get(name, ""), error.problem.what)]


def _currency(columns: Mapping[str, Column], record: Record, currency: str) -> tuple[str, bool]:
    """The currency of a row, and whether the row names it itself."""
    text = clean(record.cells.get("currency", "")) if "currency" in columns else ""
    return (currency_code(text), True) if text else (currency, False)


def _double(key: Sequence[str], row: Row, record: Record, file: str, seen: dict[tuple[object, ...], int]) -> list[Reject]:
    """A reject where an earlier row has the same key."""
    value = tuple(row[name] for name in key)
    if value not in seen:
        seen[value] = record.line
        return []
    shown = ", ".join(str(part) for part in value)
    return [reject(file, record.line, ", ".join(key), shown, f"a value that occurs once; line {seen[value]} has it already")]
