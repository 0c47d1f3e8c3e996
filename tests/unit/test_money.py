"""Money: what is an amount and what is not, sums within one currency, rounding, allocation, conversion."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.money import Money, MoneyError, convert, converter, exponent, parse_amount, round_half_even

MINOR = st.integers(-(2**63) + 1, 2**63 - 1)
CURRENCIES = st.sampled_from(["USD", "JPY", "KWD", "EUR", "CLF"])
RATES = st.decimals("0.00000001", "10000", places=8)


# --- currencies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("USD", 2), ("EUR", 2), ("JPY", 0), ("KRW", 0), ("ISK", 0), ("KWD", 3), ("TND", 3), ("IQD", 3), ("LBP", 2), ("CLF", 4)],
)
def test_minor_units_are_those_of_iso_4217(currency: str, digits: int) -> None:
    assert exponent(currency) == digits


@pytest.mark.parametrize("code", ["usd", "US", "USDT", "U5D", "", "US$", "ＵＳＤ", "USD\n", " USD"])
def test_what_is_no_currency_code_is_refused(code: str) -> None:
    with pytest.raises(MoneyError, match="is not a currency code"):
        exponent(code)
    with pytest.raises(MoneyError):
        Money(1, code)


@pytest.mark.parametrize("minor", [1.0, True, Decimal(1), "1", None])
def test_minor_units_are_integers(minor: object) -> None:
    with pytest.raises(MoneyError, match="must be an integer"):
        Money(minor, "USD")  # type: ignore[arg-type]


# --- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("10.50", "USD", 1050),
        ("10.5", "USD", 1050),
        ("10", "USD", 1000),
        ("0.01", "USD", 1),
        ("-0.01", "USD", -1),
        ("-0", "USD", 0),
        ("-0.00", "USD", 0),
        (" 7 ", "USD", 700),
        ("007", "USD", 700),
        ("10.5000", "USD", 1050),  # zeros say nothing
        ("500", "JPY", 500),
        ("500.00", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("1.2", "KWD", 1200),
        ("1.0001", "CLF", 10001),
        ("92233720368547.75", "USD", 9223372036854775),
    ],
)
def test_amounts(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        *("NaN", "nan", "Infinity", "-inf", "1e400", "1E2", "1_000", "0x10"),
        *("1,000", "1,5", "1.234,56", "1 000", "1'000", "1\N{NO-BREAK SPACE}000", "1\N{THIN SPACE}000"),
        *("(12.00)", "12-", "--1", "+1", "\N{MINUS SIGN}5", "$5", "5 USD", "5€"),
        *("", " ", ".", "-", ".5", "5.", "1.2.3", "5\x00", "١٢", "１２", "²"),
        *("9" * 16, "9" * 5000),
    ],
)
def test_what_is_no_amount_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(MoneyError) as refused:
        parse_amount(text, "USD")
    assert refused.value.permanent
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1.001", "USD"),
        ("0.5", "JPY"),
        ("1.2345", "KWD"),
        ("1.000", "USD"),  # a thousand, to whoever groups with a point
        ("12.340", "USD"),
        ("1.000", "JPY"),
    ],
)
def test_more_decimals_than_the_currency_has_are_refused(text: str, currency: str) -> None:
    with pytest.raises(MoneyError, match=f"more decimals than {currency} has"):
        parse_amount(text, currency)


def test_what_a_snapshot_cannot_hold_is_refused() -> None:
    assert parse_amount("922337203685477.5807", "CLF") == 2**63 - 1
    with pytest.raises(MoneyError, match="too large"):
        parse_amount("922337203685477.5808", "CLF")


@pytest.mark.parametrize(("text", "minor"), [("1234,56", 123456), ("-0,5", -50), ("7", 700)])
def test_a_decimal_comma_is_read_where_it_is_declared(text: str, minor: int) -> None:
    assert parse_amount(text, "EUR", decimal_mark=",") == minor


@pytest.mark.parametrize("text", ["1234.56", "1.234,56", "1,2,3", "1,000"])
def test_a_decimal_comma_leaves_no_point(text: str) -> None:
    with pytest.raises(MoneyError):
        parse_amount(text, "EUR", decimal_mark=",")


@given(MINOR, CURRENCIES)
def test_an_amount_is_read_as_it_was_written(minor: int, currency: str) -> None:
    text = f"{Money(minor, currency).decimal():f}"
    if len(text.lstrip("-").partition(".")[0]) <= 15:  # more digits are refused
        assert parse_amount(text, currency) == minor


# --- sums -------------------------------------------------------------------------------------------------------------


def test_sums_stay_within_one_currency() -> None:
    ten, two = Money(1000, "USD"), Money(200, "USD")
    assert ten + two == Money(1200, "USD")
    assert ten - two == Money(800, "USD")
    assert -ten == Money(-1000, "USD")
    assert two < ten
    assert two <= ten
    assert ten > two
    assert not ten < Money(1000, "USD")
    assert ten <= Money(1000, "USD")
    assert not ten <= two
    assert ten.decimal() == Decimal("10.00")


def test_two_currencies_are_never_put_together() -> None:
    dollars, euros = Money(1, "USD"), Money(1, "EUR")
    for put_together in (
        lambda: dollars + euros,
        lambda: dollars - euros,
        lambda: dollars < euros,
        lambda: dollars <= euros,
        lambda: sum([euros], start=dollars),
    ):
        with pytest.raises(MoneyError, match="USD and EUR"):
            put_together()
    assert dollars != euros


# --- rounding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0.5", 0), ("1.5", 2), ("2.5", 2), ("-0.5", 0), ("-1.5", -2), ("2.49999", 2), ("2.50001", 3), ("-2.50001", -3)],
)
def test_ties_go_to_the_even_neighbour(value: str, expected: int) -> None:
    assert round_half_even(Decimal(value)) == expected
    assert round_half_even(Fraction(value)) == expected


def test_rounding_is_exact_for_any_size() -> None:
    assert round_half_even(Decimal(f"{10**40}.5")) == 10**40
    assert round_half_even(Decimal(f"{10**40 + 1}.5")) == 10**40 + 2
    assert round_half_even(Decimal("0." + "4" * 60)) == 0


@given(MINOR, st.decimals(-1000, 1000, places=8))
def test_a_rate_is_applied_exactly_and_rounded_once(minor: int, factor: Decimal) -> None:
    exact = Fraction(minor) * Fraction(factor)
    made = Money(minor, "USD").times(factor)
    assert abs(made.minor - exact) <= Fraction(1, 2)
    assert made.minor % 2 == 0 or abs(made.minor - exact) < Fraction(1, 2)


# --- allocation -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),  # the cent left over goes to the first
        (100, [1, 1, 4], [17, 17, 66]),  # 16.67, 16.67, 66.67: two left over, the earlier first
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [0, 1, 0], [0, 5, 0]),
        (0, [1, 2], [0, 0]),
        (1, [1, 2], [0, 1]),
    ],
)
def test_parts_of_a_whole(minor: int, weights: list[int], parts: list[int]) -> None:
    assert [part.minor for part in Money(minor, "USD").allocate(weights)] == parts


@given(MINOR, st.lists(st.integers(0, 10**12), min_size=1, max_size=12).filter(sum))
def test_parts_sum_to_the_whole_and_each_is_its_share_to_a_unit(minor: int, weights: list[int]) -> None:
    parts = Money(minor, "USD").allocate(weights)
    assert sum(part.minor for part in parts) == minor
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor - Fraction(minor * weight, sum(weights))) < 1


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [-1], [2, -1]])
def test_weights_that_share_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises(MoneyError, match="weights"):
        Money(100, "USD").allocate(weights)


# --- conversion -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "base", "currency", "rate", "expected"),
    [
        (10000, "EUR", "USD", "1.0837", 10837),
        (10000, "USD", "JPY", "149.55", 14955),  # 100.00 dollars are 14,955 yen
        (14955, "JPY", "USD", "0.00668673", 10000),
        (1000, "KWD", "USD", "3.25", 325),  # 1.000 dinar
        (325, "USD", "KWD", "0.30769231", 1000),
        (50, "EUR", "USD", "0.01", 0),  # half a cent, to the even zero
        (150, "EUR", "USD", "0.01", 2),
        (-150, "EUR", "USD", "0.01", -2),
        (5, "USD", "USD", "1", 5),
    ],
)
def test_conversion(minor: int, base: str, currency: str, rate: str, expected: int) -> None:
    assert convert(Money(minor, base), currency, Decimal(rate)) == Money(expected, currency)


def test_an_inverse_rate_is_exact() -> None:
    # 1/6 as a Decimal times 3 is 0.5000000000000000000000000001, and would become 1.
    assert convert(Money(3, "EUR"), "USD", Fraction(1, 6)) == Money(0, "USD")


@given(MINOR, CURRENCIES, CURRENCIES, RATES, st.booleans())
def test_conversion_is_the_product_rounded_once(minor: int, base: str, currency: str, rate: Decimal, inverse: bool) -> None:
    factor = 1 / Fraction(rate) if inverse else Fraction(rate)
    exact = minor * factor * Fraction(10) ** (exponent(currency) - exponent(base))
    assert converter(base, currency, factor)(minor) == round_half_even(exact)


@given(st.lists(MINOR, min_size=2, max_size=6), RATES)
def test_conversion_keeps_the_order_of_amounts(amounts: list[int], rate: Decimal) -> None:
    converted = converter("EUR", "USD", rate)
    assert [converted(minor) for minor in sorted(amounts)] == sorted(converted(minor) for minor in amounts)
