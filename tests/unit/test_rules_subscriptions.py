from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.asking import Case, Given, ask, check, kpis
from tests.tables import Row, frame, usd

LONG_AGO = date(2024, 1, 1)


def asked(kept: str, *customers: tuple[str, int, date | None]) -> Given:
    """Retention as its KPI has it, and monthly subscriptions that began long ago, with the day on which each ended."""
    rows: list[Row] = [
        {"customer": name, "price_minor": cents, "currency": "USD", "every": "month", "started_on": LONG_AGO, "ended_on": ended}
        for name, cents, ended in customers
    ]
    return {"subscriptions": frame("subscriptions", rows), "kpis": kpis(net_revenue_retention=Decimal(kept))}


LEFT = ("gone", 50_000, date(2026, 5, 1))

CASES = {
    "recurring_revenue_shrinking": Case(
        seeded=lambda: asked("0.66", ("ann", 100_000, None), LEFT),
        clean=lambda: asked("0.9", ("ann", 100_000, None), LEFT),
        subject="subscriptions",
        title="The subscribers of a year ago pay 66.0% of what they paid then",
        why="Under 90.0%, new customers only fill up what leaves: $500 a month went with 1 customer.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_who_left_is_the_evidence_and_a_year_of_it_at_stake() -> None:
    (found,) = ask("recurring_revenue_shrinking", **asked("0.66", ("ann", 1, None), LEFT, ("bob", 70_000, date(2026, 6, 1))))
    assert found.hit.evidence == ({"customer": "bob", "paid": usd(70_000)}, {"customer": "gone", "paid": usd(50_000)})
    assert found.hit.money_at_stake == usd(12 * 120_000)


def test_without_retention_nothing_is_said() -> None:
    assert ask("recurring_revenue_shrinking", **{**asked("0.1", LEFT), "kpis": {}}) == []
