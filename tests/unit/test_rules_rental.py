"""Faults of what is let, each with its clean twin."""

from __future__ import annotations

from datetime import date

import pytest

from quarterdeck.money import Money
from tests.asking import Case, Given, ask, check, ledger
from tests.tables import OCT, frame, sale


def let(leaves: date | None, booked: date | None = None) -> Given:
    stays = [
        {"property": "p1", "arrives_on": date(2026, 1, 1), "leaves_on": leaves, "rent_by": "month", "rent_minor": 300_000},
        {
            "property": "p1",
            "arrives_on": leaves or OCT,
            "rent_by": "month",
            "booked_on": booked,
            "is_cancelled": booked is None,
        },
    ]
    return {
        "properties": frame("properties", [{"property": "p1", "name": "The house", "units": 1}]),
        "stays": frame("stays", stays),
    }


def rent(came: int) -> Given:
    return {"stays": let(None)["stays"], **ledger(sale(OCT, came))}


def repair(reported: date, done: date | None = None) -> Given:
    return {"repairs": frame("repairs", [{"repair": "R1", "what": "Water heater", "reported_on": reported, "done_on": done}])}


CASES = {
    "vacancy_ahead": Case(
        seeded=lambda: let(date(2026, 12, 31)),  # sixty days after 1 November
        clean=lambda: let(date(2026, 12, 31), booked=date(2026, 10, 31)),
        subject="p1",
        title="The house is free from Dec 31, 2026",
        why="Nobody has taken it from then on, which is within 60 days of the period's end.",
    ),
    "rent_short": Case(
        seeded=lambda: rent(284_000),
        clean=lambda: rent(285_000),  # 95 % of 3,000.00
        subject="rent",
        title="$160 of the period's rent did not come in",
        why="The nights let are worth $3,000, and the books have $2,840 of revenue.",
    ),
    "repair_open": Case(
        seeded=lambda: repair(date(2026, 10, 17)),
        clean=lambda: repair(date(2026, 10, 18)),
        subject="R1",
        title="Water heater has waited for 15 days",
        why="It was reported on Oct 17, 2026; after 14 days a repair should be done or ordered.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_the_rent_that_is_missing_is_at_stake() -> None:
    (found,) = ask("rent_short", **rent(284_000))
    assert found.hit.money_at_stake == Money(16_000, "USD")
