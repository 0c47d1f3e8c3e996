"""The data notice: what a reader must know before trusting a figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from quarterdeck.compose.notices import notices
from quarterdeck.measure.faults import Fault
from quarterdeck.model import TenantKind
from tests.engine import covers
from tests.material import MARLIN, material, unavailable
from tests.tables import at

PART = "; figures made of them speak of the time up to then, and are compared with no other period"
FAILED: dict[str, Any] = {"table": "entries", "status": "failed", "reason": "no such file bank.csv", "remedy": "put it there"}


def texts(**given: Any) -> list[tuple[str, str]]:
    return [(notice["kind"], notice["text"]) for notice in notices(material(**given))]


def test_good_data_needs_no_notice() -> None:
    assert texts(pulls=[{"table": "entries"}], coverage={"entries": covers("2025-01-01", "2026-11-01", rows=12)}) == []


def test_a_source_that_failed_is_one_notice_with_its_tables_and_remedy() -> None:
    pulls = [FAILED, {**FAILED, "table": "accounts"}]
    assert notices(material(pulls=pulls)) == [
        {
            "kind": "missing",
            "source": "bank",
            "text": "Source bank could not be read, so accounts, entries are missing: no such file bank.csv",
            "remedy": "put it there",
        }
    ]


def test_a_failure_of_another_tenant_names_it() -> None:
    whole = replace(MARLIN, id="portfolio", kind=TenantKind.PORTFOLIO)
    pulls = [{**FAILED, "tenant": "heron"}, {**FAILED, "tenant": "unknown", "remedy": None}]
    assert [(notice["text"], notice["remedy"]) for notice in notices(material(pulls=pulls, tenant=whole))] == [
        ("Source bank of Heron Tours could not be read, so entries are missing: no such file bank.csv", "put it there"),
        ("Source bank of unknown could not be read, so entries are missing: no such file bank.csv", ""),
    ]


def test_rows_that_no_rate_turns_into_the_currency_are_missing_too() -> None:
    found = notices(
        material(
            pulls=[FAILED], missing={"entries": "as the pull says", "assets": "no rate from EUR to USD on or before 2026-10-31"}
        )
    )
    assert [(notice["kind"], notice["source"], notice["text"]) for notice in found][1:] == [
        ("missing", "assets", "The rows of assets cannot be used: no rate from EUR to USD on or before 2026-10-31"),
    ]


def test_an_earlier_reading_says_its_day() -> None:
    # Two in the morning in UTC is still the evening before in Los Angeles.
    row = {**FAILED, "status": "last_good", "read_at": datetime(2026, 11, 3, 2, tzinfo=UTC)}
    assert texts(pulls=[row]) == [
        (
            "stale",
            "Source bank could not be read, so entries are those of an earlier reading, of Nov 2, 2026: no such file bank.csv",
        ),
    ]


def test_tenants_left_out_are_named() -> None:
    assert texts(coverage={"entries": covers(None, None, left_out=("heron", "unknown"))}) == [
        ("left_out", "Figures made of entries leave out Heron Tours, unknown"),
    ]


def test_code_that_failed_is_told_to_the_roles_that_read_it() -> None:
    faults = (
        Fault("kpi", "net_burn", "its code failed with ZeroDivisionError"),
        Fault("kpi", "another_role_reads_it", "its code failed"),
        Fault("rule", "idle_asset", "its code failed with KeyError: 'x'"),
        Fault("rule", "net_burn", "its code failed"),  # no rule of the role, although a KPI is called so
        Fault("kpi", "idle_asset", "its code failed"),
    )
    found = notices(material(kpis=[unavailable("net_burn")], faults=faults))
    assert [(notice["kind"], notice["source"], notice["text"], notice["remedy"]) for notice in found] == [
        (
            "missing",
            "net_burn",
            "Net burn a month could not be worked out: its code failed with ZeroDivisionError",
            "mend kpi net_burn, and run the period again",
        ),
        (
            "missing",
            "idle_asset",
            "Nobody could check for idle_asset: its code failed with KeyError: 'x'",
            "mend rule idle_asset, and run the period again",
        ),
    ]


def test_notices_of_a_kind_stand_in_the_order_of_their_tables() -> None:
    left_out = covers(None, None, left_out=("heron",))
    found = notices(
        material(
            missing={"tags": "no rate", "assets": "no rate"},
            coverage={"prices": left_out, "duties": left_out},
            pulls=[{"table": table, "covers_to": date(2026, 1, 1)} for table in ("tags", "entries")],
        )
    )
    assert [notice["source"] for notice in found] == ["assets", "tags", "duties", "prices", "entries", "tags"]


@pytest.mark.parametrize(("rejected", "counted"), [(1, "1 row was"), (1204, "1,204 rows were")])
def test_rows_left_out_are_counted(rejected: int, counted: str) -> None:
    assert texts(pulls=[{"table": "entries", "rejected": rejected, "rows": 5000}]) == [
        ("rejected", f"{counted} found faulty in entries of source bank: left out, or out of line with the rows before"),
    ]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (date(2026, 10, 28), ["The rows of entries end on Oct 27, 2026"]),
        (date(2026, 10, 29), []),  # three days from the end are no news
        (None, []),
        (date(2026, 10, 18), ["The rows of entries end on Oct 17, 2026"]),  # a fortnight from the end
        (date(2026, 10, 17), [f"The rows of entries end on Oct 16, 2026{PART}"]),
        (date(2026, 10, 1), ["The rows of entries end on Sep 30, 2026"]),  # no figure of the period is made of them
        (date(2025, 1, 1), ["The rows of entries end on Dec 31, 2024"]),
    ],
)
def test_rows_that_end_early_say_where(known: date | None, said: list[str]) -> None:
    assert texts(pulls=[{"table": "entries", "covers_to": known}]) == [("stale", text) for text in said]


def test_of_several_sources_of_a_table_the_one_that_ends_first_counts() -> None:
    pulls = [
        {"table": "entries", "source": "bank", "covers_to": date(2026, 11, 1)},
        {"table": "entries", "source": "stripe", "covers_to": date(2026, 10, 20)},
    ]
    assert texts(pulls=pulls) == [("stale", "The rows of entries end on Oct 19, 2026")]


def test_the_portfolio_says_whose_rows_end_early_and_whose_figures_that_cuts() -> None:
    whole = replace(MARLIN, id="portfolio", kind=TenantKind.PORTFOLIO)
    pulls = [
        {"table": "entries", "tenant": "marlin", "covers_to": date(2026, 10, 10)},
        {"table": "entries", "tenant": "heron", "covers_to": date(2026, 9, 10)},
    ]
    coverage = {"entries": covers(None, "2026-10-10", left_out=("heron",))}
    assert texts(pulls=pulls, tenant=whole, coverage=coverage) == [
        ("left_out", "Figures made of entries leave out Heron Tours"),
        ("stale", "The rows of entries of Heron Tours end on Sep 9, 2026"),
        ("stale", f"The rows of entries of Marlin Charters end on Oct 9, 2026{PART}"),
    ]


def test_a_week_is_short_of_a_day_sooner_than_a_month() -> None:
    week = at("2026-W42")  # October 12 to 18
    for last, count in ((date(2026, 10, 18), 0), (date(2026, 10, 17), 1)):
        assert len(texts(pulls=[{"table": "entries", "covers_to": last}], at=week)) == count


def test_a_state_ends_nowhere() -> None:
    assert texts(pulls=[{"table": "assets", "covers_to": date(2025, 2, 1)}]) == []


def test_derived_books_are_no_accounting_system() -> None:
    assert texts(coverage={"entries": covers(None, None, derived=True)}) == [
        ("derived", "The books are derived from bank and Stripe rows; no accounting system keeps them"),
    ]


def test_what_is_missing_stands_before_what_is_only_poor() -> None:
    pulls = [
        {"table": "rates", "source": "list", "rejected": 3},
        FAILED,
        {**FAILED, "status": "last_good", "source": "old", "table": "tags", "read_at": datetime(2026, 11, 3, tzinfo=UTC)},
    ]
    pulls += [{"table": "commits", "source": "code", "covers_to": date(2026, 1, 1)}]
    coverage = {"commits": covers("2025-01-01", "2026-01-01", derived=True, left_out=("heron",))}
    assert [kind for kind, _ in texts(pulls=pulls, coverage=coverage, missing={"assets": "no rate"})] == [
        *("missing", "missing", "stale", "left_out", "rejected", "stale", "derived"),
    ]


def test_dates_and_counts_are_the_readers() -> None:
    german = replace(MARLIN, locale="de_DE")
    pulls = [{"rejected": 1204}, {"table": "entries", "covers_to": date(2026, 10, 1)}]
    assert texts(tenant=german, pulls=pulls, at=at("2026-10")) == [
        ("rejected", "1.204 rows were found faulty in table-1 of source bank: left out, or out of line with the rows before"),
        ("stale", "The rows of entries end on 30.09.2026"),
    ]
