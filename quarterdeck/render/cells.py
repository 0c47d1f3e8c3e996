"""Values as cells of a spreadsheet: text, numbers with the form they are shown in, dates; and names that a sheet may have.

Figures stay exact or become text: a spreadsheet keeps fifteen digits and would silently round the rest. Text is data and
never a formula; what writes it sees to that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from quarterdeck.model import ColumnKind, Figure
from quarterdeck.money import Money, exponent
from quarterdeck.render.clean import clean
from quarterdeck.render.figures import MARKS, as_day, parse
from quarterdeck.words import Voice

MOST_TEXT = 32_767  # UTF-16 units of a cell, the format's own limit
_NAME = 31  # and of a sheet's name
_CUT = f" … [cut: a cell holds {MOST_TEXT:,} characters]"
_DIGITS = 15
_FIRST_DAY = date(1900, 3, 1)  # before it, spreadsheets count a day that never was
_ILLEGAL = re.compile(r"[\[\]:*?/\\]")
_PERCENT, _DAY, _WHOLE, _BROKEN = "0.0%", "yyyy-mm-dd", "#,##0", "#,##0.00"


@dataclass(frozen=True, slots=True)
class Cell:
    """`form` is the number format of a number or date; `tone` and `bold` are how it looks.

    `formula` gives the value from other cells, and is never made of a text of the report.
    """

    value: str | Decimal | date | None = None
    form: str = ""
    tone: str = "plain"
    bold: bool = False
    formula: str = ""


EMPTY = Cell()


def of_kind(value: object, kind: ColumnKind, currency: str, voice: Voice) -> Cell:
    """A value of the document by its column's kind; an amount or a date within a column of text keeps its type."""
    if value is None:
        return EMPTY
    if kind is ColumnKind.STATE:
        return state(str(value))
    if isinstance(value, Mapping):
        return figure(parse(value), ColumnKind.MONEY, currency, voice)
    if kind is ColumnKind.DATE:
        return day(str(value))
    if kind is ColumnKind.TEXT:
        return day(str(value)) if as_day(str(value)) else prose(str(value))
    return figure(parse(value), kind, currency, voice)


def figure(value: Figure | None, kind: ColumnKind, currency: str, voice: Voice) -> Cell:
    """A number with its form: money in major units with its currency's decimals; text where it has too many digits.

    `currency` is the one that the column's head names; another one stands in the cell's own form.
    """
    if value is None:
        return EMPTY
    if isinstance(value, Money):
        return _money(value, currency, voice)
    number = Decimal(value)
    if kind is ColumnKind.RATIO:
        return Cell(number, _PERCENT)
    if abs(number) >= 10**_DIGITS:
        return Cell(voice.number(number))
    return Cell(number, _WHOLE if number == number.to_integral_value() else _BROKEN)


def _money(amount: Money, currency: str, voice: Voice) -> Cell:
    is_other = amount.currency != currency
    if len(str(abs(amount.minor))) > _DIGITS:
        return Cell(voice.exact(amount) + (f" {amount.currency}" if is_other else ""))
    decimals = exponent(amount.currency)
    form = "#,##0" + ("." + "0" * decimals if decimals else "")
    return Cell(amount.decimal(), form + (f" [${amount.currency}]" if is_other else ""))


def common_currency(figures: Iterable[object]) -> str:
    """The currency of a column whose amounts all have the same one: it is named once, in the head."""
    found = {figure.currency for figure in figures if isinstance(figure, Money)}
    return found.pop() if len(found) == 1 else ""


def state(name: str) -> Cell:
    """A state by its word; its colour only repeats it."""
    mark = MARKS.get(name)
    return Cell(mark.word, tone=mark.tone) if mark else prose(name)


def day(text: str) -> Cell:
    """A date as a date; the few that a spreadsheet cannot count stay text. ValueError where it is none."""
    value = date.fromisoformat(text)
    return Cell(value, _DAY) if value >= _FIRST_DAY else Cell(text)


def prose(text: str) -> Cell:
    return Cell(line(text))


def line(text: str) -> str:
    """One line of visible text that fits a cell."""
    return fitting(clean(text, 2 * MOST_TEXT))


def fitting(text: str) -> str:
    """The text, cut where it is longer than a cell may be, and then saying so."""
    return text if _units(text) <= MOST_TEXT else _first_units(text, MOST_TEXT - _units(_CUT)) + _CUT


def sheet_name(title: str, taken: Iterable[str]) -> str:
    """A title as the name of a sheet: at most 31 characters, none that a sheet may not have, and not one of `taken`.

    Names are compared without their case; `taken` holds them folded.
    """
    base = _first_units(_ILLEGAL.sub(" ", clean(title)), _NAME).strip(" '") or "Table"
    name, number = base, 2
    while name.casefold() in taken:
        name = _first_units(base, _NAME - len(f" {number}")).rstrip() + f" {number}"
        number += 1
    return name


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def _first_units(text: str, most: int) -> str:
    while (over := _units(text) - most) > 0:
        text = text[: len(text) - (over + 1) // 2]  # a character has two units at most
    return text
