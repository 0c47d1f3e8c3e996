"""Channels, campaigns and segments, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.model import Exhibit
from tests.tables import at, cells, frame, nothing_of, together, usd


def show(id: str, **tables: pd.DataFrame) -> Exhibit | None:
    asked = EXHIBITS.get(id)
    return asked.make(**{name: tables.get(name, nothing_of(name)) for name in asked.tables}, at=at("2026-10"))


def channel(name: str, reach: int | None, effort: str | None, live: bool = False) -> dict[str, object]:
    return {"channel": name, "kind": "ota", "reach": reach, "effort": effort, "is_live": live}


def test_channels_to_open_come_by_reach_for_the_effort() -> None:
    # Per unit of effort: Sailo 500 / 1, Viator 2,400 / 3 = 800, Boat 3,200 / 8 = 400, Maps unknown effort 1,600 / 8 = 200,
    # Fair has no reach known. The live ones follow by reach.
    channels = frame(
        "channels",
        [
            channel("Blog", 100, None, live=True),
            channel("Fair", None, "S"),
            channel("Mail", 900, "S", live=True),
            channel("Maps", 1_600, None),
            channel("Boat", 3_200, "L"),
            channel("Sailo", 500, "S"),
            channel("Viator", 2_400, "M"),
        ],
    )
    table = show("channel_matrix", channels=channels)
    assert cells(table, "channel") == ["Viator", "Sailo", "Boat", "Maps", "Fair", "Mail", "Blog"]
    assert cells(table, "sequence") == [1, 2, 3, 4, 5, None, None]
    assert cells(table, "live") == ["no"] * 5 + ["yes"] * 2


def test_a_channel_in_full() -> None:
    row = {
        **channel("Sailo", 500, "S"),
        "is_listed": True,
        "commission_ratio": Decimal("0.125"),
        "reviews": 7,
        "next_step": "Add photographs",
    }
    table = show("channel_matrix", channels=frame("channels", [row]))
    assert table is not None
    assert table.rows == ((1, "Sailo", "ota", "yes", "no", None, None, 7, None, "Add photographs"),)
    bare = show("channel_matrix", channels=frame("channels", [channel("Sailo", None, None)]))
    assert bare is not None
    assert bare.rows == ((1, "Sailo", "ota", "no", "no", None, None, None, None, None),)
    assert show("channel_matrix", channels=frame("channels", [])) is None


def test_the_order_of_channels_is_worked_out_before_the_readers_eyes() -> None:
    row = {**channel("Sailo", 1_001, "M"), "commission_ratio": Decimal("0.125"), "setup_cost_minor": 30_000, "currency": "USD"}
    table = show(
        "channel_sequence", channels=frame("channels", [row, channel("Fair", 200, "S"), channel("Mail", 1, "S", True)])
    )
    assert table is not None
    assert table.rows == (
        (1, "Fair", 200, None, 200, "S", None, Decimal("1.00"), 200),
        (2, "Sailo", 1_001, Decimal("0.125"), 876, "M", usd(30_000), Decimal("4.50"), 195),  # 875.875 / (3 + 300 / 200)
    )
    assert show("channel_sequence", channels=frame("channels", [channel("Mail", 1, "S", True)])) is None


def test_what_stands_on_a_channel_is_beside_it() -> None:
    standing: dict[str, object] = {"channel": "Sailo", "is_listed": True, "is_live": True, "reviews": 4, "currency": "USD"}
    rows = [
        {**standing, "product": "Day", "price_minor": 110, "checked_on": date(2026, 9, 1)},
        {**standing, "product": "Hour", "price_minor": 80, "checked_on": date(2026, 8, 1)},
        {**standing, "product": "Dead", "price_minor": 999, "is_live": False},
    ]
    prices = frame("prices", [{"product": name, "price_minor": 100} for name in ("Day", "Hour", "Dead")])
    table = show(
        "channel_matrix",
        channels=frame("channels", [channel("Sailo", 5, "S", True)]),
        listings=frame("listings", rows),
        prices=prices,
    )
    assert table is not None
    assert table.rows == ((None, "Sailo", "ota", "no", "yes", 2, Decimal("0.8"), 12, date(2026, 8, 1), None),)
    listed = show("listings_table", listings=frame("listings", rows), prices=prices)
    assert cells(listed, "product") == ["Day", "Dead", "Hour"]
    assert cells(listed, "parity") == [Decimal("1.1"), Decimal("9.99"), Decimal("0.8")]


def test_channels_of_two_companies_form_one_order() -> None:
    both = together(
        "channels", frame("channels", [channel("Sailo", 5, "S")]), frame("channels", [channel("Sailo", 6, "S")], "b")
    )
    assert cells(show("channel_matrix", channels=both), "tenant") == ["b", "a"]


def contact(segment: str, opted_in: bool, booked: date | None = None) -> dict[str, object]:
    return {"segment": segment, "is_opted_in": opted_in, "last_booked_on": booked, "added_on": date(2026, 1, 1)}


CONTACTS = frame(
    "contacts",
    [contact("sail", True), contact("sail", True, date(2026, 9, 1)), contact("sail", False), contact("fish", False)],
)


def test_campaigns_from_contacts_to_money() -> None:
    rows = [
        {
            "campaign": "spring",
            "segment": "sail",
            "case": case,
            "delivered_ratio": Decimal("0.9"),
            "response_ratio": Decimal(response),
            "value_minor": 10_000,
        }
        for case, response in (("high", "0.5"), ("low", "0.1"), ("base", "0.2"))
    ]
    table = show("campaign_cases", campaigns=frame("campaigns", rows), contacts=CONTACTS)
    assert table is not None
    assert table.rows == (
        ("spring", "sail", "low", 2, Decimal("0.9"), Decimal("0.1"), usd(10_000), usd(1_800)),
        ("spring", "sail", "base", 2, Decimal("0.9"), Decimal("0.2"), usd(10_000), usd(3_600)),
        ("spring", "sail", "high", 2, Decimal("0.9"), Decimal("0.5"), usd(10_000), usd(9_000)),
    )
    assert show("campaign_cases", campaigns=frame("campaigns", []), contacts=CONTACTS) is None


def test_contacts_by_segment() -> None:
    table = show("contacts_by_segment", contacts=CONTACTS)
    assert table is not None
    assert table.total_row
    assert table.rows == (("fish", 1, 0, 0), ("sail", 3, 2, 1), ("Total", 4, 2, 1))
    both = together("contacts", CONTACTS, frame("contacts", [contact("sail", True)], "b"))
    assert cells(show("contacts_by_segment", contacts=both), "tenant") == ["a", "a", "b", ""]
    assert cells(show("contacts_by_segment", contacts=both), "contacts") == [1, 3, 1, 5]
    assert show("contacts_by_segment", contacts=frame("contacts", [])) is None
