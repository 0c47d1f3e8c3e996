"""What a table's contract is made of: column types, columns, tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import pyarrow as pa

from quarterdeck.errors import SnapshotError


class Type(Enum):
    """Column types, each with its Arrow type in a snapshot."""

    TEXT = pa.string()
    INT = pa.int64()
    MINOR = pa.int64()  # noqa: PIE796 - minor units of a currency; an alias of INT that says so to a reader
    RATIO = pa.decimal128(28, 8)
    BOOL = pa.bool_()
    DATE = pa.date32()
    TIME = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `allowed` closes the set of values of a text column."""

    name: str
    type: Type
    nullable: bool = False
    allowed: tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class TableSchema:
    """The contract of one table. `key` names the columns that are unique together within one source.

    Rows of a `dated` table have a `date`. A table that `keeps_past` has days of other names by which its rows tell what was so
    on any earlier day; of a table that does neither, only what is so now is known.
    """

    name: str
    doc: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    dated: bool = False
    keeps_past: bool = False

    def column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise SnapshotError(f"table {self.name} has no column {name!r}")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def arrow(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.type.value, nullable=c.nullable) for c in self.columns])


def text(name: str, *allowed: str, doc: str = "") -> Column:
    return Column(name, Type.TEXT, allowed=allowed, doc=doc)


def maybe(name: str, type: Type = Type.TEXT, *allowed: str, doc: str = "") -> Column:
    return Column(name, type, nullable=True, allowed=allowed, doc=doc)


def col(name: str, type: Type, doc: str = "") -> Column:
    return Column(name, type, doc=doc)
