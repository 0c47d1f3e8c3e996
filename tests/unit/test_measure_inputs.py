"""What a KPI, rule or exhibit is given, and why it is not."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from quarterdeck.frames import Coverage
from quarterdeck.measure.inputs import Inputs, base_tables
from quarterdeck.model import Unavailable
from tests.engine import covers, tables
from tests.tables import CHART, OCT, at, entries, frame, sale

BOOKS = {"entries": entries(sale(OCT, 5000)), "accounts": frame("accounts", CHART)}


def reason(found: object) -> str:
    assert isinstance(found, Unavailable)
    return found.reason


def test_frames_come_by_name() -> None:
    inputs = Inputs(tables(BOOKS))
    found = inputs.frames(("entries", "accounts"))
    assert not isinstance(found, Unavailable)
    assert list(found) == ["entries", "accounts"]
    assert found["entries"] is BOOKS["entries"]


def test_a_table_that_nobody_gives_is_named() -> None:
    assert reason(Inputs(tables(BOOKS)).frames(("entries", "budget"))) == "not collected: no source provides budget"


def test_a_table_that_failed_says_why() -> None:
    inputs = Inputs(tables(BOOKS, missing={"budget": "source plan could not be read: no such file"}))
    assert reason(inputs.frames(("entries", "budget"))) == "source plan could not be read: no such file"


def test_absence_is_a_fact_only_where_nothing_failed() -> None:
    found = Inputs(tables(BOOKS)).frames(("budget",), absent_ok=frozenset({"budget"}))
    assert not isinstance(found, Unavailable)
    assert not len(found["budget"])
    assert "statement_line" in found["budget"]
    failed = Inputs(tables(BOOKS, missing={"budget": "unreadable"}))
    assert reason(failed.frames(("budget",), absent_ok=frozenset({"budget"}))) == "unreadable"


def test_a_table_that_failed_is_not_there_even_where_rows_are() -> None:
    assert reason(Inputs(tables(BOOKS, missing={"entries": "unreadable"})).frames(("entries",))) == "unreadable"


def test_postings_are_joined_once() -> None:
    inputs = Inputs(tables(BOOKS))
    first, second = inputs.frames(("postings",)), inputs.frames(("entries", "postings"))
    assert not isinstance(first, Unavailable)
    assert not isinstance(second, Unavailable)
    assert first["postings"]["statement_line"].tolist() == ["cash", "revenue"]
    assert second["postings"] is first["postings"]


@pytest.mark.parametrize("gone", ["entries", "accounts"])
def test_postings_need_both_of_their_tables(gone: str) -> None:
    left = {name: rows for name, rows in BOOKS.items() if name != gone}
    assert reason(Inputs(tables(left)).frames(("postings",))) == f"not collected: no source provides {gone}"
    assert reason(Inputs(tables(left, missing={gone: "unreadable"})).frames(("postings",))) == "unreadable"


@pytest.mark.parametrize("absent_ok", [frozenset({"postings"}), frozenset({"entries", "accounts"})])
def test_postings_may_be_absent_by_their_own_name_or_by_their_tables(absent_ok: frozenset[str]) -> None:
    found = Inputs(tables({})).frames(("postings",), absent_ok=absent_ok)
    assert not isinstance(found, Unavailable)
    assert isinstance(found["postings"], pd.DataFrame)
    assert not len(found["postings"])
    assert "statement_line" in found["postings"]


def test_the_tables_behind_names() -> None:
    assert base_tables(("postings", "budget", "accounts")) == ("entries", "accounts", "budget")


# --- coverage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (covers("2026-11-01", None), "entries begin on 2026-11-01"),  # the day after October
        (covers("2026-10-31", None), None),
        (covers(None, "2026-10-01"), "entries end on 2026-09-30"),
        (covers(None, "2026-10-02"), None),
        (covers("2026-10-01", "2026-11-01"), None),
        (covers("2027-01-01", "2027-02-01"), "entries begin on 2027-01-01"),
        (covers("2025-01-01", "2025-02-01"), "entries end on 2025-01-31"),
        (covers(None, None), None),
    ],
)
def test_a_period_outside_of_what_is_known_cannot_be_spoken_of(known: Coverage, why: str | None) -> None:
    inputs = Inputs(tables(BOOKS, entries=known))
    for name in ("entries", "postings"):
        found = inputs.covered((name,), at("2026-10"))
        assert (found.reason if found else None) == why


def test_a_table_of_a_state_has_no_days() -> None:
    inputs = Inputs(tables({"assets": frame("assets", [{}])}, assets=covers("2027-01-01", "2027-02-01")))
    assert inputs.covered(("assets",), at("2026-10")) is None


def test_a_gap_is_what_is_missing_or_not_covered() -> None:
    inputs = Inputs(tables(BOOKS, entries=covers("2026-01-01", "2026-10-01")))
    october, september = at("2026-10"), at("2026-09")
    assert reason(inputs.gap(("postings",), october)) == "entries end on 2026-09-30"
    assert inputs.gap(("postings",), september) is None
    assert reason(inputs.gap(("postings", "budget"), september)) == "not collected: no source provides budget"


def test_what_may_be_absent_may_also_end_early() -> None:
    budget = frame("budget", [{"date": date(2025, 1, 1)}])
    inputs = Inputs(tables({"budget": budget}, budget=covers("2025-01-01", "2025-02-01")))
    assert inputs.gap(("budget",), at("2026-10"), absent_ok=frozenset({"budget"})) is None
    assert reason(inputs.gap(("budget",), at("2026-10"))) == "budget end on 2025-01-31"


@pytest.mark.parametrize(
    ("names", "is_state"),
    [
        (("postings",), False),
        (("commits", "tags"), False),
        (("budget", "postings"), False),
        (("assets",), True),
        (("postings", "prices"), True),
        ((), False),
    ],
)
def test_what_shows_a_state_has_no_past_of_its_own(names: tuple[str, ...], is_state: bool) -> None:
    assert Inputs(tables({})).is_state(names) is is_state
