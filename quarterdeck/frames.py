"""Snapshot tables as pandas frames, and the few cuts that KPIs, rules and exhibits share.

Every frame carries a `tenant` column, so that the portfolio's tables are simply its tenants' tables put together.
Dates are `datetime64[us]`, ratios are floats only where a formula needs them: `decimal` gives the exact figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa

from quarterdeck.schemas import Type, schema_of


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of one table: the days `[first, last)` that every one of its sources speaks of."""

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
    frame: pd.DataFrame = rows.to_pandas(date_as_object=False, types_mapper=_keep_integers)
    whole = [c.name for c in schema_of(table).columns if c.type is Type.INT and not c.nullable]
    frame = frame.astype(dict.fromkeys(whole, "int64"))
    if "tenant" not in frame.columns:
        frame.insert(0, "tenant", pd.Series([tenant] * len(frame), dtype="str", index=frame.index))
    return frame


_LARGEST = 2**63 - 1


def _keep_integers(kind: pa.DataType) -> object:
    # Without this a nullable int64 column turns into float64, and cents beyond 2**53 are lost.
    return pd.Int64Dtype() if pa.types.is_int64(kind) else None


def empty(table: str) -> pd.DataFrame:
    """A frame of a table's columns without a row."""
    return to_frame(table, schema_of(table).arrow().empty_table(), "")


def concat(table: str, frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Frames of one table put together; the empty frame of the table where there are none."""
    parts = [frame for frame in frames if len(frame)]
    return pd.concat(parts, ignore_index=True) if parts else empty(table)


def between(frame: pd.DataFrame, start: date, end: date, column: str = "date") -> pd.DataFrame:
    """The rows whose civil day lies in `[start, end)`."""
    days = frame[column]
    return frame[(days >= pd.Timestamp(start)) & (days < pd.Timestamp(end))]


def before(frame: pd.DataFrame, end: date, column: str = "date") -> pd.DataFrame:
    """The rows of all days before `end`."""
    return frame[frame[column] < pd.Timestamp(end)]


def total(values: pd.Series) -> int:
    """The exact sum of an integer column; 0 for none."""
    known = values.dropna()
    if not len(known):
        return 0
    if max(-int(known.min()), int(known.max())) <= _LARGEST // len(known):
        return int(known.sum())
    return sum(int(value) for value in known)  # int64 would wrap round without a word


def is_blank(values: pd.Series) -> pd.Series:
    """Where a text column names nothing: empty, or white space only."""
    return values.isna() | (values.str.strip() == "")


def ratio(numerator: int, denominator: int) -> Decimal:
    """Numerator over denominator to 8 decimals; the caller has made sure that the denominator is not 0."""
    return (Decimal(numerator) / Decimal(denominator)).quantize(Decimal("1e-8"))


def day(value: pd.Timestamp) -> date:
    return date(value.year, value.month, value.day)


MONEY_COLUMNS: Mapping[str, tuple[str, ...]] = {
    name: tuple(c.name for c in schema_of(name).columns if c.name.endswith("_minor") and c.type is Type.MINOR)
    for name in ("entries", "assets", "channels", "prices", "budget", "campaigns", "pipeline")
}
