"""A portfolio of two small tenants, made in a folder in a moment: for tests of the whole way.

Every figure in it can be worked out by hand: in October 2026 `alpha` sold 1,000.00 and spent 1,600.00.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

PORTFOLIO = """\
version: 1
portfolio:
  name: Two companies
  currency: USD
  timezone: America/New_York
  roles:
    ceo: {to: [owner@example.com]}
tenants:
  - id: alpha
    name: Alpha
    sources:
      - {id: code, kind: git_history, repositories: [{path: alpha/code}]}
      - {id: handoffs, kind: handoffs, path: alpha/handoffs}
      - {id: inventory, kind: inventories, channels: alpha/channels.csv}
      - id: books
        kind: transactions
        chart: alpha/chart.csv
        categories: alpha/categories.yaml
        suspense: "9999"
        opening: [{account: "1000", amount: 10000.00, date: 2025-12-31}]
        opening_equity: "3000"
        bank:
          - path: alpha/bank.csv
            account: "1000"
            currency: USD
            complete_through: 2026-10-31
            columns: {date: Date, amount: Amount, party: Party}
    roles:
      cfo: {to: [cfo@example.com], bcc: [archive@example.com]}
    targets:
      net_burn: {value: 500.00, owner: cfo}
  - id: beta
    name: Beta
    sources:
      - {id: inventory, kind: inventories, channels: beta/channels.csv}
"""

CHANNELS = """\
channel,kind,is_listed,is_live,reach,commission_ratio,setup_cost,currency,effort,reviews,next_step
Own site,website,true,true,500,,,,,,
Boats Online,ota,false,false,9000,0.15,200.00,USD,M,,apply
"""
CHART = """\
account,name,type,statement_line,behaviour,function
1000,Bank,asset,cash,,
3000,Equity,equity,equity,,
4000,Sales,income,revenue,,
6000,Rent,expense,operating_expenses,fixed,general
6100,Fuel,expense,cost_of_sales,variable,crew
9999,To be assigned,asset,suspense,,
"""
CATEGORIES = """\
- {match: {party: "^Harbour"}, account: "6000"}
- {match: {party: "^Fuel"}, account: "6100"}
- {match: {sign: in}, account: "4000"}
"""
BANK = """\
Date,Amount,Party
2026-08-05,900.00,Ann Customer
2026-08-09,-1500.00,Harbour Office
2026-09-05,800.00,Ann Customer
2026-09-09,-1500.00,Harbour Office
2026-10-05,1000.00,Bob Customer
2026-10-09,-1500.00,Harbour Office
2026-10-12,-100.00,Fuel Dock
"""
HANDOFF = """\
---
title: Booking engine
state: blocked
owner: dev@example.com
updated: 2026-10-20
blockers:
  - Payment account is not verified
---
# Booking engine
"""


def make(folder: Path) -> Path:
    """Write the portfolio's files and its repository; the path of portfolio.yaml."""
    files = {
        "portfolio.yaml": PORTFOLIO,
        "alpha/channels.csv": CHANNELS,
        "alpha/chart.csv": CHART,
        "alpha/categories.yaml": CATEGORIES,
        "alpha/bank.csv": BANK,
        "alpha/handoffs/booking.md": HANDOFF,
        "beta/channels.csv": CHANNELS,
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _repository(folder / "alpha" / "code")
    return folder / "portfolio.yaml"


def _repository(folder: Path) -> None:
    folder.mkdir(parents=True)
    _git(folder, "init", "-q", "-b", "main")
    for day, name in ((5, "a"), (12, "b"), (19, "a")):
        (folder / f"{name}.txt").write_text(f"{day}\n", encoding="utf-8")
        when = f"2026-10-{day:02d}T12:00:00+00:00"
        _git(folder, "add", ".")
        _git(folder, "commit", "-q", "-m", f"Change {name}", when=when)
    _git(folder, "tag", "v1")


def _git(folder: Path, *arguments: str, when: str = "2026-10-01T00:00:00+00:00") -> None:
    names = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _WHO.items()}
    dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(folder), **names, **dates}
    subprocess.run(["git", *arguments], cwd=folder, check=True, env=environment)


_WHO = {"NAME": "Dev", "EMAIL": "dev@example.com"}
