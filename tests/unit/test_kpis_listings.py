"""Listings and the local roadmap, worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.tables import Row, at, frame, nothing_of


def value(id: str, **tables: pd.DataFrame) -> Value:
    return KPIS.get(id).compute(at=at("2026-10"), **tables)


def listing(product: str, price: int | None, own: int | None = None, live: bool = True) -> Row:
    return {
        "channel": "c",
        "product": product,
        "price_minor": price,
        "own_price_minor": own,
        "currency": "USD",
        "is_listed": True,
        "is_live": live,
    }


def test_parity_is_of_live_listings_with_both_prices() -> None:
    listings = frame(
        "listings",
        [
            listing("a", 101),
            listing("b", 102),
            listing("c", 90, 90),
            listing("d", 5),
            listing("a2", None),
            listing("b2", 1, 9, False),
        ],
    )
    prices = frame("prices", [{"product": name, "price_minor": 100} for name in "ab"])
    assert value("price_parity", listings=listings, prices=prices) == Decimal("0.66666667")
    assert value("live_listings", listings=listings) == 5
    unknown = value("price_parity", listings=listings.head(1), prices=nothing_of("prices"))
    assert isinstance(unknown, Unavailable)


def test_local_steps() -> None:
    def step(started: date, done: date | None) -> Row:
        return {"horizon": "30", "started_on": started, "done_on": done}

    october = date(2026, 10, 1)
    steps = [step(october, date(2026, 10, 31)), step(october, date(2026, 11, 1)), step(date(2026, 11, 1), None)]
    assert value("local_seo_done", local_seo=frame("local_seo", steps)) == Decimal("0.5")
    assert isinstance(value("local_seo_done", local_seo=frame("local_seo", steps[2:])), Unavailable)
