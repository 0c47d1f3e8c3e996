"""`quarterdeck init`: a commented portfolio.yaml and repos.env.example to start from. Nothing is overwritten."""

from __future__ import annotations

from pathlib import Path

from quarterdeck.errors import ConfigError

_PORTFOLIO = """\
# A portfolio: companies and units, where their data lies, and who reads which report.
# `quarterdeck check` says whether all of it is there, `quarterdeck preview first-company cto last-complete` shows a report;
# nothing is sent without --deliver.
version: 1

portfolio:
  name: My portfolio
  currency: USD
  timezone: UTC                 # periods begin and end at midnight there
  locale: en_US
  roles: {}                     # readers of the portfolio's own reports; RECIPIENT_EMAIL stands in for them

delivery:
  channel: outbox               # messages are written to .quarterdeck/outbox/ as .eml files

tenants:
  - id: first-company           # small letters, digits and dashes; part of every path, so keep it
    name: First Company
    kind: company               # or unit
    # timezone, currency and locale are the portfolio's unless given here
    sources:
      - id: code
        kind: git_history       # every commit, author and tag; no checkout needed
        repositories:
          - path: .             # relative to this file
      # - id: books
      #   kind: transactions    # Stripe's balance export and bank statements as balanced entries
      #   chart: books/accounts.csv   # without one, the accounts that are needed are proposed
      #   categories: books/categories.yaml
      #   suspense: "9999"
      #   bank:
      #     - {path: books/bank.csv, account: "1000", currency: USD, columns: {date: Date, amount: Amount, party: Description}}
      # - id: inventory
      #   kind: inventories     # assets, channels, prices, budget, contacts ... as CSV or YAML
      #   assets: inventory/assets.csv
      # - id: handoffs
      #   kind: handoffs        # project documents in markdown with front matter
      #   path: handoffs
    roles:
      cto: {to: [cto@example.com]}
    targets: {}                 # net_burn: {value: 2500.00, owner: cfo}
"""

_ENVIRONMENT = """\
# Copy to repos.env. It is parsed, never executed, and a real environment variable wins over it.
SES_SENDER_EMAIL=reports@example.com
AWS_REGION=us-west-2
RECIPIENT_EMAIL=owner@example.com
BCC_RECIPIENTS=archive@example.com
"""


def write_starter(directory: Path) -> list[Path]:
    """Write both files; ConfigError where one is there already."""
    files = {directory / "portfolio.yaml": _PORTFOLIO, directory / "repos.env.example": _ENVIRONMENT}
    there = [path for path in files if path.exists()]
    if there:
        raise ConfigError(f"{there[0]} is there already", remedy="name another directory, or remove it")
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise ConfigError(f"{directory}: a part of the path is no folder", remedy="name another directory") from error
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return list(files)
