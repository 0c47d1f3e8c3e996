"""What holds for every KPI: how it is declared, that row order means nothing, and that companies add up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck import codec
from quarterdeck.books import DERIVED
from quarterdeck.kpis import KPIS, Kpi
from quarterdeck.model import Unavailable, Unit
from quarterdeck.reconciliation import matched
from quarterdeck.schemas import TABLES
from tests.clouds import aws_tables, costs
from tests.marketing import MARKED, marketing_tables
from tests.tables import (
    ADS,
    CASH,
    CLEARING,
    DEFERRED,
    EQUIPMENT,
    EQUITY,
    FUEL,
    INTEREST,
    LOAN,
    OCT,
    OCTOBER,
    PAYABLES,
    PREPAID,
    RECEIVABLES,
    RENT,
    SALES,
    SUSPENSE,
    TAXES,
    Entry,
    cost,
    entries,
    entry,
    frame,
    nothing_of,
    posted,
    refund,
    sale,
    together,
    usd,
)
from tests.unit_rows import unit_tables

PROMISED = (  # ids that roles, rules and targets are written against
    "net_revenue revenue_growth budget_attainment gross_margin ebitda ebitda_margin cash net_burn gross_burn runway "
    "fixed_costs contribution_margin break_even_units break_even_revenue margin_of_safety opex_ratio customer_concentration "
    "trial_balance_difference suspense_balance uncategorised_share missing_documents missing_documents_amount "
    "possible_duplicates clearing_balance refund_ratio postings deferred_revenue "
    "commits active_authors changed_lines deployments lead_time bus_factor stale_repositories open_blockers "
    "blocked_projects projects_without_owner contacts reachable_contacts dormant_contacts live_channels channel_coverage "
    "live_otas new_customers repeat_share average_sale campaign_value open_pipeline win_rate funnel_conversion "
    "assets asset_value renewals_due undocumented_share critical_duties_alone "
    "aws_cost aws_cost_change aws_cost_untagged aws_saving function_error_rate server_error_rate api_latency"
).split()


def test_the_ids_that_others_build_on_are_there() -> None:
    assert sorted(set(PROMISED) - set(KPIS)) == []


@pytest.mark.parametrize("kpi", KPIS.all().values(), ids=lambda kpi: kpi.id)
def test_a_kpi_is_declared_in_full(kpi: Kpi) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kpi.id)
    assert kpi.tables
    assert set(kpi.tables) <= set(TABLES) | set(DERIVED)
    assert kpi.label
    assert kpi.formula
    assert kpi.needs
    assert not kpi.needs.endswith(".")
    assert kpi.definition.endswith(".")


@pytest.mark.parametrize("kpi", KPIS.all().values(), ids=lambda kpi: kpi.id)
def test_without_rows_there_is_a_reason_and_no_zero(kpi: Kpi) -> None:
    nothing = {name: nothing_of(name) for name in kpi.tables}
    found = kpi.compute(**nothing, at=OCTOBER)
    assert isinstance(found, Unavailable)
    assert found.reason
    assert not found.reason.endswith(".")
    assert found.reason[0].islower()


def _tables() -> Mapping[str, pd.DataFrame]:
    """Rows of all tables but the books, such that every KPI has a figure."""
    noon = datetime(2026, 10, 5, 12, tzinfo=UTC)
    hours = (2, 5, 9, 30)
    cases = {"delivered_ratio": Decimal("0.9"), "response_ratio": Decimal("0.3"), "value_minor": 1_001}
    return {
        "commits": frame(
            "commits",
            [
                {
                    "repository": name,
                    "author": author,
                    "date": noon.date(),
                    "committed_at": noon - timedelta(hours=hour),
                    "authored_at": noon - timedelta(hours=hour + 1),
                    "added_lines": hour,
                }
                for name in ("site", "app")
                for hour, author in zip(hours, ("Ann", "Bob", "Ann", "Cid"), strict=True)
            ],
        ),
        "tags": frame("tags", [{"repository": name, "date": noon.date(), "tagged_at": noon} for name in ("site", "app")]),
        "repositories": frame("repositories", [{"last_commit": OCT}, {"last_commit": None}]),
        "file_authors": frame(
            "file_authors",
            [
                {"repository": "site", "path": path, "author": author, "changes": changes}
                for path, author, changes in (("a", "Ann", 5), ("a", "Bob", 4), ("b", "Bob", 2), ("c", "Cid", 1))
            ],
        ),
        "leaks": frame("leaks", [{"is_in_tree": True}]),
        "code_checks": frame("code_checks", [{"checked_packages": 3}]),
        "vulnerabilities": frame("vulnerabilities", [{}]),
        "branches": frame("branches", [{"branch": "old", "ahead": 2, "last_commit": date(2026, 1, 1)}]),
        "incidents": frame("incidents", [{"date": noon.date(), "hours_to_restore": Decimal("2.5")}]),
        "handoffs": frame("handoffs", [{"state": "blocked", "blockers": 2}, {"state": "active", "owner": "Ann"}]),
        "channels": frame("channels", [{"kind": "ota", "is_live": True}, {"kind": "ota"}, {"kind": "email"}]),
        "prices": frame("prices", [{"price_minor": 90, "variable_cost_minor": 20, "is_main": True}, {"price_minor": 5}]),
        "budget": frame(
            "budget",
            [
                {"date": date(2026, 10, 1), "statement_line": line, "amount_minor": minor}
                for line, minor in (("revenue", 500), ("refunds", 70))
            ]
            + [
                {"date": date(2026 + month // 13, month % 12 or 12, 1), "statement_line": "revenue", "amount_minor": 9}
                for month in (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13)
            ],
        ),
        "invoices": frame(
            "invoices",
            [
                {**bill, "side": side, "issued_on": date(2026, 8, 1), "due_on": date(2026, 8, 31), "amount_minor": 70}
                for side in ("receivable", "payable")
                for bill in ({}, {"paid_minor": 70, "paid_on": date(2026, 9, 9)})
            ],
        ),
        "obligations": frame("obligations", [{"amount_minor": 70, "service_start": date(2026, 11, 3), "billed_on": OCT}]),
        "planned_cash": frame("planned_cash", [{"due_on": date(2026, 11, 9), "amount_minor": -30}]),
        "milestones": frame("milestones", [{"kpi": "net_burn", "target": Decimal(100), "due_on": date(2026, 12, 31)}]),
        "contacts": frame("contacts", [{"segment": name, "is_opted_in": True, "added_on": date(2026, 1, 1)} for name in "aab"]),
        "campaigns": frame("campaigns", [{"segment": name, "case": "base", **cases} for name in "ab"]),
        "pipeline": frame(
            "pipeline",
            [
                {"stage": stage, "value_minor": 7, "opened_on": date(2026, 9, 1), "closed_on": closed}
                for stage, closed in (("won", OCT), ("lost", OCT), ("lead", None))
            ],
        ),
        "funnel": frame(
            "funnel", [{"step": step, "date": OCT, "entered": 9, "completed": 7} for step in ("quote", "book", "pay")]
        ),
        "assets": frame("assets", [{"status": "active", "value_minor": 5, "renews_on": date(2026, 11, 2)}, {"status": "idle"}]),
        "ownership": frame(
            "ownership", [{"share_ratio": Decimal("0.4")}, {"share_ratio": Decimal("0.6"), "has_agreement": True}]
        ),
        "locks": frame("locks", [{"through": date(2026, 10, 31), "locked_at": datetime(2026, 11, 9, tzinfo=UTC)}]),
        "close_tasks": frame("close_tasks", [{"period": "2026-10", "done_on": date(2026, 11, 3)}, {"period": "2026-10"}]),
        "fixed_assets": frame("fixed_assets", [{"cost_minor": 900, "useful_months": 36}]),
        "expense_patterns": frame("expense_patterns", [{"words": "mill"}]),
        "bank_lines": frame("bank_lines", [{"account": CASH, "date": OCT, "amount_minor": -4_000}]),
        "bank_balances": frame("bank_balances", [{"account": CASH, "date": OCT, "balance_minor": 70}]),
        "rates": frame("rates", [{"base": "EUR", "quote": "USD", "rate": Decimal("1.1")}]),
        "delivered": frame(
            "delivered",
            [{"role": "cfo", "period": "2026-09", "id": "cash", "value": codec.canonical(codec.plain(usd(70))), "books": ""}],
        ),
        "duties": frame("duties", [{"is_critical": True}, {"is_critical": True, "stand_in": "Bob"}]),
        "subscriptions": frame(
            "subscriptions",
            [
                {"customer": "Ann", "price_minor": 70, "every": "month", "started_on": date(2025, 1, 1)},
                {"customer": "Bob", "price_minor": 90, "every": "year", "started_on": date(2026, 9, 1)},
            ],
        ),
        **unit_tables("Ann"),
        **marketing_tables("Ann"),
        **aws_tables({"cloud_costs": costs(*((f"2026-{month:02d}", {"AWS WAF": "6.00"}) for month in (8, 9, 10)))}),
    }


TABLES_BUT_BOOKS = _tables()
# With these the books have a figure for every KPI, whatever is drawn beside them.
GROUND: tuple[Entry, ...] = (
    entry(date(2024, 10, 1), CASH, EQUITY, 500),
    sale(date(2025, 3, 1), 5_000, "Eve"),
    sale(date(2026, 5, 1), 5_000, "Dee"),
    cost(OCT, 600, ADS),
    entry(date(2025, 8, 1), CASH, EQUITY, 900_000),
    sale(date(2026, 9, 5), 5_000, "Ann"),
    sale(OCT, 9_000_000, "Ann"),
    cost(OCT, 4_000, FUEL, party="Mill"),
    cost(OCT, 9_000_000, RENT, party="Yard", document="A"),
    cost(date(2026, 8, 3), 900_000, RENT),
    entry(OCT, CLEARING, DEFERRED, 300),
    entry(OCT, RECEIVABLES, SALES, 5_000, party="Cal"),
    entry(OCT, RENT, PAYABLES, 700, party="Amazon Web Services"),
    entry(OCT, CASH, TAXES, 40),
    entry(date(2025, 8, 1), CASH, LOAN, 5_000),
    entry(OCT, INTEREST, CASH, 20),
    entry(OCT, EQUIPMENT, CASH, 900, created_at=datetime(2026, 10, 16, tzinfo=UTC)),
    entry(date(2026, 2, 1), PREPAID, CASH, 60),
)

_KINDS = st.sampled_from(("sale", "refund", "fuel", "rent", "suspense"))
_DRAWN = st.lists(
    st.tuples(
        _KINDS,
        st.dates(date(2025, 9, 1), date(2026, 12, 31)),
        st.integers(1, 20_000),
        st.sampled_from((None, "Ann", "Bea", "Yard")),
    ),
    max_size=25,
)


Drawn = list[tuple[str, date, int, str | None]]


def _made(drawn: Drawn) -> list[Entry]:
    made = []
    for kind, day, minor, party in drawn:
        if kind in ("sale", "refund"):
            made.append((sale if kind == "sale" else refund)(day, minor, party))
        else:
            made.append(cost(day, minor, {"fuel": FUEL, "rent": RENT, "suspense": SUSPENSE}[kind], party=party))
    return made


def _with_books(made: Iterable[Entry]) -> dict[str, pd.DataFrame]:
    listed = list(made)
    rows = posted(*listed, chart=MARKED)
    booked = rows["currency"].mask(rows["account"] == RECEIVABLES, "EUR")
    both = {"entries": entries(*listed), "postings": rows.assign(booked_minor=rows["amount_minor"], booked_currency=booked)}
    return {**TABLES_BUT_BOOKS, **both, "bank_matches": matched(both["entries"], TABLES_BUT_BOOKS["bank_lines"])}


def _figures(tables: Mapping[str, pd.DataFrame]) -> dict[str, object]:
    return {kpi.id: kpi.compute(**{name: tables[name] for name in kpi.tables}, at=OCTOBER) for kpi in KPIS.all().values()}


@settings(max_examples=10, deadline=None)
@given(drawn=_DRAWN, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_means_nothing(drawn: Drawn, seed: int) -> None:
    made = [*GROUND, *_made(drawn)]
    tables = _with_books(made)
    shuffled = {name: rows.sample(frac=1, random_state=seed) for name, rows in tables.items()}
    assert _figures(shuffled) == _figures(tables)


def test_the_ground_of_that_property_has_a_figure_for_every_kpi() -> None:
    figures = _figures(_with_books(GROUND))
    assert {id: found for id, found in figures.items() if isinstance(found, Unavailable)} == {}


@pytest.mark.parametrize("id", ["net_revenue", "cash", "ebitda", "suspense_balance", "trial_balance_difference"])
@settings(max_examples=15, deadline=None)
@given(one=_DRAWN, two=_DRAWN)
def test_companies_add_up_to_the_portfolio(id: str, one: Drawn, two: Drawn) -> None:
    kpi = KPIS.get(id)
    make = entries if kpi.tables == ("entries",) else posted
    parts = [make(*GROUND, *_made(drawn), tenant=tenant) for drawn, tenant in ((one, "a"), (two, "b"))]
    figures = [kpi.compute(part, at=OCTOBER) for part in (*parts, together("entries", *parts))]
    assert isinstance(figures[0], int)
    assert isinstance(figures[1], int)
    assert figures[2] == figures[0] + figures[1]


@pytest.mark.parametrize("kpi", KPIS.all().values(), ids=lambda kpi: kpi.id)
def test_a_figure_has_the_type_of_its_unit(kpi: Kpi) -> None:
    tables = _with_books(GROUND)
    found = kpi.compute(**{name: tables[name] for name in kpi.tables}, at=OCTOBER)
    expected = int if kpi.unit in (Unit.MONEY, Unit.COUNT) else Decimal
    assert type(found) is expected
