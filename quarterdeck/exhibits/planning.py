"""Plans beside what is: the way to the milestones, the revenue that is needed, the capital of a plan, scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from quarterdeck import books
from quarterdeck.budgeting import year_goal
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Cells, Row, count, dated, grid, money, ratio, text
from quarterdeck.forecast import has_cash
from quarterdeck.frames import day
from quarterdeck.model import At, Direction, Exhibit, Figure, KpiValue
from quarterdeck.money import Money, round_half_even
from quarterdeck.period import PeriodKind
from quarterdeck.planning import (
    BUFFER_MONTHS,
    TODAY,
    Changes,
    Month,
    changes_of,
    main_product,
    month_of,
    plan,
    units_of,
)
from quarterdeck.projection import LEAST, MOST, YEARS, Outlook, Trend, outlook
from quarterdeck.schemas.invoices import DRIVERS

Kpis = Mapping[str, KpiValue]
_A_YEAR = {PeriodKind.WEEK: 52, PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.YEAR: 1}
_NO_TREND = Outlook(Trend.UNKNOWN)


@exhibit("milestone_roadmap", title="The way to the milestones")
def milestone_roadmap(milestones: pd.DataFrame, kpis: Kpis, at: At) -> Exhibit | None:
    """Each milestone with its progress, and between which days its KPI reaches the target if its trend goes on."""
    rows: list[Row] = []
    for row in milestones.sort_values(["due_on", "milestone"]).to_dict("records"):
        value = kpis.get(str(row["kpi"]))
        seen, way = _seen(row, value, at)
        due = day(row["due_on"])
        earliest, latest = (_day_of(step, at) for step in (seen.earliest, seen.latest))
        rows.append(
            ("", (str(row["title"]), due, way, seen.trend.value, earliest, latest, _against(due, seen, earliest, latest)))
        )
    return grid(
        (
            text("milestone", "Milestone"),
            dated("due", "Due"),
            ratio("progress", "Progress"),
            text("trend", "Trend"),
            dated("earliest", "From"),
            dated("latest", "To"),
            text("judgement", "Against the due day"),
        ),
        rows,
        note=f"From and to: where the edges of the 80 % prediction interval of a straight line through the last {LEAST} to "
        f"{MOST} values reach the target; without an end it lies beyond {YEARS} years. Progress: the way from the first of "
        "the values shown to the target.",
    )


def _seen(row: Mapping[Any, Any], value: KpiValue | None, at: At) -> tuple[Outlook, Decimal | None]:
    """The outlook of a milestone, and how much of its way lies behind it."""
    if value is None or value.value is None or pd.isna(row["target"]):
        return _NO_TREND, None
    target = Decimal(row["target"])
    series = [None if point is None else _bare(point) for point in value.series]
    is_up = value.direction is not Direction.DOWN
    seen = outlook(series, target, is_up=is_up, a_year=_A_YEAR[at.period.kind])
    return seen, _way(series, _bare(value.value), target, is_reached=seen.trend is Trend.REACHED)


def _bare(value: Figure) -> Decimal:
    return Decimal(value.minor if isinstance(value, Money) else value)


def _way(series: list[Decimal | None], now: Decimal, target: Decimal, *, is_reached: bool) -> Decimal | None:
    first = next((point for point in series if point is not None), now)
    if is_reached:
        return Decimal(1)
    if first == target:
        return None
    return min(max((now - first) / (target - first), Decimal(0)), Decimal(1)).quantize(Decimal("0.0001"))


def _day_of(step: int | None, at: At) -> date | None:
    """The last day of the period so many steps ahead."""
    if step is None:
        return None
    period = at.period
    for _ in range(step):
        period = period.next()
    return day(pd.Timestamp(period.end) - pd.Timedelta(days=1))


def _against(due: date, seen: Outlook, earliest: date | None, latest: date | None) -> str | None:
    if seen.trend is Trend.NONE:
        return "not by this trend"
    if seen.trend is not Trend.DATED or earliest is None:
        return None
    if earliest > due:
        return "late"
    return "in time" if latest is not None and latest <= due else "open"


@exhibit("revenue_targets", title="Revenue that is needed")
def revenue_targets(postings: pd.DataFrame, budget: pd.DataFrame, prices: pd.DataFrame, kpis: Kpis, at: At) -> Exhibit | None:
    """Revenue a month to break even, and to reach the budget of the fiscal year, beside what comes in."""
    since = at.months_back(books.BURN_MONTHS)
    if not books.begun(postings, at.end) or not books.reaches_back(postings, since):
        return None
    now = round_half_even(Decimal(books.revenue(postings, since, at.end)) / books.BURN_MONTHS)
    product = main_product(prices)
    rows = []
    for label, needed in _goals(postings, budget, kpis, at):
        gap = max(needed - now, 0)
        units = (units_of(needed, product[0]), units_of(gap, product[0])) if product and product[0] > 0 else (None, None)
        amounts = (Money(minor, at.currency) for minor in (needed, now, gap))
        rows.append(("", (label, *amounts, *units)))
    return grid(
        (
            text("goal", "To"),
            money("needed", "Needed a month"),
            money("now", "Now a month"),
            money("gap", "Missing"),
            count("units", "Units needed"),
            count("missing", "Units missing"),
        ),
        rows,
        note="Now: the mean of three months. Units: of the main product at its price, where there is one, rounded up.",
    )


def _goals(postings: pd.DataFrame, budget: pd.DataFrame, kpis: Kpis, at: At) -> Iterator[tuple[str, int]]:
    even = kpis["break_even_revenue"].value if "break_even_revenue" in kpis else None
    if isinstance(even, Money):
        yield "break even", even.minor
    goal = year_goal(postings, budget, at.end, at.fiscal_start)
    if goal is not None:
        yield "reach the budget of the fiscal year", max(goal.needed, 0)


@exhibit("capital_plan", title="Cash on the way to the milestones")
def capital_plan(postings: pd.DataFrame, milestones: pd.DataFrame, planned_cash: pd.DataFrame, at: At) -> Exhibit | None:
    """The burn of each month as it is today and, from a milestone on, as planned; single payments; cash at the end."""
    if not has_cash(postings, at.end):
        return None
    made = plan(postings, milestones, planned_cash, at.end)
    rows = []
    low = next(step for step in made.steps if step.closing == made.lowest)
    for step in made.steps:
        mark = "lowest" if step is low else None
        amounts = (Money(minor, at.currency) for minor in (step.burn, step.planned, step.closing))
        rows.append(("", (step.start, *amounts, mark)))
    falling = " Cash still falls when the plan ends: its lowest point is that of these months only." if made.is_falling else ""
    return grid(
        (
            dated("month", "Month from"),
            money("burn", "Net burn"),
            money("planned", "Planned cash"),
            money("cash", "Cash at the end"),
            text("mark", "Mark"),
        ),
        rows,
        note="Assumed: today's burn until a milestone of burn or EBITDA is due, its target from the month after. "
        f"Capital needed is what keeps {BUFFER_MONTHS} months of today's net burn at the lowest point.{falling}",
    )


@exhibit("scenarios", title="Scenarios side by side")
def scenarios_table(
    scenarios: pd.DataFrame, postings: pd.DataFrame, invoices: pd.DataFrame, prices: pd.DataFrame, at: At
) -> Exhibit | None:
    """EBITDA, burn, runway and break-even a month as they are, and as each scenario makes them."""
    if scenarios.empty or not has_cash(postings, at.end):
        return None
    months = {str(id): month_of(own, invoices[invoices["tenant"] == id], at.end) for id, own in postings.groupby("tenant")}
    # Units of several companies are of several things.
    product = main_product(prices[prices["tenant"] == next(iter(months))]) if len(months) == 1 else None
    every: dict[str, dict[str, Changes]] = {TODAY: {}, **changes_of(scenarios)}
    rows: list[Row] = []
    for name, changes in every.items():
        each = [month.under(changes.get(tenant, {})) for tenant, month in months.items()]
        whole = each[0]
        for month in each[1:]:
            whole = whole.plus(month)
        rows.append(("", (name, *_figures(whole, product, next(iter(changes.values()), {}), at))))
    return grid(
        (
            text("scenario", "Scenario"),
            money("revenue", "Revenue"),
            money("ebitda", "EBITDA"),
            money("burn", "Net burn"),
            count("runway", "Runway, months"),
            money("break_even", "Break-even revenue"),
            count("units", "Break-even units"),
        ),
        rows,
        note="A month, as a mean of the last three. Variable costs move with revenue; longer terms of payment take cash "
        "once; without burn there is no runway to count.",
    )


def _figures(month: Month, product: tuple[int, int] | None, changes: Changes, at: At) -> Cells:
    flows = (Money(round_half_even(part), at.currency) for part in (month.revenue, month.ebitda, month.burn))
    even = month.break_even
    units = month.units(*product, changes) if product else None
    return (*flows, month.runway, None if even is None else Money(even, at.currency), units)


@exhibit("scenario_assumptions", title="What the scenarios assume")
def scenario_assumptions(scenarios: pd.DataFrame, at: At) -> Exhibit | None:  # noqa: ARG001 - every exhibit has it
    """By which part each scenario is above or below what is today; empty where it changes nothing."""
    rows: list[Row] = [
        (tenant, (name, *(by.get(driver) for driver in DRIVERS)))
        for name, by_tenant in changes_of(scenarios).items()
        for tenant, by in by_tenant.items()
    ]
    labels = ("Revenue", "Variable costs", "Fixed costs", "Days until customers pay")
    columns = [ratio(driver, label) for driver, label in zip(DRIVERS, labels, strict=True)]
    return grid((text("scenario", "Scenario"), *columns), rows)
