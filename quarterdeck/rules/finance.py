"""Faults that the figures of the business show: runway, burn, revenue against plan, losses, concentration."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from quarterdeck.books import REVENUE_LINES, budgeted
from quarterdeck.frames import between, is_blank
from quarterdeck.model import At, Effort, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import Kpis, amount_of, evidence, major, number_of

_RUNWAY_MONTHS = Decimal(6)
_CRITICAL_MONTHS = Decimal(3)
_ATTAINMENT = Decimal("0.9")
_BUDGET_GAP = 1_000  # whole units of the currency; a tenth of a small budget is no finding
_LOSSES = 3
_CUSTOMER_SHARE = Decimal("0.3")
_CUSTOMER_MONTHS = 12  # as the KPI has it
_BURN_KPIS = ("net_burn", "gross_burn")


@rule(
    "runway_short",
    severity=Severity.HIGH,
    owner="cfo",
    effort=Effort.L,
    due_days=30,
    kpis=("runway", "cash"),
    title="Cash lasts {runway:months} at the present burn",
    why="{cash} is left; with less than {floor:months} of runway there is little time to raise money or to cut costs.",
    remedy="Bring net burn down to {allowed} a month, or bring in cash",
)
def runway_short(kpis: Kpis, at: At) -> Iterable[Hit]:
    """The runway is under six months; under three it is critical."""
    runway, cash = number_of(kpis, "runway"), amount_of(kpis, "cash")
    if runway is None or cash is None or runway >= _RUNWAY_MONTHS:
        return
    allowed = cash.times(1 / _RUNWAY_MONTHS) if cash.minor > 0 else Money(0, at.currency)
    yield Hit(
        subject="runway",
        facts={"runway": runway, "cash": cash, "floor": _RUNWAY_MONTHS, "allowed": allowed},
        money_at_stake=cash if cash.minor > 0 else None,
        severity=Severity.CRITICAL if runway < _CRITICAL_MONTHS else None,
    )


@rule(
    "burn_unmonitored",
    severity=Severity.HIGH,
    owner="cfo",
    effort=Effort.S,
    due_days=15,
    absent_ok=("targets",),
    title="Nobody watches the burn",
    why="{targets:target is|targets are} set for it, {owners} with an owner.",
    remedy="Set a target for the monthly net burn, with an owner who answers for it",
)
def burn_unmonitored(targets: pd.DataFrame, at: At) -> Iterable[Hit]:
    """No target for net or gross burn, or none that has an owner."""
    burn = targets[targets["kpi"].isin(_BURN_KPIS)]
    owned = burn[~is_blank(burn["owner"])]
    if not len(owned):
        yield Hit("burn", {"targets": len(burn), "owners": len(owned)}, evidence(burn, at, "kpi", "owner"))


@rule(
    "budget_missing",
    severity=Severity.LOW,
    owner="cfo",
    effort=Effort.M,
    due_days=45,
    absent_ok=("budget",),
    title="There are books, but no budget to hold them against",
    why="The period has {postings:posting|postings}, and {planned:budget row|budget rows} for its months.",
    remedy="Write down the planned revenue and costs by month, and add them as the budget",
)
def budget_missing(entries: pd.DataFrame, budget: pd.DataFrame, at: At) -> Iterable[Hit]:
    """The period has postings, and the budget has no row for its months."""
    posted = len(between(entries, at.start, at.end))
    planned = len(between(budget, at.start.replace(day=1), at.end))
    if posted and not planned:
        yield Hit("budget", {"postings": posted, "planned": planned})


@rule(
    "revenue_below_budget",
    severity=Severity.HIGH,
    owner="ceo",
    effort=Effort.M,
    due_days=20,
    kpis=("budget_attainment", "net_revenue"),
    title="Revenue is {attainment:percent} of budget, {gap} short",
    why="{revenue} came in where {planned} was planned; under {floor:percent} the plan no longer tells what to expect.",
    remedy="Decide what closes the gap of {gap}, or plan the coming months anew",
)
def revenue_below_budget(kpis: Kpis, budget: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Revenue is under nine tenths of the budget and more than 1,000 short."""
    attainment, revenue = number_of(kpis, "budget_attainment"), amount_of(kpis, "net_revenue")
    if attainment is None or revenue is None or attainment >= _ATTAINMENT:
        return
    planned = Money(_planned_revenue(budget, at), at.currency)
    gap = planned - revenue
    if gap <= major(_BUDGET_GAP, at):
        return
    yield Hit(
        subject="revenue",
        facts={"attainment": attainment, "revenue": revenue, "planned": planned, "gap": gap, "floor": _ATTAINMENT},
        evidence=evidence(_budget_rows(budget, at), at, "date", "statement_line", "amount_minor"),
        money_at_stake=gap,
    )


