"""Channels in the order in which they are worth opening, campaigns worked out, and the mailing list by segment."""

from __future__ import annotations

from typing import Any

import pandas as pd

from quarterdeck import audience
from quarterdeck.audience import EFFORT_WEIGHTS
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, count, exact, grid, money, ratio, text, whole, words, yes_or_no
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money

# How many small jobs one of this effort takes the place of; what nobody has estimated is taken for a large one.


@exhibit("channel_matrix", title="Channels")
def channel_matrix(channels: pd.DataFrame, at: At) -> Exhibit | None:  # noqa: ARG001 - asked for a period like all
    """First the channels to open, by the people they reach for the effort they take, then those that are live."""
    listed = channels.to_dict("records")
    waiting = sorted((row for row in listed if not row["is_live"]), key=lambda row: (-_worth(row), *_name(row)))
    live = sorted((row for row in listed if row["is_live"]), key=lambda row: (-(whole(row["reach"]) or 0), *_name(row)))
    rows: list[Row] = [
        (
            row["tenant"],
            (
                place if place <= len(waiting) else None,
                row["channel"],
                row["kind"],
                yes_or_no(row["is_listed"]),
                yes_or_no(row["is_live"]),
                whole(row["reach"]),
                words(row["effort"]),
                exact(row["commission_ratio"]),
                whole(row["reviews"]),
                words(row["next_step"]),
            ),
        )
        for place, row in enumerate((*waiting, *live), start=1)
    ]
    return grid(
        (
            count("sequence", "Order"),
            text("channel", "Channel"),
            text("kind", "Kind"),
            text("listed", "Listed"),
            text("live", "Live"),
            count("reach", "Reach a month"),
            text("effort", "Effort"),
            ratio("commission", "Commission"),
            count("reviews", "Reviews"),
            text("next_step", "Next step"),
        ),
        rows,
    )


def _worth(row: dict[Any, Any]) -> float:
    weight = EFFORT_WEIGHTS.get(str(row["effort"]), max(EFFORT_WEIGHTS.values()))
    return (whole(row["reach"]) or 0) / weight


def _name(row: dict[Any, Any]) -> tuple[str, str]:
    return str(row["tenant"]), str(row["channel"])


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
