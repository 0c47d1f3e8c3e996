"""Faults of work for clients: nothing agreed, nothing signed, hours that nobody bills, retainers that are overrun."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from quarterdeck.client_hours import Client, Contract, contracts_at, hours_by_client, waiting, worth
from quarterdeck.frames import between
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.money import Money, round_half_even
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import evidence

_OLD_DAYS = 30
_OVERRUN = Decimal("1.1")
_CONTRACT = ("client", "model", "rate_minor", "monthly_minor", "hours_included", "since", "until", "is_signed")
_ENTRY = ("entry", "date", "client", "person", "hours", "invoice")


@rule(
    "client_without_model",
    severity=Severity.HIGH,
    owner="client-billing",
    effort=Effort.M,
    due_days=20,
    absent_ok=("client_contracts",),
    title="Nothing is agreed on how {client} pays",
    why="{hours} hours were worked for {client} in the period, and {contract}.",
    remedy="Agree on a rate, a price or a retainer with {client}, in writing",
)
def client_without_model(client_contracts: pd.DataFrame, time_entries: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A client has a contract that says nothing of money, or hours in the period and no contract."""
    agreed = contracts_at(client_contracts, at.end)
    period = between(time_entries, at.start, at.end)
    worked = hours_by_client(period)
    for client in sorted({*agreed, *worked}):
        contract = agreed.get(client)
        if contract is not None and contract.model != "none":
            continue
        said = "no contract is on file" if contract is None else "the contract says nothing of money"
        facts: dict[str, Fact] = {"client": client[1], "hours": worked.get(client, Decimal(0)), "contract": said}
        rows = _of(period, client) if contract is None else _of(client_contracts, client)
        yield Hit(client[1], facts, evidence(rows, at, *(_ENTRY if contract is None else _CONTRACT)))


@rule(
    "contract_unsigned",
    severity=Severity.MEDIUM,
    owner="client-billing",
    effort=Effort.S,
    due_days=20,
    title="The agreement with {client} is not signed",
    why="It holds since {since}; an invoice that is disputed has nothing to stand on.",
    remedy="Have {client} sign the agreement",
)
def contract_unsigned(client_contracts: pd.DataFrame, at: At) -> Iterable[Hit]:
    """An agreement with a client that says how it pays is not signed."""
    for client, contract in sorted(contracts_at(client_contracts, at.end).items()):
        if not contract.is_signed and contract.model != "none":
            facts: dict[str, Fact] = {"client": client[1], "since": contract.since}
            yield Hit(client[1], facts, evidence(_of(client_contracts, client), at, *_CONTRACT), _monthly(contract, at))


@rule(
    "hours_unbilled",
    severity=Severity.HIGH,
    owner="client-billing",
    effort=Effort.S,
    due_days=10,
    absent_ok=("client_contracts",),
    title="{hours} hours for {client} are older than {limit:days} and on no invoice",
    why="At the agreed rate they are worth {worth}; what is billed late is paid late, or not at all.",
    remedy="Bill {client} for the hours",
)
def hours_unbilled(time_entries: pd.DataFrame, client_contracts: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Billable hours for a client are older than thirty days and stand on no invoice."""
    old = waiting(time_entries, at.end - timedelta(days=_OLD_DAYS))
    agreed = contracts_at(client_contracts, at.end)
    for client, number in sorted(hours_by_client(old).items()):
        value = _worth(number, agreed.get(client), at)
        said = value or "nothing, since none is agreed"
        facts: dict[str, Fact] = {"client": client[1], "hours": number, "limit": _OLD_DAYS, "worth": said}
        yield Hit(client[1], facts, evidence(_of(old, client), at, *_ENTRY), value)


@rule(
    "retainer_overrun",
    severity=Severity.MEDIUM,
    owner="client-billing",
    effort=Effort.S,
    due_days=20,
    title="The retainer of {client} is overrun by {over} hours",
    why="{worked} hours were worked in the period, {included} are included.",
    remedy="Bill {client} for the hours beyond the retainer, or agree on a larger one",
)
def retainer_overrun(client_contracts: pd.DataFrame, time_entries: pd.DataFrame, at: At) -> Iterable[Hit]:
    """More than a tenth more hours than a retainer includes were worked for a client in the period."""
    period = between(time_entries, at.start, at.end)
    worked = hours_by_client(period)
    for client, contract in sorted(contracts_at(client_contracts, at.end).items()):
        if contract.model != "retainer" or contract.included is None:
            continue
        included = Decimal(round_half_even(Fraction(contract.included) * Fraction(at.months) * 100)).scaleb(-2)
        spent = worked.get(client, Decimal(0))
        if spent > included * _OVERRUN:
            over = spent - included
            facts: dict[str, Fact] = {"client": client[1], "over": over, "worked": spent, "included": included}
            yield Hit(client[1], facts, evidence(_of(period, client), at, *_ENTRY), _worth(over, contract, at))


def _of(rows: pd.DataFrame, client: Client) -> pd.DataFrame:
    own: pd.DataFrame = rows[(rows["tenant"] == client[0]) & (rows["client"] == client[1])]
    return own


def _worth(number: Decimal, contract: Contract | None, at: At) -> Money | None:
    """What hours are worth at the agreed rate; None without one."""
    return None if contract is None or contract.rate is None else Money(worth(number, contract), at.currency)


def _monthly(contract: Contract, at: At) -> Money | None:
    return None if contract.monthly is None else Money(contract.monthly, at.currency)