def _planned_revenue(budget: pd.DataFrame, at: At) -> int:
    """Revenue less refunds as planned; a budget states both as positive."""
    planned, refunds = (sum(budgeted(budget, (line,), at.start, at.end).values()) for line in REVENUE_LINES)
    return planned - refunds


def _budget_rows(budget: pd.DataFrame, at: At) -> pd.DataFrame:
    months = between(budget, at.start.replace(day=1), at.end)
    return months[months["statement_line"].isin(REVENUE_LINES)].sort_values(["date", "statement_line"])


@rule(
    "loss_three_periods",
    severity=Severity.HIGH,
    owner="ceo",
    effort=Effort.L,
    due_days=45,
    kpis=("ebitda",),
    title="The last {periods} periods each ended with a loss, {loss} together",
    why="EBITDA was below zero in each of them, {latest} in this one.",
    remedy="Decide which costs end or which prices rise so that EBITDA turns, and by when",
)
def loss_three_periods(kpis: Kpis, at: At) -> Iterable[Hit]:
    """EBITDA is known and negative in the period and the two before it."""
    if amount_of(kpis, "ebitda") is None:
        return
    latest = [value for value in kpis["ebitda"].series[-_LOSSES:] if isinstance(value, Money) and value.minor < 0]
    if len(latest) < _LOSSES:
        return
    loss = -sum(latest, start=Money(0, at.currency))
    shown = zip(at.period.trailing(_LOSSES), latest, strict=True)
    yield Hit(
        subject="ebitda",
        facts={"periods": _LOSSES, "loss": loss, "latest": latest[-1]},
        evidence=tuple({"period": period.text, "ebitda": value} for period, value in shown),
        money_at_stake=loss,
    )


@rule(
    "customer_concentration_high",
    severity=Severity.MEDIUM,
    owner="ceo",
    effort=Effort.L,
    due_days=60,
    kpis=("customer_concentration",),
    title="{customer} brings {share:percent} of a year's revenue",
    why="{revenue} came from one customer. Above {limit:percent} the business depends on one customer.",
    remedy="Agree on a term and a notice period with {customer}, and win others so that the share falls",
)
def customer_concentration_high(kpis: Kpis, postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """One customer brings more than thirty percent of the revenue of twelve months."""
    share = number_of(kpis, "customer_concentration")
    if share is None or share <= _CUSTOMER_SHARE:
        return
    customers = _revenue_by_customer(postings, at)
    if not len(customers):
        return
    revenue = Money(int(customers["revenue_minor"].iloc[0]), at.currency)
    customer = str(customers["party"].iloc[0])
    yield Hit(
        subject=customer,
        facts={"customer": customer, "share": share, "revenue": revenue, "limit": _CUSTOMER_SHARE},
        evidence=evidence(customers, at, "party", "revenue_minor"),
        money_at_stake=revenue,
    )


def _revenue_by_customer(postings: pd.DataFrame, at: At) -> pd.DataFrame:
    year = between(postings, at.months_back(_CUSTOMER_MONTHS), at.end)
    booked = year[year["statement_line"].isin(REVENUE_LINES)]
    sums = (-booked.groupby("party")["amount_minor"].sum()).rename("revenue_minor").reset_index()
    return sums.sort_values(["revenue_minor", "party"], ascending=[False, True])


@rule(
    "below_break_even",
    severity=Severity.MEDIUM,
    owner="cfo",
    effort=Effort.L,
    due_days=30,
    kpis=("break_even_revenue", "net_revenue"),
    title="Revenue is {gap} a month below break-even",
    why="{revenue} a month came in, and it takes {needed} to cover the costs.",
    remedy="Find {gap} a month in more sales, better prices or lower fixed costs",
)
def below_break_even(kpis: Kpis, at: At) -> Iterable[Hit]:
    """Revenue a month is below what it takes to cover the costs."""
    needed, earned = amount_of(kpis, "break_even_revenue"), amount_of(kpis, "net_revenue")
    if needed is None or earned is None:
        return
    revenue = earned.times(1 / at.months)
    gap = needed - revenue
    if gap.minor > 0:
        yield Hit("break-even", {"gap": gap, "revenue": revenue, "needed": needed}, money_at_stake=gap)
