"""Whose work a customer was: the value of each lead that was won, given to its touches by four models.

- first touch: all to the first;
- last non-direct: all to the last that was not direct, or to the last where all were;
- linear: the same to each;
- 40/20/40: two fifths to the first, two fifths to the last, the fifth between them shared evenly; halves where there are two.

Parts of a lead's value are whole minor units and sum to it, so that each model sums to the value of all that was won. A lead
whose touches nobody recorded has one: its own source. What has neither stays unattributed, under every model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pandas as pd

from quarterdeck.frames import before, between
from quarterdeck.marketing.leads import NO_CHANNEL, channel
from quarterdeck.money import Money

Way = Sequence[str]  # the channels of a lead's touches, the first first
_DIRECT = frozenset(("direct", "(direct)", "(none)"))


def _first(way: Way) -> list[int]:
    return [1, *[0] * (len(way) - 1)]


def _last_non_direct(way: Way) -> list[int]:
    chosen = max((n for n, via in enumerate(way) if via.lower() not in _DIRECT), default=len(way) - 1)
    return [int(n == chosen) for n in range(len(way))]


def _linear(way: Way) -> list[int]:
    return [1] * len(way)


def _ends(way: Way) -> list[int]:
    if len(way) < 3:
        return [1] * len(way)
    between_them = len(way) - 2
    return [2 * between_them, *[1] * between_them, 2 * between_them]  # 40 : 20 / n : 40


MODELS: Mapping[str, Callable[[Way], list[int]]] = {
    "first": _first,
    "last_non_direct": _last_non_direct,
    "linear": _linear,
    "ends": _ends,
}

Given = dict[tuple[str, str], dict[str, int]]  # by tenant and channel, then model: minor units


def won(leads: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """The leads that became customers in `[start, end)`."""
    return between(leads, start, end, "won_on")


def ways(customers: pd.DataFrame, touches: pd.DataFrame, end: date) -> dict[tuple[str, str], Way]:
    """The channels by which each of some leads came, by tenant and lead; touches after it was won brought nothing."""
    found: dict[tuple[str, str], list[str]] = {}
    bought = dict(zip(zip(customers["tenant"], customers["lead"], strict=True), customers["won_on"], strict=True))
    earlier = before(touches, end)
    ordered = earlier.assign(via=channel(earlier)).sort_values(["date", "touch"], kind="stable")
    for tenant, lead, day, via in zip(ordered["tenant"], ordered["lead"], ordered["date"], ordered["via"], strict=True):
        if (tenant, lead) in bought and day <= bought[tenant, lead] and via != NO_CHANNEL:
            found.setdefault((tenant, lead), []).append(via)
    for tenant, lead, via in zip(customers["tenant"], customers["lead"], channel(customers), strict=True):
        if via != NO_CHANNEL:
            found.setdefault((tenant, lead), [via])
    return {key: tuple(way) for key, way in found.items()}


def attributed(customers: pd.DataFrame, touches: pd.DataFrame, end: date, currency: str) -> Given:
    """The value of some won leads by tenant, channel and model; NO_CHANNEL has what no touch is known of."""
    known = ways(customers, touches, end)
    given: Given = {}
    for row in customers.to_dict("records"):
        key, value = (row["tenant"], row["lead"]), row["value_minor"]
        way = known.get(key, (NO_CHANNEL,))
        amount = Money(0 if pd.isna(value) else int(value), currency)
        for model, weights in MODELS.items():
            for via, part in zip(way, amount.allocate(weights(way)), strict=True):
                sums = given.setdefault((str(row["tenant"]), via), dict.fromkeys(MODELS, 0))
                sums[model] += part.minor
    return given
