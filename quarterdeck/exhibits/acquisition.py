"""What each channel costs and brings, who visits the website, and what people search for."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Cells, Row, count, decimal, grid, money, ratio, shown, text
from quarterdeck.frames import ratio as over
from quarterdeck.frames import total
from quarterdeck.marketing import costs, web
from quarterdeck.marketing.costs import WINDOW, Channel
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money

_QUERIES = 15


@exhibit("acquisition_by_channel", title="What each channel costs and brings")
def acquisition_by_channel(leads: pd.DataFrame, spend: pd.DataFrame, postings: pd.DataFrame, at: At) -> Exhibit | None:
    """Leads, spend, new customers and revenue of the last three months by channel, and what one of each costs."""
    listed = costs.by_channel(leads, spend, postings, at.months_back(WINDOW), at.end)
    if not listed:
        return None
    return grid(
        (
            text("channel", "Channel"),
            count("leads", "Leads"),
            money("spend", "Spend"),
            money("cost_per_lead", "Per lead"),
            count("customers", "New"),
            money("cac", "Per customer"),
            money("revenue", "Revenue"),
            count("roas", "ROAS"),
        ),
        [(one.tenant, _channel(one, at)) for one in listed],
        total=_total(listed, at),
        note="New: customers who bought for the first time; their channel is that of the first lead with their name. The total "
        "per lead and per customer is of the channels that money was spent on; ROAS is revenue over spend.",
    )


def _channel(one: Channel, at: At) -> Cells:
    paid = bool(one.spend)
    return (
        one.name,
        one.leads,
        Money(one.spend, at.currency),
        _each(one.spend, one.leads, at) if paid else None,
        one.customers,
        _each(one.spend, one.customers, at) if paid else None,
        Money(one.revenue, at.currency),
        decimal(over(one.revenue, one.spend), 2) if paid else None,
    )


def _total(listed: Sequence[Channel], at: At) -> Cells:
    paid = [one for one in listed if one.spend]
    spend, revenue = sum(one.spend for one in paid), sum(one.revenue for one in listed)
    return (
        "Total",
        sum(one.leads for one in listed),
        Money(spend, at.currency),
        _each(spend, sum(one.leads for one in paid), at),
        sum(one.customers for one in listed),
        _each(spend, sum(one.customers for one in paid), at),
        Money(revenue, at.currency),
        decimal(over(revenue, spend), 2) if spend else None,
    )


def _each(amount: int, number: int, at: At) -> Money | None:
    minor = costs.each(amount, number)
    return None if minor is None else Money(minor, at.currency)


@exhibit("visits_by_channel", title="Website visits by channel")
def visits_by_channel(web_visits: pd.DataFrame, at: At) -> Exhibit | None:
    """Sessions of the period by the channel group of the analytics, beside those of the period before."""
    now, then = web.within(web_visits, at.start, at.end), web.within(web_visits, *at.window_before)
    earlier = then.groupby(["tenant", "channel"])["sessions"].sum().to_dict()
    rows: list[Row] = []
    for (tenant, channel), own in now.groupby(["tenant", "channel"], sort=True):
        known = own[own["engaged"].notna()]
        sessions, told = total(own["sessions"]), total(known["sessions"])
        share = over(told - total(known["engaged"]), told) if told else None
        before = earlier.get((tenant, channel))
        rows.append((str(tenant), (str(channel), sessions, None if before is None else int(before), share)))
    rows.sort(key=lambda row: (row[0], -int(str(row[1][1])), str(row[1][0])))
    return grid(
        (
            text("channel", "Channel"),
            count("sessions", "Sessions"),
            count("before", "Period before"),
            ratio("bounced", "Bounced"),
        ),
        rows,
    )


@exhibit("search_queries", title="What people searched for")
def search_queries(web_search: pd.DataFrame, at: At) -> Exhibit | None:
    """The queries of the period by clicks and times shown."""
    inside = web.by_query(web.within(web_search, at.start, at.end))
    ordered = inside.sort_values(["clicks", "impressions", "term", "tenant"], ascending=[False, False, True, True])
    return grid(
        (
            text("query", "Query"),
            count("clicks", "Clicks"),
            count("impressions", "Times shown"),
            ratio("rate", "Click rate"),
            count("position", "Position"),
        ),
        [
            (
                row["tenant"],
                (
                    row["term"],
                    int(row["clicks"]),
                    int(row["impressions"]),
                    over(int(row["clicks"]), int(row["impressions"])) if row["impressions"] else None,
                    None if pd.isna(row["position"]) else decimal(row["position"], 1),
                ),
            )
            for row in ordered.head(_QUERIES).to_dict("records")
        ],
        note=shown(len(ordered), _QUERIES),
    )
