"""Channels in the order in which they are worth opening, campaigns worked out, and the mailing list by segment."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from quarterdeck import audience
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import (
    Cells,
    Row,
    count,
    dated,
    decimal,
    exact,
    grid,
    money,
    ratio,
    share,
    text,
    whole,
    words,
    yes_or_no,
)
from quarterdeck.marketing.places import DAY_WORTH, Listing, listings_of, openings
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money, round_half_even


@exhibit("channel_matrix", title="Channels")
def channel_matrix(channels: pd.DataFrame, listings: pd.DataFrame, prices: pd.DataFrame, at: At) -> Exhibit | None:
    """First the channels to open, in the order of their worth, then those that are live by reach, with what stands there."""
    waiting = [opening.row for opening in openings(channels, at.currency)]
    live = sorted(
        (row for row in channels.to_dict("records") if row["is_live"]),
        key=lambda row: (-(whole(row["reach"]) or 0), str(row["tenant"]), str(row["channel"])),
    )
    standing: dict[tuple[str, str], list[Listing]] = {}
    for listing in listings_of(listings, prices):
        standing.setdefault((listing.tenant, listing.channel), []).append(listing)
    ordered = [*enumerate(waiting, start=1), *((None, row) for row in live)]
    return grid(
        (
            count("sequence", "Order"),
            text("channel", "Channel"),
            text("kind", "Kind"),
            text("listed", "Listed"),
            text("live", "Live"),
            count("listings", "Live listings"),
            ratio("parity", "Of own price"),
            count("reviews", "Reviews"),
            dated("checked", "Looked at"),
            text("next_step", "Next step"),
        ),
        [(row["tenant"], _channel(place, row, standing.get((row["tenant"], row["channel"]), []))) for place, row in ordered],
        note="The next table works out the order." if waiting else "",
    )


def _channel(place: int | None, row: dict[Any, Any], standing: list[Listing]) -> Cells:
    parities = [one.parity for one in standing if one.is_live and one.parity is not None]
    reviews = [one.row["reviews"] for one in standing if not pd.isna(one.row["reviews"])]
    looked = [one.checked for one in standing if one.checked is not None]
    return (
        place,
        row["channel"],
        row["kind"],
        yes_or_no(row["is_listed"]),
        yes_or_no(row["is_live"]),
        sum(one.is_live for one in standing) if standing else None,
        share(max(parities, key=_distance)) if parities else None,
        whole(row["reviews"]) if not pd.isna(row["reviews"]) or not reviews else int(sum(reviews)),
        min(looked) if looked else None,
        words(row["next_step"]),
    )


def _distance(parity: Fraction) -> tuple[Fraction, Fraction]:
    """How far a price is from the own one; of two that are as far, the higher is shown."""
    return abs(parity - 1), parity


@exhibit("channel_sequence", title="The order in which to open channels")
def channel_sequence(channels: pd.DataFrame, at: At) -> Exhibit | None:
    """For each channel that is not live: the reach that commission leaves, the days of work, and one over the other."""
    return grid(
        (
            count("sequence", "Order"),
            text("channel", "Channel"),
            count("reach", "Reach"),
            ratio("commission", "Commission"),
            count("kept", "Reach kept"),
            text("effort", "Effort"),
            money("setup", "Set-up"),
            count("days", "Days"),
            count("worth", "Reach for a day"),
        ),
        [
            (
                one.row["tenant"],
                (
                    place,
                    one.row["channel"],
                    whole(one.row["reach"]),
                    exact(one.row["commission_ratio"]),
                    round_half_even(one.kept),
                    words(one.row["effort"]),
                    None if pd.isna(one.row["setup_cost_minor"]) else Money(int(one.row["setup_cost_minor"]), at.currency),
                    decimal(one.days, 2),
                    round_half_even(one.worth),
                ),
            )
            for place, one in enumerate(openings(channels, at.currency), start=1)
        ],
        note="Reach is people a month. Reach for a day = reach x (1 - commission) / days of work; effort S is 1 day, M 3, "
        f"L or unknown 8, and each {DAY_WORTH} {at.currency} of set-up cost 1 more.",
    )


@exhibit("campaign_cases", title="Campaigns worked out")
def campaign_cases(campaigns: pd.DataFrame, contacts: pd.DataFrame, at: At) -> Exhibit | None:
    """What each campaign would bring in, from contacts to money, in its low, base and high case."""
    return grid(
        (
            text("campaign", "Campaign"),
            text("segment", "Segment"),
            text("case", "Case"),
            count("contacts", "Contacts"),
            ratio("delivered", "Delivered"),
            ratio("response", "Response"),
            money("value", "Value of one"),
            money("total", "Total"),
        ),
        [
            (
                case.tenant,
                (
                    case.campaign,
                    case.segment,
                    case.case,
                    case.contacts,
                    case.delivered,
                    case.response,
                    Money(case.value, at.currency),
                    Money(case.total, at.currency),
                ),
            )
            for case in audience.cases(campaigns, contacts, at)
        ],
    )


@exhibit("contacts_by_segment", title="Mailing list by segment")
def contacts_by_segment(contacts: pd.DataFrame, at: At) -> Exhibit | None:
    """How many contacts each segment has, how many may be written to, and how many of those have not booked for a year."""
    columns = [_by_segment(part(contacts, at)) for part in (audience.known, audience.reachable, audience.dormant)]
    rows: list[Row] = [
        (tenant, (segment, *(column.get((tenant, segment), 0) for column in columns))) for tenant, segment in sorted(columns[0])
    ]
    return grid(
        (
            text("segment", "Segment"),
            count("contacts", "Contacts"),
            count("opted_in", "Reachable"),
            count("dormant", "Dormant"),
        ),
        rows,
        total=("Total", *(sum(column.values()) for column in columns)),
    )


def _by_segment(contacts: pd.DataFrame) -> dict[tuple[str, str], int]:
    return {(str(tenant), str(segment)): len(rows) for (tenant, segment), rows in contacts.groupby(["tenant", "segment"])}
