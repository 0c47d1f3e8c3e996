"""CSV as records of text cells: RFC 4180, one header line, nothing converted and nothing guessed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from quarterdeck.errors import Reject, SourceError, Where
from quarterdeck.reading.cells import shorten
from quarterdeck.reading.records import Record
from quarterdeck.reading.text import read_text

MOST_COLUMNS = 500


def read_csv(
    path: Path,
    file: str,
    *,
    known: Collection[str] | Callable[[str], bool],
    required: Collection[str] = (),
    delimiter: str = ",",
    may_be_empty: bool = False,
) -> Iterator[Record | Reject]:
    """The records of a CSV file in its order, a row with too many or too few cells as a Reject; else SourceError.

    `known` names the columns that may be there (or decides about one), `required` those that must. A file without even
    a header is refused unless it `may_be_empty`. Rows without any content are blank lines.
    """
    rows = _numbered(read_text(path, file), delimiter, file)
    first = next(rows, None)
    if first is None:
        if may_be_empty:
            return
        raise SourceError("the file is empty, it has not even a header", where=Where(file), remedy="export it anew")
    header = _header(*first, file, delimiter)
    _check_columns(header, Where(file, first[0]), known, required)
    for line, cells in rows:
        if len(cells) == len(header):
            yield Record(line, dict(zip(header, cells, strict=True)))
        else:
            shown = shorten(delimiter.join(cells))
            yield Reject(file, line, "row", shown, f"{len(header)} cells, as the header has; this row has {len(cells)}")


def read_cells(path: Path, file: str, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Rows of cells, with the line that each begins on, of a CSV that has more than one header and its rows: a report."""
    return _numbered(read_text(path, file), delimiter, file)


def _numbered(text: str, delimiter: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line they begin on. A syntax error ends the file: what follows it cannot be trusted."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise SourceError(
                _syntax(str(error)), where=Where(file, line), remedy="mend the line, or export it anew"
            ) from error
        if any(cell.strip() for cell in cells):
            yield line, cells


def _syntax(fault: str) -> str:
    if "end of data" in fault:
        return "a quoted cell begins here and never ends"
    if "field limit" in fault:
        return f"a cell has more than {csv.field_size_limit():,} characters"
    return f"this is not CSV: {fault}"


def _header(line: int, cells: list[str], file: str, delimiter: str) -> list[str]:
    where = Where(file, line)
    if len(cells) > MOST_COLUMNS:
        what = f"the header has {len(cells):,} columns, at most {MOST_COLUMNS} are read"
        raise SourceError(what, where=where, remedy="name another file, or remove columns")
    header = [cell.strip() for cell in cells]
    for number, name in enumerate(header, start=1):
        if not name:
            raise SourceError(f"column {number} of the header has no name", where=where, remedy="name it, or remove the column")
        if name in header[: number - 1]:
            raise SourceError(f"two columns are called {shorten(name)!r}", where=where, remedy="rename or remove one")
    others = [mark for mark in (",", ";", "\t", "|") if mark != delimiter]
    if len(header) == 1 and any(mark in header[0] for mark in others):
        raise SourceError(
            f"the header is one cell, {shorten(header[0])!r}: the cells are not parted by {delimiter!r}",
            where=where,
            remedy=f"export the file with {delimiter!r} between the cells, or declare its delimiter where the source can",
        )
    return header


def _check_columns(
    header: list[str], where: Where, known: Collection[str] | Callable[[str], bool], required: Collection[str]
) -> None:
    names = f"known: {', '.join(known)}" if not callable(known) else f"required: {', '.join(required)}"
    for name in header:
        if not (known(name) if callable(known) else name in known):
            raise SourceError(f"unknown column {shorten(name)!r}", where=where, remedy=names)
    missing = [name for name in required if name not in header]
    if missing:
        raise SourceError(
            f"the column {', '.join(missing)} is missing", where=where, remedy=f"the file has {', '.join(header)}"
        )
