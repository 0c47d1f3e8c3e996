"""Faults of ownership and duty: who holds what, who could stand in, and which assets nobody looks after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from quarterdeck.frames import day, is_blank
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import days_between, evidence

_KEY_SHARE = Decimal("0.25")
_RENEWAL_DAYS = 30


@rule(
    "key_person_equity",
    severity=Severity.HIGH,
    owner="ceo",
    effort=Effort.L,
    due_days=60,
    title="The {share:percent} that {holder} holds is not fully covered by agreement and vesting",
    why="If {holder} leaves, the share leaves too, on terms that are not all in writing. From {limit:percent} on, a share "
    "weighs in every decision.",
    remedy="Agree with {holder} in writing on the share, on vesting, and on what happens on leaving",
)
def key_person_equity(ownership: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A person who works for the company holds a quarter or more without agreement or vesting."""
    people = ownership["relation"].isin(("founder", "employee"))
    open_terms = ~ownership["has_agreement"] | (people & ~ownership["has_vesting"])
    key = ownership[open_terms & (ownership["share_ratio"] >= _KEY_SHARE)]
    for holder, rows in key.groupby("holder"):
        yield Hit(
            subject=str(holder),
            facts={"holder": str(holder), "share": Decimal(rows["share_ratio"].iloc[0]), "limit": _KEY_SHARE},
            evidence=evidence(rows, at, "holder", "relation", "share_ratio", "has_agreement", "has_vesting"),
        )


@rule(
    "duty_without_stand_in",
    severity=Severity.MEDIUM,
    owner="ceo",
    effort=Effort.M,
    due_days=45,
    title="Only {holder} can do this: {duty}",
    why="It is marked as critical, and nobody else is named who could stand in.",
    remedy="Name a stand-in for this duty of {holder}, and let them do it once",
)
def duty_without_stand_in(duties: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A critical duty has no stand-in but its own holder."""
    alone = is_blank(duties["stand_in"]) | (duties["stand_in"] == duties["holder"])
    for duty, rows in duties[duties["is_critical"] & alone].groupby("duty"):
        yield Hit(
            subject=str(duty),
            facts={"duty": str(duty), "holder": str(rows["holder"].iloc[0])},
            evidence=evidence(rows, at, "duty", "holder", "stand_in"),
        )


_ASSET = ("asset", "name", "category", "status", "owner", "value_minor", "renews_on")


@rule(
    "renewal_due",
    severity=Severity.MEDIUM,
    owner="ceo",
    effort=Effort.S,
    due_days=10,
    title="{asset} renews on {renews}",
    why="That is within {window:days} of the period's end.",
    remedy="Decide whether to keep {asset}, and renew or cancel it in time",
)
def renewal_due(assets: pd.DataFrame, at: At) -> Iterable[Hit]:
    """An asset in use renews within thirty days after the period."""
    for row in _renewals(assets):
        renews = day(row["renews_on"])
        if at.end <= renews < at.end + timedelta(days=_RENEWAL_DAYS):
            yield _renewal(assets, row, at, window=_RENEWAL_DAYS)


@rule(
    "renewal_overdue",
    severity=Severity.HIGH,
    owner="ceo",
    effort=Effort.S,
    due_days=5,
    title="{asset} was to be renewed on {renews}",
    why="That was {late:days} before the period's end, and the inventory names no later date.",
    remedy="Find out whether {asset} was renewed, and put the next date into the inventory",
)
def renewal_overdue(assets: pd.DataFrame, at: At) -> Iterable[Hit]:
    """The renewal date of an asset in use has passed."""
    for row in _renewals(assets):
        renews = day(row["renews_on"])
        if renews < at.end:
            yield _renewal(assets, row, at, late=days_between(renews, at.end))


def _renewals(assets: pd.DataFrame) -> list[dict[Any, Any]]:
    dated = assets[assets["renews_on"].notna() & (assets["status"] != "retired")]
    return dated.sort_values(["renews_on", "asset"]).to_dict("records")


def _renewal(assets: pd.DataFrame, row: dict[Any, Any], at: At, **more: Fact) -> Hit:
    return Hit(
        subject=str(row["asset"]),
        facts={"asset": str(row["name"]), "renews": day(row["renews_on"]), **more},
        evidence=evidence(assets[assets["asset"] == row["asset"]], at, *_ASSET),
        money_at_stake=None if pd.isna(row["value_minor"]) else Money(int(row["value_minor"]), at.currency),
    )


@rule(
    "asset_owner_missing",
    severity=Severity.MEDIUM,
    owner="ceo",
    effort=Effort.S,
    due_days=20,
    title="{unowned} of {assets:asset has|assets have} no owner",
    why="Nobody is named who keeps them, renews them or holds the keys.",
    remedy="Name an owner for each asset listed here, the most valuable first",
)
def asset_owner_missing(assets: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Assets that are not retired name no owner."""
    kept = assets[assets["status"] != "retired"]
    unowned = kept[is_blank(kept["owner"])].sort_values(["value_minor", "asset"], ascending=[False, True])
    if len(unowned):
        valued = unowned["value_minor"].dropna()
        yield Hit(
            subject="assets",
            facts={"unowned": len(unowned), "assets": len(kept)},
            evidence=evidence(unowned, at, *_ASSET),
            money_at_stake=Money(int(valued.sum()), at.currency) if len(valued) else None,
        )
