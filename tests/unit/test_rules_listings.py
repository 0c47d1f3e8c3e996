"""Faults of listings and of the local roadmap, each with its clean twin."""

from __future__ import annotations

from datetime import date

import pytest

from tests.asking import Case, Given, ask, check
from tests.tables import OCT, frame


def listing(price: int | None = 20_000, own: int | None = None, checked: date | None = OCT, live: bool = True) -> Given:
    row = {
        "channel": "Sailo",
        "product": "Half-day",
        "is_listed": True,
        "is_live": live,
        "price_minor": price,
        "own_price_minor": own,
        "checked_on": checked,
        "currency": "USD",
    }
    return {"listings": frame("listings", [row]), "prices": frame("prices", [{"product": "Half-day", "price_minor": 20_000}])}


def step(started: date, done: date | None = None) -> Given:
    row = {"task": "Twelve reviews", "horizon": "30", "started_on": started, "done_on": done}
    return {"local_seo": frame("local_seo", [row])}


CASES = {
    "price_parity_broken": Case(
        seeded=lambda: listing(price=20_201),
        clean=lambda: listing(price=20_200),  # one percent
        subject="Sailo: Half-day",
        title="Half-day costs $202 on Sailo and $200 directly",
        why="Whoever compares buys at the lower price, and most channels end a contract over a lower one elsewhere.",
    ),
    "listing_unchecked": Case(
        seeded=lambda: {"listings": listing(checked=date(2026, 9, 1))["listings"]},
        clean=lambda: {"listings": listing(checked=date(2026, 9, 2))["listings"]},  # sixty days before 1 November
        subject="Sailo",
        title="Nobody has looked at Sailo for more than 60 days",
        why="1 listing stands there as far as anybody remembers; prices, pictures and free days change.",
    ),
    "local_seo_overdue": Case(
        seeded=lambda: step(date(2026, 10, 1)),  # due on the 31st
        clean=lambda: step(date(2026, 10, 2)),
        subject="Twelve reviews",
        title="'Twelve reviews' is 1 day late",
        why="It belongs to the first 30 days of the local roadmap and was due on Oct 31, 2026.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_the_listings_own_price_goes_before_the_price_list() -> None:
    assert ask("price_parity_broken", **listing(price=25_000, own=25_000)) == []
    assert len(ask("price_parity_broken", **listing(price=20_000, own=25_000))) == 1


def test_prices_in_two_currencies_are_not_compared() -> None:
    euros = frame("prices", [{"product": "Half-day", "price_minor": 20_000, "currency": "EUR"}])
    assert ask("price_parity_broken", listings=listing(price=25_000)["listings"], prices=euros) == []


def test_no_price_and_no_live_listing_break_nothing() -> None:
    assert ask("price_parity_broken", **listing(price=None)) == []
    assert ask("price_parity_broken", **listing(price=1, live=False)) == []


def test_a_listing_at_which_nobody_ever_looked_is_one_to_look_at() -> None:
    assert len(ask("listing_unchecked", listings=listing(checked=None)["listings"])) == 1


def test_a_step_done_after_the_period_was_late_in_it() -> None:
    assert ask("local_seo_overdue", **step(date(2026, 9, 1), done=date(2026, 10, 31))) == []
    assert len(ask("local_seo_overdue", **step(date(2026, 9, 1), done=date(2026, 11, 1)))) == 1
