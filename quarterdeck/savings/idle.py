"""What is paid for and does nothing: NAT gateways, addresses, volumes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from quarterdeck.frames import between
from quarterdeck.model import At
from quarterdeck.savings import Saving
from quarterdeck.savings.prices import HOURS, price

_TRAFFIC = ("nat", "BytesOutToDestination", "Sum")
_DAYS = 14  # with a datapoint, or all days of a shorter period


def gateways(nat_gateways: pd.DataFrame, metrics: pd.DataFrame, metrics_asked: pd.DataFrame, at: At) -> Iterator[Saving]:
    """NAT gateways that nothing left through, all period long.

    That is known only of one that is older than the period, was asked about for all of it, and has datapoints: one without
    any may be new, or out of the reader's sight.
    """
    for row in _open(nat_gateways, "state", "available"):
        if not _older(row["created_at"], at.start) or not _asked(metrics_asked, row, at) or _sent(metrics, row, at) != 0:
            continue
        usd, words = _product(price(row["region"], "nat_gateway_hour"), HOURS, "hours of the gateway")
        yield _saving(row, row["gateway"], "NAT gateway without traffic", usd, words, "gateway")
        if row["connectivity"] == "public":
            usd, words = _product(price(row["region"], "public_address_hour"), HOURS, "hours of its address")
            yield _saving(row, f"{row['gateway']} address", "Address of a NAT gateway without traffic", usd, words, "address")


def _asked(metrics_asked: pd.DataFrame, row: dict[Any, Any], at: At) -> bool:
    """Whether the gateway's traffic was asked for on all days of the period."""
    found = _metric(metrics_asked, row)
    first, last = pd.Timestamp(at.start), pd.Timestamp(at.end)
    return bool(((found["first"] <= first) & (found["last"] >= last)).any())


def _sent(metrics: pd.DataFrame, row: dict[Any, Any], at: At) -> Decimal | None:
    """Bytes that left; None where there are too few datapoints to say."""
    found = between(_metric(metrics, row), at.start, at.end)
    if len(found) < min(_DAYS, (at.end - at.start).days):
        return None
    return sum(found["value"], Decimal(0))


def _metric(frame: pd.DataFrame, row: dict[Any, Any]) -> pd.DataFrame:
    service, metric, statistic = _TRAFFIC
    is_own = (
        (frame["account"] == row["account"])
        & (frame["region"] == row["region"])
        & (frame["resource"] == row["gateway"])
        & (frame["service"] == service)
        & (frame["metric"] == metric)
        & (frame["statistic"] == statistic)
    )
    own: pd.DataFrame = frame[is_own]
    return own


def addresses(elastic_ips: pd.DataFrame) -> Iterator[Saving]:
    """Elastic IP addresses that lead to nothing."""
    for row in elastic_ips[~elastic_ips["is_associated"].astype(bool)].to_dict("records"):
        usd, words = _product(price(row["region"], "public_address_hour"), HOURS, "hours")
        yield _saving(
            {**row, "name": row["name"] or row["address"]}, row["allocation"], "Address without use", usd, words, "address"
        )


def unattached_volumes(volumes: pd.DataFrame, at: At) -> Iterator[Saving]:
    """EBS volumes that no instance has, and that are older than the period."""
    for row in volumes[~volumes["is_attached"].astype(bool)].to_dict("records"):
        if _older(row["created_at"], at.start):
            usd, words = _product(price(row["region"], f"volume_{row['type']}_gb"), row["gigabytes"], f"GB of {row['type']}")
            yield _saving(row, row["volume"], "Volume without an instance", usd, words, "volume")


def old_volumes(volumes: pd.DataFrame) -> Iterator[Saving]:
    """Volumes in use of type gp2: gp3 does the same for less."""
    in_use = volumes[volumes["is_attached"].astype(bool) & (volumes["type"] == "gp2")]
    for row in in_use.to_dict("records"):
        old, new = price(row["region"], "volume_gp2_gb"), price(row["region"], "volume_gp3_gb")
        usd = None if old is None or new is None else row["gigabytes"] * (old - new)
        words = "" if usd is None else f"{row['gigabytes']} GB at {old} USD as gp2, at {new} USD as gp3"
        yield _saving(row, row["volume"], "Volume of type gp2", usd, words, "volume")


def _open(frame: pd.DataFrame, column: str, value: str) -> list[dict[Any, Any]]:
    return frame[frame[column] == value].to_dict("records")


def _older(made: Any, day: date) -> bool:
    return isinstance(made, datetime) and not pd.isna(made) and made.date() < day


def _product(unit: Decimal | None, quantity: int, words: str) -> tuple[Decimal | None, str]:
    if unit is None:
        return None, f"{quantity} {words}; no price is known for this region"
    return unit * quantity, f"{quantity} {words} at {unit} USD"


def _saving(row: dict[Any, Any], resource: str, what: str, usd: Decimal | None, words: str, billed: str) -> Saving:
    return Saving(str(row["tenant"]), row["account"], row["region"], resource, str(row["name"] or ""), what, usd, words, billed)
