"""Assets, ownership and duties as tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.model import Exhibit
from tests.tables import at, cells, frame, together, usd


def show(id: str, **tables: pd.DataFrame) -> Exhibit | None:
    return EXHIBITS.get(id).make(**tables, at=at("2026-10"))


def test_assets_by_category_and_name() -> None:
    rows: list[dict[str, object]] = [
        {"name": "Sloop", "category": "boat", "status": "active", "owner": "Ann", "value_minor": 9_000_000_000_000_001},
        {"name": "Site", "category": "domain", "status": "planned", "renews_on": date(2026, 12, 1)},
        {"name": "Dinghy", "category": "boat", "status": "retired", "value_minor": 5},
    ]
    table = show("asset_inventory", assets=frame("assets", rows))
    assert table is not None
    assert table.rows == (
        ("Dinghy", "boat", "retired", None, usd(5), None),
        ("Sloop", "boat", "active", "Ann", usd(9_000_000_000_000_001), None),
        ("Site", "domain", "planned", None, None, date(2026, 12, 1)),
    )
    both = together("assets", frame("assets", rows[:1], "b"), frame("assets", rows[1:2]))
    assert cells(show("asset_inventory", assets=both), "tenant") == ["a", "b"]
    assert show("asset_inventory", assets=frame("assets", [])) is None


def test_ownership_the_largest_share_first() -> None:
    rows: list[dict[str, object]] = [
        {"holder": "Bob", "share_ratio": Decimal("0.2"), "relation": "investor", "has_agreement": True},
        {"holder": "Ann", "share_ratio": Decimal("0.8"), "relation": "founder", "has_vesting": True},
    ]
    table = show("ownership_table", ownership=frame("ownership", rows))
    assert table is not None
    assert table.rows == (
        ("Ann", Decimal("0.8"), "founder", "no", "yes"),
        ("Bob", Decimal("0.2"), "investor", "yes", "no"),
    )
    assert show("ownership_table", ownership=frame("ownership", [])) is None


def test_critical_duties_first() -> None:
    rows: list[dict[str, object]] = [
        {"duty": "books", "holder": "Ann", "stand_in": "Bob", "is_critical": False},
        {"duty": "skipper", "holder": "Cid", "stand_in": None, "is_critical": True},
    ]
    table = show("duties_table", duties=frame("duties", rows))
    assert table is not None
    assert table.rows == (("skipper", "Cid", None, "yes"), ("books", "Ann", "Bob", "no"))
    assert show("duties_table", duties=frame("duties", [])) is None
