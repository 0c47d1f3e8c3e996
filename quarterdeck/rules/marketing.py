"""Faults on the way to a customer: channels, the booking funnel, the pipeline, the mailing list, prices."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from quarterdeck.frames import between, ratio, total
from quarterdeck.marketing.places import openings
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.money import Money
from quarterdeck.period import add_months
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import evidence, is_company, provided

_CHANNEL = ("channel", "reach", "effort", "is_listed", "is_live", "commission_ratio", "setup_cost_minor", "next_step")
_ENOUGH_ENTERED = 10
_BROKEN_SHARE = Decimal("0.2")
_EARLIER_MONTHS = 3
_STALE_DEAL_MONTHS = 3


@rule(
    "ota_listing_missing",
    severity=Severity.HIGH,
    owner="cmo",
    effort=Effort.M,
    due_days=30,
    title="{live} of {channels:online travel agency|online travel agencies} can be booked",
    why="{listed:is|are} listed and {live:is|are} live; whoever looks there books with somebody else.",
    remedy="Put the first listing live: {first} reaches the most people after commission for the work it takes",
)
def ota_listing_missing(channels: pd.DataFrame, at: At) -> Iterable[Hit]:
    """None of the online travel agencies in the inventory has a live listing."""
    agencies = channels[channels["kind"] == "ota"]
    if not len(agencies) or agencies["is_live"].any():
        return
    ordered = openings(agencies, at.currency)
    yield Hit(
        subject="ota",
        facts={
            "live": 0,
            "channels": len(agencies),
            "listed": int(agencies["is_listed"].sum()),
            "first": str(ordered[0].row["channel"]),
        },
        evidence=evidence(channels.loc[[one.index for one in ordered]], at, *_CHANNEL),
    )


@rule(
    "channel_not_live",
    severity=Severity.MEDIUM,
    owner="cmo",
    effort=Effort.S,
    due_days=20,
    title="{channel} is listed, but cannot be booked",
    why="The listing exists, and a customer who finds it can neither book nor enquire there.",
    remedy="Put {channel} live, or take the listing down",
)
def channel_not_live(channels: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A channel is listed and not live; travel agencies of which none is live are one finding of their own."""
    agencies = channels["kind"] == "ota"
    none_live = not channels.loc[agencies, "is_live"].any()
    dead = channels[channels["is_listed"] & ~channels["is_live"] & ~(agencies & none_live)]
    for name, rows in dead.groupby("channel"):
        yield Hit(str(name), {"channel": str(name)}, evidence(rows, at, "kind", *_CHANNEL))


