"""Which attribute fills which column of a contract table, and how it is written there.

    columns:
      booking: id                                      # an attribute
      service_date: trip.date                          # an attribute of a map
      date: {attribute: created, form: epoch}          # seconds since 1970
      status: {attribute: state, values: {PAID: confirmed, OPEN: pending}}
      amount: total                                    # in major units; amount_minor: cents is in minor ones
      channel: {constant: website}                     # no attribute: the same in each row

Each form takes one kind of attribute and no other: an item that has another there is a reject, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from quarterdeck.codec import number
from quarterdeck.reading.cells import CellError, convert, instant, is_money
from quarterdeck.schemas import Column, TableSchema, Type
from quarterdeck.sources._dynamodb_items import JSON, Path, Shape
from quarterdeck.sources._files import Part

Form = Literal["text", "number", "boolean", "binary", "json", "day", "instant", "epoch", "epoch_ms"]
# The kind of attribute that a form takes, and what a person calls it.
KINDS: Mapping[Form, tuple[str, str]] = {
    "text": ("S", "text (S)"),
    "number": ("N", "a number (N)"),
    "boolean": ("BOOL", "true or false (BOOL)"),
    "binary": ("B", "binary (B)"),
    "json": (JSON, "a value whose kinds are known"),
    "day": ("S", "text (S)"),
    "instant": ("S", "text (S)"),
    "epoch": ("N", "a number (N)"),
    "epoch_ms": ("N", "a number (N)"),
}
# The forms that a column of each type can be filled from; the first one where none is named.
_FORMS: Mapping[Type, tuple[Form, ...]] = {
    Type.TEXT: ("text", "number", "boolean", "binary", "json"),
    Type.INT: ("number", "text"),
    Type.RATIO: ("number", "text"),
    Type.BOOL: ("boolean", "text", "number"),
    Type.DATE: ("day", "instant", "epoch", "epoch_ms"),
    Type.TIME: ("instant", "epoch", "epoch_ms"),
}
_EPOCHS: Mapping[str, Decimal] = {"epoch": Decimal(1), "epoch_ms": Decimal(1000)}
_NUMBER = re.compile(r"-?[0-9]{1,130}(\.[0-9]{1,130})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_WHOLE = "minor"  # what a column of minor units is called where it is a whole number and no amount
_1970 = datetime(1970, 1, 1, tzinfo=UTC)

Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]


def _word(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


Word = Annotated[str, BeforeValidator(_word), StringConstraints(min_length=1)]


def _path(value: object) -> object:
    return tuple(value.split(".")) if isinstance(value, str) else value


class ColumnOptions(Part):
    """What fills one column: the attribute at a path, or a constant."""

    attribute: Annotated[tuple[Name, ...], BeforeValidator(_path), Field(min_length=1, max_length=32)] | None = None
    form: Form | None = None
    values: dict[Word, Word] = Field(default_factory=dict)
    constant: Word | None = None

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.attribute is None) == (self.constant is None):
            raise ValueError("name either an attribute or a constant")
        if self.constant is not None and (self.form or self.values):
            raise ValueError("a constant has neither a form nor values")
        return self


def _short(value: object) -> object:
    return {"attribute": value} if isinstance(value, str) else value


ColumnMap = dict[str, Annotated[ColumnOptions, BeforeValidator(_short)]]


@dataclass(frozen=True, slots=True)
class Target:
    """A column of the table and what fills it; `name` is what settings and rejects call it."""

    name: str
    column: Column
    options: ColumnOptions
    form: Form

    @property
    def path(self) -> Path:
        return self.options.attribute or ()

    @property
    def shown(self) -> str:
        """The attribute as a person writes it."""
        return ".".join(self.path) or self.name

    @property
    def is_amount(self) -> bool:
        """Whether it holds an amount in major units of the row's currency."""
        return is_money(self.column) and self.name != self.column.name


def targets_of(schema: TableSchema, columns: Mapping[str, ColumnOptions]) -> tuple[Target, ...]:
    """Every column that something fills, in the contract's order; ValueError says what cannot be."""
    named: dict[str, Target] = {}
    for name, options in columns.items():
        column = _column(schema, name)
        if column.name in named:
            raise ValueError(f"{name} and {named[column.name].name} are one column; keep one")
        named[column.name] = Target(name, column, options, _form(name, column, options))
    for column in schema.columns:
        if not column.nullable and column.name not in named and column.name != "currency":
            raise ValueError(f"nothing fills {column.name.removesuffix('_minor')}, which {schema.name} must have")
    return tuple(named[name] for name in schema.names if name in named)


def _column(schema: TableSchema, name: str) -> Column:
    """A column by its own name, or by the one that amounts in major units have."""
    for column in schema.columns:
        if name in (column.name, column.name.removesuffix("_minor") if is_money(column) else ""):
            return column
    raise ValueError(f"{schema.name} has no column {name!r}; known: {', '.join(schema.names)}")


def _form(name: str, column: Column, options: ColumnOptions) -> Form:
    forms = _FORMS[column.type]
    if options.form is not None and options.form not in forms:
        raise ValueError(f"{name} cannot be filled from {options.form}; it takes {', '.join(forms)}")
    return options.form or forms[0]


def shape_of(targets: tuple[Target, ...]) -> Shape:
    """The attributes that the columns need, and of which kind."""
    kinds: dict[Path, frozenset[str]] = {}
    for target in targets:
        if target.path:
            kinds[target.path] = kinds.get(target.path, frozenset()) | {KINDS[target.form][0]}
    return Shape(kinds)


def reader_of(target: Target, currency: str, zone: ZoneInfo) -> Callable[[str], object]:
    """What makes a value of the column out of an attribute's text; CellError says what was expected.

    Instants become civil days of the zone. Amounts are in the currency.
    """
    values, column = target.options.values, target.column
    if is_money(column) and not target.is_amount:
        column = replace(column, name=_WHOLE)

    def read(told: str) -> object:
        text = _plain_number(told) if KINDS[target.form][0] == "N" else told
        text = values.get(text, text)
        if target.form in _EPOCHS:
            return _timed(column, _since_1970(text, target.form), zone)
        if target.form == "instant":
            return _timed(column, instant(text), zone)
        return convert(column, text, currency)

    return read


def _plain_number(text: str) -> str:
    """A number without an exponent or zeros at its end: DynamoDB writes 1E+2 or 100, whichever it likes."""
    if not _NUMBER.fullmatch(text):
        raise CellError("a number")
    return number(Decimal(text))


def _since_1970(text: str, form: str) -> datetime:
    try:
        found = _1970 + timedelta(microseconds=int(Decimal(text) / _EPOCHS[form] * 1_000_000))
    except (ArithmeticError, ValueError) as error:
        raise CellError("an instant as seconds or milliseconds since 1970") from error
    return instant(found.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0"))  # which refuses years that none can mean


def _timed(column: Column, found: datetime, zone: ZoneInfo) -> datetime | date:
    return found.astimezone(zone).date() if column.type is Type.DATE else found
