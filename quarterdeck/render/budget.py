"""How much of a report goes into a mail: as many rows of each list as fit, told from their letters and then measured.

Setting a page takes ten milliseconds or more, so the number of rows is estimated and only a few pages are set. A page is
taken only when its measured size fits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate
from typing import cast

from quarterdeck.render.records import Part, View

# Bytes of markup as sent, about: of a page, and what each of its parts brings along beside its letters.
_PAGE, _KPI, _TABLE, _COLUMN = 9_000, 1_900, 1_500, 160
_ROW, _TEXT = 320, 25
_AIM = 0.985
_TRIES = 3  # pages, as long as one of them fits
_SEEN = 4  # rows below which a table tells nothing, so that fewer tables tell more

_TWICE = ("findings", "actions")  # the parts that keep twice as many rows
_ONCE = (
    "promises",
    "restatements",
    "lacking",
    "agenda",
    "unfit",
    "timeline",
    "milestones",
    "notes",
    "notices",
    "method",
    "provenance",
)


def cut(view: View, rows: int) -> View:
    """The view with at most so many rows in each list but the key figures, and twice as many findings and action items."""
    parts = {name: getattr(view, name).first(rows) for name in _ONCE}
    parts |= {name: getattr(view, name).first(2 * rows) for name in _TWICE}
    return replace(view, **parts, tables=tuple(replace(table, body=table.body.first(rows)) for table in view.tables))


def with_tables(view: View, most: int) -> View:
    """The view with its first tables, and a word of how many there are."""
    if most >= len(view.tables):
        return view
    return replace(view, tables=view.tables[:most], tables_rest=f"{most} of {len(view.tables)} tables, the rest in the archive")


def fewer_tables(view: View, most: int) -> Iterator[View]:
    """The view with as many of its first tables as leave each list some rows, and with ever fewer where that is not enough."""
    count = len(view.tables)
    while count and Weights(with_tables(view, count)).rows_within(_AIM * most) < _SEEN:
        count -= 1
    while count:
        yield with_tables(view, count)
        count //= 2
    yield with_tables(view, 0)


def is_hopeless(view: View, most: int) -> bool:
    """Whether a whole view is so far beyond a size that setting it would only cost time."""
    weights = Weights(view)
    return weights.at(weights.longest) > 1.3 * most


def largest_that_fits(view: View, make: Callable[[View], str], size: Callable[[str], int], most: int) -> str | None:
    """A page with about as many rows per list as fit into `most` bytes, or None where not even one each does."""
    weights = Weights(view)
    fits, too_many, best, tried = 0, max(weights.longest, 1) + 1, "", 0
    wanted = weights.rows_within(_AIM * most)
    while too_many - fits > 1 and not (best and (tried == _TRIES or wanted <= fits)):
        rows = min(max(wanted, fits + 1), too_many - 1)
        page = make(cut(view, rows))
        measured, tried = size(page), tried + 1
        if measured <= most:
            fits, best = rows, page
        else:
            too_many = rows
        wanted = weights.rows_within(weights.at(rows) + _AIM * most - measured)
    return best or None


class Weights:
    """About how many bytes a view takes for each number of rows of its lists."""

    def __init__(self, view: View) -> None:
        lists = [(getattr(view, name), 1) for name in _ONCE] + [(getattr(view, name), 2) for name in _TWICE]
        lists += [(table.body, 1) for table in view.tables]
        self.longest = max((-(-len(part.rows) // times) for part, times in lists), default=0)
        added = [_fixed(view), *[0] * self.longest]
        for part, times in lists:
            for place, row in enumerate(part.rows):
                added[place // times + 1] += _ROW + _letters(row)
        self._sums = list(accumulate(added))

    def at(self, rows: int) -> int:
        return self._sums[min(rows, self.longest)]

    def rows_within(self, size: float) -> int:
        """The most rows that weigh no more than `size`."""
        return bisect_right(self._sums, size) - 1


def _fixed(view: View) -> int:
    """What a page has however few rows its lists have."""
    kpis = sum(_KPI + _letters(row) for row in view.kpis.rows)
    tables = sum(_TABLE + _COLUMN * len(table.columns) + _letters(table.total) for table in view.tables)
    pictures = sum(_ROW + _letters((picture.title, picture.note, picture.alt)) for picture in view.charts)
    lines = sum(_ROW + _letters(row) for row in (*view.attention.rows, *view.healthy.rows))
    return _PAGE + lines + kpis + tables + pictures + _letters((view.points, view.sentence))


def _letters(row: object) -> int:
    """The bytes of all texts of a row as they are sent: what is not ASCII takes three for each of its own."""
    kind = type(row)
    if kind is str:
        text = cast("str", row)
        return _TEXT + (len(text) if text.isascii() else 3 * len(text.encode("utf-8", "replace")))
    if kind is tuple:
        return sum(map(_letters, cast("tuple[object, ...]", row)))
    if kind is Part:
        return _letters(cast("Part[object]", row).rows)
    return sum(_letters(getattr(row, name)) for name in getattr(kind, "__slots__", ()))
