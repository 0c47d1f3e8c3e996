"""What is owned, by whom, and who does what."""

from __future__ import annotations

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, dated, exact, grid, money, ratio, text, when, whole, words, yes_or_no
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money


@exhibit("asset_inventory", title="Assets")
def asset_inventory(assets: pd.DataFrame, at: At) -> Exhibit | None:
    """Everything in the inventory, by category and name."""
    rows: list[Row] = []
    for row in assets.sort_values(["tenant", "category", "name", "asset"]).to_dict("records"):
        value = whole(row["value_minor"])
        rows.append(
            (
                row["tenant"],
                (
                    row["name"],
                    row["category"],
                    row["status"],
                    words(row["owner"]),
                    None if value is None else Money(value, at.currency),
                    when(row["renews_on"]),
                ),
            )
        )
    return grid(
        (
            text("asset", "Asset"),
            text("category", "Category"),
            text("status", "Status"),
            text("owner", "Owner"),
            money("value", "Value"),
            dated("renews_on", "Renews"),
        ),
        rows,
    )


@exhibit("ownership_table", title="Ownership")
def ownership_table(ownership: pd.DataFrame, at: At) -> Exhibit | None:  # noqa: ARG001 - asked for a period like all
    """Who owns which share, the largest first, and whether it is agreed in writing."""
    listed = sorted(ownership.to_dict("records"), key=lambda row: (row["tenant"], -row["share_ratio"], row["holder"]))
    return grid(
        (
            text("holder", "Holder"),
            ratio("share", "Share"),
            text("relation", "Relation"),
            text("agreement", "Agreement"),
            text("vesting", "Vesting"),
        ),
        [
            (
                row["tenant"],
                (
                    row["holder"],
                    exact(row["share_ratio"]),
                    row["relation"],
                    yes_or_no(row["has_agreement"]),
                    yes_or_no(row["has_vesting"]),
                ),
            )
            for row in listed
        ],
    )


@exhibit("duties_table", title="Duties and stand-ins")
def duties_table(duties: pd.DataFrame, at: At) -> Exhibit | None:  # noqa: ARG001 - asked for a period like all
    """Who does what and who could stand in; critical duties first."""
    ordered = duties.sort_values(["tenant", "is_critical", "duty"], ascending=[True, False, True])
    return grid(
        (
            text("duty", "Duty"),
            text("holder", "Holder"),
            text("stand_in", "Stand-in"),
            text("critical", "Critical"),
        ),
        [
            (row["tenant"], (row["duty"], row["holder"], words(row["stand_in"]), yes_or_no(row["is_critical"])))
            for row in ordered.to_dict("records")
        ],
    )
