"""A property that is let: who stays when, what each month brought, and what is to be mended."""

from __future__ import annotations

from typing import Any

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Cells, Row, count, dated, grid, money, ratio, shown, text, when, whole, words
from quarterdeck.exhibits.finance import months
from quarterdeck.frames import before, day
from quarterdeck.frames import ratio as over
from quarterdeck.lettings import nights_let, nights_to_let, rent_of, stays_of
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money

_LISTED = 20


@exhibit("lettings_by_month", title="Lettings by month")
def lettings_by_month(properties: pd.DataFrame, stays: pd.DataFrame, at: At) -> Exhibit | None:
    """Nights, occupancy and rent of the twelve months that end with the period."""
    listed = stays_of(stays)
    rows: list[Row] = []
    for start, end in months(at):
        there = nights_to_let(properties, start, end)
        taken, rent = nights_let(listed, start, end), rent_of(listed, start, end)
        if there:
            rows.append(("", (start, there, taken, over(taken, there), Money(rent, at.currency))))
    return grid(
        (
            dated("month", "Month from"),
            count("nights", "Nights to let"),
            count("let", "Nights let"),
            ratio("occupancy", "Occupancy"),
            money("rent", "Rent"),
        ),
        rows,
    )


@exhibit("stays_table", title="Stays and leases")
def stays_table(stays: pd.DataFrame, at: At) -> Exhibit | None:
    """Who stays at the end of the period and who comes after it, by the day of arrival."""
    ahead = [
        stay
        for stay in stays_of(stays)
        if (stay.leaves is None or stay.leaves > at.start) and (stay.booked is None or stay.booked < at.end)
    ]
    return grid(
        (
            text("property", "Property"),
            text("party", "Guest or tenant"),
            dated("arrives", "From"),
            dated("leaves", "Until"),
            money("rent", "Rent"),
            text("rent_by", "Rent by"),
        ),
        [
            (
                stay.tenant,
                (stay.property, stay.party, stay.arrives, stay.leaves, Money(stay.rent, at.currency), f"the {stay.rent_by}"),
            )
            for stay in ahead[:_LISTED]
        ],
        note=shown(len(ahead), _LISTED),
    )


@exhibit("repairs_table", title="Repairs")
def repairs_table(repairs: pd.DataFrame, at: At) -> Exhibit | None:
    """What is still to be mended, the oldest first, then what was done in the period."""
    end, start = pd.Timestamp(at.end), pd.Timestamp(at.start)
    known = before(repairs, at.end, "reported_on").sort_values(["reported_on", "tenant", "repair"])
    waiting = known["done_on"].isna() | (known["done_on"] >= end)
    listed = pd.concat([known[waiting], known[~waiting & (known["done_on"] >= start)]]).to_dict("records")
    return grid(
        (
            text("what", "What"),
            text("property", "Property"),
            dated("reported_on", "Reported"),
            dated("done_on", "Done"),
            count("days", "Days"),
            money("cost", "Cost"),
        ),
        [(row["tenant"], _repair(row, at)) for row in listed[:_LISTED]],
        note=shown(len(listed), _LISTED),
    )


def _repair(row: dict[Any, Any], at: At) -> Cells:
    done = when(row["done_on"])
    done = None if done is not None and done >= at.end else done
    cost = whole(row["cost_minor"])
    return (
        words(row["what"]),
        row["property"],
        day(row["reported_on"]),
        done,
        ((done or at.end) - day(row["reported_on"])).days,
        None if cost is None else Money(cost, at.currency),
    )
