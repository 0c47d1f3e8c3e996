"""How recurring revenue came to be what it is."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from quarterdeck import recurring_revenue
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, grid, money, text
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money, round_half_even

_STEPS = (("new", "New"), ("expansion", "Expansion"), ("contraction", "Contraction"), ("churn", "Churn"))


@exhibit("recurring_revenue_steps", title="Monthly recurring revenue, from the period before")
def recurring_revenue_steps(subscriptions: pd.DataFrame, at: At) -> Exhibit | None:
    """Recurring revenue before the period, what was won, added, taken back and lost, and what it is now."""
    if not recurring_revenue.begun(subscriptions, at.end):
        return None
    then, now = (recurring_revenue.by_customer(subscriptions, end) for end in (at.start, at.end))
    changes = recurring_revenue.steps(then, now)
    first, last = recurring_revenue.mrr(then), recurring_revenue.mrr(now)
    amounts = {name: round_half_even(Fraction(changes[name])) for name, _ in _STEPS}
    # Each step is rounded by itself; what is left of a minor unit goes to the largest, so that they add up.
    largest = max(amounts, key=lambda name: abs(amounts[name]))
    amounts[largest] += last - first - sum(amounts.values())
    rows: list[Row] = [("", ("Before", Money(first, at.currency)))]
    rows += [("", (label, Money(amounts[name], at.currency))) for name, label in _STEPS]
    return grid((text("step", "Step"), money("amount", "A month")), rows, total=("Now", Money(last, at.currency)))
