"""Faults of delivery jobs, each with its clean twin."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from quarterdeck.money import Money
from tests.asking import Case, Given, ask, check, kpis
from tests.tables import OCT, Row, frame


def job(status: str, **more: object) -> Given:
    row: Row = {"job": "J1", "status": status, "quoted_on": date(2026, 9, 1), "amount_minor": 100_000, **more}
    return {"jobs": frame("jobs", [row])}


def crew(share: str) -> Given:
    return {"crews": frame("crews", [{"days_a_month": Decimal(10)}]), "kpis": kpis(crew_utilisation=Decimal(share))}


CASES = {
    "job_late": Case(
        seeded=lambda: job("booked", promised_on=date(2026, 10, 31)),
        clean=lambda: job("delivered", promised_on=date(2026, 10, 30), delivered_on=date(2026, 10, 31)),
        subject="J1",
        title="J1 is 1 day late",
        why="It was promised for Oct 31, 2026 and is not handed over.",
    ),
    "job_under_cost": Case(
        seeded=lambda: job("delivered", delivered_on=OCT, cost_minor=100_001),
        clean=lambda: job("delivered", delivered_on=OCT, cost_minor=100_000),
        subject="J1",
        title="J1 cost $0.01 more than its price",
        why="It was sold for $1,000 and cost $1,000.",
    ),
    "quote_unanswered": Case(
        seeded=lambda: job("quoted", quoted_on=date(2026, 10, 24)),
        clean=lambda: job("quoted", quoted_on=date(2026, 10, 25)),
        subject="J1",
        title="The quote for J1 has been open for 8 days",
        why="It is worth $1,000; after 7 days without a word a quote is usually lost.",
    ),
    "crew_idle": Case(
        seeded=lambda: crew("0.399"),
        clean=lambda: crew("0.4"),
        subject="crew",
        title="Only 39.9% of the crew's days are sold",
        why="Under 40.0% the crew costs more than its jobs bring in, unless it is paid by the job.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_what_is_lost_and_what_is_quoted_is_at_stake() -> None:
    (lost,) = ask("job_under_cost", **CASES["job_under_cost"].seeded())
    (quoted,) = ask("quote_unanswered", **CASES["quote_unanswered"].seeded())
    assert (lost.hit.money_at_stake, quoted.hit.money_at_stake) == (Money(1, "USD"), Money(100_000, "USD"))
