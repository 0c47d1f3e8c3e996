"""Which cells of a sheet are worked out from others, and by which formula: sums, differences, what is carried forward.

A formula is written only where it gives exactly the figure that the report has, in every row; anything else stays a number.
So a workbook can be recalculated and still says what the report says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

from quarterdeck.render.cells import Cell

Row = tuple[Cell, ...]

_DIFFERENCES = frozenset({"difference", "change", "net", "margin", "left", "gap"})
_SUMS = frozenset({"total"})
_CARRIED = frozenset({"closing"})
_FIRST = 2  # the row of a spreadsheet on which the body begins, below the head


def letter(column: int) -> str:
    """The name of a column: A, B ... Z, AA."""
    name, rest = "", column + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        name = chr(ord("A") + place) + name
    return name


def living(ids: Sequence[str], rows: Sequence[Row], total: Row, *, rolls: bool = False) -> tuple[tuple[Row, ...], Row]:
    """Rows and total of a table with the formulas that hold; `ids` are its columns', `rolls` says that its last row sums up."""
    made = [list(row) for row in rows]
    money = [column for column in range(len(ids)) if any(_number(row[column]) is not None for row in rows)]
    for column in money:
        formula = _across(ids, column, money, rows)
        for number, row in enumerate(rows if formula else ()):
            if _number(row[column]) is not None and formula:
                made[number][column] = replace(row[column], formula=formula(number + _FIRST))
    if rolls and len(rows) > 2:
        for column in money:
            made[-1][column] = _summed(rows[-1][column], rows[:-1], column)
    summed = tuple(_summed(cell, rows, column) for column, cell in enumerate(total))
    return tuple(tuple(row) for row in made), summed


def _summed(cell: Cell, rows: Sequence[Row], column: int) -> Cell:
    """The cell as a sum of those above it, where it is that: a column of shares or of texts is none."""
    value, parts = _number(cell), [_number(row[column]) for row in rows]
    if (
        value is None
        or not rows
        or any(row[column].value not in (None, "") and part is None for row, part in zip(rows, parts, strict=True))
    ):
        return cell
    if sum((part for part in parts if part is not None), Decimal(0)) != value or "%" in cell.form:
        return cell
    name = letter(column)
    return replace(cell, formula=f"SUM({name}{_FIRST}:{name}{len(rows) + _FIRST - 1})")


Formula = Callable[[int], str]
Terms = tuple[tuple[int, int], ...]  # columns, each with the sign that it counts with


def _across(ids: Sequence[str], column: int, money: Sequence[int], rows: Sequence[Row]) -> Formula | None:
    """The formula of a column from others of its row, where one holds in every row."""
    for terms in _terms(ids, column, money):
        if _holds(terms, column, rows):
            return lambda number, terms=terms: _written(terms, number, _places(rows, column))  # type: ignore[misc]
    return None


def _terms(ids: Sequence[str], column: int, money: Sequence[int]) -> Iterator[Terms]:
    others = [other for other in money if other != column]
    earlier = [other for other in others if other < column]
    if ids[column] in _SUMS and len(earlier) > 1:
        yield tuple((other, 1) for other in earlier)
    if ids[column] in _CARRIED and "opening" in ids:
        moves = [other for other in earlier if other > ids.index("opening")]
        yield ((ids.index("opening"), 1), *((move, 1) for move in moves))
        for minus in moves:
            yield ((ids.index("opening"), 1), *((move, -1 if move == minus else 1) for move in moves))
    if ids[column] in _DIFFERENCES:
        near = sorted(permutations(others, 2), key=lambda pair: abs(pair[0] - column) + abs(pair[1] - column))
        yield from (((one, 1), (other, -1)) for one, other in near)


def _holds(terms: Terms, column: int, rows: Sequence[Row]) -> bool:
    known = [row for row in rows if _number(row[column]) is not None]
    if not any(_number(row[column]) for row in known):
        return False
    for row in known:
        parts = [(_number(row[other]), row[other].value, sign) for other, sign in terms]
        if any(part is None and value not in (None, "") for part, value, _ in parts):
            return False
        if sum((sign * part for part, _, sign in parts if part is not None), Decimal(0)) != _number(row[column]):
            return False
    return True


def _written(terms: Terms, number: int, places: int) -> str:
    """ROUND keeps a difference of decimals from being a billionth, which a check would take for one."""
    said = "".join(f"{'+' if sign > 0 else '-'}{letter(column)}{number}" for column, sign in terms)
    return f"ROUND({said.removeprefix('+')},{places})"


def _places(rows: Sequence[Row], column: int) -> int:
    return max(
        (max(-int(number.as_tuple().exponent), 0) for row in rows if (number := _number(row[column])) is not None), default=0
    )


def _number(cell: Cell) -> Decimal | None:
    return cell.value if isinstance(cell.value, Decimal) else None
