"""Delivery jobs one by one, what each left, and how quotes fare."""

from __future__ import annotations

from typing import Any

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Cells, Row, count, dated, grid, money, ratio, shown, text, when, whole, words
from quarterdeck.frames import between, total
from quarterdeck.frames import ratio as over
from quarterdeck.intervals import LEAST, wilson
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money

_LISTED = 20
_YEAR = 12  # months


@exhibit("jobs_table", title="Jobs of the period and open jobs")
def jobs_table(jobs: pd.DataFrame, at: At) -> Exhibit | None:
    """Jobs handed over in the period, then those that are booked; each with what it left."""
    done = between(jobs, at.start, at.end, "delivered_on").sort_values(["delivered_on", "tenant", "job"])
    booked = jobs[(jobs["status"] == "booked") & (jobs["quoted_on"] < pd.Timestamp(at.end))].sort_values(["promised_on", "job"])
    listed = [*done.to_dict("records"), *booked.to_dict("records")]
    return grid(
        (
            text("job", "Job"),
            text("route", "Route"),
            dated("promised", "Promised"),
            dated("delivered", "Delivered"),
            count("miles", "Miles"),
            money("price", "Price"),
            money("cost", "Cost"),
            money("margin", "Margin"),
        ),
        [(row["tenant"], _job(row, at)) for row in listed[:_LISTED]],
        note=shown(len(listed), _LISTED),
    )


def _job(row: dict[Any, Any], at: At) -> Cells:
    price, cost = int(row["amount_minor"]), whole(row["cost_minor"])
    amounts = (price, cost, None if cost is None else price - cost)
    return (
        row["job"],
        words(row["route"]),
        when(row["promised_on"]),
        when(row["delivered_on"]),
        whole(row["miles"]),
        *(None if minor is None else Money(minor, at.currency) for minor in amounts),
    )


@exhibit("jobs_by_customer", title="Jobs by customer")
def jobs_by_customer(jobs: pd.DataFrame, at: At) -> Exhibit | None:
    """What the jobs of the last twelve months brought and left, by customer, the largest first."""
    done = between(jobs, at.months_back(_YEAR), at.end, "delivered_on")
    rows: list[tuple[str, str | None, int, int, int]] = []
    for (tenant, party), own in done.groupby(["tenant", "party"], dropna=False):
        known = own[own["cost_minor"].notna()]
        left = total(known["amount_minor"]) - total(known["cost_minor"])
        rows.append((str(tenant), words(party), len(own), total(own["amount_minor"]), left))
    rows.sort(key=lambda row: (-row[3], row[0], row[1] or ""))
    jobs_done, price, left = sum(row[2] for row in rows), sum(row[3] for row in rows), sum(row[4] for row in rows)
    return grid(
        (text("party", "Customer"), count("jobs", "Jobs"), money("revenue", "Price"), money("margin", "Margin")),
        [
            (tenant, (party, number, Money(own_price, at.currency), Money(own_left, at.currency)))
            for tenant, party, number, own_price, own_left in rows
        ],
        total=("Total", jobs_done, Money(price, at.currency), Money(left, at.currency)),
        note="The margin is that of the jobs that name their cost.",
    )


@exhibit("quotes_to_jobs", title="Quotes that became jobs")
def quotes_to_jobs(jobs: pd.DataFrame, at: At) -> Exhibit | None:
    """Quotes decided in the last twelve months by customer, with the 95 % interval of the whole where there are enough."""
    decided = between(jobs, at.months_back(_YEAR), at.end, "decided_on")
    decided = decided[decided["status"].isin(("booked", "delivered", "lost"))]
    rows: list[Row] = []
    for (tenant, party), own in decided.groupby(["tenant", "party"], dropna=False):
        lost = int((own["status"] == "lost").sum())
        rows.append((str(tenant), (words(party), len(own), len(own) - lost, over(len(own) - lost, len(own)))))
    asked = len(decided)
    won = asked - int((decided["status"] == "lost").sum())
    return grid(
        (text("party", "Customer"), count("quotes", "Quotes"), count("jobs", "Jobs"), ratio("share", "Conversion")),
        rows,
        total=("Total", asked, won, over(won, asked) if asked else None),
        note=_interval(won, asked),
    )


def _interval(won: int, asked: int) -> str:
    if asked < LEAST:
        return f"Fewer than {LEAST} quotes were decided: the conversion says little."
    low, high = (f"{share * 100:.0f}" for share in wilson(won, asked))
    return f"95 % interval of the conversion: {low} to {high} %."
