"""The part of a table that a pull is about: what a time index is asked for, and which rows are of the tenant's days.

Days are the tenant's civil days. An instant, or seconds since 1970, belong to the day that it was in the tenant's zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, cast

import pyarrow as pa
import pyarrow.compute as pc

from quarterdeck.period import add_months
from quarterdeck.schemas import TableSchema
from quarterdeck.sources import PulledTable, Window
from quarterdeck.sources._dynamodb_columns import Target
from quarterdeck.sources._dynamodb_quick import local_days
from quarterdeck.sources._dynamodb_read import Stretch
from quarterdeck.sources._dynamodb_rows import Gathered

_ADAY = timedelta(days=1)
_BEGINNING = date(1970, 1, 1)


def stretch_of(moment: Target, values: Literal["months"] | Sequence[str], window: Window, *, is_dated: bool) -> Stretch:
    """The window as the sort key of a time index writes it; a state begins with its first item.

    Text may have an offset, so a day more on either side is read.
    """
    first, last = window.history_start if is_dated else _BEGINNING, window.end
    partitions = tuple(values) if values != "months" else tuple(_months(first, last))
    if moment.form in ("epoch", "epoch_ms"):
        scale = 1000 if moment.form == "epoch_ms" else 1
        ends = [str(int(window.first_instant(day).timestamp()) * scale) for day in (first, last)]
        return Stretch(partitions, *ends)
    around = timedelta(0) if moment.form == "day" else _ADAY
    return Stretch(partitions, (first - around).isoformat(), (last + around).isoformat())


def _months(first: date, last: date) -> Iterator[str]:
    month = add_months(first.replace(day=1), -1)  # a month of UTC may begin before the tenant's, and end after it
    while month <= last:
        yield f"{month:%Y-%m}"
        month = add_months(month, 1)


@dataclass(frozen=True, slots=True)
class Cut:
    """Cuts a table to a window; `moment` is the column that says when a row was, if there is one."""

    schema: TableSchema
    moment: Target | None
    window: Window

    def pulled(self, gathered: Gathered, until: date) -> PulledTable:
        """The rows of the window, and which days they speak of; those of a dated table end before `until`."""
        if self.moment is None:
            return PulledTable(self.schema.name, gathered.rows, gathered.rejects)
        days = self._days(gathered.rows)
        rows = gathered.rows.filter(self._is_inside(days))
        covers = self._covers(days, until) if self.schema.dated else None
        return PulledTable(self.schema.name, rows, gathered.rejects, covers, self._watermark(rows))

    def _days(self, rows: pa.Table) -> pa.ChunkedArray:
        """The tenant's civil day of each row."""
        values = self._values(rows)
        if not pa.types.is_timestamp(values.type):
            return values
        return local_days(values, self.window.zone)

    def _values(self, rows: pa.Table) -> pa.ChunkedArray:
        return rows.column(cast("Target", self.moment).column.name)

    def _is_inside(self, days: pa.ChunkedArray) -> pa.ChunkedArray:
        """What was after the period's end is not known yet; a row of a state that has no day stays."""
        inside = pc.less(days, pa.scalar(self.window.end))
        if self.schema.dated:
            inside = pc.and_(inside, pc.greater_equal(days, pa.scalar(self.window.history_start)))
        return pc.fill_null(inside, fill_value=not self.schema.dated)

    def _covers(self, days: pa.ChunkedArray, until: date) -> tuple[date, date] | None:
        """From the first row on: what was before it, nobody knows."""
        earliest, latest = _ends(days.filter(pc.less(days, pa.scalar(self.window.end))))
        if earliest is None or latest is None:
            return None
        first, last = max(earliest, self.window.history_start), max(until, latest + _ADAY)
        return (first, last) if first < last else None

    def _watermark(self, rows: pa.Table) -> datetime | None:
        """The latest instant that the rows name as past."""
        values = self._values(rows)
        _, latest = _ends(values)
        if latest is None or isinstance(latest, datetime):
            return latest
        return self.window.first_instant(latest)


def _ends(values: pa.ChunkedArray) -> tuple[date | None, date | None]:
    found = pc.min_max(values).as_py()
    return found["min"], found["max"]
