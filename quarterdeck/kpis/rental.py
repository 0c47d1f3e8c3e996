"""What a property that is let brings in, how full it is, and what it costs to keep."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from statistics import median

import pandas as pd

from quarterdeck import books
from quarterdeck.frames import before, between, ratio, total
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, NO_BOOKS, share
from quarterdeck.lettings import Stay, nights_let, nights_to_let, rent_of, stays_of
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even

_YEAR = 12  # months
AHEAD = 90  # days
_LETTINGS = "a list of properties and of the stays in them, with rent and days"
_REPAIRS = "a list of repairs with their days and costs"
_NOTHING_TO_LET = Unavailable("no property could be let in the period")
_NOTHING_LET = Unavailable("no night of the period was let")


@kpi(
    "occupancy",
    label="Occupancy",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="nights let / nights that could be let, both of the period",
    needs=_LETTINGS,
)
def occupancy(properties: pd.DataFrame, stays: pd.DataFrame, at: At) -> Value:
    """Which part of the nights was let."""
    return share(nights_let(stays_of(stays), at.start, at.end), nights_to_let(properties, at.start, at.end), _NOTHING_TO_LET)


@kpi(
    "average_daily_rate",
    label="Average daily rate",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="rent of the nights let / nights let, both of the period",
    needs=_LETTINGS,
)
def average_daily_rate(stays: pd.DataFrame, at: At) -> Value:
    """What a let night brings in (ADR)."""
    listed = stays_of(stays)
    nights = nights_let(listed, at.start, at.end)
    return round_half_even(Decimal(rent_of(listed, at.start, at.end)) / nights) if nights else _NOTHING_LET


@kpi(
    "revpar",
    label="Revenue per available night",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="rent of the nights let / nights that could be let, both of the period",
    needs=_LETTINGS,
)
def revpar(properties: pd.DataFrame, stays: pd.DataFrame, at: At) -> Value:
    """What each night that could be let brings in, let or not (RevPAR)."""
    nights = nights_to_let(properties, at.start, at.end)
    if not nights:
        return _NOTHING_TO_LET
    return round_half_even(Decimal(rent_of(stays_of(stays), at.start, at.end)) / nights)


@kpi(
    "nights_let_ahead",
    label="Nights let ahead",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula=f"nights let / nights that could be let, both of the {AHEAD} days after the period",
    needs=_LETTINGS,
)
def nights_let_ahead(properties: pd.DataFrame, stays: pd.DataFrame, at: At) -> Value:
    """Which part of the coming nights is let already."""
    until = at.end + timedelta(days=AHEAD)
    return share(nights_let(_booked(stays, at.end), at.end, until), nights_to_let(properties, at.end, until), _NOTHING_TO_LET)


def _booked(stays: pd.DataFrame, end: date) -> tuple[Stay, ...]:
    """The stays that were known on the eve of a day."""
    return tuple(stay for stay in stays_of(stays) if stay.booked is None or stay.booked < end)


@kpi(
    "booking_lead_time",
    label="Booking lead time",
    unit=Unit.DAYS,
    good=Direction.NEUTRAL,
    formula=f"median of the days from booking to arrival, of the arrivals of the last {_YEAR} months",
    needs=f"{_LETTINGS}, with the day of booking",
)
def booking_lead_time(stays: pd.DataFrame, at: At) -> Value:
    """How long before their arrival guests book."""
    since = at.months_back(_YEAR)
    days = [(stay.arrives - stay.booked).days for stay in stays_of(stays) if stay.booked and since <= stay.arrives < at.end]
    if not days:
        return Unavailable("no arrival of the last twelve months names the day on which it was booked")
    return Decimal(median(days)).quantize(Decimal("0.1"))


@kpi(
    "rent_collected",
    label="Rent that came in",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="net revenue / rent of the nights let, both of the period",
    needs=f"{_LETTINGS}, and {BOOKS}",
)
def rent_collected(stays: pd.DataFrame, postings: pd.DataFrame, at: At) -> Value:
    """Which part of the rent that the stays owe for the period the books have."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    return share(books.revenue(postings, at.start, at.end), rent_of(stays_of(stays), at.start, at.end), _NOTHING_LET)


@kpi(
    "repair_cost",
    label="Cost of repairs",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula=f"cost of the repairs that were done in the last {_YEAR} months",
    needs=_REPAIRS,
)
def repair_cost(repairs: pd.DataFrame, at: At) -> Value:
    """What keeping the property in order cost in a year."""
    if not len(before(repairs, at.end, "reported_on")):
        return Unavailable("no repair is recorded")
    done = between(repairs, at.months_back(_YEAR), at.end, "done_on")
    if len(done) and done["cost_minor"].isna().all():
        return Unavailable("no repair of the last twelve months names its cost")
    return total(done["cost_minor"].dropna())


@kpi(
    "open_repairs",
    label="Open repairs",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="repairs reported and not done at the end of the period",
    needs=_REPAIRS,
)
def open_repairs(repairs: pd.DataFrame, at: At) -> Value:
    """How many repairs wait to be done."""
    reported = before(repairs, at.end, "reported_on")
    if not len(reported):
        return Unavailable("no repair is recorded")
    return int((reported["done_on"].isna() | (reported["done_on"] >= pd.Timestamp(at.end))).sum())


@kpi(
    "net_yield",
    label="Net yield",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula=f"(net revenue - cost of sales - operating expenses) of the last {_YEAR} months / value of the properties",
    needs=f"{BOOKS} for twelve months, and what the properties are worth",
)
def net_yield(properties: pd.DataFrame, postings: pd.DataFrame, at: At) -> Value:
    """What a year brings in of what the property is worth, before interest, tax and depreciation."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    since = at.months_back(_YEAR)
    if not books.reaches_back(postings, since):
        return Unavailable("the books reach back less than twelve months")
    valued = properties["value_minor"].dropna()
    worth = total(valued) if len(valued) == len(properties) else 0
    if worth <= 0:
        return Unavailable("not every property has a stated value")
    own = postings[postings["tenant"].isin(properties["tenant"].unique())]
    return ratio(books.revenue(own, since, at.end) - books.expenses(own, since, at.end), worth)
