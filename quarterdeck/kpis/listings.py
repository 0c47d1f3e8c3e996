"""What stands on the channels, and how far the local roadmap has come."""

from __future__ import annotations

import pandas as pd

from quarterdeck.frames import before
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import share
from quarterdeck.marketing import places
from quarterdeck.model import At, Direction, Unavailable, Unit

_LISTINGS = "a list of what stands on each channel: product, price, state, and the day somebody looked"
_ROADMAP = "a list of local steps with their start, horizon and measure"


@kpi(
    "live_listings",
    label="Live listings",
    unit=Unit.COUNT,
    good=Direction.UP,
    formula="products that a customer can book on a channel, each channel by itself",
    needs=_LISTINGS,
)
def live_listings(listings: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - a KPI is asked for a period
    """How many offers can be bought on the channels."""
    return int(listings["is_live"].sum()) if len(listings) else Unavailable("no listing is recorded")


@kpi(
    "price_parity",
    label="Listings at the own price",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula=f"live listings within {places.TOLERANCE * 100:.0f} % of the own price / live listings of which both are known",
    needs=f"{_LISTINGS}, and a price list",
    absent_ok=("prices",),
)
def price_parity(listings: pd.DataFrame, prices: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - asked for a period
    """On which part of the channels a customer pays what the tenant asks itself."""
    known = [one.is_at_parity for one in places.listings_of(listings, prices) if one.is_live]
    told = [answer for answer in known if answer is not None]
    return share(sum(told), len(told), Unavailable("of no live listing both prices are known"))


@kpi(
    "local_seo_done",
    label="Local steps done",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="local steps done by the end of the period / local steps that had begun by then",
    needs=_ROADMAP,
)
def local_seo_done(local_seo: pd.DataFrame, at: At) -> Value:
    """How far the roadmap to be found near by has come."""
    begun = before(local_seo, at.end, "started_on")
    done = sum(step.is_done(at.end) for step in places.steps_of(begun, at.end))
    return share(done, len(begun), Unavailable("no local step had begun by the end of the period"))
