"""Snapshot tables as pandas frames, and the few cuts that KPIs, rules and exhibits share.

Every frame carries a `tenant` column, so that the portfolio's tables are simply its tenants' tables put together.
Days are `datetime64[ms]` at midnight, ratios are Decimals, integers are `int64`, or `Int64` where they may be empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from quarterdeck.money import round_half_even
from quarterdeck.schemas import TABLES, Column, Type, schema_of


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of one table: the days `[first, last)` it speaks of.

    Where several sources give it, `last` is the day on which the first of them ends, since after it some rows are missing.
    `first` is the day on which the first begins: an account or a company that begins later had nothing to show before.
    """

    first: date | None = None
    last: date | None = None
    watermark: datetime | None = None
    rejected: int = 0
    rows: int = 0
    stale: bool = False  # read from an older snapshot on the user's word
    derived: bool = False  # books made from bank and Stripe rows, not kept in an accounting system
    left_out: tuple[str, ...] = ()  # tenants of the portfolio whose rows could not be read


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one tenant for one period: frames by name, what they cover, and why others are missing.

    `missing` maps a table to the reason why it is not there although a source was meant to give it; a table in
    neither `frames` nor `missing` is one that no source of the tenant provides.
    """

    frames: Mapping[str, pd.DataFrame]
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, table: object) -> bool:
        return table in self.frames

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.frames[table]


def to_frame(table: str, rows: pa.Table, tenant: str) -> pd.DataFrame:
    """Rows of a snapshot as a frame, with the tenant as its first column (unless the table names one itself)."""
    schema = schema_of(table)
    if schema.dated:
        rows = rows.sort_by("date")  # stable, and what lets a stretch of days be a slice
    columns = {c.name: _series(rows.column(c.name), c) for c in schema.columns}
    if "tenant" not in columns:
        columns = {"tenant": pd.Series([tenant] * rows.num_rows, dtype=object), **columns}
    return pd.DataFrame(columns)


def _series(values: pa.ChunkedArray, column: Column) -> pd.Series:
    """One column. Text is kept as objects: on tables of thousands of rows that is many times faster than Arrow text."""
    if column.type is Type.TEXT:
        return pd.Series(_shared(values), dtype=object)
    if column.type is Type.INT and not column.nullable:
        return pd.Series(values.to_numpy(), dtype="int64")
    series: pd.Series = values.to_pandas(date_as_object=False, types_mapper=_keep_integers)
    return series


def _shared(values: pa.ChunkedArray) -> np.ndarray:
    """Text as objects, equal ones the same object: a million rows name a few accounts, and each copy would take 60 bytes."""
    coded = values.combine_chunks().dictionary_encode()
    known = np.concatenate([coded.dictionary.to_numpy(zero_copy_only=False), np.array([None], dtype=object)])
    found: np.ndarray = known[coded.indices.fill_null(len(known) - 1).to_numpy(zero_copy_only=False)]
    return found


_LARGEST = 2**63 - 1
_RATIO_PARTS = 10**8


def _keep_integers(kind: pa.DataType) -> object:
    # Without this a nullable int64 column turns into float64, and cents beyond 2**53 are lost.
    return pd.Int64Dtype() if pa.types.is_int64(kind) else None


def empty(table: str) -> pd.DataFrame:
    """A frame of a table's columns without a row."""
    return to_frame(table, schema_of(table).arrow().empty_table(), "")


def concat(table: str, frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Frames of one table put together; the empty frame of the table where there are none."""
    parts = [frame for frame in frames if len(frame)]
    if not parts:
        return empty(table)
    together = pd.concat(parts, ignore_index=True)
    return together.sort_values("date", kind="stable", ignore_index=True) if schema_of(table).dated else together


def between(frame: pd.DataFrame, start: date, end: date, column: str = "date") -> pd.DataFrame:
    """The rows whose civil day lies in `[start, end)`."""
    return _cut(frame, np.datetime64(start), np.datetime64(end), column)


def before(frame: pd.DataFrame, end: date, column: str = "date") -> pd.DataFrame:
    """The rows of all days before `end`."""
    return _cut(frame, None, np.datetime64(end), column)


def _cut(frame: pd.DataFrame, start: np.datetime64 | None, end: np.datetime64, column: str) -> pd.DataFrame:
    """Rows of some days: a slice where the days stand in order, as they do in dated tables, since a mask copies rows."""
    days = frame[column].to_numpy()
    span = in_order(days, start, end)
    if span is not None:
        return frame.iloc[span]
    inside = days < end if start is None else (days >= start) & (days < end)
    return frame[inside]


def in_order(days: np.ndarray, start: np.datetime64 | None, end: np.datetime64) -> slice | None:
    """The stretch of `[start, end)` in days that stand in order; None where they do not, or one is missing."""
    if not (days[1:] >= days[:-1]).all() or np.isnat(days[-1:]).any():
        return None
    return slice(0 if start is None else int(np.searchsorted(days, start)), int(np.searchsorted(days, end)))


def total(values: pd.Series) -> int:
    """The exact sum of an integer column; 0 for none."""
    return exact_sum(values.to_numpy() if values.dtype == np.int64 else values.dropna().to_numpy(np.int64))


def exact_sum(values: np.ndarray) -> int:
    """The sum of integers, of any size; 0 for none."""
    if not len(values):
        return 0
    if max(-int(values.min()), int(values.max())) <= _LARGEST // len(values):
        return int(values.sum())
    return sum(int(value) for value in values)  # int64 would wrap round without a word


def sums_by(frame: pd.DataFrame, keys: list[str], column: str = "amount_minor") -> dict[tuple[Any, ...], int]:
    """The exact sums of an integer column by some keys, in the order of the keys; an empty key is a key of its own."""
    if not len(frame):
        return {}
    values = frame[column].to_numpy()
    if max(-int(values.min()), int(values.max())) > _LARGEST // len(values):
        frame = frame.assign(**{column: frame[column].astype(object)})  # int64 would wrap round without a word
    summed = frame.groupby(keys, dropna=False, sort=True)[column].sum()
    return {
        key: int(value) for key, value in zip(summed.index.to_frame().itertuples(index=False, name=None), summed, strict=True)
    }


def is_blank(values: pd.Series) -> pd.Series:
    """Where a text column names nothing: empty, or white space only."""
    return values.isna() | (values.str.strip() == "")


def ratio(numerator: int, denominator: int) -> Decimal:
    """Numerator over denominator to 8 decimals; the caller has made sure that the denominator is not 0."""
    return Decimal(round_half_even(Fraction(numerator * _RATIO_PARTS, denominator))) / _RATIO_PARTS


def day(value: pd.Timestamp) -> date:
    return date(value.year, value.month, value.day)


MONEY_COLUMNS: Mapping[str, tuple[str, ...]] = {
    name: amounts
    for name, schema in TABLES.items()
    if (amounts := tuple(column.name for column in schema.columns if column.name.endswith("_minor")))
}
"""The tables that hold amounts, and the columns they stand in; each has a `currency` column beside them."""
