"""Deferred revenue: how it went in the period, when it will be earned, and by which method."""

from __future__ import annotations

import pandas as pd

from quarterdeck import books, recognition
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, count, grid, money, text
from quarterdeck.frames import before, exact_sum
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money

_DEFERRED = ("deferred_revenue",)
_STATED = (
    "Revenue is recognised when the service is rendered: on its day, or in equal parts over its days. Unused gift cards are "
    "revenue on the day they expire, unless the list says otherwise."
)


@exhibit("deferred_revenue_roll_forward", title="Deferred revenue, from opening to closing")
def deferred_revenue_roll_forward(postings: pd.DataFrame, obligations: pd.DataFrame, at: At) -> Exhibit | None:
    """Opening, billed, recognised, refunded, closing by the schedule, and the balance that the ledger has."""
    contracts = recognition.contracts(obligations, postings)
    if not len(recognition.known(contracts, at.end)):
        return None
    rows: list[Row] = []
    for tenant in sorted(set(contracts["tenant"])):
        of_tenant = contracts[(contracts["tenant"] == tenant).to_numpy()]
        held = postings[(postings["tenant"] == tenant).to_numpy()]
        rows += [(str(tenant), cells) for cells in _rolled(of_tenant, held, at)]
    return grid((text("what", "Deferred revenue"), money("amount", "Amount")), rows, note=_STATED)


def _rolled(contracts: pd.DataFrame, held: pd.DataFrame, at: At) -> list[tuple[str, Money]]:
    flow = recognition.roll_forward(contracts, at.start, at.end)
    ledger = -books.net_of(before(held, at.end), _DEFERRED)
    lines = (
        ("Opening", flow.opening),
        ("Billed", flow.billed),
        ("Recognised as revenue", -flow.recognised),
        ("Refunded before the service", -flow.refunded),
        ("Closing by the schedule", flow.closing),
        ("Closing by the ledger", ledger),
        ("Difference", flow.closing - ledger),
    )
    return [(what, Money(minor, at.currency)) for what, minor in lines]


@exhibit("recognition_schedule", title="When deferred revenue will be earned")
def recognition_schedule(postings: pd.DataFrame, obligations: pd.DataFrame, at: At) -> Exhibit | None:
    """What is owed to customers at the end of the period, by the month in which it becomes revenue."""
    found = recognition.known(recognition.contracts(obligations, postings), at.end)
    if not len(found):
        return None
    owed = recognition.ahead(found, at.end)
    lines = [*((f"{first:%Y-%m}" if first.day == 1 else f"from {first}", minor) for first, minor in owed.months)]
    lines += [(what, minor) for what, minor in (("Later", owed.later), ("On no known day", owed.undated)) if minor]
    whole = sum(minor for _, minor in lines)
    if not whole and not any(minor for _, minor in lines):
        return None
    return grid(
        (text("month", "Month"), money("amount", "To be earned")),
        [("", (what, Money(minor, at.currency))) for what, minor in lines],
        total=("Deferred revenue", Money(whole, at.currency)),
    )


@exhibit("recognition_methods", title="How revenue is recognised")
def recognition_methods(postings: pd.DataFrame, obligations: pd.DataFrame, at: At) -> Exhibit | None:
    """By product: the method, whether commissions are taken off, how many obligations, what was billed and what is owed."""
    known = recognition.known(recognition.contracts(obligations, postings), at.end)
    if not len(known):
        return None
    rows: list[Row] = []
    for (tenant, product, method, is_net), some in recognition.standing(known, at.end).groupby(
        ["tenant", "product", "method", "is_net"], sort=True
    ):
        sums = (exact_sum(some[name].to_numpy()) for name in ("billed_minor", "recognised_minor", "deferred_minor"))
        shown = "net of commission" if is_net else "gross"
        amounts = (Money(minor, at.currency) for minor in sums)
        rows.append((str(tenant), (str(product), recognition.METHODS[str(method)], shown, len(some), *amounts)))
    return grid(
        (
            text("product", "Product"),
            text("method", "Revenue is recognised"),
            text("presentation", "Presentation"),
            count("obligations", "Obligations"),
            money("billed", "Billed"),
            money("recognised", "Recognised so far"),
            money("deferred", "Deferred"),
        ),
        rows,
        note=_STATED,
    )
