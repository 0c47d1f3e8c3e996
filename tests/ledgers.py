"""Books for tests of the transactions source: a chart, rules, and the files of a bank and of Stripe, written row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from quarterdeck.sources import PulledTable
from tests.sourcing import pull, rows, window, write

Options = dict[str, Any]

CHART = """\
account,name,type,statement_line
1000,Checking,asset,cash
1010,Savings,asset,cash
1050,Stripe balance,asset,clearing
3000,Equity,equity,equity
4000,Revenue,income,revenue
4090,Refunds,income,refunds
6000,Rent,expense,operating_expenses
6110,Card fees,expense,cost_of_sales
6120,Disputes,expense,operating_expenses
9999,Suspense,asset,suspense
"""
RULES = """\
- match: {party: ^stripe}
  account: "1050"
- match: {party: Marina, sign: out}
  account: 6000
  document: contract B-14
- match: {memo: charter, sign: in}
  account: 4000
"""
STRIPE_HEADER = (
    "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC),Description,"
    "customer (metadata),service_date (metadata)"
)
STRIPE: Options = {
    "clearing": "1050", "revenue": "4000", "refunds": "4090", "fees": "6110", "disputes": "6120", "payout_to": "1000",
}  # fmt: skip
BANK_HEADER = "Date,Amount,Party,Memo,Receipt,Ref"
BANK: Options = {
    "account": "1000",
    "columns": {"date": "Date", "amount": "Amount", "party": "Party", "memo": "Memo", "document": "Receipt", "id": "Ref"},
}


def options(root: Path, **more: object) -> Options:
    """Options with the chart and the rules; `stripe` and `bank` come with `more`."""
    return {
        "chart": write(root, "books/chart.csv", CHART),
        "categories": write(root, "books/rules.yaml", RULES),
        "suspense": "9999",
        "max_rejected": 1,
        **more,
    }


def stripe(root: Path, *lines: str, name: str = "books/stripe.csv", **more: object) -> Options:
    """A Stripe file of such lines, as options name it."""
    return {**STRIPE, "path": write(root, name, "\n".join((STRIPE_HEADER, *lines)) + "\n"), **more}


def bank(root: Path, *lines: str, name: str = "books/bank.csv", header: str = BANK_HEADER, **more: object) -> Options:
    """A bank file of such lines, as options name it."""
    return {**BANK, "path": write(root, name, "\n".join((header, *lines)) + "\n"), **more}


def books(root: Path, period: str = "2026-10", currency: str = "USD", **more: object) -> dict[str, PulledTable]:
    return pull("transactions", options(root, **more), window(root, period, currency=currency))


Legs = list[tuple[str, int]]


def entries(table: PulledTable) -> dict[str, Legs]:
    """Legs as (account, minor units) by entry, and the proof that every entry balances."""
    found: dict[str, Legs] = defaultdict(list)
    for row in rows(table):
        assert row["leg"] == len(found[str(row["entry"])])
        found[str(row["entry"])].append((str(row["account"]), int(str(row["amount_minor"]))))
    for legs in found.values():
        assert sum(minor for _, minor in legs) == 0
        assert len(legs) > 1
    return dict(found)


def balances(table: PulledTable) -> dict[str, int]:
    """Sums by account."""
    found: dict[str, int] = defaultdict(int)
    for row in rows(table):
        found[str(row["account"])] += int(str(row["amount_minor"]))
    return dict(found)


def faults(table: PulledTable) -> Iterable[tuple[str, int, str]]:
    return [(fault.file, fault.line, fault.column) for fault in table.rejects]
