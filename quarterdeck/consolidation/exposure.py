"""What is held and owed in foreign currencies, and what it is worth at the closing rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pandas as pd

from quarterdeck.books import MONETARY_LINES
from quarterdeck.exchange import Rates
from quarterdeck.frames import before, sums_by
from quarterdeck.money import round_half_even

MOVE = "0.1"  # of a rate: what exposure is stated for


@dataclass(frozen=True, slots=True)
class Position:
    """Monetary assets less debts in one currency: in minor units of it, and what they stand at in the books' currency."""

    currency: str
    own: int
    value: int


def positions(posted: pd.DataFrame, end: date, currency: str) -> list[Position]:
    """Net monetary positions before the day `end` in currencies other than the books' own, by currency."""
    if "booked_currency" not in posted:
        return []
    past = before(posted, end)
    foreign = (past["booked_currency"].to_numpy() != currency) & np.isin(past["statement_line"].to_numpy(), MONETARY_LINES)
    owns, values = (sums_by(past[foreign], ["booked_currency"], column) for column in ("booked_minor", "amount_minor"))
    return [Position(str(key[0]), own, values[key]) for key, own in owns.items() if own or values[key]]


def has_foreign(posted: pd.DataFrame, end: date, currency: str) -> bool:
    """Whether anything was booked in another currency before the day `end`."""
    return "booked_currency" in posted and bool((before(posted, end)["booked_currency"].to_numpy() != currency).any())


@dataclass(frozen=True, slots=True)
class Revalued:
    """A position at the closing rate: what it is worth, beside what it stands at. All but `own` in the books' currency."""

    position: Position
    rate: Fraction
    worth: int

    @property
    def difference(self) -> int:
        return self.worth - self.position.value


def revalued(posted: pd.DataFrame, rates: pd.DataFrame, end: date, currency: str) -> list[Revalued]:
    """Monetary positions in foreign currencies at the last rates before the day `end`; NoRate where there is none."""
    known = Rates([rates], currency, end)
    found = []
    for each in positions(posted, end, currency):
        rate = known.on(each.currency, end - timedelta(days=1))
        found.append(Revalued(each, rate, round_half_even(each.own * known.factor(each.currency, rate))))
    return found
