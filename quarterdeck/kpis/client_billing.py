"""Hours worked for clients: which of them are billed, and what an hour brings in."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from quarterdeck import books
from quarterdeck.client_hours import contracts_at, hours, hours_by_client, value_of, waiting
from quarterdeck.frames import before, between
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, NO_BOOKS, part_of, share
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even

_HOURS = "time entries with client, hours, and the invoice they stand on"
_AGREED = "a list of what was agreed with each client"
_NO_HOURS = Unavailable("no hour was worked in the period")
_NONE_RECORDED = Unavailable("no time entry is recorded")


@kpi(
    "hours_worked",
    label="Hours worked",
    unit=Unit.HOURS,
    good=Direction.NEUTRAL,
    formula="hours of the period, billable or not",
    needs=_HOURS,
)
def hours_worked(time_entries: pd.DataFrame, at: At) -> Value:
    """How many hours were worked for clients."""
    return hours(between(time_entries, at.start, at.end)) if len(before(time_entries, at.end)) else _NONE_RECORDED


@kpi(
    "billable_share",
    label="Billable part of the hours",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="billable hours / hours, both of the period",
    needs=_HOURS,
)
def billable_share(time_entries: pd.DataFrame, at: At) -> Value:
    """Which part of the work can be charged for."""
    worked = between(time_entries, at.start, at.end)
    return part_of(hours(worked[worked["is_billable"].astype(bool)]), hours(worked), _NO_HOURS)


@kpi(
    "unbilled_hours",
    label="Unbilled hours",
    unit=Unit.HOURS,
    good=Direction.DOWN,
    formula="billable hours worked up to the end of the period that stand on no invoice",
    needs=_HOURS,
)
def unbilled_hours(time_entries: pd.DataFrame, at: At) -> Value:
    """How many hours wait to be billed."""
    return hours(waiting(time_entries, at.end)) if len(before(time_entries, at.end)) else _NONE_RECORDED


@kpi(
    "unbilled_value",
    label="Value of unbilled hours",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="unbilled hours x the client's agreed rate, over the clients that have one",
    needs=f"{_HOURS}, and {_AGREED}",
)
def unbilled_value(time_entries: pd.DataFrame, client_contracts: pd.DataFrame, at: At) -> Value:
    """What the hours that nobody has billed are worth at the agreed rates."""
    if not len(before(time_entries, at.end)):
        return _NONE_RECORDED
    left, agreed = hours_by_client(waiting(time_entries, at.end)), contracts_at(client_contracts, at.end)
    if left and not any(client in agreed and agreed[client].rate is not None for client in left):
        return Unavailable("none of the clients with unbilled hours has an agreed rate")
    return value_of(left, agreed)


@kpi(
    "realisation",
    label="Realisation",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="net revenue / hours x agreed rate, both of the period and of the clients with an agreed rate",
    needs=f"{_HOURS}, {_AGREED}, and {BOOKS}, with the client's name on revenue",
)
def realisation(time_entries: pd.DataFrame, client_contracts: pd.DataFrame, postings: pd.DataFrame, at: At) -> Value:
    """Which part of what the work is worth at the agreed rates was earned."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    agreed = contracts_at(client_contracts, at.end)
    rated = {client for client, contract in agreed.items() if contract.rate is not None}
    worked = {client: n for client, n in hours_by_client(between(time_entries, at.start, at.end)).items() if client in rated}
    period = between(postings, at.start, at.end)
    own = [client in worked for client in zip(period["tenant"], period["party"], strict=True)]
    earned = books.revenue(period[own], at.start, at.end)
    return share(earned, value_of(worked, agreed), Unavailable("no hour of the period was worked at an agreed rate"))


@kpi(
    "effective_rate",
    label="Effective hourly rate",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="net revenue / hours worked, both of the period",
    needs=f"{_HOURS}, and {BOOKS}",
)
def effective_rate(time_entries: pd.DataFrame, postings: pd.DataFrame, at: At) -> Value:
    """What an hour of work brings in, whatever was agreed."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    worked = between(time_entries, at.start, at.end)
    spent = hours(worked)
    if spent <= 0:
        return _NO_HOURS
    own = postings[postings["tenant"].isin(worked["tenant"].unique())]
    return round_half_even(Fraction(books.revenue(own, at.start, at.end)) / Fraction(spent))


@kpi(
    "clients_without_model",
    label="Clients without a billing model",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="clients with a contract that says nothing of money, or with hours in the period and no contract",
    needs=f"{_AGREED}, and {_HOURS}",
)
def clients_without_model(client_contracts: pd.DataFrame, time_entries: pd.DataFrame, at: At) -> Value:
    """For how many clients nobody has agreed how their work is paid for."""
    agreed = contracts_at(client_contracts, at.end)
    working = hours_by_client(between(time_entries, at.start, at.end))
    if not agreed and not working:
        return Unavailable("no client is recorded")
    return sum(contract.model == "none" for contract in agreed.values()) + len(working.keys() - agreed.keys())
