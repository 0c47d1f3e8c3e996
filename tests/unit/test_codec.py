"""Facts as JSON: typed they come back as they went in, plain they are what report.json promises."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck import codec
from quarterdeck.errors import SnapshotError
from quarterdeck.model import Fact
from quarterdeck.money import Money

FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(Money, st.integers(), st.sampled_from(["USD", "JPY", "KWD"])),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.integers(),
    st.dates(),
    st.text(),
)


def as_it_is(fact: Fact | None) -> tuple[object, ...]:
    """A fact with its type and, for a decimal, its digits: 0.40 and 0.4 are equal but not the same."""
    return (type(fact), str(fact) if isinstance(fact, Decimal) else fact)


# --- typed ------------------------------------------------------------------------------------------------------------


@given(st.none() | FACTS)
def test_a_fact_comes_back_as_it_went_in(fact: Fact | None) -> None:
    assert as_it_is(codec.load(codec.dump(fact))) == as_it_is(fact)


@given(st.lists(st.none() | FACTS, max_size=13))
def test_a_series_comes_back_as_it_went_in(facts: list[Fact | None]) -> None:
    assert [as_it_is(fact) for fact in codec.load_all(codec.dump_all(facts))] == [as_it_is(fact) for fact in facts]


@given(st.dictionaries(st.text(), FACTS, max_size=6))
def test_a_row_comes_back_as_it_went_in(row: dict[str, Fact]) -> None:
    stored = json.loads(codec.canonical(codec.typed_row(row)))
    assert codec.untyped_row(stored) == row


@given(FACTS, FACTS)
def test_two_facts_look_alike_only_where_they_are(one: Fact, other: Fact) -> None:
    assert (codec.dump(one) == codec.dump(other)) == (as_it_is(one) == as_it_is(other))


def test_no_fact_is_no_cell() -> None:
    assert codec.dump(None) is None
    assert codec.load(None) is None
    assert codec.untyped_row({"a": None, "b": "text"}) == {"b": "text"}


def test_text_that_looks_like_a_figure_stays_text() -> None:
    for text in ("12", "2026-10-01", '{"money":[1,"USD"]}', "null"):
        assert codec.load(codec.dump(text)) == text


@pytest.mark.parametrize(
    "value",
    [1.5, np.int64(3), np.float64(0.5), True, datetime(2026, 10, 1, tzinfo=UTC), pd.Timestamp("2026-10-01"), pd.NaT, b"text"],
)
def test_what_is_no_fact_is_not_stored(value: Any) -> None:
    with pytest.raises(SnapshotError, match="is not a fact"):
        codec.typed(value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")])
def test_no_number_is_not_stored(value: Decimal) -> None:
    with pytest.raises(SnapshotError, match="is not a fact"):
        codec.typed(value)


@pytest.mark.parametrize(
    "value",
    [
        *(1, 1.5, True, [], {}, {"other": 1}, {"count": "3"}, {"count": 1.5}),
        *({"ratio": 0.5}, {"ratio": "half"}, {"date": "2026-13-01"}, {"date": 1}),
        *({"money": [1]}, {"money": ["1", "USD"]}, {"money": [1, "usd"]}, {"money": "1 USD"}),
    ],
)
def test_what_is_no_stored_fact_is_refused(value: Any) -> None:
    with pytest.raises(SnapshotError, match="is not a stored fact"):
        codec.untyped(value)


# --- plain ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (None, None),
        ("text", "text"),
        (3676, "3676"),
        (-3, "-3"),
        (Decimal("0.0812"), "0.0812"),
        (Decimal("0.40000000"), "0.4"),
        (Decimal("6.0"), "6"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("100"), "100"),
        (Decimal("-0.00"), "0"),
        (date(2026, 10, 1), "2026-10-01"),
        (Money(1050, "USD"), {"minor": 1050, "currency": "USD"}),
        (Money(2**63 - 1, "JPY"), {"minor": 2**63 - 1, "currency": "JPY"}),
    ],
)
def test_plain_forms(fact: Fact | None, expected: object) -> None:
    assert codec.plain(fact) == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**9), max_value=10**9) | st.integers())
def test_a_number_is_a_decimal_text_of_the_same_value(value: Decimal | int) -> None:
    text = codec.number(value)
    assert Decimal(text) == value
    assert "e" not in text.lower()
    assert text != "-0"


# --- canonical --------------------------------------------------------------------------------------------------------


def test_equal_values_give_equal_text() -> None:
    assert codec.canonical({"b": 1, "a": [1, None, "é"]}) == '{"a":[1,null,"é"],"b":1}'
    assert codec.canonical({"a": 1, "b": 2}) == codec.canonical({"b": 2, "a": 1})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": float("-inf")}])
def test_what_json_does_not_know_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        codec.canonical(value)


def test_the_digest_is_the_sha256_of_the_text() -> None:
    # echo -n '{"a":1}' | sha256sum
    assert codec.digest({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
