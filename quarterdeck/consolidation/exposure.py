"""What is held and owed in foreign currencies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from quarterdeck.books import MONETARY_LINES
from quarterdeck.frames import before, sums_by

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
