"""General ledgers for tests: a chart, and files of any format, read through the source."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from quarterdeck.sources import PulledTable
from tests.sourcing import pull, rows, window, write

CHART = """\
account,name,type,statement_line
1000,Checking,asset,cash
1200,Accounts Receivable (A/R),asset,receivables
3000,Equity,equity,equity
4000,Charters,income,revenue
6000,Berth,expense,operating_expenses
6999,Rounding,expense,operating_expenses
9999,Suspense,asset,suspense
"""
HEADER = "Journal,Date,Account,Debit,Credit,Currency,Party,Document,Memo,Service,Created,By,Other"
COLUMNS = {
    "entry": "Journal", "date": "Date", "account": "Account", "debit": "Debit", "credit": "Credit", "currency": "Currency",
    "party": "Party", "document": "Document", "memo": "Memo", "service_date": "Service", "created_at": "Created",
    "created_by": "By", "counterparty": "Other",
}  # fmt: skip


def settings(root: Path, *texts: str, **more: object) -> dict[str, Any]:
    """Options for files of such texts, which are CSV with HEADER unless `more` says otherwise."""
    made: dict[str, Any] = {
        "format": "csv",
        "files": [write(root, f"books/gl-{n}.csv", text) for n, text in enumerate(texts)],
        "chart": write(root, "books/chart.csv", CHART),
        "max_rejected": 1,
        **more,
    }
    if made["format"] == "csv":
        made.setdefault("columns", COLUMNS)
    return made


def read(root: Path, *texts: str, period: Any = "2026-10", **more: Any) -> PulledTable:
    """The entries of such files."""
    return pull("ledger", settings(root, *texts, **more), window(root, period))["entries"]


def plain(*lines: str, header: str = HEADER) -> str:
    """A CSV of such lines, whose cells at the end may be left out."""
    width = header.count(",")
    return "\n".join((header, *(line + "," * (width - line.count(",")) for line in lines))) + "\n"


def legs(table: PulledTable) -> dict[str, list[tuple[str, int]]]:
    """Legs as (account, minor units) by entry, and the proof that every entry balances."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows(table):
        assert row["leg"] == len(found[str(row["entry"])])
        found[str(row["entry"])].append((str(row["account"]), int(str(row["amount_minor"]))))
        sums[str(row["entry"]), str(row["currency"])] += int(str(row["amount_minor"]))
    assert not any(sums.values())
    return dict(found)


def faults(table: PulledTable) -> list[tuple[str, int, str]]:
    return [(fault.file, fault.line, fault.column) for fault in table.rejects]
