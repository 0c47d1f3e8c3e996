"""What plans come to: scenarios side by side, and the capital that a path to the milestones takes. Pure; minor units.

All rates are those of a month, as a mean of the last three. A scenario changes what it names and nothing else: variable
costs move with revenue, costs without a mark stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from quarterdeck import books
from quarterdeck.books import BURN_MONTHS
from quarterdeck.frames import between, exact_sum
from quarterdeck.money import round_half_even
from quarterdeck.period import add_months
from quarterdeck.receivables import open_items
from quarterdeck.schemas.invoices import DRIVERS

TODAY = "as it is today"
BUFFER_MONTHS = 3  # of today's net burn, on top of the lowest point of a plan
_YEAR, _AFTER, _LONGEST = 12, 6, 36  # months: of a plan at least, after its last milestone, at most
_ZERO = Decimal(0)

Changes = Mapping[str, Decimal]  # by driver


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a company: flows as a mean of the last three, states as they are at their end."""

    revenue: Fraction
    variable: Fraction
    fixed: Fraction
    other: Fraction
    burn: Fraction
    cash: int
    receivables: int

    @property
    def ebitda(self) -> Fraction:
        return self.revenue - self.variable - self.fixed - self.other

    def under(self, changes: Changes) -> Month:
        """The month with what a scenario changes. Longer terms take cash once, as much as customers then owe more."""
        by = {driver: 1 + Fraction(changes.get(driver, _ZERO)) for driver in DRIVERS}
        revenue = self.revenue * by["revenue"]
        variable = self.variable * by["revenue"] * by["variable_costs"]
        fixed = self.fixed * by["fixed_costs"]
        gained = revenue - variable - fixed - self.other - self.ebitda
        tied = round_half_even(self.receivables * (by["collection_days"] - 1))
        return Month(revenue, variable, fixed, self.other, self.burn - gained, self.cash - tied, self.receivables + tied)

    def plus(self, other: Month) -> Month:
        """Two companies together."""
        names = ("revenue", "variable", "fixed", "other", "burn", "cash", "receivables")
        return Month(*(getattr(self, name) + getattr(other, name) for name in names))

    @property
    def runway(self) -> Decimal | None:
        """Months that the cash lasts; None where it does not get less."""
        if self.burn <= 0:
            return None
        months = Fraction(max(self.cash, 0)) / self.burn
        return (Decimal(months.numerator) / Decimal(months.denominator)).quantize(Decimal("0.1"))

    @property
    def break_even(self) -> int | None:
        """Revenue that carries the fixed costs; None where variable costs take all of it."""
        left = self.revenue - self.variable
        return round_half_even(self.fixed * self.revenue / left) if self.revenue > 0 and left > 0 else None

    def units(self, price: int, variable: int, changes: Changes) -> int | None:
        """Units of a product that carry the fixed costs, rounded up; None where it costs as much as it brings in."""
        left = price - variable * (1 + Fraction(changes.get("variable_costs", _ZERO)))
        return -(-self.fixed // left) if left > 0 else None


def month_of(postings: pd.DataFrame, invoices: pd.DataFrame, end: date) -> Month:
    """The last three months of one company before the day `end`, as one."""
    start = add_months(end, -BURN_MONTHS)
    rows = between(postings, start, end)
    costs = rows[rows["is_expense"].to_numpy() & books.on_lines(rows, books.EBITDA_EXPENSE_LINES)]
    sums = {mark: exact_sum(costs.loc[costs["behaviour"] == mark, "amount_minor"].to_numpy()) for mark in ("variable", "fixed")}
    spent = books.expenses(postings, start, end)
    return Month(
        revenue=Fraction(books.revenue(postings, start, end), BURN_MONTHS),
        variable=Fraction(sums["variable"], BURN_MONTHS),
        fixed=Fraction(sums["fixed"], BURN_MONTHS),
        other=Fraction(spent - sums["variable"] - sums["fixed"], BURN_MONTHS),
        burn=Fraction(books.net_burn(postings, start, end), BURN_MONTHS),
        cash=books.cash(postings, end),
        receivables=exact_sum(open_items(invoices, "receivable", end)["open_minor"].to_numpy()),
    )


def main_product(prices: pd.DataFrame) -> tuple[int, int] | None:
    """Price and variable cost of the one product that is marked as the main one and has both."""
    main = prices[prices["is_main"].eq(True) & prices["variable_cost_minor"].notna()]
    return (int(main["price_minor"].iloc[0]), int(main["variable_cost_minor"].iloc[0])) if len(main) == 1 else None


def changes_of(scenarios: pd.DataFrame) -> dict[str, dict[str, Changes]]:
    """By scenario in the order of the file, by tenant: its changes by driver."""
    found: dict[str, dict[str, dict[str, Decimal]]] = {}
    columns = (scenarios[name] for name in ("scenario", "tenant", "driver", "change_ratio"))
    for scenario, tenant, driver, change in zip(*columns, strict=True):
        found.setdefault(scenario, {}).setdefault(tenant, {})[driver] = change
    return {scenario: dict(by_tenant) for scenario, by_tenant in found.items()}


@dataclass(frozen=True, slots=True)
class Step:
    """A month of a plan: the burn that it has, single payments (positive comes in), and the cash at its end."""

    start: date
    burn: int
    planned: int
    closing: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The path of cash under the milestones; `buffer` is held beside it."""

    steps: tuple[Step, ...]
    buffer: int

    @property
    def lowest(self) -> int:
        return min(step.closing for step in self.steps)

    @property
    def needed(self) -> int:
        """What must come in so that cash never falls below the buffer."""
        return max(self.buffer - self.lowest, 0)

    @property
    def is_falling(self) -> bool:
        """Whether cash still falls when the plan ends, so that its lowest point is only that of the plan."""
        return self.steps[-1].burn > 0


def plan(postings: pd.DataFrame, milestones: pd.DataFrame, planned: pd.DataFrame, end: date) -> Plan:
    """The path from the day `end` on: today's net burn, and from each milestone of burn or EBITDA on, its target.

    A milestone holds from the first month that begins after its day. One that was due before `end` is no plan any more.
    """
    burn = round_half_even(Fraction(books.net_burn(postings, add_months(end, -BURN_MONTHS), end), BURN_MONTHS))
    goals = sorted(_goals(milestones, end))
    last = max((due for due, _ in goals), default=end)
    ahead = (last.year - end.year) * 12 + last.month - end.month + _AFTER
    months = min(max(_YEAR, ahead), _LONGEST)
    return Plan(tuple(_path(books.cash(postings, end), burn, goals, planned, end, months)), BUFFER_MONTHS * max(burn, 0))


def _goals(milestones: pd.DataFrame, end: date) -> Iterator[tuple[date, int]]:
    """Due days, and the net burn a month that is planned from them on."""
    sign = {"net_burn": 1, "ebitda": -1}
    for kpi, target, due in zip(milestones["kpi"], milestones["target"], milestones["due_on"], strict=True):
        if kpi in sign and not pd.isna(target) and due.date() >= end:
            yield due.date(), sign[kpi] * int(target)


def _path(cash: int, burn: int, goals: list[tuple[date, int]], planned: pd.DataFrame, end: date, months: int) -> Iterator[Step]:
    days, amounts = planned["due_on"].to_numpy(), planned["amount_minor"].to_numpy()
    for number in range(months):
        start, stop = add_months(end, number), add_months(end, number + 1)
        now = next((target for due, target in reversed(goals) if due < start), burn)
        single = exact_sum(amounts[(days >= np.datetime64(start)) & (days < np.datetime64(stop))])
        cash += single - now
        yield Step(start, now, single, cash)


def units_of(minor: int, price: int) -> int:
    """How many units bring in an amount, rounded up."""
    return int((Decimal(minor) / price).to_integral_value(ROUND_CEILING))
