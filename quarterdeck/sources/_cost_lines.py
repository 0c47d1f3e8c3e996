"""Lines of a bill of AWS, wherever they were read, and the tables that they make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from quarterdeck.errors import Reject
from quarterdeck.reading.cells import CellError, clean, day, shorten
from quarterdeck.schemas import build
from quarterdeck.sources import PulledTable, Window, refuse_too_many
from quarterdeck.sources._cost_explorer import Cost

Row = dict[str, object]

_DIGITS = Decimal("0.00000001")
# As AWS writes it, below 10^15: plainly, or small parts of a cent with an exponent.
AMOUNT = r"-?(?:[0-9]{1,15}(?:\.[0-9]{1,40})?|[0-9](?:\.[0-9]{1,40})?[eE](?:-[0-9]{1,3}|\+?0?[0-9]))"
_AMOUNT = re.compile(AMOUNT, re.ASCII)
WANTED = "an amount in USD"


@dataclass(frozen=True, slots=True)
class Line:
    """What was charged on a day; `group` is a service or the value of a tag, `amount` in full precision."""

    account: str
    region: str
    group: str
    date: date
    amount: Decimal
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class Bill:
    """Lines, the rejects beside them, and how many lines were good before they were summed up."""

    lines: tuple[Line, ...]
    rejects: tuple[Reject, ...]
    good: int


def from_explorer(costs: Iterable[Cost], file: str, region: str, prefix: str = "") -> Bill:
    """What Cost Explorer told as lines; `prefix` stands before each value of a tag (`project$`)."""
    lines, rejects = [], []
    for number, cost in enumerate(costs, start=1):
        amount, on = _amount(cost.amount), _day(cost.date)
        if amount is None or cost.unit != "USD":
            rejects.append(Reject(file, number, "amount_usd", shorten(f"{cost.amount} {cost.unit}"), WANTED))
        elif on is None:
            rejects.append(Reject(file, number, "date", shorten(cost.date), "a day as 2026-01-31"))
        else:
            group = clean(cost.group.removeprefix(prefix))
            lines.append(Line(clean(cost.account), region, group, on, amount, cost.is_estimated))
    return Bill(tuple(lines), tuple(rejects), len(lines))


def _amount(text: str) -> Decimal | None:
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def _day(text: str) -> date | None:
    try:
        return day(text)
    except CellError:
        return None


def table(
    name: str, bills: Iterable[Bill], named: Mapping[str, str], span: tuple[date, date], limit: float, window: Window
) -> PulledTable:
    """The table of some bills, a row a group and day. `named` says in which column the group stands, and what else is in a row.

    Amounts are summed up as they are and rounded to eight decimals in the end.
    """
    listed = list(bills)
    rejects = tuple(reject for bill in listed for reject in bill.rejects)
    refuse_too_many(name, rejects, sum(bill.good for bill in listed), limit)
    rows = list(_rows((line for bill in listed for line in bill.lines), named))
    last = max((line.date for bill in listed for line in bill.lines), default=None)
    watermark = None if last is None else window.first_instant(last)
    return PulledTable(name, build(name, rows), rejects, span if rows else None, watermark)


def _rows(lines: Iterable[Line], named: Mapping[str, str]) -> Iterator[Row]:
    sums: dict[tuple[str, str, str, date], tuple[Decimal, bool]] = {}
    for line in lines:
        key = (line.account, line.region, line.group, line.date)
        amount, is_estimated = sums.get(key, (Decimal(0), False))
        sums[key] = (amount + line.amount, is_estimated or line.is_estimated)
    group_column, fixed = named["group"], {name: value for name, value in named.items() if name != "group"}
    for (account, region, group, on), (amount, is_estimated) in sorted(sums.items()):
        yield {
            "account": account,
            "region": region,
            **fixed,
            group_column: group,
            "date": on,
            "amount_usd": amount.quantize(_DIGITS),
            "is_estimated": is_estimated,
        }
