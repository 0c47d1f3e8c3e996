"""Rows of the short inventories: assets, prices, channels, owners, duties. Money in cents, written in dollars."""

from __future__ import annotations

from datetime import date

from examples.files import Row, major


def asset(
    id: str,
    name: str,
    category: str,
    owner: str | None,
    *,
    value: int | None = None,
    renews_on: date | None = None,
    status: str = "active",
) -> Row:
    return {
        "asset": id,
        "name": name,
        "category": category,
        "status": status,
        "owner": owner,
        "value": None if value is None else major(value),
        "currency": None if value is None else "USD",
        "renews_on": renews_on,
    }


def price(product: str, unit: str, cents: int, variable: int, *, main: bool = False) -> Row:
    return {
        "product": product,
        "unit": unit,
        "price": major(cents),
        "variable_cost": major(variable),
        "currency": "USD",
        "is_main": main,
    }


def channel(
    name: str,
    kind: str,
    next_step: str,
    *,
    listed: bool = True,
    live: bool = True,
    reach: int | None = None,
    effort: str = "S",
    commission: str | None = None,
    setup: int | None = None,
    reviews: int | None = None,
) -> Row:
    return {
        "channel": name,
        "kind": kind,
        "is_listed": listed,
        "is_live": live,
        "reach": reach,
        "commission_ratio": commission,
        "setup_cost": None if setup is None else major(setup),
        "currency": None if setup is None else "USD",
        "effort": effort,
        "reviews": reviews,
        "next_step": next_step,
    }


def holder(name: str, share: str, relation: str, *, agreement: bool = True, vesting: bool = True) -> Row:
    return {
        "holder": name,
        "share_ratio": share,
        "relation": relation,
        "has_agreement": agreement,
        "has_vesting": vesting,
    }


def duty(what: str, who: str, stand_in: str | None, *, critical: bool = True) -> Row:
    return {"duty": what, "holder": who, "stand_in": stand_in, "is_critical": critical}
