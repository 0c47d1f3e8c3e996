"""Rows out of the CSV files that Google Analytics 4 and Google Search Console export.

Analytics: lines that begin with `#` name the report and its days (`# Start date: 20261001`; `# 20261001-20261031` in an
exploration), and tables follow, each with its header; an empty line parts them. The table with a channel group and `Sessions`
is read, others of the file are passed by. A column `Date` or `Year month` gives each row its days, else they are the report's.
Totals are passed by. Search Console: one header; `Dates.csv` has days, `Queries.csv` and `Pages.csv` have none.

Columns are known by their English names: the exports are translated into the language of whoever makes them.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from quarterdeck.errors import Reject, SourceError, Where
from quarterdeck.reading import Record, read_cells
from quarterdeck.reading.cells import CellError, Notation, day, reject, shorten

_STATED = re.compile(r"#\s*(start|end) date:\s*([0-9]{8})", re.ASCII | re.IGNORECASE)
_RANGE = re.compile(r"#\s*([0-9]{8})\s*-\s*([0-9]{8})", re.ASCII)
_COMPACT = Notation(date_format="%Y%m%d")
_CHANNEL = re.compile(r"(session )?(primary |default )?channel group(ing)?( \(default channel group\))?")
_USERS = ("active users", "total users", "users")
_TOTALS = ("", "total", "totals", "grand total")
_ENGLISH = "export the report in English"

Span = tuple[date, date]  # first and last day, both in it


@dataclass(frozen=True, slots=True)
class Export:
    """Rows of one file under the names of the contract, as text, and what could not be read."""

    records: tuple[Record, ...]
    rejects: tuple[Reject, ...]


@dataclass(slots=True)
class _Table:
    """One table of a file: its header in lower case, and the days that the lines above it state."""

    line: int
    header: list[str]
    first: date | None
    last: date | None
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def visits(path: Path, file: str, channel: str | None) -> Export:
    """Sessions by channel group; `channel` names the column where the property has a grouping of its own."""
    wanted = channel.lower() if channel else None
    tables = list(_tables(path, file))
    found = [(table, place) for table in tables if (place := _place(table, wanted)) is not None]
    if not found:
        name = repr(channel) if channel else "a channel group"
        raise SourceError(
            f"the file has no table with {name} and Sessions",
            where=Where(file, tables[0].line if tables else None),
            remedy=f"{_ENGLISH}, Traffic acquisition with its channel groups",
        )
    if len(found) > 1:
        raise SourceError(
            "the file has two tables of sessions by channel group",
            where=Where(file, found[1][0].line),
            remedy="export one range of days a file, without a comparison",
        )
    return _sessions(*found[0], file)


def _tables(path: Path, file: str) -> Iterator[_Table]:
    table: _Table | None = None
    days: dict[str, date] = {}
    following = 0
    for line, cells in read_cells(path, file):
        if cells[0].lstrip().startswith("#"):
            if table is not None:
                yield table
                table, days = None, {}
            _state(",".join(cells), days, Where(file, line))
            continue
        if table is not None and line > following:  # an empty line between: another table begins
            yield table
            table = None
        if table is None:
            table = _Table(line, [cell.strip().lower() for cell in cells], days.get("start"), days.get("end"))
        else:
            table.rows.append((line, cells))
        following = line + 1 + sum(cell.count("\n") for cell in cells)
    if table is not None:
        yield table


def _state(text: str, days: dict[str, date], where: Where) -> None:
    """Take the days that a comment states."""
    try:
        if stated := _STATED.match(text):
            days[stated[1].lower()] = day(stated[2], _COMPACT)
        elif both := _RANGE.match(text):
            days["start"], days["end"] = (day(part, _COMPACT) for part in both.groups())
    except CellError as error:
        raise SourceError(f"{shorten(text)!r} names no day", where=where, remedy="export it anew") from error


def _place(table: _Table, channel: str | None) -> int | None:
    """Where a table names the channel; None where it is none of sessions by channel."""
    if "sessions" not in table.header:
        return None
    for place, name in enumerate(table.header):
        if name == channel if channel else _CHANNEL.fullmatch(name):
            return place
    return None


def _sessions(table: _Table, channel: int, file: str) -> Export:
    header = table.header
    doubled = next((name for n, name in enumerate(header) if name and name in header[:n]), None)
    if doubled is not None:
        raise SourceError(
            f"two columns are called {shorten(doubled)!r}", where=Where(file, table.line), remedy="export it anew"
        )
    records: list[Record] = []
    rejects: list[Reject] = []
    for line, cells in table.rows:
        if channel < len(cells) and cells[channel].strip().lower() in _TOTALS:
            continue
        if len(cells) != len(header):
            rejects.append(reject(file, line, "row", ",".join(cells), f"{len(header)} cells, as the header has"))
            continue
        row = dict(zip(header, cells, strict=True))
        try:
            first, last = _days(row, table, Where(file, line))
        except CellError as error:
            rejects.append(reject(file, line, error.evidence["column"], row[error.evidence["column"]], error.problem.what))
            continue
        users = next((name for name in _USERS if name in row), "")
        records.append(
            Record(
                line,
                {
                    **_stretch(first, last),
                    "channel": cells[channel],
                    "sessions": row["sessions"],
                    "users": row.get(users, ""),
                    "engaged": row.get("engaged sessions", ""),
                },
            )
        )
    return Export(tuple(records), tuple(rejects))


def _days(row: Mapping[str, str], table: _Table, where: Where) -> Span:
    """The days that a row sums."""
    try:
        if "date" in row:
            name = "date"
            only = day(row[name].strip(), _COMPACT)
            return only, only
        if "year month" in row:
            name = "year month"
            first = day(f"{row[name].strip()}01", _COMPACT)
            return first, first.replace(day=monthrange(first.year, first.month)[1])
    except CellError as error:
        raise CellError("a day as 20261031, or a month as 202610", evidence={"column": name}) from error
    if table.first is None or table.last is None or table.last < table.first:
        raise SourceError(
            "the file does not say which days it sums",
            where=Where(where.file, table.line),
            remedy="keep the lines '# Start date' and '# End date' above the table, or export it with its dates",
        )
    return table.first, table.last


def _stretch(first: date, last: date) -> dict[str, str]:
    return {"date": first.isoformat(), "days": str((last - first).days + 1)}


_DIMENSIONS = {"date": "date", "query": "query", "top queries": "query", "page": "page", "top pages": "page"}
_COUNTED = ("clicks", "impressions", "position")


def searches(path: Path, file: str, span: Span | None) -> Export:
    """Clicks and times shown by day, query or page; a file without days needs the span that the settings state."""
    rows = read_cells(path, file)
    line, cells = next(rows, (0, []))
    if not cells:
        raise SourceError("the file is empty, it has not even a header", where=Where(file), remedy="export it anew")
    header = [cell.strip().lower() for cell in cells]
    dimension = _DIMENSIONS.get(header[0])
    missing = [name for name in _COUNTED if header.count(name) != 1]
    if dimension is None or missing:
        what = f"its columns are {shorten(', '.join(header))}"
        wanted = "Dates.csv, Queries.csv or Pages.csv"
        raise SourceError(
            f"this is no export of Search Console by day, query or page: {what}",
            where=Where(file, line),
            remedy=f"{_ENGLISH} and without a comparison, and name {wanted} of it",
        )
    if dimension != "date" and span is None:
        raise SourceError(
            "an export of queries or pages does not say which days it sums",
            where=Where(file, line),
            remedy="state them beside its path: since and through",
        )
    records: list[Record] = []
    rejects: list[Reject] = []
    for number, own in rows:
        if len(own) != len(header):
            rejects.append(reject(file, number, "row", ",".join(own), f"{len(header)} cells, as the header has"))
            continue
        row = dict(zip(header, own, strict=True))
        stretch = {"date": own[0], "days": "1"} if span is None or dimension == "date" else _stretch(*span)
        named = {"kind": "whole", "term": "all"} if dimension == "date" else {"kind": dimension, "term": own[0]}
        records.append(Record(number, {**stretch, **named, **{name: row[name] for name in _COUNTED}}))
    return Export(tuple(records), tuple(rejects))
