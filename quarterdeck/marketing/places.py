"""Where customers find the tenant: listings beside own prices, channels in the order worth opening, local steps.

`channels` says of each place what it is worth: who looks there, what it takes. `listings` say of each product what stands
there, as somebody found it. The channel's own state is that of `channels`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from quarterdeck.frames import day
from quarterdeck.money import exponent

TOLERANCE = Decimal("0.01")  # of the own price; below it a difference is the channel's rounding
STALE_DAYS = 60
EFFORT_DAYS = {"S": 1, "M": 3, "L": 8}  # days of work; what nobody has estimated is taken for a large job
DAY_WORTH = 200  # major units: so much of set-up cost counts as one more day of work


@dataclass(frozen=True, slots=True)
class Opening:
    """A channel that could be opened: `worth` is the reach that is left after commission, for each day of work.

    `index` is its label in the frame of channels, as in the records below in that of theirs.
    """

    index: Any
    row: dict[Any, Any]
    reach: int
    kept: Fraction  # reach less what commission takes of it
    days: Fraction  # effort, and the set-up cost as days
    worth: Fraction


def openings(channels: pd.DataFrame, currency: str) -> tuple[Opening, ...]:
    """The channels that are not live, the one most worth opening first."""
    waiting = channels[~channels["is_live"].astype(bool)]
    made = (_opening(index, row, currency) for index, row in _labelled(waiting))
    return tuple(sorted(made, key=lambda one: (-one.worth, str(one.row["tenant"]), str(one.row["channel"]))))


def _labelled(frame: pd.DataFrame) -> Iterator[tuple[Any, dict[Any, Any]]]:
    return zip(frame.index, frame.to_dict("records"), strict=True)


def _opening(index: Any, row: dict[Any, Any], currency: str) -> Opening:
    reach = 0 if pd.isna(row["reach"]) else int(row["reach"])
    commission = row["commission_ratio"] if isinstance(row["commission_ratio"], Decimal) else Decimal(0)
    setup = 0 if pd.isna(row["setup_cost_minor"]) else int(row["setup_cost_minor"])
    kept = reach * (1 - Fraction(commission))
    effort = EFFORT_DAYS.get(str(row["effort"]), max(EFFORT_DAYS.values()))
    days = effort + Fraction(setup, DAY_WORTH * 10 ** exponent(currency))
    return Opening(index, row, reach, kept, days, kept / days)


@dataclass(frozen=True, slots=True)
class Listing:
    """One product on one channel; prices in minor units, None where nobody knows."""

    tenant: str
    channel: str
    product: str
    index: Any
    row: dict[Any, Any]
    price: int | None
    own: int | None

    @property
    def is_live(self) -> bool:
        return bool(self.row["is_live"])

    @property
    def parity(self) -> Fraction | None:
        """The price there over the own one."""
        return None if self.price is None or not self.own else Fraction(self.price, self.own)

    @property
    def is_at_parity(self) -> bool | None:
        return None if self.parity is None else abs(self.parity - 1) <= TOLERANCE

    @property
    def checked(self) -> date | None:
        return None if pd.isna(self.row["checked_on"]) else day(self.row["checked_on"])

    def is_stale(self, end: date) -> bool:
        """Whether nobody had looked there for sixty days on the eve of a day; what is not listed needs no look."""
        return bool(self.row["is_listed"]) and (self.checked is None or self.checked < end - timedelta(days=STALE_DAYS))


def listings_of(listings: pd.DataFrame, prices: pd.DataFrame) -> tuple[Listing, ...]:
    """All listings with their own prices, by tenant, channel and product."""
    columns = ("tenant", "product", "price_minor", "currency")
    listed = zip(*(prices[name] for name in columns), strict=True)
    known = {(tenant, product): (int(minor), currency) for tenant, product, minor, currency in listed}
    ordered = listings.sort_values(["tenant", "channel", "product"])
    return tuple(_listing(index, row, known) for index, row in _labelled(ordered))


def _listing(index: Any, row: dict[Any, Any], known: dict[tuple[Any, Any], tuple[int, str]]) -> Listing:
    own: Any = row["own_price_minor"]
    if pd.isna(own):
        asked, currency = known.get((row["tenant"], row["product"]), (None, None))
        own = asked if currency == row["currency"] else None  # of another currency, nobody can compare them
    price = None if pd.isna(row["price_minor"]) else int(row["price_minor"])
    return Listing(row["tenant"], row["channel"], row["product"], index, row, price, None if own is None else int(own))


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the local roadmap. `progress` is how much of the way from baseline to target is done, 0 to 1."""

    index: Any
    row: dict[Any, Any]
    due: date
    done: date | None
    progress: Fraction | None

    def is_overdue(self, end: date) -> bool:
        """Whether its day had passed without it, on the eve of a day."""
        return self.due < end and not self.is_done(end)

    def is_done(self, end: date) -> bool:
        return self.done is not None and self.done < end


def steps_of(local_seo: pd.DataFrame, end: date) -> Iterator[Step]:
    """The steps that had begun before a day, or are planned, by the day they are due."""
    found = [_step(index, row, end) for index, row in _labelled(local_seo)]
    yield from sorted(found, key=lambda step: (step.due, str(step.row["tenant"]), str(step.row["task"])))


def _step(index: Any, row: dict[Any, Any], end: date) -> Step:
    due = day(row["started_on"]) + timedelta(days=int(row["horizon"]))
    done = None if pd.isna(row["done_on"]) else day(row["done_on"])
    return Step(index, row, due, done, Fraction(1) if done is not None and done < end else _progress(row))


def _progress(row: dict[Any, Any]) -> Fraction | None:
    baseline, target, value = (row[name] for name in ("baseline", "target", "value"))
    if not isinstance(target, Decimal) or not isinstance(value, Decimal):
        return None
    start = Fraction(baseline) if isinstance(baseline, Decimal) else Fraction(0)
    if Fraction(target) == start:
        return None
    return min(max((Fraction(value) - start) / (Fraction(target) - start), Fraction(0)), Fraction(1))
