"""Faults of several currencies and several companies: rates that are missing or old, and books that contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pandas as pd

from quarterdeck.consolidation.elimination import GROUP, pairs
from quarterdeck.exchange import STALE_DAYS, missing_pair, oldest_used
from quarterdeck.frames import before
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, Scope, rule
from quarterdeck.rules._shared import Kpis, evidence


@rule(
    "intercompany_mismatch",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.M,
    due_days=15,
    scope=Scope.PORTFOLIO,
    title="{one} and {other} differ by {difference} on what they owe each other",
    why="{one} has {one_side} in its books and {other} {other_side}; the two should cancel out, and do not.",
    remedy="Reconcile the accounts between {one} and {other}, and book on both sides what one of them lacks",
)
def intercompany_mismatch(postings: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Two companies' balances with each other do not cancel out at the end of the period."""
    for pair in pairs(postings, at.start, at.end):
        if not pair.balance_difference:
            continue
        difference = Money(abs(pair.balance_difference), at.currency)
        both = {(pair.one, pair.other), (pair.other, pair.one)}
        named = before(postings[postings["counterparty"].isin({pair.one, pair.other})], at.end)
        keys = zip(named["tenant"], named["counterparty"], strict=True)
        rows = named[[key in both for key in keys]].sort_values(
            ["date", "tenant", "entry", "leg"], ascending=[False, True, True, True]
        )
        yield Hit(
            subject=f"{pair.one} and {pair.other}",
            facts={
                "one": pair.one,
                "other": pair.other,
                "difference": difference,
                "one_side": Money(pair.balance[0], at.currency),
                "other_side": Money(pair.balance[1], at.currency),
            },
            evidence=evidence(
                rows[rows["tenant"] != GROUP],
                at,
                "date",
                "tenant",
                "account_name",
                "amount_minor",
                "source_file",
                "source_line",
            ),
            money_at_stake=difference,
        )


@rule(
    "exchange_rate_missing",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.S,
    due_days=5,
    scope=Scope.EVERY,
    title="Without a rate for {pair}, {figures:figure|figures} cannot be worked out",
    why="{reason}. Amounts without a rate are in no sum, and a sum without them would be no figure.",
    remedy="Add the missing rates of {pair} to the file of rates",
)
def exchange_rate_missing(kpis: Kpis, at: At) -> Iterable[Hit]:  # noqa: ARG001 - asked for a period like all
    """A figure is unavailable because an amount has no rate."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for value in kpis.values():
        pair = missing_pair(value.unavailable_reason) if value.value is None else None
        if pair is not None:
            reasons[pair].append(value.unavailable_reason)
    for pair, said in sorted(reasons.items()):
        reason = min(said)
        yield Hit(subject=pair, facts={"pair": pair, "figures": len(said), "reason": reason[:1].upper() + reason[1:]})


@rule(
    "exchange_rate_stale",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.S,
    due_days=10,
    scope=Scope.EVERY,
    title="Rates of {pair} are up to {age:days} old",
    why="Amounts of the period are converted at the last rate known before their day; up to {limit:days} is taken as current.",
    remedy="Add the rates of {pair} for the days that have none",
)
def exchange_rate_stale(postings: pd.DataFrame, rates: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A rate that is used on a day of the period is more than seven days old."""
    used = before(postings, at.end)
    booked = sorted(set(used["booked_currency"]) - {at.currency}) if "booked_currency" in used else []
    for currency in booked:
        age, since = oldest_used(rates, str(currency), at.currency, at.start, at.end)
        if age > STALE_DAYS:
            pair = f"{currency}/{at.currency}"
            row: dict[str, Fact] = {"pair": pair, "age": age}
            shown = row if since is None else {**row, "quoted_on": since}
            yield Hit(subject=pair, facts={"pair": pair, "age": age, "limit": STALE_DAYS}, evidence=(shown,))
