"""Whom the tenant can write to, and what a campaign to them is worth; shared by KPIs and exhibits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from quarterdeck.frames import before
from quarterdeck.model import At
from quarterdeck.money import round_half_even

CASES = ("low", "base", "high")
_DORMANT_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a campaign, worked out: `total` = contacts x delivered x response x `value`, in minor units."""

    tenant: str
    campaign: str
    segment: str
    case: str
    contacts: int
    delivered: Decimal
    response: Decimal
    value: int
    total: int


def known(contacts: pd.DataFrame, at: At) -> pd.DataFrame:
    """The contacts that were on the list before the period's end."""
    return before(contacts, at.end, "added_on")


def reachable(contacts: pd.DataFrame, at: At) -> pd.DataFrame:
    """Those who agreed to be written to."""
    there = known(contacts, at)
    opted_in: pd.DataFrame = there[there["is_opted_in"]]
    return opted_in


def dormant(contacts: pd.DataFrame, at: At) -> pd.DataFrame:
    """Those who agreed to be written to and have not booked in the twelve months before the period's end."""
    opted_in = reachable(contacts, at)
    booked = opted_in["last_booked_on"] >= pd.Timestamp(at.months_back(_DORMANT_MONTHS))
    silent: pd.DataFrame = opted_in[~booked]
    return silent


def cases(campaigns: pd.DataFrame, contacts: pd.DataFrame, at: At) -> Iterator[Case]:
    """All campaigns with their cases, low before base before high."""
    reached = reachable(contacts, at).groupby(["tenant", "segment"]).size().to_dict()
    order = campaigns["case"].map({name: index for index, name in enumerate(CASES)})
    ordered = campaigns.assign(order=order).sort_values(["tenant", "campaign", "order"])
    for row in ordered.to_dict("records"):
        people = int(reached.get((row["tenant"], row["segment"]), 0))
        delivered, response, value = Decimal(row["delivered_ratio"]), Decimal(row["response_ratio"]), int(row["value_minor"])
        yield Case(
            tenant=row["tenant"],
            campaign=row["campaign"],
            segment=row["segment"],
            case=row["case"],
            contacts=people,
            delivered=delivered,
            response=response,
            value=value,
            total=round_half_even(people * delivered * response * value),
        )
