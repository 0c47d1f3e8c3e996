"""Faults of what stands on the channels, and of the roadmap to be found near by."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck.frames import empty
from quarterdeck.marketing import places
from quarterdeck.marketing.places import Listing
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import days_between, evidence

_COLUMNS = ("channel", "product", "price_minor", "own_price_minor", "checked_on", "is_live", "next_step")


@rule(
    "price_parity_broken",
    severity=Severity.MEDIUM,
    owner="cmo",
    effort=Effort.S,
    due_days=7,
    absent_ok=("prices",),
    title="{product} costs {there} on {channel} and {own} directly",
    why="Whoever compares buys at the lower price, and most channels end a contract over a lower one elsewhere.",
    remedy="Set one price for {product}, on {channel} and on the own page",
)
def price_parity_broken(listings: pd.DataFrame, prices: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A live listing has another price than the tenant's own, by more than one percent."""
    for one in places.listings_of(listings, prices):
        if not one.is_live or one.price is None or one.own is None or one.is_at_parity is not False:
            continue
        facts: dict[str, Fact] = {
            "product": one.product,
            "channel": one.channel,
            "there": Money(one.price, at.currency),
            "own": Money(one.own, at.currency),
        }
        yield Hit(f"{one.channel}: {one.product}", facts, evidence(listings.loc[[one.index]], at, *_COLUMNS))


@rule(
    "listing_unchecked",
    severity=Severity.LOW,
    owner="cmo",
    effort=Effort.S,
    due_days=10,
    title="Nobody has looked at {channel} for more than {limit:days}",
    why="{listings:listing stands|listings stand} there as far as anybody remembers; prices, pictures and free days change.",
    remedy="Look at each listing on {channel} as a customer would, and note price, reviews and the day",
)
def listing_unchecked(listings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A listing was last looked at more than sixty days before the period's end, or never."""
    stale: dict[tuple[str, str], list[Listing]] = {}
    for one in places.listings_of(listings, empty("prices")):
        if one.is_stale(at.end):
            stale.setdefault((one.tenant, one.channel), []).append(one)
    for (_, channel), found in stale.items():
        facts: dict[str, Fact] = {"channel": channel, "limit": places.STALE_DAYS, "listings": len(found)}
        yield Hit(channel, facts, evidence(listings.loc[[one.index for one in found]], at, *_COLUMNS))


@rule(
    "local_seo_overdue",
    severity=Severity.MEDIUM,
    owner="cmo",
    effort=Effort.M,
    due_days=15,
    title="'{task}' is {late:days} late",
    why="It belongs to the first {horizon:days} of the local roadmap and was due on {due}.",
    remedy="Finish '{task}', or give it a new day and an owner",
)
def local_seo_overdue(local_seo: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A step of the local roadmap was due before the period's end and is not done."""
    for step in places.steps_of(local_seo, at.end):
        if step.is_overdue(at.end):
            facts: dict[str, Fact] = {
                "task": str(step.row["task"]),
                "late": days_between(step.due, at.end),
                "horizon": int(step.row["horizon"]),
                "due": step.due,
            }
            columns = ("task", "horizon", "started_on", "measure", "baseline", "value", "target", "owner")
            yield Hit(str(step.row["task"]), facts, evidence(local_seo.loc[[step.index]], at, *columns))
