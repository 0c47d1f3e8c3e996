"""Clients one by one: what was agreed, what was worked, what is billed, and what each of them leaves."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from quarterdeck import books
from quarterdeck.client_hours import Client, Contract, contracts_at, hours_by_client, waiting, worth
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, count, grid, money, ratio, text, yes_or_no
from quarterdeck.frames import between, total
from quarterdeck.frames import ratio as over
from quarterdeck.model import At, Exhibit, Fact
from quarterdeck.money import Money


@exhibit("billing_audit", title="Billing by client")
def billing_audit(time_entries: pd.DataFrame, client_contracts: pd.DataFrame, at: At) -> Exhibit | None:
    """Each client's agreement beside the hours of the period and those that nobody has billed."""
    agreed = contracts_at(client_contracts, at.end)
    worked = hours_by_client(between(time_entries, at.start, at.end))
    left = hours_by_client(waiting(time_entries, at.end))
    rows = [(client[0], _audited(client, agreed, worked, left, at)) for client in sorted({*agreed, *worked, *left})]
    return grid(
        (
            text("client", "Client"),
            text("model", "Model"),
            text("signed", "Signed"),
            money("rate", "Rate an hour"),
            count("worked", "Hours"),
            count("included", "Included"),
            count("unbilled", "Unbilled"),
            money("value", "Unbilled value"),
        ),
        rows,
        note="Unbilled hours are all that stand on no invoice, those of earlier periods among them.",
    )


def _audited(
    client: Client, agreed: Mapping[Client, Contract], worked: Mapping[Client, Decimal], left: Mapping[Client, Decimal], at: At
) -> tuple[Fact | None, ...]:
    contract, waits = agreed.get(client), left.get(client, Decimal(0))
    rate = contract.rate if contract else None
    return (
        client[1],
        contract.model if contract else "no contract",
        yes_or_no(contract.is_signed) if contract else None,
        None if rate is None else Money(rate, at.currency),
        worked.get(client, Decimal(0)),
        contract.included if contract else None,
        waits,
        None if rate is None else Money(worth(waits, contract), at.currency),
    )


@exhibit("client_margins", title="Margin by client")
def client_margins(
    time_entries: pd.DataFrame, client_contracts: pd.DataFrame, postings: pd.DataFrame, at: At
) -> Exhibit | None:
    """What each client brought in the period, its part of the cost of sales by hours, and what is left."""
    if not books.begun(postings, at.end):
        return None
    worked = hours_by_client(between(time_entries, at.start, at.end))
    earned = _earned(postings, at)
    clients = sorted({*worked, *(client for client in earned if client in contracts_at(client_contracts, at.end))})
    costs = _shared_cost(postings, worked, at)
    rows: list[Row] = []
    for client in sorted(clients, key=lambda client: (-earned.get(client, 0), client)):
        revenue, cost = earned.get(client, 0), costs.get(client, 0)
        amounts = (Money(revenue, at.currency), Money(cost, at.currency), Money(revenue - cost, at.currency))
        share = over(revenue - cost, revenue) if revenue > 0 else None
        rows.append((client[0], (client[1], worked.get(client, Decimal(0)), *amounts, share)))
    return grid(
        (
            text("client", "Client"),
            count("hours", "Hours"),
            money("revenue", "Revenue"),
            money("cost", "Cost of sales"),
            money("left", "Margin"),
            ratio("margin", "Of revenue"),
        ),
        rows,
        note="The cost of sales of the period is split by the hours worked.",
    )


def _earned(posted: pd.DataFrame, at: At) -> dict[Client, int]:
    period = between(posted, at.start, at.end)
    sold = period[period["statement_line"].isin(books.REVENUE_LINES) & period["party"].notna()]
    return {
        (str(tenant), str(party)): -total(rows["amount_minor"])
        for (tenant, party), rows in sold.groupby(["tenant", "party"], sort=True)
    }


def _shared_cost(posted: pd.DataFrame, worked: Mapping[Client, Decimal], at: At) -> dict[Client, int]:
    """Each tenant's cost of sales of the period, split over its clients by their hours; the parts sum to the whole."""
    found: dict[Client, int] = {}
    for tenant in sorted({client[0] for client in worked}):
        own = {client: number for client, number in worked.items() if client[0] == tenant and number > 0}
        if own:
            cost = books.expenses(posted[posted["tenant"] == tenant], at.start, at.end, books.DIRECT_LINES)
            weights = [int(number * 10**8) for number in own.values()]
            parts = Money(cost, at.currency).allocate(weights)
            found |= {client: part.minor for client, part in zip(own, parts, strict=True)}
    return found
