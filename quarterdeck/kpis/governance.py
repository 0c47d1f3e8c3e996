"""What is owned, by whom, on which terms, and who could stand in for whom."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pandas as pd

from quarterdeck.frames import between, is_blank, total
from quarterdeck.kpis import Value, kpi
from quarterdeck.model import At, Direction, Unavailable, Unit

_RENEWAL_DAYS = 60
_OWNED = ("active", "idle")
_INVENTORY = "an inventory of the assets"
_NO_ASSETS = Unavailable("the inventory lists no asset")


@kpi(
    "assets",
    label="Active assets",
    unit=Unit.COUNT,
    good=Direction.NEUTRAL,
    formula="assets in the inventory that are in use",
    needs=_INVENTORY,
)
def asset_count(assets: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - a KPI is asked for a period
    """How many things of value are in use."""
    return int((assets["status"] == "active").sum()) if len(assets) else _NO_ASSETS


@kpi(
    "asset_value",
    label="Value of assets",
    unit=Unit.MONEY,
    good=Direction.NEUTRAL,
    formula="sum of the stated values of the assets that are in use or idle",
    needs=f"{_INVENTORY} with their values",
)
def asset_value(assets: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - a KPI is asked for a period
    """What the assets are worth, as far as the inventory states a value."""
    if not len(assets):
        return _NO_ASSETS
    values = assets.loc[assets["status"].isin(_OWNED), "value_minor"].dropna()
    return total(values) if len(values) else Unavailable("no asset has a stated value")


@kpi(
    "renewals_due",
    label="Renewals due",
    unit=Unit.COUNT,
    good=Direction.NEUTRAL,
    formula=f"assets that renew within {_RENEWAL_DAYS} days after the period",
    needs=f"{_INVENTORY} with their renewal dates",
)
def renewals_due(assets: pd.DataFrame, at: At) -> Value:
    """How many registrations, licences and contracts come up soon."""
    if not len(assets):
        return _NO_ASSETS
    kept = assets[(assets["status"] != "retired") & assets["renews_on"].notna()]
    if not len(kept):
        return Unavailable("no asset has a renewal date")
    return len(between(kept, at.end, at.end + timedelta(days=_RENEWAL_DAYS), "renews_on"))


@kpi(
    "undocumented_share",
    label="Ownership without an agreement",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="sum of the shares held without a written agreement; over several companies their mean",
    needs="a list of who owns which share, and whether it is agreed in writing",
)
def undocumented_share(ownership: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - a KPI is asked for a period
    """Which part of the company is owned on nothing but trust."""
    if not len(ownership):
        return Unavailable("no owner is recorded")
    bare = sum(ownership.loc[~ownership["has_agreement"], "share_ratio"], Decimal(0))
    return (bare / ownership["tenant"].nunique()).quantize(Decimal("1e-8"))


@kpi(
    "critical_duties_alone",
    label="Critical duties without a stand-in",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="critical duties that nobody but their holder could take over",
    needs="a list of duties with holder and stand-in",
)
def critical_duties_alone(duties: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - a KPI is asked for a period
    """How many duties the business cannot do without hang on one person."""
    if not len(duties):
        return Unavailable("no duty is recorded")
    alone = is_blank(duties["stand_in"]) | (duties["stand_in"] == duties["holder"])
    return int((duties["is_critical"] & alone).sum())
