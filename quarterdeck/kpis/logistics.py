"""Delivery jobs: how many, how punctual, what each costs, and which quotes become jobs."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from quarterdeck.frames import before, between, total
from quarterdeck.jobs import crew_days, undecided
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import part_of, share
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even

_YEAR = 12  # months
_QUARTER = 3
_JOBS = "a list of jobs with quote, promise, hand-over, miles, price and cost"
_NO_JOBS = Unavailable("no job is recorded")
_NO_DELIVERY = Unavailable("no job was delivered in the period")


@kpi(
    "jobs_delivered",
    label="Jobs delivered",
    unit=Unit.COUNT,
    good=Direction.UP,
    formula="jobs handed over in the period",
    needs=_JOBS,
)
def jobs_delivered(jobs: pd.DataFrame, at: At) -> Value:
    """How many jobs were brought to their end."""
    return len(between(jobs, at.start, at.end, "delivered_on")) if len(jobs) else _NO_JOBS


@kpi(
    "on_time_rate",
    label="On-time rate",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula=f"jobs handed over on or before the promised day / jobs handed over with a promise, of the last {_QUARTER} months",
    needs=f"{_JOBS}, with the promised day",
)
def on_time_rate(jobs: pd.DataFrame, at: At) -> Value:
    """Which part of the jobs arrived by the day that was promised."""
    done = between(jobs, at.months_back(_QUARTER), at.end, "delivered_on")
    promised = done[done["promised_on"].notna()]
    on_time = int((promised["delivered_on"] <= promised["promised_on"]).sum())
    return share(on_time, len(promised), Unavailable("no job of the last three months was delivered that had a promised day"))


@kpi(
    "cost_per_mile",
    label="Cost per mile",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula=f"cost / miles of the jobs handed over in the last {_QUARTER} months that name both",
    needs=f"{_JOBS}, with miles and cost",
)
def cost_per_mile(jobs: pd.DataFrame, at: At) -> Value:
    """What a mile costs, over the jobs that name their miles and their cost."""
    done = between(jobs, at.months_back(_QUARTER), at.end, "delivered_on")
    known = done[done["miles"].notna() & done["cost_minor"].notna()]
    miles = total(known["miles"])
    if miles <= 0:
        return Unavailable("no job of the last three months names its miles and its cost")
    return round_half_even(Decimal(total(known["cost_minor"])) / miles)


@kpi(
    "cost_per_job",
    label="Cost per job",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula=f"mean cost of the jobs handed over in the last {_QUARTER} months",
    needs=f"{_JOBS}, with their costs",
)
def cost_per_job(jobs: pd.DataFrame, at: At) -> Value:
    """What a job costs, without what the unit costs anyway."""
    costs = between(jobs, at.months_back(_QUARTER), at.end, "delivered_on")["cost_minor"].dropna()
    if not len(costs):
        return Unavailable("no job of the last three months names its cost")
    return round_half_even(Decimal(total(costs)) / len(costs))


@kpi(
    "job_margin",
    label="Margin of the jobs",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula=f"(price - cost) / price of the jobs handed over in the last {_QUARTER} months that name their cost",
    needs=f"{_JOBS}, with price and cost",
)
def job_margin(jobs: pd.DataFrame, at: At) -> Value:
    """The part of their price that the jobs leave."""
    done = between(jobs, at.months_back(_QUARTER), at.end, "delivered_on")
    known = done[done["cost_minor"].notna()]
    earned = total(known["amount_minor"])
    return share(earned - total(known["cost_minor"]), earned, Unavailable("no job of the last three months names its cost"))


@kpi(
    "crew_utilisation",
    label="Crew utilisation",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula=f"crew days of the jobs handed over in the last {_QUARTER} months / crew days that were to be had",
    needs=f"{_JOBS}, with their crew days, and a list of crews with their days a month",
)
def crew_utilisation(jobs: pd.DataFrame, crews: pd.DataFrame, at: At) -> Value:
    """Which part of the crew's days was sold."""
    since = at.months_back(_QUARTER)
    used = sum(between(jobs, since, at.end, "delivered_on")["crew_days"].dropna(), Decimal(0))
    return part_of(
        used, crew_days(crews, since, at.end, _QUARTER), Unavailable("no crew is recorded for the last three months")
    )


@kpi(
    "quote_conversion",
    label="Quotes that became jobs",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula=f"quotes booked / quotes booked or lost, by the day they were decided, of the last {_YEAR} months",
    needs=f"{_JOBS}, with the day on which each quote was decided",
)
def quote_conversion(jobs: pd.DataFrame, at: At) -> Value:
    """Which part of the quotes that came to an end became jobs."""
    decided = between(jobs, at.months_back(_YEAR), at.end, "decided_on")
    won = int(decided["status"].isin(("booked", "delivered")).sum())
    return share(won, won + int((decided["status"] == "lost").sum()), Unavailable("no quote of the last year was decided"))


@kpi(
    "open_quotes",
    label="Open quotes",
    unit=Unit.MONEY,
    good=Direction.NEUTRAL,
    formula="price of the quotes that were neither booked nor lost by the end of the period",
    needs=_JOBS,
)
def open_quotes(jobs: pd.DataFrame, at: At) -> Value:
    """What the quotes that nobody has decided on are worth."""
    asked = before(jobs, at.end, "quoted_on")
    return total(undecided(asked, at.end)["amount_minor"]) if len(asked) else _NO_JOBS
