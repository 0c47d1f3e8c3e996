"""Faults of the portfolio as a whole; those of its tenants are found with each tenant."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck.model import At, Effort, Severity
from quarterdeck.rules import Hit, Scope, rule
from quarterdeck.rules._shared import evidence


@rule(
    "companies_without_books",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.L,
    due_days=60,
    scope=Scope.PORTFOLIO,
    absent_ok=("entries",),
    title="Books are missing for {without} of {companies:company|companies}",
    why="Sums over the portfolio leave them out: revenue, cash and burn are those of the others.",
    remedy="Connect the bank account or the accounting system of each company listed here",
)
def companies_without_books(tenant: pd.DataFrame, entries: pd.DataFrame, pulls: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Companies without a single entry, although nothing of theirs failed to be read."""
    companies = tenant[tenant["kind"] == "company"]
    failed = pulls.loc[(pulls["table"] == "entries") & (pulls["status"] == "failed"), "tenant"]
    without = companies[~companies["id"].isin(entries["tenant"]) & ~companies["id"].isin(failed)]
    if len(without):
        yield Hit(
            subject="books",
            facts={"without": len(without), "companies": len(companies)},
            evidence=evidence(without.sort_values("id"), at, "id", "name", "kind"),
        )
