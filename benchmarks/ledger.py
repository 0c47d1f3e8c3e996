"""A million ledger rows from files to reports: seconds of each stage, and the most memory that the process ever held.

Run by `make bench`. Three companies, one of them in euros, with half a million entries of two lines over 24 months on 60
accounts; they owe and sell each other a little. Their files are read, all KPIs of each company and of the portfolio
worked out, and the CFO's and the accountant's reports of the portfolio made in every form. Exits with 1 where that takes
more memory than its budget.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
import pandas as pd

from quarterdeck.config import PORTFOLIO, load_settings
from quarterdeck.render import render_all
from quarterdeck.steps.measure import measure_tenant
from quarterdeck.steps.pull import pull
from quarterdeck.steps.report import document_of
from quarterdeck.wiring import Parts
from reports import role

BUDGET = 1_500  # MB
ENTRIES = 500_000
PERIOD = "2026-10"
FIRST, DAYS = date(2024, 11, 1), 730
COMPANIES = {"anchor": "USD", "buoy": "USD", "cleat": "EUR"}

# Statement line and how many of the sixty accounts stand on it.
_LINES = {
    "cash": ("asset", 4),
    "clearing": ("asset", 1),
    "receivables": ("asset", 3),
    "inventory": ("asset", 2),
    "prepaid": ("asset", 1),
    "fixed_assets": ("asset", 4),
    "payables": ("liability", 3),
    "deferred_revenue": ("liability", 2),
    "taxes_payable": ("liability", 2),
    "short_term_loans": ("liability", 1),
    "loans": ("liability", 2),
    "equity": ("equity", 2),
    "revenue": ("income", 8),
    "refunds": ("income", 1),
    "cost_of_sales": ("expense", 8),
    "operating_expenses": ("expense", 12),
    "depreciation": ("expense", 1),
    "interest": ("expense", 1),
    "income_tax": ("expense", 1),
    "suspense": ("asset", 1),
}
# What an entry is: debit, credit, and how often in a hundred.
_KINDS = (
    ("cash", "revenue", 28),
    ("receivables", "revenue", 14),
    ("cash", "receivables", 12),
    ("operating_expenses", "cash", 18),
    ("cost_of_sales", "payables", 9),
    ("payables", "cash", 8),
    ("cost_of_sales", "inventory", 4),
    ("inventory", "cash", 3),
    ("cash", "deferred_revenue", 2),
    ("taxes_payable", "cash", 1),
    ("refunds", "cash", 1),
)
T = TypeVar("T")


def main() -> int:
    began = time.perf_counter()
    with TemporaryDirectory() as folder:
        root = Path(folder)
        rows = _write(root)
        settings = load_settings(root / "portfolio.yaml", {})
        parts = Parts(settings, lambda: datetime(2026, 11, 24, 15, tzinfo=UTC))
        _say(f"{rows:,} ledger rows, written in {time.perf_counter() - began:.1f} s")
        bases = []
        for tenant in COMPANIES:
            period = parts.period(tenant, PERIOD)
            manifest = _timed(f"{tenant}: read its files", lambda: pull(parts, tenant, "books", period))  # noqa: B023
            bases.append((tenant, _timed(f"{tenant}: all KPIs", lambda: measure_tenant(parts, tenant, period, [manifest]))))  # noqa: B023
        period = parts.period(PORTFOLIO, PERIOD)
        rates = pull(parts, PORTFOLIO, "rates", period)
        whole = _timed("portfolio: all KPIs", lambda: measure_tenant(parts, PORTFOLIO, period, [rates], bases))
        for name in ("cfo", "accounting"):
            document = _timed(f"portfolio: {name} as data", lambda: document_of(parts, role(name), PORTFOLIO, period, whole))  # noqa: B023
            files = _timed(f"portfolio: {name} in all forms", lambda: render_all(document, parts.templates, None))  # noqa: B023
            _say(f"  {', '.join(f'{each} {len(content) // 1024} KiB' for each, content in files.items() if 'report.' in each)}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(f"in all {time.perf_counter() - began:.1f} s, at most {peak:,.0f} MB of {BUDGET:,}")
    return int(peak > BUDGET)


def _timed(what: str, made: Callable[[], T]) -> T:
    began = time.perf_counter()
    found = made()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(f"  {what:<32}{time.perf_counter() - began:7.1f} s   peak {peak:6,.0f} MB")
    return found


def _write(root: Path) -> int:
    """The portfolio's files; how many ledger rows they hold."""
    chart = _chart()
    chart.to_csv(root / "chart.csv", index=False)
    days = pd.date_range(FIRST, periods=DAYS)
    rates = pd.DataFrame({"date": days.date, "base": "EUR", "quote": "USD"})
    rates["rate"] = np.round(1.08 + 0.04 * np.sin(np.arange(DAYS) / 60), 4)
    rates.to_csv(root / "rates.csv", index=False)
    rows = sum(_ledger(root, number, tenant, chart) for number, tenant in enumerate(COMPANIES))
    (root / "portfolio.yaml").write_text(_settings(), encoding="utf-8")
    return rows


