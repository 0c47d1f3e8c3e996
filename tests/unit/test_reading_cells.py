"""One cell is exactly what its column holds, or what was expected is said."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.money import exponent
from quarterdeck.reading.cells import CellError, Notation, clean, convert, instant, reject, shorten
from quarterdeck.schemas import Column, Type

TEXT = Column("name", Type.TEXT)
STATUS = Column("status", Type.TEXT, allowed=("active", "idle"))
CODE = Column("currency", Type.TEXT)
COUNT = Column("reach", Type.INT)
RATIO = Column("share_ratio", Type.RATIO)
FLAG = Column("is_live", Type.BOOL)
DAY = Column("date", Type.DATE)
AT = Column("committed_at", Type.TIME)
VALUE = Column("value_minor", Type.MINOR)


def _expected(column: Column, text: str, currency: str = "USD", notation: Notation | None = None) -> str:
    with pytest.raises(CellError) as caught:
        convert(column, text, currency, notation or Notation())
    return caught.value.problem.what


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        (TEXT, "  NA ", "NA"), (TEXT, "007", "007"), (TEXT, "=1+1", "=1+1"), (TEXT, "Cafe\u0301", "Café"),
        (TEXT, "a\u202eb\u200bc\ufeffd\x07e", "abcde"), (TEXT, "one\r\n\ttwo", "one two"),
        (TEXT, "\x1b[31mred\x1b[0m \x1b]0;title\x07end", "red end"),
        (STATUS, "active", "active"), (CODE, "KWD", "KWD"),
        (COUNT, "0", 0), (COUNT, "-12", -12), (COUNT, "-0", 0), (COUNT, "9" * 18, 10**18 - 1),
        (RATIO, "0.081", Decimal("0.081")), (RATIO, "-1", Decimal(-1)), (RATIO, "1.500000000", Decimal("1.5")),
        (FLAG, "true", True), (FLAG, "Yes", True), (FLAG, "FALSE", False), (FLAG, "no", False),
        (DAY, "2024-02-29", date(2024, 2, 29)),
        (AT, "2026-10-31 23:30", datetime(2026, 10, 31, 23, 30, tzinfo=UTC)),
        (AT, "2026-10-31T23:30:05+02:00", datetime(2026, 10, 31, 21, 30, 5, tzinfo=UTC)),
        (VALUE, "1234.5", 123450), (VALUE, "-0.01", -1), (VALUE, "-0", 0), (VALUE, "10.5000", 1050),
    ],
)  # fmt: skip
def test_good_cells(column: Column, text: str, value: object) -> None:
    found = convert(column, text, "USD")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        (TEXT, "", "a value"), (TEXT, " \u200b ", "a value"), (TEXT, "x" * 4001, "at most 4,000 characters"),
        (STATUS, "", "one of active, idle"), (STATUS, "Active", "one of active, idle"),
        (CODE, "usd", "a currency code"), (CODE, "US", "a currency code"), (CODE, "€", "a currency code"),
        *((COUNT, text, "a whole number") for text in ("1.0", "1,000", "1_000", "007", "+1", "1e3", "٣", "9" * 19, "NaN")),
        *((RATIO, text, "a decimal number") for text in ("8.1%", "1e-2", "NaN", "Infinity", "1_0.5", "٠.٥", "0,5", ".5", "5.")),
        (RATIO, "0.123456789", "at most 8 decimals"),
        *((FLAG, text, "true or false") for text in ("1", "0", "y", "wahr", "on")),
        *((DAY, text, "a day as 2026-01-31") for text in ("2026-02-30", "31.01.2026", "20260131", "2026-W05-1", "2026-1-5")),
        (DAY, "٢٠٢٦-٠١-٠١", "a day as 2026-01-31"),
        (DAY, "0001-01-01", "a day between 1900 and 2199"), (DAY, "9999-12-31", "a day between 1900 and 2199"),
        *((AT, text, "an instant") for text in ("2026-10-31", "2026-10-31 25:00", "1700000000", "2026-10-31 23:30 PST")),
        (AT, "0001-01-01 00:00+14:00", "an instant"),
        *(
            (VALUE, text, "an amount in USD as 1234.56")
            for text in ("1.234,56", "1,234.56", "(12.00)", "NaN", "1e400", "1_000", "٣", "$5", "5 USD", "1.001", "9" * 40)
        ),
    ],
)  # fmt: skip
def test_bad_cells_say_what_was_expected(column: Column, text: str, expected: str) -> None:
    assert expected in _expected(column, text)


def test_empty_is_null_only_where_it_may_be() -> None:
    assert convert(Column("owner", Type.TEXT, nullable=True), "  ", "USD") is None
    assert convert(Column("value_minor", Type.MINOR, nullable=True), "", "USD") is None


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert convert(VALUE, "1200", "JPY") == 1200
    assert convert(VALUE, "1.234", "KWD") == 1234
    assert "an amount in JPY as 1234" in _expected(VALUE, "12.5", "JPY")


def test_other_notations_are_declared() -> None:
    german = Notation(date_format="%d.%m.%Y", decimal_mark=",")
    assert convert(VALUE, "1234,56", "EUR", german) == 123456
    assert convert(RATIO, "0,19", "EUR", german) == Decimal("0.19")
    assert convert(DAY, "31.10.2026", "EUR", german) == date(2026, 10, 31)
    for column, text in ((VALUE, "1.234,56"), (VALUE, "1234.56"), (RATIO, "0.19"), (DAY, "2026-10-31"), (DAY, "٣١.١٠.٢٠٢٦")):
        assert _expected(column, text, "EUR", german)


def test_a_minor_column_without_the_suffix_is_a_count() -> None:
    # INT and MINOR are one type: what makes an amount is the name that says so.
    assert convert(Column("source_line", Type.INT), "12", "USD") == 12


def test_rejects_hold_a_short_clean_value() -> None:
    made = reject("a.csv", 3, "name", "\x1b[31m" + "x" * 200, "a value")
    assert made.value == "x" * 79 + "…"
    assert str(made).startswith("a.csv:3: name = ")


@given(st.text())
def test_clean_text_stays_clean(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once.isprintable() or not any(ord(char) < 32 or 0x202A <= ord(char) <= 0x202E for char in once)
    assert len(shorten(text)) <= 80


@given(st.integers(1 - 10**15, 10**15 - 1), st.sampled_from(["USD", "JPY", "KWD"]))
def test_amounts_come_back_as_they_were_written(minor: int, currency: str) -> None:
    digits = exponent(currency)
    assert convert(VALUE, f"{Decimal(minor).scaleb(-digits):f}", currency) == minor


@given(st.text(max_size=30), st.sampled_from([TEXT, STATUS, CODE, COUNT, RATIO, FLAG, DAY, AT, VALUE]))
def test_any_cell_is_converted_or_refused(text: str, column: Column) -> None:
    with contextlib.suppress(CellError):  # and no other error
        convert(column, text, "USD")


def test_a_moment_before_time_is_refused() -> None:
    with pytest.raises(CellError):
        instant("0001-01-01T00:00:00+12:00")
