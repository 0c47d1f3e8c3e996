"""How a ledger writes its days: as stated, or as found where no day can be read in two ways. Never guessed.

1/2/2026 is a day of January in one country and of February in another. A column of such days is read only if one of them
says which it is (1/31/2026), or if the settings do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

import numpy as np

from quarterdeck.errors import SourceError
from quarterdeck.reading import Notation, clean
from quarterdeck.reading.cells import CellError, day, shorten
from quarterdeck.sources._ledger_lines import Coded, Lines

_ISO = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]00:00:00(?:\.0+)?(?:Z|\+00:00)?)?", re.ASCII)
_NAMED = re.compile(r"([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4})", re.ASCII)
_NUMBERED = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2[0-9]{4}", re.ASCII)
_MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)}
_LAST_MONTH = 12
_REMEDY = 'state date_format, as "%m/%d/%Y" or "%d/%m/%Y"'

Reader = Callable[[str], date]


def reader_of(lines: Lines, stated: str | None) -> Reader:
    """What turns a cleaned text into a day, or raises CellError; SourceError where the days could be read in two ways."""
    if stated is not None:
        notation = Notation(stated)
        return lambda text: day(text, notation)
    found: dict[str, tuple[str, int]] = {}  # by the way of writing, a text and its row
    for column in (lines.columns["date"], lines.columns["service_date"]):
        for text, row in _first_rows(column).items():
            way = _way(text)
            if way is not None:
                found.setdefault(way, (text, row))
    if len(found) > 1:
        (one, first), (other, second) = sorted(found.values(), key=lambda place: place[1])[:2]
        at = lines.place(first)
        raise SourceError(
            f"days are written in more than one way: {shorten(one)!r} ({at.file}:{at.line}) and {shorten(other)!r}",
            where=lines.place(second),
            remedy=f"export all of them in one way, or {_REMEDY} and mend the others",
        )
    return _reader(next(iter(found), "iso"), lines)


def _first_rows(column: Coded) -> Mapping[str, int]:
    """Each text of a column, cleaned, and the first row that has it."""
    codes, rows = np.unique(np.frombuffer(column.codes, dtype=np.int32), return_index=True)
    return {clean(column.texts[code]): row for code, row in zip(codes.tolist(), rows.tolist(), strict=True)}


def _way(text: str) -> str | None:
    """The way in which a text writes a day; None where it writes none."""
    if _ISO.fullmatch(text):
        return "iso"
    if _NAMED.fullmatch(text):
        return "named"
    match = _NUMBERED.fullmatch(text)
    return match[2] if match else None


def _reader(way: str, lines: Lines) -> Reader:
    if way == "iso":
        return _iso
    if way == "named":
        return _named
    return _numbered(way, lines)


def _iso(text: str) -> date:
    match = _ISO.fullmatch(text)
    return day(match[1] if match else text)


def _named(text: str) -> date:
    match = _NAMED.fullmatch(text)
    month = _MONTHS.get(match[2]) if match else None
    if match is None or month is None:
        raise CellError("a day as 31 Jan 2026")
    return day(f"{match[3]}-{month:02d}-{int(match[1]):02d}")


def _numbered(mark: str, lines: Lines) -> Reader:
    """Whichever of day and month comes first: a point is written after the day, else a number over 12 has to tell."""
    notations = {True: Notation(f"%d{mark}%m{mark}%Y"), False: Notation(f"%m{mark}%d{mark}%Y")}
    if mark == ".":
        return lambda text: day(text, notations[True])
    told: dict[bool, tuple[str, int]] = {}  # whether the day comes first: by which text
    seen: list[tuple[int, str]] = []
    for column in (lines.columns["date"], lines.columns["service_date"]):
        for text, row in _first_rows(column).items():
            match = _NUMBERED.fullmatch(text)
            if match is None:
                continue
            seen.append((row, text))
            if int(match[1]) > _LAST_MONTH:
                told.setdefault(True, (text, row))
            if int(match[3]) > _LAST_MONTH:
                told.setdefault(False, (text, row))
    if len(told) > 1:
        (day_first, one), (month_first, other) = told[True], told[False]
        raise SourceError(
            f"{shorten(day_first)!r} has the day first, {shorten(month_first)!r} the month",
            where=lines.place(max(one, other)),
            remedy=f"export all of them in one way, or {_REMEDY} and mend the others",
        )
    if not told:
        row, text = min(seen)
        raise SourceError(
            f"{shorten(text)!r} may have the month or the day first, and no other day tells which",
            where=lines.place(row),
            remedy=_REMEDY,
        )
    notation = notations[next(iter(told))]
    return lambda text: day(text, notation)
