"""One cell of text as a value of the contract, or what was expected instead. Strict: what is not plain is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from quarterdeck.errors import QuarterdeckError, Reject
from quarterdeck.money import MoneyError, exponent, parse_amount
from quarterdeck.schemas import Column, Type

LONGEST_TEXT = 4_000
_SHOWN = 80
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
CODES = ("currency", "base", "quote")  # columns of text that hold ISO 4217 codes

# Escape sequences of terminals first and whole: without the ESC alone, their tails would be left as text.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
_SPACES = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
# Controls, what turns the direction of writing, what is not seen, tags, and halves of surrogate pairs.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,19}(?:\.[0-9]{1,8}0*)?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII
)
_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}


class CellError(QuarterdeckError):
    """A cell that is not what its column holds; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Notation:
    """How a file writes days and amounts. Anything but ISO days and a decimal point has to be declared."""

    date_format: str = "%Y-%m-%d"
    decimal_mark: str = "."


PLAIN = Notation()


def clean(text: str) -> str:
    """Text as a reader sees it: NFC, one line, no control, hidden or direction-changing characters, no escape codes."""
    if text.isascii() and text.isprintable():  # most cells: nothing to look for
        return text.strip()
    plain = _HIDDEN.sub("", _SPACES.sub(" ", _ESCAPES.sub("", text)))
    return unicodedata.normalize("NFC", plain).strip()


def shorten(text: str, most: int = _SHOWN) -> str:
    """A value as it may stand in a message: cleaned, and not longer than a line."""
    plain = clean(text[: 4 * most])
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def reject(file: str, line: int, column: str, value: str, expected: str) -> Reject:
    """A Reject with the value shortened."""
    return Reject(file, line, column, shorten(value), expected)


def convert(column: Column, text: str, currency: str, notation: Notation = PLAIN) -> object:
    """The value of a cell by its column's type, None for an empty one; CellError says what was expected.

    `currency` is that of the row; amounts are in its major units and become minor ones.
    """
    plain = clean(text)
    if not plain:
        if column.nullable:
            return None
        raise CellError(f"one of {', '.join(column.allowed)}" if column.allowed else "a value")
    if is_money(column):
        return amount(plain, currency, notation)
    return _CONVERTERS[column.type](column, plain, notation)


def is_money(column: Column) -> bool:
    """Whether files write the column in major units: `value_minor` is written as `value`."""
    return column.type is Type.MINOR and column.name.endswith("_minor")


def amount(text: str, currency: str, notation: Notation = PLAIN) -> int:
    """Minor units of an amount in major units."""
    try:
        return parse_amount(text, currency, decimal_mark=notation.decimal_mark)
    except MoneyError as error:
        example = f"1234{notation.decimal_mark}56" if exponent(currency) == 2 else "1234"
        raise CellError(f"an amount in {currency} as {example}, digits without grouping, brackets or exponent") from error


def day(text: str, notation: Notation = PLAIN) -> date:
    """A civil day in the declared format."""
    try:
        if notation.date_format == PLAIN.date_format:
            if not _DAY.fullmatch(text):
                raise ValueError(text)
            found = date.fromisoformat(text)
        else:
            if not text.isascii():  # strptime takes digits of any script
                raise ValueError(text)
            found = datetime.strptime(text, notation.date_format).date()  # noqa: DTZ007 - a civil day has no zone
    except ValueError as error:
        raise CellError(f"a day as {date(2026, 1, 31).strftime(notation.date_format)}") from error
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise CellError(f"a day between {_FIRST_YEAR} and {_LAST_YEAR}")
    return found


def instant(text: str) -> datetime:
    """An instant in UTC from ISO 8601; a text without an offset is UTC."""
    try:
        if not _INSTANT.fullmatch(text):
            raise ValueError(text)
        found = datetime.fromisoformat(text)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise CellError("an instant as 2026-01-31 13:45 in UTC, or with its offset") from error
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise CellError(f"an instant between {_FIRST_YEAR} and {_LAST_YEAR}")
    return found


def _text(column: Column, text: str, _: Notation) -> str:
    if column.allowed:
        if text not in column.allowed:
            raise CellError(f"one of {', '.join(column.allowed)}")
    elif column.name in CODES:
        currency_code(text)
    elif len(text) > LONGEST_TEXT:
        raise CellError(f"at most {LONGEST_TEXT:,} characters")
    return text


def currency_code(text: str) -> str:
    """A currency code, checked."""
    try:
        exponent(text)
    except MoneyError as error:
        raise CellError("a currency code of three capital letters, as USD") from error
    return text


def _integer(_: Column, text: str, __: Notation) -> int:
    if not _INTEGER.fullmatch(text):
        raise CellError("a whole number as 1250, digits only")
    return int(text)


def _ratio(_: Column, text: str, notation: Notation) -> Decimal:
    mark = notation.decimal_mark
    plain = text.replace(mark, ".", 1) if mark != "." and "." not in text else text
    if (mark != "." and "." in text) or not _DECIMAL.fullmatch(plain):
        raise CellError(f"a decimal number as 0{mark}081, without a percent sign, grouping or exponent, at most 8 decimals")
    return Decimal(plain) + 0  # a zero has no sign


def _boolean(_: Column, text: str, __: Notation) -> bool:
    found = _BOOLEANS.get(text.lower())
    if found is None:
        raise CellError("true or false")
    return found


_CONVERTERS: Mapping[Type, Callable[[Column, str, Notation], object]] = {
    Type.TEXT: _text,
    Type.INT: _integer,
    Type.RATIO: _ratio,
    Type.BOOL: _boolean,
    Type.DATE: lambda _, text, notation: day(text, notation),
    Type.TIME: lambda _, text, __: instant(text),
}
