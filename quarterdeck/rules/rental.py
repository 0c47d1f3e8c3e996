"""Faults of what is let: nights that nobody has taken, rent that did not come, repairs that wait."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

import pandas as pd

from quarterdeck import books
from quarterdeck.frames import before, day
from quarterdeck.lettings import free_from, rent_of, stays_of
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import days_between, evidence

_VACANT_DAYS = 60
_REPAIR_DAYS = 14
_RENT_TOLERANCE = Decimal("0.05")


@rule(
    "vacancy_ahead",
    severity=Severity.HIGH,
    owner="rental",
    effort=Effort.M,
    due_days=20,
    title="{property} is free from {free}",
    why="Nobody has taken it from then on, which is within {limit:days} of the period's end.",
    remedy="Offer {property} from {free}, or renew what ends there",
)
def vacancy_ahead(properties: pd.DataFrame, stays: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A property of one unit is free from a day within sixty days of the period's end, and nobody has taken it."""
    known = [stay for stay in stays_of(stays) if stay.booked is None or stay.booked < at.end]
    for row in properties[properties["units"] == 1].sort_values(["tenant", "property"]).to_dict("records"):
        own = tuple(stay for stay in known if (stay.tenant, stay.property) == (row["tenant"], row["property"]))
        free = free_from(own, at.end)
        if free is None or days_between(at.end, free) > _VACANT_DAYS:
            continue
        last = (
            stays[(stays["tenant"] == row["tenant"]) & (stays["property"] == row["property"])].sort_values("arrives_on").tail(1)
        )
        yield Hit(
            str(row["property"]),
            {"property": str(row["name"]), "free": free, "limit": _VACANT_DAYS},
            evidence(last, at, "stay", "party", "arrives_on", "leaves_on", "rent_minor"),
        )


@rule(
    "rent_short",
    severity=Severity.HIGH,
    owner="rental",
    effort=Effort.S,
    due_days=10,
    title="{missing} of the period's rent did not come in",
    why="The nights let are worth {due}, and the books have {got} of revenue.",
    remedy="Ask for the rent that is missing, or book where it went",
)
def rent_short(stays: pd.DataFrame, postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """The books have less revenue than the nights let are worth, by more than five percent."""
    if not books.begun(postings, at.end):
        return
    due = rent_of(stays_of(stays), at.start, at.end)
    got = books.revenue(postings, at.start, at.end)
    missing = due - got
    if due > 0 and missing > due * _RENT_TOLERANCE:
        facts: dict[str, Fact] = {
            "missing": Money(missing, at.currency),
            "due": Money(due, at.currency),
            "got": Money(got, at.currency),
        }
        yield Hit("rent", facts, money_at_stake=Money(missing, at.currency))


@rule(
    "repair_open",
    severity=Severity.MEDIUM,
    owner="rental",
    effort=Effort.S,
    due_days=10,
    title="{what} has waited for {age:days}",
    why="It was reported on {reported}; after {limit:days} a repair should be done or ordered.",
    remedy="Have {what} done, or say why it waits",
)
def repair_open(repairs: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A repair was reported more than fourteen days before the period's end and is not done."""
    known = before(repairs, at.end - timedelta(days=_REPAIR_DAYS), "reported_on")
    waiting = known[known["done_on"].isna() | (known["done_on"] >= pd.Timestamp(at.end))]
    for row in waiting.sort_values(["reported_on", "tenant", "repair"]).to_dict("records"):
        reported = day(row["reported_on"])
        facts: dict[str, Fact] = {
            "what": str(row["what"]),
            "age": days_between(reported, at.end),
            "reported": reported,
            "limit": _REPAIR_DAYS,
        }
        one = waiting[(waiting["tenant"] == row["tenant"]) & (waiting["repair"] == row["repair"])]
        yield Hit(str(row["repair"]), facts, evidence(one, at, "repair", "property", "what", "reported_on", "cost_minor"))
