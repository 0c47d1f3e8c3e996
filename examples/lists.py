"""Rows of the longer lists: budgets, deals, the days of a booking funnel, a mailing list, campaign cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random

from examples.files import Row, major
from examples.span import MONTHS, Span

BUDGET_AHEAD = 5  # months planned beyond the span's end, so that a roadmap has something to stand on


def budget(span: Span, plan: Mapping[str, Sequence[int]]) -> list[Row]:
    """Cents by statement line and calendar month, for the whole span and some months after it."""
    months = [span.month(back) for back in range(MONTHS, -BUDGET_AHEAD, -1)]
    return [
        {"date": month, "statement_line": line, "amount": major(cents[month.month - 1]), "currency": "USD"}
        for month in months
        for line, cents in plan.items()
    ]


def deals(
    span: Span,
    rng: Random,
    prefix: str,
    *,
    a_month: tuple[int, int],
    value: tuple[int, int],
    channels: Sequence[str] = ("Own website", "Referral"),
    still_open: Sequence[tuple[str, int]] = (),
) -> list[Row]:
    """Deals closed over the span, and open ones as (stage, days since opened); values in whole dollars' cents."""
    found: list[Row] = []

    def add(stage: str, opened: int, closed: int | None) -> None:
        found.append(
            {
                "deal": f"{prefix}-{len(found) + 1:03d}",
                "stage": stage,
                "value": major(round(rng.randint(*value), -3)),
                "currency": "USD",
                "opened_on": span.ago(opened),
                "closed_on": None if closed is None else span.ago(closed),
                "channel": rng.choice(channels),
            }
        )

    for month in range(MONTHS, 0, -1):
        for _ in range(rng.randint(*a_month)):
            closed = month * 30 - rng.randint(0, 25)
            add(rng.choice(("won", "won", "lost")), closed + rng.randint(6, 40), closed)
    for stage, opened in still_open:
        add(stage, opened, None)
    return found


def funnel(
    span: Span,
    rng: Random,
    *,
    visitors: tuple[int, int],
    steps: Sequence[tuple[str, float]],
    dead: tuple[str, int] | None = None,
) -> list[Row]:
    """People by day and step, each step taking in those who completed the one before.

    `steps` are names with the share that completes. `dead` names a step that nobody has completed for so many months.
    """
    rows: list[Row] = []
    for day in span.days:
        people = rng.randint(*visitors)
        for step, share in steps:
            broken = dead is not None and step == dead[0] and day >= span.month(dead[1])
            completed = 0 if broken else sum(rng.random() < share for _ in range(people))
            rows.append({"date": day, "step": step, "entered": people, "completed": completed})
            people = completed
    return rows


def contacts(span: Span, rng: Random, *, count: int, segment: str, booked_share: float) -> list[Row]:
    """A mailing list as its tool exports it: those who left are no longer on it. No addresses, only numbers."""
    days = (span.end - span.start).days
    rows: list[Row] = []
    for n in range(1, count + 1):
        added = span.start + timedelta(days=rng.randrange(days))
        booked = added + timedelta(days=rng.randrange(300)) if rng.random() < booked_share else None
        rows.append(
            {
                "contact": f"C{n:05d}",
                "segment": segment,
                "is_opted_in": True,
                "added_on": added,
                "last_booked_on": booked if booked is not None and booked < span.end else None,
            }
        )
    return rows


def campaign(name: str, segment: str, cases: Mapping[str, tuple[str, str, int]]) -> list[Row]:
    """The cases of a campaign: share delivered, share that responds, and the cents that one response is worth."""
    return [
        {
            "campaign": name,
            "segment": segment,
            "case": case,
            "delivered_ratio": delivered,
            "response_ratio": response,
            "value": major(cents),
            "currency": "USD",
        }
        for case, (delivered, response, cents) in cases.items()
    ]