def _chart() -> pd.DataFrame:
    rows = []
    for line, (type_, count) in _LINES.items():
        for number in range(count):
            behaviour = {"cost_of_sales": "variable", "operating_expenses": "fixed"}.get(
                line, "fixed" if type_ == "expense" else ""
            )
            account = str(1000 + 100 * len({row["statement_line"] for row in rows} | {line}) + number)
            name = f"{line.replace('_', ' ').capitalize()} {number + 1}"
            rows.append({"account": account, "name": name, "type": type_, "statement_line": line, "behaviour": behaviour})
    return pd.DataFrame(rows)


def _ledger(root: Path, number: int, tenant: str, chart: pd.DataFrame) -> int:
    draw = np.random.default_rng(number)
    count = ENTRIES // len(COMPANIES)
    by_line = {line: rows.to_numpy() for line, rows in chart.groupby("statement_line")["account"]}
    kinds = draw.choice(len(_KINDS), count, p=np.array([kind[2] for kind in _KINDS]) / 100)
    sides = []
    for side in (0, 1):
        accounts = np.empty(count, object)
        for kind, names in enumerate(_KINDS):
            of_kind = kinds == kind
            accounts[of_kind] = draw.choice(by_line[names[side]], of_kind.sum())
        sides.append(accounts)
    days = np.sort(draw.integers(0, DAYS, count))
    amounts = np.round(draw.lognormal(4, 1, count), 2) + 1
    dates = np.array(pd.date_range(FIRST, periods=DAYS).strftime("%Y-%m-%d"))[days]
    parties = np.array([f"Party {each}" for each in range(400)])[draw.integers(0, 400, count)]
    documents = np.where(draw.random(count) < 0.9, [f"D-{each}" for each in range(count)], "")
    others = [each for each in COMPANIES if each != tenant]
    between = np.where((draw.random(count) < 0.005) & np.isin(kinds, [1, 4]), draw.choice(others, count), "")
    legs = pd.DataFrame({
        "entry": np.repeat([f"{tenant}-{each}" for each in range(count)], 2),
        "date": np.repeat(dates, 2),
        "account": np.column_stack(sides).ravel(),
        "amount": np.column_stack([amounts, -amounts]).ravel(),
        "party": np.repeat(parties, 2),
        "document": np.repeat(documents, 2),
        "memo": "Monthly",
        "counterparty": np.repeat(between, 2),
    })  # fmt: skip
    legs.to_csv(root / f"{tenant}.csv", index=False, float_format="%.2f")
    return len(legs)


def _settings() -> str:
    names = ("entry", "date", "account", "amount", "party", "document", "memo", "counterparty")
    columns = ", ".join(f"{name}: {name}" for name in names)
    tenants = "".join(
        f"  - id: {tenant}\n    name: {tenant.title()}\n    currency: {currency}\n    sources:\n"
        f"      - {{id: books, kind: ledger, format: csv, files: [{tenant}.csv], chart: chart.csv, columns: {{{columns}}}}}\n"
        for tenant, currency in COMPANIES.items()
    )
    return (
        "version: 1\nportfolio:\n  name: Three companies\n  currency: USD\n  timezone: America/New_York\n"
        f"  sources:\n    - {{id: rates, kind: inventories, rates: rates.csv}}\ntenants:\n{tenants}"
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
