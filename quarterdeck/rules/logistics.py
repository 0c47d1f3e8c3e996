"""Faults of delivery jobs: late, dearer than their price, quoted and forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from quarterdeck.frames import between, day
from quarterdeck.jobs import undecided
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import Kpis, days_between, evidence, number_of

_QUOTE_DAYS = 7
_LITTLE_USED = Decimal("0.4")
_COLUMNS = ("job", "party", "route", "quoted_on", "promised_on", "delivered_on", "amount_minor", "cost_minor")


@rule(
    "job_late",
    severity=Severity.HIGH,
    owner="logistics",
    effort=Effort.S,
    due_days=7,
    title="{job} is {late:days} late",
    why="It was promised for {promised} and is not handed over.",
    remedy="Tell the customer of {job} a new day, and keep it",
)
def job_late(jobs: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A booked job was promised for a day of the period or before it, and is not handed over at the period's end."""
    end = pd.Timestamp(at.end)
    there = jobs["status"].isin(("booked", "delivered")) & (jobs["promised_on"] < end)
    late = jobs[there & (jobs["delivered_on"].isna() | (jobs["delivered_on"] >= end))]
    for row in _ordered(late, "promised_on"):
        promised = day(row["promised_on"])
        facts: dict[str, Fact] = {"job": str(row["job"]), "late": days_between(promised, at.end), "promised": promised}
        yield Hit(str(row["job"]), facts, _evidence(late, row, at), _amount(row, at))


@rule(
    "job_under_cost",
    severity=Severity.MEDIUM,
    owner="logistics",
    effort=Effort.S,
    due_days=20,
    title="{job} cost {lost} more than its price",
    why="It was sold for {price} and cost {cost}.",
    remedy="Work out what went wrong with {job} before the next quote on that route",
)
def job_under_cost(jobs: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A job that was handed over in the period cost more than it brought in."""
    done = between(jobs, at.start, at.end, "delivered_on")
    dear = done[done["cost_minor"].notna() & (done["cost_minor"] > done["amount_minor"])]
    for row in _ordered(dear, "delivered_on"):
        price, cost = (Money(int(row[name]), at.currency) for name in ("amount_minor", "cost_minor"))
        lost = cost - price
        facts: dict[str, Fact] = {"job": str(row["job"]), "lost": lost, "price": price, "cost": cost}
        yield Hit(str(row["job"]), facts, _evidence(dear, row, at), lost)


@rule(
    "quote_unanswered",
    severity=Severity.MEDIUM,
    owner="logistics",
    effort=Effort.S,
    due_days=5,
    title="The quote for {job} has been open for {age:days}",
    why="It is worth {amount}; after {limit:days} without a word a quote is usually lost.",
    remedy="Ask the customer of {job} for a decision",
)
def quote_unanswered(jobs: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A quote was made more than seven days before the period's end, and nobody has decided on it."""
    asked = jobs[jobs["quoted_on"] < pd.Timestamp(at.end - timedelta(days=_QUOTE_DAYS))]
    waiting = undecided(asked, at.end)
    for row in _ordered(waiting, "quoted_on"):
        amount = _amount(row, at)
        age = days_between(day(row["quoted_on"]), at.end)
        facts: dict[str, Fact] = {"job": str(row["job"]), "age": age, "amount": amount, "limit": _QUOTE_DAYS}
        yield Hit(str(row["job"]), facts, _evidence(waiting, row, at), amount)


@rule(
    "crew_idle",
    severity=Severity.LOW,
    owner="logistics",
    effort=Effort.M,
    due_days=30,
    kpis=("crew_utilisation",),
    title="Only {share:percent} of the crew's days are sold",
    why="Under {limit:percent} the crew costs more than its jobs bring in, unless it is paid by the job.",
    remedy="Sell more jobs, or agree on fewer days",
)
def crew_idle(crews: pd.DataFrame, kpis: Kpis, at: At) -> Iterable[Hit]:
    """Less than forty percent of the crew's days of the last three months were sold."""
    share = number_of(kpis, "crew_utilisation")
    if share is not None and share < _LITTLE_USED:
        yield Hit(
            "crew", {"share": share, "limit": _LITTLE_USED}, evidence(crews, at, "crew", "days_a_month", "since", "until")
        )


def _ordered(jobs: pd.DataFrame, column: str) -> list[dict[Any, Any]]:
    rows: list[dict[Any, Any]] = jobs.sort_values([column, "tenant", "job"]).to_dict("records")
    return rows


def _amount(row: Mapping[Any, Any], at: At) -> Money:
    return Money(int(row["amount_minor"]), at.currency)


def _evidence(jobs: pd.DataFrame, row: Mapping[Any, Any], at: At) -> tuple[Mapping[str, Fact], ...]:
    one = jobs[(jobs["tenant"] == row["tenant"]) & (jobs["job"] == row["job"])]
    return evidence(one, at, *_COLUMNS)
