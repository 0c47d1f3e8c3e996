"""How leads become customers by channel, whose work the customers were, and tags that cannot be read."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Cells, Row, count, decimal, grid, money, ratio, shown, text
from quarterdeck.frames import between
from quarterdeck.frames import ratio as over
from quarterdeck.intervals import LEAST, wilson
from quarterdeck.marketing import attribution
from quarterdeck.marketing import leads as prospects
from quarterdeck.marketing.leads import NO_CHANNEL, Flow
from quarterdeck.model import At, Exhibit, Fact
from quarterdeck.money import Money

_STRAYS = 15
_MODELS = {"first": "First touch", "last_non_direct": "Last non-direct", "linear": "Linear", "ends": "40/20/40"}
_WINDOW = 3  # months


@exhibit("conversion_by_channel", title="From lead to customer, by channel")
def conversion_by_channel(leads: pd.DataFrame, at: At) -> Exhibit | None:
    """Of one cohort of leads, how many came to each stage within thirty days, and the interval of the whole way."""
    rows = prospects.cohort(leads, at.end)
    if not len(rows):
        return None
    listed = sorted(prospects.flows(rows), key=lambda flow: (flow.tenant, -flow.entered, flow.channel))
    return grid(
        (
            text("channel", "Channel"),
            count("leads", "Leads (n)"),
            count("enquiry", "Enquiry"),
            count("qualified", "Qualified"),
            count("quoted", "Quoted"),
            count("won", "Won"),
            ratio("share", "Won of leads"),
            ratio("low", "95 % from"),
            ratio("high", "95 % to"),
            text("note", "Note"),
        ),
        [(flow.tenant, (flow.channel, *_flow(flow))) for flow in listed],
        total=("Total", *_flow(prospects.flow(rows))),
        note=f"Leads first seen in the 3 months that ended {prospects.GIVEN.days} days before the period did, and what each "
        f"did within {prospects.GIVEN.days} days. Wilson's intervals; of fewer than {LEAST} leads no share is stated.",
    )


def _flow(flow: Flow) -> Cells:
    counted: tuple[Fact | None, ...] = (flow.entered, *flow.reached)
    if flow.entered < LEAST:
        return (*counted, None, None, None, "n too small")
    return (*counted, over(flow.won, flow.entered), *wilson(flow.won, flow.entered), None)


@exhibit("stage_conversion", title="From stage to stage")
def stage_conversion(leads: pd.DataFrame, at: At) -> Exhibit | None:
    """Of the same cohort, which part of those who came to a stage came to the next, with its interval."""
    rows = prospects.cohort(leads, at.end)
    made: list[Row] = []
    for tenant, own in rows.groupby("tenant", sort=True):
        flow = prospects.flow(own)
        counts = (flow.entered, *flow.reached)
        for name, before, after in zip(prospects.STAGES, counts, counts[1:], strict=False):
            shares: Cells = (None, None, None, "n too small")
            if before >= LEAST:
                shares = (over(after, before), *wilson(after, before), None)
            made.append((str(tenant), (name.capitalize(), before, after, *shares)))
    return grid(
        (
            text("stage", "To the stage"),
            count("before", "From (n)"),
            count("after", "Came there"),
            ratio("share", "Share"),
            ratio("low", "95 % from"),
            ratio("high", "95 % to"),
            text("note", "Note"),
        ),
        made,
    )


@exhibit("attribution", title="Whose work the customers were")
def attribution_by_channel(leads: pd.DataFrame, touches: pd.DataFrame, at: At) -> Exhibit | None:
    """The value of the leads won in the last three months, given to channels by four models side by side."""
    customers = attribution.won(leads, at.months_back(_WINDOW), at.end)
    given = attribution.attributed(customers, touches, at.end, at.currency)
    if not given:
        return None
    wholes = {model: sum(sums[model] for sums in given.values()) for model in attribution.MODELS}
    whole = wholes["first"]
    lost = sum(sums["first"] for (_, via), sums in given.items() if via == NO_CHANNEL)
    ordered = sorted(given.items(), key=lambda item: (item[0][0], item[0][1] == NO_CHANNEL, -item[1]["linear"], item[0][1]))
    amounts: list[Row] = [
        (tenant, (via, *(Money(sums[model], at.currency) for model in attribution.MODELS))) for (tenant, via), sums in ordered
    ]
    part = f"{decimal(Decimal(lost) / whole * 100, 1)} % of the value" if whole else "no value is recorded, so no share"
    return grid(
        (text("channel", "Channel"), *(money(model, label) for model, label in _MODELS.items())),
        amounts,
        total=("Total", *(Money(wholes[model], at.currency) for model in attribution.MODELS)),
        note=f"Unattributed: {part}; {len(customers)} leads were won in the last three months.",
    )


@exhibit("utm_problems", title="Tags that cannot be read")
def utm_problems(leads: pd.DataFrame, at: At) -> Exhibit | None:
    """Values of source, medium and campaign in the period's leads that are missing, unknown or written in another way."""
    found = prospects.strays(between(leads, at.start, at.end))
    return grid(
        (text("tag", "Tag"), text("value", "Value"), count("leads", "Leads"), text("meant", "Likely meant")),
        [(stray.tenant, (stray.tag, stray.value or "(missing)", stray.leads, stray.meant)) for stray in found[:_STRAYS]],
        note=shown(len(found), _STRAYS),
    )
