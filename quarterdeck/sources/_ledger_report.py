"""Reports as accounting programs export them: lines of title, a header, groups with headings and totals, a foot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from quarterdeck.errors import SourceError, Where
from quarterdeck.reading import clean, read_cells
from quarterdeck.reading.cells import shorten
from quarterdeck.sources import Window

_MOST_TITLE = 20  # rows above the header


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A row below the header: its cells, cleaned, by their meaning; `first` is the cell that headings and totals stand in."""

    line: int
    first: str
    cells: Mapping[str, str]
    is_heading: bool  # nothing but the first cell is filled

    def get(self, meaning: str) -> str:
        return self.cells.get(meaning, "")


@dataclass(frozen=True, slots=True)
class Report:
    """A report's header and its rows. `columns` are the places of the meanings that the header names."""

    file: str
    line: int
    header: tuple[str, ...]
    columns: Mapping[str, int]
    rows: Iterator[ReportRow]

    def name(self, meaning: str) -> str:
        return self.header[self.columns[meaning]] if meaning in self.columns else meaning


def read_report(
    file: str, window: Window, names: Mapping[str, Sequence[str]], is_header: Callable[[Sequence[str]], bool], remedy: str
) -> Report:
    """The report in a file. `names` are the names, in small letters, that a column of each meaning may have.

    SourceError where none of the first rows is a header.
    """
    rows = read_cells(window.path(file), file)
    for _, (line, cells) in zip(range(_MOST_TITLE), rows, strict=False):
        header = tuple(clean(cell) for cell in cells)
        small = [name.lower() for name in header]
        if is_header(small):
            columns = {
                meaning: small.index(found)
                for meaning, known in names.items()
                if (found := next((name for name in known if name in small), None)) is not None
            }
            return Report(file, line, header, columns, (_row(line, cells, columns) for line, cells in rows))
    raise SourceError("there is no header of a report that can be read", where=Where(file, 1), remedy=remedy)


def need(report: Report, meanings: Sequence[str], what: str, remedy: str) -> None:
    """Raise SourceError where the report has no column of some meaning."""
    missing = [meaning for meaning in meanings if meaning not in report.columns]
    if missing:
        raise SourceError(
            f"{what}: no column for {', '.join(missing)} among {shorten(', '.join(report.header), 200)}",
            where=Where(report.file, report.line),
            remedy=remedy,
        )


def _row(line: int, cells: Sequence[str], columns: Mapping[str, int]) -> ReportRow:
    plain = [clean(cell) for cell in cells]
    found = {meaning: plain[place] for meaning, place in columns.items() if place < len(plain)}
    return ReportRow(line, plain[0], found, not any(plain[1:]))
