"""Faults of recurring revenue: what leaves faster than it grows."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from quarterdeck import recurring_revenue
from quarterdeck.model import At, Effort, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import Kpis, number_of

_FLOOR = Decimal("0.9")
_YEAR = 12


@rule(
    "recurring_revenue_shrinking",
    severity=Severity.HIGH,
    owner="ceo",
    effort=Effort.L,
    due_days=60,
    title="The subscribers of a year ago pay {kept:percent} of what they paid then",
    why="Under {floor:percent}, new customers only fill up what leaves: {gone} a month went with {lost:customer|customers}.",
    remedy="Ask those who left why, and offer those whose price fell something that keeps them",
    kpis=("net_revenue_retention",),
    close_after=2,
)
def recurring_revenue_shrinking(subscriptions: pd.DataFrame, kpis: Kpis, at: At) -> Iterable[Hit]:
    """Net revenue retention over twelve months is below nine tenths."""
    kept = number_of(kpis, "net_revenue_retention")
    if kept is None or kept >= _FLOOR:
        return
    then, now = (recurring_revenue.by_customer(subscriptions, end) for end in (at.months_back(_YEAR), at.end))
    gone = {customer: paid for customer, paid in then.items() if customer not in now}
    listed = sorted(gone.items(), key=lambda each: (-each[1], each[0]))
    amount = Money(recurring_revenue.mrr(gone), at.currency)
    yield Hit(
        subject="subscriptions",
        facts={"kept": kept, "floor": _FLOOR, "gone": amount, "lost": len(gone)},
        evidence=tuple(
            {"customer": name, "paid": Money(recurring_revenue.mrr({(tenant, name): paid}), at.currency)}
            for (tenant, name), paid in listed[:20]
        ),
        money_at_stake=Money(amount.minor * _YEAR, at.currency) if amount.minor else None,
    )
