"""Frames: nothing is lost on the way from a snapshot, days are cut half open, sums are exact."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.frames import (
    MONEY_COLUMNS,
    Coverage,
    Tables,
    before,
    between,
    concat,
    day,
    empty,
    is_blank,
    ratio,
    to_frame,
    total,
)
from quarterdeck.schemas import TABLES, build
from tests.tables import frame

LARGE = 2**53 + 1  # the first whole number that a float does not hold
WHOLE = st.integers(-(2**63), 2**63 - 1)


def assets(**columns: Any) -> pd.DataFrame:
    return frame("assets", [{"asset": "boat", **columns}, {"asset": "van"}])


# --- from snapshot to frame -------------------------------------------------------------------------------------------


def test_amounts_beyond_a_float_are_kept_beside_empty_ones() -> None:
    values = assets(value_minor=LARGE)["value_minor"]
    assert values.dtype == "Int64"
    assert int(values[0]) == LARGE
    assert pd.isna(values[1])


def test_days_ratios_and_instants_keep_their_value() -> None:
    rates = frame("rates", [{"date": date(1, 1, 1), "rate": Decimal("0.00000001")}, {"date": date(9999, 12, 31)}])
    assert [day(each) for each in rates["date"]] == [date(1, 1, 1), date(9999, 12, 31)]
    assert rates["rate"][0] == Decimal("0.00000001")
    instant = datetime(2026, 10, 1, 7, 0, 0, 1, tzinfo=UTC)
    assert frame("tags", [{"tagged_at": instant}])["tagged_at"][0].to_pydatetime() == instant


@pytest.mark.parametrize("text", ["NA", "007", "nan", "None", " ", "1e5", "x" * 5000, "שלום", "\x00"])
def test_text_stays_text(text: str) -> None:
    assert assets(name=text)["name"].tolist() == [text, "name"]


@pytest.mark.parametrize("table", TABLES)
def test_every_row_names_its_tenant(table: str) -> None:
    none = empty(table)
    assert not len(none)
    assert set(none.columns) == {"tenant", *TABLES[table].names}
    if "tenant" not in TABLES[table].names:
        assert frame(table, [{}], tenant="marlin")["tenant"].tolist() == ["marlin"]


def test_a_table_that_names_the_tenant_itself_keeps_its_own() -> None:
    assert frame("pulls", [{"tenant": "marlin"}], tenant="portfolio")["tenant"].tolist() == ["marlin"]


@pytest.mark.parametrize("table", TABLES)
def test_frames_put_together_keep_their_types(table: str) -> None:
    one, other = frame(table, [{}], tenant="a"), frame(table, [{}], tenant="b")
    both = concat(table, [empty(table), one, empty(table), other])
    assert len(both) == 2
    assert both.dtypes.equals(one.dtypes)
    assert concat(table, []).dtypes.equals(empty(table).dtypes)
    assert both.index.tolist() == [0, 1]


def test_dated_rows_stand_in_order_and_others_stay_as_they_are() -> None:
    days = [date(2026, 10, 3), date(2026, 10, 1), date(2026, 10, 2)]
    rates = frame("rates", [{"date": each, "base": "EUR", "quote": "USD"} for each in days])
    assert [day(each) for each in rates["date"]] == sorted(days)
    assert assets()["asset"].tolist() == ["boat", "van"]


def test_tables_are_asked_by_name() -> None:
    tables = Tables({"assets": assets()}, {"assets": Coverage(rows=2)}, {"entries": "unreadable"})
    assert "assets" in tables
    assert "entries" not in tables
    assert len(tables["assets"]) == 2


# --- cuts and sums ----------------------------------------------------------------------------------------------------


@given(st.lists(st.none() | st.dates(date(2026, 9, 1), date(2026, 11, 30)), max_size=12), st.booleans())
def test_cuts_are_half_open_whatever_the_order(days: list[date | None], in_order: bool) -> None:
    listed = sorted(each for each in days if each) if in_order else days
    rows = to_frame("assets", build("assets", [
        {"asset": f"{i}", "name": "n", "category": "c", "status": "active", "renews_on": each} for i, each in enumerate(listed)
    ]), "a")  # fmt: skip
    start, end = date(2026, 10, 1), date(2026, 11, 1)
    inside = between(rows, start, end, "renews_on")["asset"].tolist()
    assert inside == [f"{i}" for i, each in enumerate(listed) if each and start <= each < end]
    earlier = before(rows, start, "renews_on")["asset"].tolist()
    assert earlier == [f"{i}" for i, each in enumerate(listed) if each and each < start]


@given(st.lists(WHOLE, max_size=8), st.booleans())
def test_sums_are_exact_and_never_wrap_round(values: list[int], may_be_empty: bool) -> None:
    column = pd.Series([*values, None], dtype="Int64") if may_be_empty else pd.Series(values, dtype="int64")
    assert total(column) == sum(values)


def test_blank_is_what_names_nothing() -> None:
    owners = frame("assets", [{"owner": owner} for owner in (None, "", "  ", "\t", "Ann", " Bo ")])["owner"]
    assert is_blank(owners).tolist() == [True, True, True, True, False, False]
    assert is_blank(assets()["owner"]).tolist() == [True, True]
    assert is_blank(empty("assets")["owner"]).tolist() == []


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (1, 3, "0.33333333"),
        (2, 3, "0.66666667"),
        (-1, 3, "-0.33333333"),
        (1, -4, "-0.25"),
        (0, 7, "0"),
        (1, 200_000_000, "0"),  # half of the last digit, to the even one
        (3, 200_000_000, "0.00000002"),
    ],
)
def test_ratios_have_eight_decimals(numerator: int, denominator: int, expected: str) -> None:
    assert ratio(numerator, denominator) == Decimal(expected)


@given(st.integers(-(2**80), 2**80), st.integers(1, 2**80))
def test_a_ratio_of_any_size_is_no_fault(numerator: int, denominator: int) -> None:
    found = Fraction(ratio(numerator, denominator))
    exact = Fraction(numerator, denominator)
    assert abs(found - exact) <= max(Fraction(1, 2 * 10**8), abs(exact) / 10**27)  # 28 digits are kept of what is larger


def test_every_amount_that_a_table_holds_is_known_to_be_one() -> None:
    amounts = {name: tuple(n for n in table.names if n.endswith("_minor")) for name, table in TABLES.items()}
    assert dict(MONEY_COLUMNS) == {name: columns for name, columns in amounts.items() if columns}
    assert MONEY_COLUMNS["prices"] == ("price_minor", "variable_cost_minor")
