"""Nights and rent of what is let: which are taken, which were free, and what part of a stay's rent falls on which days.

A stay holds the nights `[arrives_on, leaves_on)`; one without a day of departure goes on. Rent by the month counts each day
as its part of its own month, rent by the stay is spread over its nights evenly. The rent of some days is what has grown up to
their end less what had grown up to their start, each rounded, so that the parts of a stay always sum to its whole.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from quarterdeck.frames import day
from quarterdeck.money import round_half_even
from quarterdeck.period import add_months


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay or lease that was not cancelled; `leaves` is None while nobody knows."""

    tenant: str
    id: str
    property: str
    party: str | None
    booked: date | None
    arrives: date
    leaves: date | None
    rent: int
    rent_by: str

    def nights(self, start: date, end: date) -> int:
        """How many of its nights lie in `[start, end)`."""
        last = end if self.leaves is None else min(self.leaves, end)
        return max((last - max(self.arrives, start)).days, 0)

    def earned(self, start: date, end: date) -> int:
        """The part of its rent that falls on `[start, end)`, in minor units. A stay by the whole needs its last day."""
        return self._grown(end) - self._grown(start)

    def _grown(self, until: date) -> int:
        """The rent of its nights before a day."""
        nights = self.nights(self.arrives, until)
        if not nights:
            return 0
        if self.rent_by == "night":
            return self.rent * nights
        if self.rent_by == "month":
            last = until if self.leaves is None else min(self.leaves, until)
            return round_half_even(self.rent * _months(self.arrives, last))
        if self.leaves is None:
            return 0
        return round_half_even(Fraction(self.rent * nights, (self.leaves - self.arrives).days))


def _months(start: date, end: date) -> Fraction:
    """The length of `[start, end)` in months, each day being its part of its own month."""
    found, first = Fraction(0), start.replace(day=1)
    while first < end:
        following = add_months(first, 1)
        days = (min(end, following) - max(start, first)).days
        found += Fraction(days, monthrange(first.year, first.month)[1])
        first = following
    return found


def stays_of(stays: pd.DataFrame) -> tuple[Stay, ...]:
    """The stays that were not cancelled and have at least one night, in the order of their arrival."""
    kept = stays[~stays["is_cancelled"].astype(bool)].sort_values(["arrives_on", "tenant", "stay"])
    made = (_stay(row) for row in kept.to_dict("records"))
    return tuple(stay for stay in made if stay.leaves is None or stay.leaves > stay.arrives)


def _stay(row: dict[Any, Any]) -> Stay:
    return Stay(
        tenant=str(row["tenant"]),
        id=str(row["stay"]),
        property=str(row["property"]),
        party=row["party"] if isinstance(row["party"], str) else None,
        booked=_day(row["booked_on"]),
        arrives=day(row["arrives_on"]),
        leaves=_day(row["leaves_on"]),
        rent=int(row["rent_minor"]),
        rent_by=str(row["rent_by"]),
    )


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else day(value)


def nights_let(stays: tuple[Stay, ...], start: date, end: date) -> int:
    return sum(stay.nights(start, end) for stay in stays)


def rent_of(stays: tuple[Stay, ...], start: date, end: date) -> int:
    """Rent of the nights of `[start, end)`, in minor units."""
    return sum(stay.earned(start, end) for stay in stays)


def nights_to_let(properties: pd.DataFrame, start: date, end: date) -> int:
    """How many nights of `[start, end)` could be let: each unit of each property, from the day it was ready."""
    return sum(units * max((end - max(ready or start, start)).days, 0) for units, ready in _units(properties))


def _units(properties: pd.DataFrame) -> Iterator[tuple[int, date | None]]:
    for units, ready in zip(properties["units"], properties["lettable_from"], strict=True):
        yield int(units), _day(ready)


def free_from(stays: tuple[Stay, ...], today: date) -> date | None:
    """The first day from `today` on of which no stay of one property holds the night; None where somebody stays for good.

    For a property of one unit; where there are several, one of them may be free earlier.
    """
    first = today
    for stay in stays:  # in the order of arrival, so that one pass is enough
        if stay.arrives > first:
            break
        if stay.leaves is None:
            return None
        first = max(first, stay.leaves)
    return first
