"""Money spent on advertising that brings nobody, or brings them too dear."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck.frames import between
from quarterdeck.marketing import costs
from quarterdeck.marketing.costs import WINDOW
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import Kpis, amount_of, evidence

_TIMES = 3  # a customer should bring in at least so many times what winning it costs


@rule(
    "spend_without_leads",
    severity=Severity.HIGH,
    owner="cmo",
    effort=Effort.S,
    due_days=10,
    title="{amount} went to {channel}, and no lead names it",
    why="Either nobody came, or whoever came cannot be told from the others; both cost the same.",
    remedy="Tag the links of {channel} and look after a week; with no lead by then, stop paying for it",
)
def spend_without_leads(leads: pd.DataFrame, spend: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Money was spent on a channel in the period, and no lead of the period came by it."""
    asked = costs.leads_by_channel(leads, at.start, at.end)
    rows = between(spend, at.start, at.end)
    for (tenant, channel), minor in costs.spent(spend, at.start, at.end).items():
        if minor > 0 and not asked[tenant, channel]:
            amount = Money(minor, at.currency)
            own = rows[(rows["tenant"] == tenant) & (rows["channel"] == channel)]
            yield Hit(
                channel, {"amount": amount, "channel": channel}, evidence(own, at, "date", "campaign", "amount_minor"), amount
            )


@rule(
    "channel_cost_high",
    severity=Severity.HIGH,
    owner="cmo",
    effort=Effort.M,
    due_days=20,
    kpis=("lifetime_value",),
    title="A customer by {channel} costs {cost}",
    why="A customer is worth {worth} in a lifetime; more than {most} for one leaves too little for the rest of the business.",
    remedy="Bring the cost of a customer by {channel} under {most}, or move its {spend} to a channel that is cheaper",
)
def channel_cost_high(leads: pd.DataFrame, spend: pd.DataFrame, postings: pd.DataFrame, kpis: Kpis, at: At) -> Iterable[Hit]:
    """A new customer by a channel cost more than a third of a customer's lifetime value in the last three months."""
    worth = amount_of(kpis, "lifetime_value")
    if worth is None or worth.minor <= 0:
        return
    for one in costs.by_channel(leads, spend, postings, at.months_back(WINDOW), at.end):
        cost = costs.each(one.spend, one.customers)
        if cost is None or _TIMES * cost <= worth.minor:
            continue
        most = worth.minor // _TIMES
        facts: dict[str, Fact] = {
            "channel": one.name,
            "cost": Money(cost, at.currency),
            "worth": worth,
            "most": Money(most, at.currency),
            "spend": Money(one.spend, at.currency),
        }
        row: dict[str, Fact] = {"spend": facts["spend"], "leads": one.leads, "new_customers": one.customers}
        yield Hit(one.name, facts, (row,), Money(one.spend - most * one.customers, at.currency))
