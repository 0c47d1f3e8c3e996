"""What an account is charged, day by day, from what each of its services costs in a month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from examples.cloud.shapes import Charge
from examples.span import Span

_HOURS = 24
_DIGITS = Decimal("0.0000000001")  # Cost Explorer tells ten
_PERCENT = 100
_KNOWN_MONTHS = 14


@dataclass(frozen=True, slots=True)
class Running:
    """What costs so much an hour, every hour."""

    service: str
    an_hour: Decimal
    region: str
    stack: str


@dataclass(frozen=True, slots=True)
class Used:
    """What costs about so much a month, more in the months in which more is sold; `season` is percent by calendar month."""

    service: str
    a_month: Decimal
    region: str
    stack: str
    season: tuple[int, ...] = (100,) * 12


@dataclass(frozen=True, slots=True)
class Kept:
    """What is charged for a month on its first day."""

    service: str
    a_month: Decimal
    region: str
    stack: str


Line = Running | Used | Kept


def charges(lines: tuple[Line, ...], span: Span, number: str) -> tuple[Charge, ...]:
    """The charges of the last fourteen months, of which Cost Explorer knows the days; oldest first."""
    rng = Random(f"bill:{number}")
    return tuple(
        charge for day in span.days if day >= span.month(_KNOWN_MONTHS) for line in lines for charge in _of_day(line, day, rng)
    )


def _of_day(line: Line, day: date, rng: Random) -> Iterator[Charge]:
    amount = _amount(line, day, rng)
    if amount is not None:
        yield Charge(line.service, day, amount.quantize(_DIGITS), line.region, line.stack)


def _amount(line: Line, day: date, rng: Random) -> Decimal | None:
    if isinstance(line, Running):
        return line.an_hour * _HOURS
    if isinstance(line, Kept):
        return line.a_month if day.day == 1 else None
    share = Decimal(line.season[day.month - 1]) / _PERCENT * Decimal(rng.randint(85, 115)) / _PERCENT
    return line.a_month * share / 30
