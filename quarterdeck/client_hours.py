"""Hours worked for clients, valued at what was agreed: what is billed, what waits, and what each client leaves.

All values are minor units of the tenant's currency. An hour without an agreed rate has no value: it is counted, and what it is
worth is not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from quarterdeck.frames import between, day, is_blank
from quarterdeck.money import round_half_even

Client = tuple[str, str]  # tenant and client


@dataclass(frozen=True, slots=True)
class Contract:
    """What holds with a client on a day."""

    client: Client
    model: str
    rate: int | None
    monthly: int | None
    included: Decimal | None
    since: date
    until: date | None
    is_signed: bool


def contracts_at(contracts: pd.DataFrame, on: date) -> Mapping[Client, Contract]:
    """By client, the contract that holds on a day; of two, the younger one."""
    found: dict[Client, Contract] = {}
    for row in contracts.sort_values(["tenant", "client", "since"]).to_dict("records"):
        contract = _contract(row)
        if contract.since <= on and (contract.until is None or on <= contract.until):
            found[contract.client] = contract
    return found


def _contract(row: dict[Any, Any]) -> Contract:
    included = row["hours_included"]
    return Contract(
        client=(str(row["tenant"]), str(row["client"])),
        model=str(row["model"]),
        rate=None if pd.isna(row["rate_minor"]) else int(row["rate_minor"]),
        monthly=None if pd.isna(row["monthly_minor"]) else int(row["monthly_minor"]),
        included=included if isinstance(included, Decimal) else None,
        since=day(row["since"]),
        until=None if pd.isna(row["until"]) else day(row["until"]),
        is_signed=bool(row["is_signed"]),
    )


def hours(entries: pd.DataFrame) -> Decimal:
    return sum(entries["hours"], Decimal(0))


def hours_by_client(entries: pd.DataFrame) -> Mapping[Client, Decimal]:
    return {
        (str(tenant), str(client)): hours(rows) for (tenant, client), rows in entries.groupby(["tenant", "client"], sort=True)
    }


def waiting(entries: pd.DataFrame, end: date) -> pd.DataFrame:
    """Billable hours worked before a day that stand on no invoice."""
    worked = between(entries, date.min.replace(year=1970), end)
    left: pd.DataFrame = worked[worked["is_billable"].astype(bool) & is_blank(worked["invoice"])]
    return left


def value_of(worked: Mapping[Client, Decimal], agreed: Mapping[Client, Contract]) -> int:
    """What some hours are worth at the agreed rates; hours of clients without one are worth nothing that is known."""
    return sum(worth(number, agreed.get(client)) for client, number in worked.items())


def worth(number: Decimal, contract: Contract | None) -> int:
    """Hours times the agreed rate, rounded half to even; 0 without a rate."""
    if contract is None or contract.rate is None:
        return 0
    return round_half_even(Fraction(number) * contract.rate)
