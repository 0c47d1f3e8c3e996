"""Figures of leads and deals, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.marketing import JULY, lead, leads, many
from tests.tables import OCT, Row, at, frame


def value(id: str, period: str = "2026-10", **tables: pd.DataFrame) -> Value:
    return KPIS.get(id).compute(at=at(period), **tables)


def reason(found: Value) -> str:
    assert isinstance(found, Unavailable)
    return found.reason


def test_leads_of_the_period() -> None:
    rows = leads([lead(OCT), lead(date(2026, 10, 1)), lead(date(2026, 9, 30)), lead(date(2026, 11, 1))])
    assert value("leads", leads=rows) == 2
    assert value("leads", "2026-12", leads=rows) == 0  # the list was there, and nobody came
    assert reason(value("leads", "2026-08", leads=rows)) == "no lead is recorded before the end of the period"


def test_a_cohort_has_thirty_days_and_thirty_leads() -> None:
    # The cohort of October: 2 July to 1 October, both in it.
    inside = [lead(date(2026, 7, 2), 30), lead(date(2026, 10, 1), 30), lead(JULY, 31), *many(JULY, 27, 4)]
    outside = [lead(date(2026, 7, 1), 1), lead(date(2026, 10, 2), 1)]
    assert value("lead_conversion", leads=leads([*inside, *outside])) == Decimal("0.2")  # 6 of 30
    few = value("lead_conversion", leads=leads([*inside[1:], *outside]))
    assert reason(few) == "n too small: 29 leads, at least 30 make a share"


def test_leads_of_unknown_origin() -> None:
    rows = [lead(OCT), lead(OCT, channel=None), lead(OCT, channel=None, source=None), lead(OCT, channel=" ", source="")]
    assert value("unattributed_leads", leads=leads(rows)) == Decimal("0.5")
    assert reason(value("unattributed_leads", "2026-09", leads=leads(rows))) == "no lead was first seen in the period"


def test_tags_that_can_be_read() -> None:
    rows = [
        lead(OCT),
        lead(OCT, medium="organic", campaign=None),
        lead(OCT, source="(direct)", medium="(none)", campaign=None),
        lead(OCT, campaign=None),
        lead(OCT, campaign="Autumn Sale"),
        lead(OCT, source="Google"),
        lead(OCT, medium="CPC"),
        lead(OCT, medium="magic"),
    ]
    assert value("utm_hygiene", leads=leads(rows)) == Decimal("0.375")


def deal(stage: str, opened: date, closed: date | None = None, minor: int = 100_000) -> Row:
    return {"stage": stage, "opened_on": opened, "closed_on": closed, "value_minor": minor}


DEALS = frame(
    "pipeline",
    [
        deal("won", date(2026, 6, 1), date(2026, 6, 11)),
        deal("won", date(2026, 6, 1), date(2026, 6, 21), 200_000),
        deal("lost", date(2026, 6, 1), date(2026, 6, 30)),
        deal("won", date(2025, 9, 1), date(2025, 10, 31)),  # the day before the year
        deal("lead", date(2026, 10, 31), minor=250_000),
        deal("won", date(2026, 10, 1), date(2026, 11, 1), 50_000),  # still open at the end of October
        deal("lead", date(2026, 11, 1)),
        deal("won", date(2026, 6, 1)),  # closed, nobody knows when
    ],
)


def test_deals() -> None:
    assert value("sales_cycle", pipeline=DEALS) == Decimal("15.0")  # 10 and 20 days
    # 2 open x 2/3 won x 1,500.00 x 30.4375 / 15
    assert value("pipeline_velocity", pipeline=DEALS) == 405_833
    months = (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
    budget = frame("budget", [{"date": day, "statement_line": "revenue", "amount_minor": 50_000} for day in months])
    assert value("pipeline_coverage", pipeline=DEALS, budget=budget) == Decimal(2)
    short = value("pipeline_coverage", pipeline=DEALS, budget=budget.head(2))
    assert reason(short) == "no deal is recorded where revenue is planned for the next three months"
    assert reason(value("sales_cycle", "2025-09", pipeline=DEALS)) == "no deal was won in the last twelve months"
