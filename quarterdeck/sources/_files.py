"""What the sources that read files share: their options, and a contract table out of one CSV or YAML file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from quarterdeck.errors import SourceError, Where
from quarterdeck.reading import Rows, read_csv, read_rows, read_yaml
from quarterdeck.reading.cells import CellError, day
from quarterdeck.reading.rows import Finish, file_columns, required_columns
from quarterdeck.reading.text import require_readable
from quarterdeck.schemas import schema_of
from quarterdeck.sources import Options, Window, refuse_too_many

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_YAML = (".yaml", ".yml")


def _data_file(path: str) -> str:
    suffix = PurePath(path).suffix.lower()
    if suffix not in (*_DELIMITERS, *_YAML):
        raise ValueError(f"{path!r} is neither a .csv nor a .yaml file")
    return path


def _day(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return day(str(value))
    except CellError as error:
        raise ValueError(f"expected {error.problem.what}") from error


LocalPath = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
DataFile = Annotated[LocalPath, AfterValidator(_data_file)]
Day = Annotated[date, BeforeValidator(_day)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Part(BaseModel):
    """Base of a part of a source's options. Numbers may stand for text: an account 1000 needs no quotes."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class RowOptions(Options):
    """Options of a source that reads rows; over the share `max_rejected` of bad ones the source fails."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    max_rejected: Annotated[Decimal, Field(ge=0, le=1)] = Decimal("0.01")

    @property
    def limit(self) -> float:
        return float(self.max_rejected)


def reachable(paths: Iterable[str], window: Window) -> str:
    """How many files there are, all of which can be read; SourceError for the first that cannot."""
    named = tuple(dict.fromkeys(paths))
    for path in named:
        require_readable(window.path(path), path)
    return "1 file" if len(named) == 1 else f"{len(named)} files"


def read_table(name: str, path: str, window: Window, limit: float, finish: Finish | None = None) -> Rows:
    """The rows and rejects of a table's file. A file without rows gives none; too many bad ones are a SourceError."""
    schema = schema_of(name)
    known = tuple(file_columns(schema))
    suffix = PurePath(path).suffix.lower()
    if suffix in _YAML:
        records = read_yaml(window.path(path), path, known=known)
    elif suffix in _DELIMITERS:
        records = read_csv(
            window.path(path),
            path,
            known=known,
            required=required_columns(schema),
            delimiter=_DELIMITERS[suffix],
            may_be_empty=True,
        )
    else:
        raise SourceError("this is neither a .csv nor a .yaml file", where=Where(path), remedy="name the file so")
    read = read_rows(schema, records, file=path, currency=window.currency, finish=finish)
    refuse_too_many(name, read.rejects, len(read.rows), limit)
    return read
