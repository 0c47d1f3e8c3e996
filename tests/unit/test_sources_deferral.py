"""Charges for a later day of service, where the settings name an account for what is not earned yet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quarterdeck.errors import SourceError
from quarterdeck.sources._deferral import Deferral
from quarterdeck.sources._posting import Entry, Leg
from tests.ledgers import CHART, Options, balances, books, entries, stripe
from tests.sourcing import rows, write

CHARGE = "txn_1,charge,ch_1,1200.00,35.30,1164.70,usd,2026-09-01 17:02,,Half-day charter,Ada Lind,2026-10-12"
REFUND = "txn_2,refund,re_1,-400.00,0.00,-400.00,usd,2026-09-20 09:00,,,Ada Lind,2026-10-12"


def deferring(root: Path, *lines: str, **more: object) -> Options:
    chart = write(root, "books/deferring.csv", f"{CHART}2400,Customer deposits,liability,deferred_revenue\n")
    return {"chart": chart, "stripe": [stripe(root, *lines, deferred="2400")], **more}


def test_a_charge_for_a_later_day_is_owed_until_then(tmp_path: Path) -> None:
    september = books(tmp_path, "2026-09", **deferring(tmp_path, CHARGE))["entries"]
    assert entries(september) == {"stripe:txn_1": [("1050", 116_470), ("6110", 3_530), ("2400", -120_000)]}
    october = books(tmp_path, "2026-10", **deferring(tmp_path, CHARGE))["entries"]
    assert entries(october)["release:stripe:txn_1"] == [("2400", 120_000), ("4000", -120_000)]
    released = [row for row in rows(october) if row["entry"] == "release:stripe:txn_1"]
    assert {(row["date"], row["service_date"], row["document"], row["party"]) for row in released} == {
        (date(2026, 10, 12), date(2026, 10, 12), "ch_1", "Ada Lind")
    }
    assert balances(october) == {"1050": 116_470, "6110": 3_530, "2400": 0, "4000": -120_000}


def test_a_refund_before_the_service_takes_from_what_is_owed(tmp_path: Path) -> None:
    assert balances(books(tmp_path, "2026-09", **deferring(tmp_path, CHARGE, REFUND))["entries"])["2400"] == -80_000
    after = balances(books(tmp_path, "2026-10", **deferring(tmp_path, CHARGE, REFUND))["entries"])
    assert (after["2400"], after["4000"], after.get("4090", 0)) == (0, -80_000, 0)


@pytest.mark.parametrize("service", ["2026-09-01", "2026-08-31", ""])
def test_what_is_rendered_by_the_day_of_the_charge_is_revenue_at_once(tmp_path: Path, service: str) -> None:
    found = books(tmp_path, **deferring(tmp_path, CHARGE.replace("2026-10-12", service)))["entries"]
    assert entries(found) == {"stripe:txn_1": [("1050", 116_470), ("6110", 3_530), ("4000", -120_000)]}


def test_a_refund_after_the_service_lowers_revenue(tmp_path: Path) -> None:
    late = REFUND.replace("2026-09-20", "2026-10-20")
    after = balances(books(tmp_path, "2026-10", **deferring(tmp_path, CHARGE, late))["entries"])
    assert (after["2400"], after["4000"], after["4090"]) == (0, -120_000, 40_000)


def test_without_the_account_nothing_is_deferred(tmp_path: Path) -> None:
    found = books(tmp_path, "2026-10", stripe=[stripe(tmp_path, CHARGE)])["entries"]
    assert entries(found) == {"stripe:txn_1": [("1050", 116_470), ("6110", 3_530), ("4000", -120_000)]}


def test_the_account_must_stand_among_deferred_revenue(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="account '3000' is on the statement line 'equity'") as caught:
        books(tmp_path, stripe=[stripe(tmp_path, CHARGE, deferred="3000")])
    assert "'deferred_revenue'" in caught.value.problem.remedy
    with pytest.raises(SourceError, match=r"'2499', deferred of books/stripe.csv, is not in the chart"):
        books(tmp_path, stripe=[stripe(tmp_path, CHARGE, deferred="2499")])


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(DAYS, st.none() | DAYS, st.integers(-500, 5_000)), max_size=12), DAYS)
def test_what_is_owed_is_what_was_charged_and_not_rendered(made: list[tuple[date, date | None, int]], end: date) -> None:
    charged = [
        Entry(
            f"e{n}",
            day,
            "USD",
            (Leg("1050", minor), Leg("4000" if minor > 0 else "4090", -minor)),
            "stripe",
            "f",
            n,
            service_date=service,
        )
        for n, (day, service, minor) in enumerate(made)
        if day < end and minor
    ]
    posted = list(Deferral("2400", "4000", ("4000", "4090")).post(charged, end))
    held = {entry.id: sum(leg.minor for leg in entry.legs) for entry in posted}
    assert len(held) == len(posted)
    assert set(held.values()) <= {0}
    owed = -sum(leg.minor for entry in posted for leg in entry.legs if leg.account == "2400")
    assert owed == sum(
        minor for day, service, minor in made if service is not None and day < end <= service and minor and service > day
    )
    assert all(entry.day < end for entry in posted)
