"""Records: what a CSV row and a YAML mapping have in common, cells of text under the file's own column names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from quarterdeck.errors import Reject, SourceError, Where
from quarterdeck.reading.cells import LONGEST_TEXT, CellError, clean, reject, shorten
from quarterdeck.reading.yaml_file import Document, YamlError, load_file

_SINGLE = "a single value"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Record:
    """Cells by column name; an empty cell is empty text. `line` is where the record begins, from 1."""

    line: int
    cells: Mapping[str, str]


class Cells:
    """Converts cells of one record, and keeps what is wrong with each of them, so that a person sees all at once."""

    def __init__(self, record: Record, file: str) -> None:
        self._record = record
        self._file = file
        self.rejects: list[Reject] = []

    def get(self, column: str, convert: Callable[[str], T]) -> T | None:
        """A value that has to be there; None, and a reject, where it is not or is wrong."""
        try:
            return convert(self._filled(column))
        except CellError as error:
            self.refuse(column, error.problem.what)
            return None

    def find(self, column: str | None, convert: Callable[[str], T]) -> T | None:
        """A value that may be missing."""
        return self.get(column, convert) if column is not None and self.text(column) else None

    def text(self, column: str | None) -> str:
        """A cell's text, cleaned; empty where there is no such column."""
        return clean(self._record.cells.get(column, "")) if column is not None else ""

    def refuse(self, column: str, expected: str) -> None:
        value = self._record.cells.get(column, "")
        self.rejects.append(reject(self._file, self._record.line, column, value, expected))

    def _filled(self, column: str) -> str:
        text = self.text(column)
        if not text:
            raise CellError("a value")
        return text


def plain_text(text: str) -> str:
    """Text of a length that a reader can bear."""
    if len(text) > LONGEST_TEXT:
        raise CellError(f"at most {LONGEST_TEXT:,} characters")
    return text


def read_yaml(path: Path, file: str, *, known: Collection[str]) -> Iterator[Record | Reject]:
    """The records of a YAML list of mappings, or SourceError. A file without content is a list of nothing."""
    try:
        document = load_file(path, file)
    except YamlError as error:
        raise SourceError(error.problem.what, where=error.problem.where, remedy=error.problem.remedy) from error
    return listed(document, known)


def listed(document: Document, known: Collection[str]) -> Iterator[Record | Reject]:
    """The records of a document that is a list of mappings; a key that is not `known` is a SourceError."""
    items = [] if document.data is None else document.data
    if not isinstance(items, list):
        raise SourceError("expected a list of mappings", where=Where(document.file, 1), remedy="begin each row with '- '")
    for index, item in enumerate(items):
        where = document.position((index,))
        if not isinstance(item, dict):
            raise SourceError("expected a mapping of column to value", where=where, remedy=f"known: {', '.join(known)}")
        for key in item:
            if key not in known:
                raise SourceError(
                    f"unknown column {shorten(key)!r}",
                    where=document.position((index, key)),
                    remedy=f"known: {', '.join(known)}",
                )
        yield _record(document, item, (index,))


def _record(document: Document, item: Mapping[str, Any], path: tuple[str | int, ...]) -> Record | Reject:
    line = document.position(path).line or 1
    cells: dict[str, str] = {}
    for key, value in item.items():
        text = as_text(value)
        if text is None:
            at = document.position((*path, key)).line or line
            return Reject(document.file, at, key, shorten(str(value)), _SINGLE)
        cells[key] = text
    return Record(line, cells)


def as_text(value: object) -> str | None:
    """A YAML value as the text of a cell; None where it is a list or a mapping."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else None
