"""Advertising that brings nobody or too dear, each fault with its clean twin."""

from __future__ import annotations

import pytest

from quarterdeck.money import Money
from tests.asking import Case, Given, ask, check, kpis, ledger
from tests.marketing import lead, leads, spending
from tests.tables import OCT, OCTOBER, frame, sale, usd


def ads(*channels: str) -> Given:
    rows = [spending(OCT, 30_000), spending(OCTOBER.start, 12_000), spending(OCTOBER.end, 99_000)]
    return {"leads": leads([lead(OCT, channel=name) for name in channels]), "spend": frame("spend", rows)}


def bought(minor: int, worth: int | None = 300_000) -> Given:
    """Two new customers by search ads, for an amount of spend, each worth so much in a lifetime."""
    early = sale(OCT.replace(year=2025), 1, "Old")
    return {
        "leads": leads([lead(OCT, 3, party="Ann"), lead(OCT, 3, party="Bo")]),
        "spend": frame("spend", [spending(OCT, minor)]),
        **ledger(early, sale(OCT, 50_000, "Ann"), sale(OCT, 50_000, "Bo")),
        "kpis": kpis(lifetime_value=None if worth is None else usd(worth)),
    }


CASES = {
    "spend_without_leads": Case(
        seeded=lambda: ads("Mail"),
        clean=lambda: ads("Mail", "Search ads"),
        subject="Search ads",
        title="$420 went to Search ads, and no lead names it",
        why="Either nobody came, or whoever came cannot be told from the others; both cost the same.",
    ),
    "channel_cost_high": Case(
        seeded=lambda: bought(204_000),
        clean=lambda: bought(200_000),  # 1,000.00 each is a third of 3,000.00
        subject="Search ads",
        title="A customer by Search ads costs $1,020",
        why="A customer is worth $3,000 in a lifetime; more than $1,000 for one leaves too little for the rest of the "
        "business.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_what_was_spent_is_at_stake() -> None:
    (said,) = ask("spend_without_leads", **ads())
    assert said.hit.money_at_stake == Money(42_000, "USD")
    (dear,) = ask("channel_cost_high", **bought(260_000))
    assert dear.hit.money_at_stake == Money(60_000, "USD")


def test_without_a_lifetime_value_nothing_is_too_dear() -> None:
    assert ask("channel_cost_high", **bought(900_000, worth=None)) == []
