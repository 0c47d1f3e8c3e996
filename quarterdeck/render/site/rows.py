"""The rows behind a figure: a snapshot's table in pages, as the source gave it, with amounts in major units.

These pages are many and plain, so their rows are joined as text and not set by a template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from quarterdeck import codec
from quarterdeck.money import MoneyError, exponent
from quarterdeck.render.clean import clean
from quarterdeck.render.site import paths
from quarterdeck.render.site.front import language
from quarterdeck.render.site.shell import Frame, page
from quarterdeck.words import MINUS, locale_of

ROWS = 200  # of a page
MOST_PAGES = 50
_MINOR = "_minor"
_CURRENCY = "currency"
_ONE_LINE = 32  # characters of a text that is not broken

Values = Sequence[Any]


@dataclass(frozen=True, slots=True)
class DataFacts:
    """Facts of the pages of one snapshot beside its rows, which its digest stands for.

    `columns` are those of the table's contract, each with what is said of it; `file` is where the parquet file lies.
    """

    tenant: str
    name: str
    locale: str
    accent: str | None
    table: str
    about: str
    columns: tuple[tuple[str, str], ...]
    digest: str
    total: int
    file: str
    has_tenant_page: bool

    @property
    def shown(self) -> int:
        return min(self.total, ROWS * MOST_PAGES)

    @property
    def pages(self) -> int:
        return max(1, -(-self.shown // ROWS))


def render(facts: DataFacts, columns: Mapping[str, Values], templates: Path) -> Iterator[tuple[str, bytes]]:
    """Each page by its key, the last first: where the first one stands, all of them do.

    `columns` hold the values of the first `facts.shown` rows by column, as Python has them.
    """
    lines = _lines(facts, columns)
    heads = tuple((_head(name), about, _kind(name, columns[name])) for name, about in facts.columns)
    for number in range(facts.pages, 0, -1):
        first = (number - 1) * ROWS
        yield _key(facts, number), _page(facts, number, heads, lines[first : first + ROWS], templates)


def _key(facts: DataFacts, number: int) -> str:
    return paths.data_page(facts.tenant, facts.table, facts.digest, number)


def _page(facts: DataFacts, number: int, heads: object, lines: Sequence[str], templates: Path) -> bytes:
    tenant = paths.tenant_page(facts.tenant) if facts.has_tenant_page else ""
    crumbs = (("Archive", paths.INDEX), (facts.name, tenant), (f"Rows of {facts.table}", ""))
    title = f"{facts.table}, page {number} of {facts.pages} · {facts.name}"
    frame = Frame(_key(facts, number), title, language(facts.locale), facts.accent, crumbs)
    first = (number - 1) * ROWS
    return page(
        templates,
        "data",
        frame,
        facts=facts,
        heads=heads,
        body=Markup("").join(map(Markup, lines)),
        number=number,
        first=first + 1,
        last=first + len(lines),
        before=_key(facts, number - 1) if number > 1 else "",
        after=_key(facts, number + 1) if number < facts.pages else "",
        ends=tuple((str(n), _key(facts, n) if n != number else "") for n in _around(number, facts.pages)),
    )


def _around(number: int, pages: int) -> list[int]:
    """The first page, the last, and those about this one."""
    return sorted({1, pages, *range(max(1, number - 3), min(pages, number + 3) + 1)})


def _lines(facts: DataFacts, columns: Mapping[str, Values]) -> list[str]:
    """Every row as HTML."""
    cells: list[list[str]] = []
    for index, (name, _) in enumerate(facts.columns):
        start, end = ('<th scope="row"', "</th>") if index == 0 else ("<td", "</td>")
        kind = _kind(name, columns[name])
        opening = f'{start} class="{kind}">' if kind else f"{start}>"
        cells.append([f"{opening}{text}{end}" for text in _texts(name, columns, facts.locale)])
    return [f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True)]


def _texts(name: str, columns: Mapping[str, Values], locale: str) -> list[str]:
    values = columns[name]
    if name.endswith(_MINOR) and _CURRENCY in columns:
        amount = _amounts(locale)
        return [_amount(value, code, amount) for value, code in zip(values, columns[_CURRENCY], strict=True)]
    known: dict[Any, str] = {None: ""}  # columns repeat themselves
    return [known[value] if value in known else known.setdefault(value, str(escape(_plain(value)))) for value in values]


def _amount(minor: int | None, currency: str | None, say: Callable[[int, str], str]) -> str:
    if minor is None:
        return ""
    try:
        return say(minor, currency or "")
    except MoneyError:
        return f"{minor} minor units"


def _amounts(locale: str) -> Callable[[int, str], str]:
    """How amounts are written in a locale, as `Voice.exact` does; over whole columns many times faster than it."""
    symbols = locale_of(locale).number_symbols["latn"]
    point, comma = symbols["decimal"], symbols["group"]

    def say(minor: int, currency: str) -> str:
        digits = exponent(currency)
        whole, rest = divmod(abs(minor), 10**digits)
        text = f"{whole:,}".replace(",", comma) + (f"{point}{rest:0{digits}d}" if digits else "")
        return f"{MINUS if minor < 0 else ''}{text}"

    return say


def _plain(value: Any) -> str:
    """A value as the source has it: ISO days, UTC to the second, numbers without grouping."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    return codec.number(value) if isinstance(value, Decimal | int) else clean(str(value))


def _head(name: str) -> str:
    return name.removesuffix(_MINOR).replace("_", " ")


def _kind(name: str, values: Values) -> str:
    """How a column is set: figures to the right, dates and short texts on one line, long ones as they break."""
    if name.endswith(_MINOR):
        return "fig"
    sample = next((value for value in values if value is not None), None)
    if isinstance(sample, bool):
        return ""
    if isinstance(sample, Decimal | int):
        return "fig"
    if isinstance(sample, date):
        return "date"
    return "date" if all(len(value) <= _ONE_LINE for value in values if value is not None) else ""
