"""Assets, ownership and duties, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.tables import at, frame, together


def value(id: str, **tables: pd.DataFrame) -> Value:
    return KPIS.get(id).compute(at=at("2026-10"), **tables)


def reason(found: Value) -> str:
    assert isinstance(found, Unavailable)
    return found.reason


ASSETS = frame(
    "assets",
    [
        {"status": "active", "value_minor": 9_000_000_000_000_001, "renews_on": date(2026, 11, 1)},
        {"status": "active", "renews_on": date(2026, 12, 30)},
        {"status": "idle", "value_minor": 100, "renews_on": date(2026, 12, 31)},
        {"status": "planned", "value_minor": 7_000},
        {"status": "retired", "value_minor": 7_000, "renews_on": date(2026, 11, 2)},
    ],
)
OTHER = frame("assets", [{"status": "active", "value_minor": 50, "renews_on": date(2026, 10, 31)}], tenant="b")


@pytest.mark.parametrize(
    ("id", "one", "two"),
    [
        ("assets", 2, 3),
        ("asset_value", 9_000_000_000_000_101, 9_000_000_000_000_151),  # a float would lose the last cent
        ("renewals_due", 2, 2),  # the 60 days after October are 1 November to 30 December
    ],
)
def test_assets(id: str, one: int, two: int) -> None:
    assert value(id, assets=ASSETS) == one
    assert value(id, assets=together("assets", ASSETS, OTHER)) == two
    assert reason(value(id, assets=frame("assets", []))) == "the inventory lists no asset"


def test_assets_without_values_or_renewals() -> None:
    assert reason(value("asset_value", assets=ASSETS[1:2])) == "no asset has a stated value"
    assert reason(value("renewals_due", assets=ASSETS[3:])) == "no asset has a renewal date"
    assert value("renewals_due", assets=ASSETS[2:3]) == 0


def share(ratio: str, agreed: bool) -> dict[str, object]:
    return {"share_ratio": Decimal(ratio), "has_agreement": agreed}


def test_ownership_without_an_agreement() -> None:
    owners = frame("ownership", [share("0.55", True), share("0.30", False), share("0.15", False)])
    assert value("undocumented_share", ownership=owners) == Decimal("0.45000000")
    b = frame("ownership", [share("1", True)], tenant="b")
    assert value("undocumented_share", ownership=b) == 0
    both = together("ownership", owners, b)
    assert value("undocumented_share", ownership=both) == Decimal("0.22500000")  # the mean of 0.45 and 0
    assert reason(value("undocumented_share", ownership=frame("ownership", []))) == "no owner is recorded"


def duty(stand_in: str | None, critical: bool) -> dict[str, object]:
    return {"holder": "Ann", "stand_in": stand_in, "is_critical": critical}


def test_critical_duties_without_a_stand_in() -> None:
    # Nobody, blank, and the holder in person are no stand-ins.
    duties = frame("duties", [duty(None, True), duty(" ", True), duty("Ann", True), duty("Bob", True), duty("Cid", True)])
    assert value("critical_duties_alone", duties=duties) == 3
    both = together("duties", duties, frame("duties", [duty(None, True)], tenant="b"))
    assert value("critical_duties_alone", duties=both) == 4
    assert value("critical_duties_alone", duties=frame("duties", [duty(None, False), duty("Bob", True)])) == 0
    assert reason(value("critical_duties_alone", duties=frame("duties", []))) == "no duty is recorded"
