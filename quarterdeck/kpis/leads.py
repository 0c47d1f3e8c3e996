"""Who asks, how many become customers and how long it takes, and how well it is known where they came from."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pandas as pd

from quarterdeck import books
from quarterdeck.frames import before, between, ratio, total
from quarterdeck.intervals import LEAST
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import share
from quarterdeck.marketing import leads as prospects
from quarterdeck.marketing.costs import median_days
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even
from quarterdeck.period import add_months

_YEAR = 12  # months
_AHEAD = 3
_DAYS = Decimal("30.4375")  # of a month
_LEADS = "a list of leads with the day, source, medium, campaign and channel of each"
_STAGES = f"{_LEADS}, and the days of their stages"
_DEALS = "a list of deals with their stage, value and dates"
_NO_LEADS = Unavailable("no lead is recorded before the end of the period")
_NONE_CAME = Unavailable("no lead was first seen in the period")


@kpi("leads", label="Leads", unit=Unit.COUNT, good=Direction.UP, formula="leads first seen in the period", needs=_LEADS)
def lead_count(leads: pd.DataFrame, at: At) -> Value:
    """How many people and companies asked for the first time."""
    return len(between(leads, at.start, at.end)) if len(before(leads, at.end)) else _NO_LEADS


@kpi(
    "lead_conversion",
    label="Leads that became customers",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="leads won within 30 days / leads, of those first seen in the 3 months that ended 30 days before the period did",
    needs=f"{_STAGES}; {LEAST} leads at least",
)
def lead_conversion(leads: pd.DataFrame, at: At) -> Value:
    """Which part of the leads buys, all of them having had the same time."""
    if not len(before(leads, at.end)):
        return _NO_LEADS
    flow = prospects.flow(prospects.cohort(leads, at.end))
    if flow.entered < LEAST:
        return Unavailable(f"n too small: {flow.entered} leads, at least {LEAST} make a share")
    return ratio(flow.won, flow.entered)


@kpi(
    "unattributed_leads",
    label="Leads of unknown origin",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="leads without channel and source / leads, both of the period",
    needs=_LEADS,
)
def unattributed_leads(leads: pd.DataFrame, at: At) -> Value:
    """Of which part of the leads nobody knows what brought them."""
    rows = prospects.seen(leads, at.start, at.end)
    return share(int((rows["via"] == prospects.NO_CHANNEL).sum()), len(rows), _NONE_CAME)


@kpi(
    "utm_hygiene",
    label="Leads with readable tags",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="leads with a valid source, medium and campaign / leads, both of the period; organic, referred and direct ones "
    "need no campaign",
    needs=_LEADS,
)
def utm_hygiene(leads: pd.DataFrame, at: At) -> Value:
    """Which part of the leads can be told apart by their tags."""
    rows = between(leads, at.start, at.end)
    return share(int(prospects.is_tagged(rows).sum()), len(rows), _NONE_CAME)


@kpi(
    "sales_cycle",
    label="Sales cycle",
    unit=Unit.DAYS,
    good=Direction.DOWN,
    formula=f"median of the days from opening to closing, of the deals won in the last {_YEAR} months",
    needs=_DEALS,
)
def sales_cycle(pipeline: pd.DataFrame, at: At) -> Value:
    """How long it takes from the first word to the sale."""
    days = _cycle(pipeline, at)
    return Unavailable("no deal was won in the last twelve months") if days is None else days.quantize(Decimal("0.1"))


@kpi(
    "pipeline_coverage",
    label="Pipeline coverage",
    unit=Unit.TIMES,
    good=Direction.UP,
    formula=f"value of the open deals at the end of the period / revenue planned for the {_AHEAD} months after it",
    needs=f"{_DEALS}, and a budget of revenue by month",
)
def pipeline_coverage(pipeline: pd.DataFrame, budget: pd.DataFrame, at: At) -> Value:
    """How many times the open deals would fill the plan, if all of them were won."""
    planned = books.budgeted(budget, ("revenue",), at.end, add_months(at.end, _AHEAD))
    deals = pipeline[pipeline["tenant"].isin(list(planned))]
    if not len(before(deals, at.end, "opened_on")):
        return Unavailable("no deal is recorded where revenue is planned for the next three months")
    return share(total(_open(deals, at)["value_minor"]), sum(planned.values()), Unavailable("no revenue is planned"))


@kpi(
    "pipeline_velocity",
    label="Pipeline velocity",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="open deals x win rate x mean value of the deals won / median cycle in months; win rate, value and cycle of the "
    f"last {_YEAR} months",
    needs=_DEALS,
)
def pipeline_velocity(pipeline: pd.DataFrame, at: At) -> Value:
    """What the open deals bring a month, at the pace of the last year."""
    closed = between(pipeline, at.months_back(_YEAR), at.end, "closed_on")
    won = closed[closed["stage"] == "won"]
    ended = len(won) + int((closed["stage"] == "lost").sum())
    days = _cycle(pipeline, at)
    if not len(won) or not days:
        return Unavailable("no deal was won in the last twelve months, or each on the day it was opened")
    mean = Fraction(total(won["value_minor"]), len(won))
    return round_half_even(len(_open(pipeline, at)) * Fraction(len(won), ended) * mean * Fraction(_DAYS) / Fraction(days))


def _cycle(pipeline: pd.DataFrame, at: At) -> Decimal | None:
    closed = between(pipeline, at.months_back(_YEAR), at.end, "closed_on")
    won = closed[closed["stage"] == "won"]
    return median_days(won["opened_on"], won["closed_on"])


def _open(pipeline: pd.DataFrame, at: At) -> pd.DataFrame:
    """The deals that were open when the period ended, closed since or not."""
    end = pd.Timestamp(at.end)
    ended = pipeline["closed_on"].isna() & pipeline["stage"].isin(("won", "lost"))
    rows: pd.DataFrame = pipeline[
        (pipeline["opened_on"] < end) & ~ended & (pipeline["closed_on"].isna() | (pipeline["closed_on"] >= end))
    ]
    return rows