@rule(
    "funnel_broken",
    severity=Severity.HIGH,
    owner="cmo",
    effort=Effort.M,
    due_days=10,
    title="{completed} of {entered} got through the step '{step}'",
    why="{lost:person|people} stopped there in the period; nobody gets past a broken step to a booking.",
    remedy="Go through '{step}' as a customer would, mend what stops them, and watch the step for a week",
)
def funnel_broken(funnel: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Nobody completes a step of the booking way, or under a fifth of its level in the three months before."""
    start = add_months(at.start, -_EARLIER_MONTHS)
    for step, rows in between(funnel, start, at.end).groupby("step"):
        entered, completed = _through(between(rows, at.start, at.end))
        if entered < _ENOUGH_ENTERED or not _is_broken(entered, completed, *_through(between(rows, start, at.start))):
            continue
        yield Hit(
            subject=str(step),
            facts={"step": str(step), "entered": entered, "completed": completed, "lost": entered - completed},
            evidence=_by_month(rows),
            severity=Severity.CRITICAL if completed == 0 else None,
        )


def _through(rows: pd.DataFrame) -> tuple[int, int]:
    return total(rows["entered"]), total(rows["completed"])


def _is_broken(entered: int, completed: int, entered_before: int, completed_before: int) -> bool:
    if completed == 0:
        return True
    if entered_before < _ENOUGH_ENTERED:
        return False
    return ratio(completed, entered) < _BROKEN_SHARE * ratio(completed_before, entered_before)


def _by_month(rows: pd.DataFrame) -> tuple[dict[str, Fact], ...]:
    months = rows.groupby(rows["date"].dt.to_period("M"))[["entered", "completed"]].sum()
    return tuple(
        {"month": month.start_time.date(), "entered": int(entered), "completed": int(completed)}
        for month, entered, completed in months.sort_index(ascending=False).itertuples()
    )


@rule(
    "pipeline_empty",
    severity=Severity.HIGH,
    owner="cmo",
    effort=Effort.M,
    due_days=20,
    absent_ok=("pipeline", "sources"),
    title="The sales pipeline is empty",
    why="{sources:source records|sources record} deals; of {deals:deal|deals} on record {open:was|were} open when the period "
    "ended.",
    remedy="Record every enquiry as a deal with its stage, value and channel, and follow up the open ones each week",
)
def pipeline_empty(tenant: pd.DataFrame, sources: pd.DataFrame, pipeline: pd.DataFrame, at: At) -> Iterable[Hit]:
    """No deal is open at the period's end, or a company has nothing that records deals."""
    giving = provided(sources, "pipeline")
    still_open = len(_open_deals(pipeline, at))
    if still_open or not (giving or is_company(tenant)):
        return
    latest = pipeline.sort_values(["closed_on", "deal"], ascending=[False, True])
    yield Hit(
        subject="pipeline",
        facts={"sources": giving, "deals": len(pipeline), "open": still_open},
        evidence=evidence(latest, at, *_DEAL),
    )


_DEAL = ("deal", "stage", "value_minor", "opened_on", "closed_on", "channel")


def _open_deals(pipeline: pd.DataFrame, at: At) -> pd.DataFrame:
    """The deals that were open when the period ended, closed since or not."""
    end = pd.Timestamp(at.end)
    closed = pipeline["stage"].isin(("won", "lost"))
    still_open = (pipeline["closed_on"] >= end) | (pipeline["closed_on"].isna() & ~closed)
    return pipeline[(pipeline["opened_on"] < end) & still_open]


@rule(
    "deals_stale",
    severity=Severity.LOW,
    owner="cmo",
    effort=Effort.S,
    due_days=15,
    title="{deals:deal has|deals have} been open for more than {limit:months}",
    why="Together they are worth {value}; the oldest was opened on {oldest}.",
    remedy="Call each of them: close it as won or lost, or agree the next step and its date",
)
def deals_stale(pipeline: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Deals have been open for more than three months."""
    limit = pd.Timestamp(at.months_back(_STALE_DEAL_MONTHS))
    still_open = _open_deals(pipeline, at)
    stale = still_open[still_open["opened_on"] < limit].sort_values(["value_minor", "deal"], ascending=[False, True])
    if len(stale):
        value = Money(total(stale["value_minor"]), at.currency)
        yield Hit(
            subject="pipeline",
            facts={
                "deals": len(stale),
                "limit": _STALE_DEAL_MONTHS,
                "value": value,
                "oldest": stale["opened_on"].min().date(),
            },
            evidence=evidence(stale, at, *_DEAL),
            money_at_stake=value,
        )


@rule(
    "billing_model_missing",
    severity=Severity.HIGH,
    owner="cfo",
    effort=Effort.M,
    due_days=30,
    absent_ok=("prices", "sources"),
    title="There is no billing model",
    why="{sources:source gives|sources give} prices, and {prices:product has|products have} one: what is sold, at which "
    "price and by which unit is not written down.",
    remedy="Write down each product with its unit, price and variable cost, and add them as the price list",
)
def billing_model_missing(tenant: pd.DataFrame, sources: pd.DataFrame, prices: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A company has no product with a price."""
    if is_company(tenant) and not len(prices):
        facts: dict[str, Fact] = {"sources": provided(sources, "prices"), "prices": 0}
        yield Hit("prices", facts, evidence(sources, at, "source", "kind", "provides"))
