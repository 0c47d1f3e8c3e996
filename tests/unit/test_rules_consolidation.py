from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from tests.asking import Case, Given, ask, check, kpi
from tests.tables import CHART, FUEL, OCT, SALES, at, entry, frame, posted, sale, together, usd

CLAIMS, DEBTS = "1290", "2090"
BETWEEN = [
    *CHART,
    {"account": CLAIMS, "name": "Due from group", "type": "asset", "statement_line": "receivables"},
    {"account": DEBTS, "name": "Due to group", "type": "liability", "statement_line": "payables"},
]


def group(claimed: int, owed: int) -> Given:
    """Two companies: jada claims of haul, and haul owes jada by its own books."""
    one = posted(entry(OCT, CLAIMS, SALES, claimed, counterparty="haul"), tenant="jada", chart=BETWEEN)
    other = posted(entry(OCT, FUEL, DEBTS, owed, counterparty="jada"), sale(OCT, 1), tenant="haul", chart=BETWEEN)
    return {"postings": together("entries", one, other)}


def unavailable(reason: str) -> Given:
    return {"kpis": {id: replace(kpi(id, None), unavailable_reason=reason) for id in ("cash", "net_burn")}}


def foreign(*quoted: str, base: str = "EUR") -> Given:
    """Books in euros that were converted to dollars, and rates of some days."""
    books = posted(sale(OCT, 5_000))
    return {
        "postings": books.assign(booked_minor=books["amount_minor"], booked_currency=base),
        "rates": rates(*quoted),
    }


def rates(*quoted: str, base: str = "EUR", quote: str = "USD") -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {"date": date.fromisoformat(day), "base": base, "quote": quote, "rate": Decimal("1.1")} for day in quoted
    ]
    return frame("rates", rows)


WEEKLY = ("2026-09-29", "2026-10-06", "2026-10-13", "2026-10-20", "2026-10-27")

CASES = {
    "intercompany_mismatch": Case(
        seeded=lambda: group(90_000, 70_000),
        clean=lambda: group(90_000, 90_000),
        subject="haul and jada",
        title="haul and jada differ by $200 on what they owe each other",
        why="haul has −$700 in its books and jada $900; the two should cancel out, and do not.",
    ),
    "exchange_rate_missing": Case(
        seeded=lambda: unavailable("no rate from EUR to USD on or before 2026-10-15"),
        clean=lambda: unavailable("entries end on 2026-08-01"),
        subject="EUR/USD",
        title="Without a rate for EUR/USD, 2 figures cannot be worked out",
        why="No rate from EUR to USD on or before 2026-10-15. Amounts without a rate are in no sum, "
        "and a sum without them would be no figure.",
    ),
    "exchange_rate_stale": Case(
        seeded=lambda: foreign("2026-09-29", "2026-10-06"),
        clean=lambda: foreign(*WEEKLY),
        subject="EUR/USD",
        title="Rates of EUR/USD are up to 25 days old",
        why="Amounts of the period are converted at the last rate known before their day; up to 7 days is taken as current.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_both_sides_of_a_mismatch_are_the_evidence() -> None:
    (found,) = ask("intercompany_mismatch", **group(90_000, 70_000))
    assert {(row["tenant"], row["account_name"]) for row in found.hit.evidence} >= {
        ("jada", "Due from group"),
        ("haul", "Due to group"),
    }
    assert found.hit.money_at_stake == usd(20_000)


def test_a_counterparty_that_is_no_company_of_the_group_is_nobodys_mismatch() -> None:
    lone = posted(entry(OCT, CLAIMS, SALES, 5, counterparty="stranger"), tenant="jada", chart=BETWEEN)
    assert ask("intercompany_mismatch", postings=together("entries", lone, posted(sale(OCT, 1), tenant="haul"))) == []


def test_rates_of_the_other_direction_count() -> None:
    turned = foreign() | {"rates": rates(*WEEKLY, base="USD", quote="EUR")}
    assert ask("exchange_rate_stale", **turned) == []


def test_rates_that_begin_within_the_period_are_missing_until_then() -> None:
    late = foreign("2026-10-13", "2026-10-20", "2026-10-27")
    (found,) = ask("exchange_rate_stale", **late)
    assert found.hit.facts["age"] == 12
    assert found.hit.evidence == ({"pair": "EUR/USD", "age": 12},)


def test_books_in_the_companys_own_currency_need_no_rate() -> None:
    assert ask("exchange_rate_stale", **foreign(base="USD")) == []
    assert ask("exchange_rate_stale", postings=posted(sale(OCT, 5)), rates=rates()) == []


def test_a_rate_is_named_once_for_all_that_it_stops() -> None:
    kpis = unavailable("no rate from EUR to USD in 2026-10 or before")["kpis"] | {
        "equity": replace(kpi("equity", None), unavailable_reason="no rate from JPY to USD in 2026-10 or before")
    }
    assert [found.subject for found in ask("exchange_rate_missing", at("2026-10"), kpis=kpis)] == ["EUR/USD", "JPY/USD"]
