"""Figures in words: every form in three locales, slots, and what is refused."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from babel import Locale, localedata
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.errors import QuarterdeckError, ReportError
from quarterdeck.model import Fact, Figure, Unit
from quarterdeck.money import Money, MoneyError
from quarterdeck.period import Period
from quarterdeck.words import MINUS, Voice, locale_of, slots

EN, DE, JA = Voice("en_US"), Voice("de_DE"), Voice("ja_JP")
NBSP = "\N{NO-BREAK SPACE}"


def usd(minor: int) -> Money:
    return Money(minor, "USD")


# --- figures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "english", "german", "japanese"),
    [
        (usd(4123705), "$41,237", f"41.237{NBSP}$", "$41,237"),  # from a hundred up the cents say nothing
        (usd(-4123705), f"{MINUS}$41,237", f"{MINUS}41.237{NBSP}$", f"{MINUS}$41,237"),
        (usd(10000), "$100", f"100{NBSP}$", "$100"),
        (usd(9999), "$99.99", f"99,99{NBSP}$", "$99.99"),
        (usd(5), "$0.05", f"0,05{NBSP}$", "$0.05"),
        (usd(0), "$0.00", f"0,00{NBSP}$", "$0.00"),
        (Money(123456, "JPY"), "¥123,456", f"123.456{NBSP}¥", "\N{FULLWIDTH YEN SIGN}123,456"),
        (Money(12, "JPY"), "¥12", f"12{NBSP}¥", "\N{FULLWIDTH YEN SIGN}12"),
        (Money(1500, "KWD"), f"KWD{NBSP}1.500", f"1,500{NBSP}KWD", f"KWD{NBSP}1.500"),
    ],
)
def test_money(amount: Money, english: str, german: str, japanese: str) -> None:
    assert (EN.money(amount), DE.money(amount), JA.money(amount)) == (english, german, japanese)


def test_money_with_its_sign() -> None:
    assert EN.money(usd(12300), signed=True) == "+$123"
    assert EN.money(usd(-12300), signed=True) == f"{MINUS}$123"
    assert EN.money(usd(0), signed=True) == "$0.00"


@pytest.mark.parametrize(
    ("amount", "english", "german"),
    [
        (usd(4123705), "41,237.05", "41.237,05"),
        (usd(-1), f"{MINUS}0.01", f"{MINUS}0,01"),
        (Money(1234, "JPY"), "1,234", "1.234"),
        (Money(1234567, "KWD"), "1,234.567", "1.234,567"),
    ],
)
def test_exact_money_for_columns(amount: Money, english: str, german: str) -> None:
    assert (EN.exact(amount), DE.exact(amount)) == (english, german)


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [
        (3676, "3,676", "3.676"),
        (Decimal("3676.5"), "3,676.5", "3.676,5"),
        (Decimal("0.125"), "0.12", "0,12"),  # half to even
        (Decimal("-2.5"), f"{MINUS}2.5", f"{MINUS}2,5"),
        (Decimal("-0.004"), "0", "0"),  # what is shown as nothing has no sign
        (0, "0", "0"),
    ],
)
def test_numbers(value: Decimal | int, english: str, german: str) -> None:
    assert (EN.number(value), DE.number(value)) == (english, german)


def test_numbers_with_their_sign() -> None:
    assert [EN.number(value, signed=True) for value in (3, -3, 0)] == ["+3", f"{MINUS}3", "0"]
    assert EN.number(Decimal("0.01"), signed=True) == "+0.01"


@pytest.mark.parametrize(
    ("ratio", "english", "german"),
    [
        ("0.0812", "8.1%", f"8,1{NBSP}%"),
        ("1", "100.0%", f"100,0{NBSP}%"),
        ("12.5", "1,250.0%", f"1.250,0{NBSP}%"),
        ("-0.0812", f"{MINUS}8.1%", f"{MINUS}8,1{NBSP}%"),
        ("-0.0004", "0.0%", f"0,0{NBSP}%"),
    ],
)
def test_ratios_are_percentages_with_one_decimal(ratio: str, english: str, german: str) -> None:
    assert (EN.percent(Decimal(ratio)), DE.percent(Decimal(ratio))) == (english, german)


def test_differences_of_ratios_are_points() -> None:
    assert EN.points(Decimal("0.0121")) == "+1.2 pp"
    assert DE.points(Decimal("-0.0121")) == f"{MINUS}1,2 pp"
    assert EN.points(Decimal("0.0001")) == "0.0 pp"
    assert EN.points(Decimal("0.5")) == "+50.0 pp"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (Decimal("5.44"), "months", "5.4 months"),
        (Decimal("1.04"), "months", "1 month"),
        (1, "days", "1 day"),
        (0, "days", "0 days"),
        (-1, "days", f"{MINUS}1 day"),
        (Decimal("-0.04"), "months", "0 months"),
        (1200, "hours", "1,200 hours"),
    ],
)
def test_spans_are_in_the_right_number(value: Decimal | int, unit: str, expected: str) -> None:
    assert EN.span(value, unit) == expected


def test_counts_are_in_the_right_number() -> None:
    assert [EN.count(value, "channel", "channels") for value in (0, 1, 2)] == ["0 channels", "1 channel", "2 channels"]


def test_days_and_periods() -> None:
    day = date(2026, 10, 3)
    assert (EN.day(day), DE.day(day), JA.day(day)) == ("Oct 3, 2026", "03.10.2026", "2026/10/03")
    october = Period.parse("2026-10")
    assert (EN.period(october), DE.period(october), JA.period(october)) == ("October 2026", "Oktober 2026", "2026年10月")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2026-W04", "week 4 of 2026"),
        ("2026-W44", "week 44 of 2026"),
        ("2026-Q4", "Q4 2026"),
        ("2026", "2026"),
        ("FY2026", "FY2026"),
        ("FY2026-Q4", "FY2026 Q4"),
    ],
)
def test_labels_of_periods(text: str, label: str) -> None:
    assert EN.period(Period.parse(text, fiscal_start=4)) == label


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (usd(4123705), Unit.MONEY, "$41,237"),
        (Decimal("0.0812"), Unit.RATIO, "8.1%"),
        (3676, Unit.COUNT, "3,676"),
        (Decimal("5.4"), Unit.MONTHS, "5.4 months"),
        (1, Unit.DAYS, "1 day"),
        (2, Unit.HOURS, "2 hours"),
        (None, Unit.MONEY, "n/a"),
        (None, Unit.RATIO, "n/a"),
    ],
)
def test_a_figure_with_its_unit(value: Figure | None, unit: Unit, expected: str) -> None:
    assert EN.figure(value, unit) == expected


@pytest.mark.parametrize(
    ("now", "then", "unit", "expected"),
    [
        (usd(11000), usd(10000), Unit.MONEY, "+10.0%"),
        (usd(9000), usd(10000), Unit.MONEY, f"{MINUS}10.0%"),
        (usd(0), usd(10000), Unit.MONEY, f"{MINUS}100.0%"),
        (usd(-20000), usd(-10000), Unit.MONEY, f"{MINUS}100.0%"),  # twice the loss
        (usd(20000), usd(0), Unit.MONEY, "+$200"),  # nothing to divide by
        (usd(20000), usd(-10000), Unit.MONEY, "+$300"),  # the sign turned: a percentage would mislead
        (usd(-20000), usd(10000), Unit.MONEY, f"{MINUS}$300"),
        (usd(0), usd(0), Unit.MONEY, "$0.00"),
        (usd(0), usd(-500), Unit.MONEY, "+$5.00"),
        (Decimal("0.42"), Decimal("0.40"), Unit.RATIO, "+2.0 pp"),
        (Decimal("0.40"), Decimal("0.42"), Unit.RATIO, f"{MINUS}2.0 pp"),
        (5, 8, Unit.COUNT, f"{MINUS}3"),
        (Decimal("7.3"), Decimal("6"), Unit.MONTHS, "+1.3 months"),
        (4, 4, Unit.COUNT, "0"),
        (None, 4, Unit.COUNT, "n/a"),
        (usd(1), None, Unit.MONEY, "n/a"),
    ],
)
def test_changes(now: Figure | None, then: Figure | None, unit: Unit, expected: str) -> None:
    assert EN.change(now, then, unit) == expected


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ReportError, match="cannot be compared"):
        EN.change(usd(1), 1, Unit.MONEY)
    with pytest.raises(MoneyError, match="USD and EUR"):
        EN.change(usd(100), Money(100, "EUR"), Unit.MONEY)


def test_what_a_locale_says_does_not_hang_on_those_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(localedata, "_cache", {})  # as in a new process
    locale_of.cache_clear()
    month = Period.parse("2026-09")
    for name in ("he_IL", "ja_JP", "fa_IR", "en", "nl", "de"):
        assert Locale.parse(name).months["stand-alone"]["abbreviated"]
        assert Voice(name).short(month)
    short = {name: Voice(name).short(month) for name in ("nl_NL", "en_GB", "de_AT")}
    assert short == {"nl_NL": "sep", "en_GB": "Sept", "de_AT": "Sep"}


@given(
    st.decimals(-(10**18), 10**18, allow_nan=False, allow_infinity=False),
    st.integers(0, 4),
    st.sampled_from("en_US de_DE de_CH fr_FR en_IN es_ES pl_PL pt_PT ar_EG fa_IR sv_SE".split()),
)
def test_numbers_are_those_of_babel(value: Decimal, decimals: int, locale: str) -> None:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    sign = MINUS if round(value, decimals) < 0 else ""
    assert Voice(locale).fixed(value, decimals) == sign + format_decimal(abs(value), pattern, locale)
    sign = MINUS if round(value, 2) < 0 else ""
    assert Voice(locale).number(value) == sign + format_decimal(abs(value), "#,##0.##", locale)


def has_all_forms(locale: str) -> None:
    voice = Voice(locale)
    large, small = voice.money(usd(-123456)), voice.money(usd(-1234))
    assert large.startswith(MINUS), locale
    assert "56" not in large, locale
    assert "12" in small, locale
    assert "34" in small, locale
    assert re.search(r"8\D1(\D|$)", voice.percent(Decimal("0.0812"))), locale  # even where the locale shows no decimal
    assert "2026" in voice.period(Period.parse("2026-10")), locale
    assert voice.day(date(2026, 10, 3)), locale


def test_every_large_locale_has_all_forms() -> None:
    for locale in "de_CH en_IN es_MX fr_CA pt_BR ar_EG fa_IR hi_IN th_TH tr_TR zh_Hant_TW bn_BD ne_NP eu_ES lv_LV".split():
        has_all_forms(locale)


@pytest.mark.slow
def test_every_locale_has_all_forms() -> None:
    for locale in localedata.locale_identifiers():
        has_all_forms(locale)


@given(st.integers(-(2**63), 2**63), st.sampled_from(["USD", "JPY", "KWD"]), st.sampled_from([EN, DE, JA]))
def test_a_minus_is_the_true_one_and_stands_first(minor: int, currency: str, voice: Voice) -> None:
    for text in (voice.money(Money(minor, currency)), voice.exact(Money(minor, currency)), voice.number(minor)):
        assert text.startswith(MINUS) == (minor < 0)
        assert "-" not in text
        assert MINUS not in text[1:]


# --- sentences --------------------------------------------------------------------------------------------------------

FACTS: dict[str, Fact] = {
    "cash": usd(4123705),
    "share": Decimal("0.0812"),
    "runway": Decimal("5.44"),
    "live": 3,
    "since": date(2026, 10, 3),
    "name": "Marlin & {cash} <b>",
    "unit": "ratio",
}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{cash} is left", "$41,237 is left"),
        ("{share} of all", "0.08 of all"),  # without a form a decimal is a number
        ("{share:percent} of all", "8.1% of all"),
        ("{runway:months} at most", "5.4 months at most"),
        ("{live:days} ago", "3 days ago"),
        ("{live:channel is|channels are} live", "3 channels are live"),
        ("{share:unit} now", "8.1% now"),
        ("since {since}", "since Oct 3, 2026"),
        ("{name} has {live}", "Marlin & {cash} <b> has 3"),  # a fact is text, never a template
        ("a {{brace}} stays", "a {brace} stays"),
        ("no slot", "no slot"),
        ("", ""),
    ],
)
def test_slots_are_filled_from_facts(template: str, said: str) -> None:
    assert EN.say(template, FACTS) == said


def test_the_locale_speaks_in_the_slots() -> None:
    assert DE.say("{cash} seit {since}, {share:percent}", FACTS) == f"41.237{NBSP}$ seit 03.10.2026, 8,1{NBSP}%"


@pytest.mark.parametrize(
    "template",
    [
        "{absent}",
        "{}",
        "{cash.minor}",  # slots are names, nothing else
        "{name[0]}",
        "{name.__class__}",
        "{cash:percent}",
        "{name:months}",
        "{name:channel|channels}",
        "{runway:channel|channels}",
        "{live:nothing}",
        "{cash:>10}",
        "{since:unit}",
        "{cash",
        "cash}",
        "{cash!x",
    ],
)
def test_a_slot_without_a_fitting_fact_is_refused(template: str) -> None:
    with pytest.raises(ReportError):
        EN.say(template, FACTS)


def test_a_unit_needs_a_fact_that_names_it() -> None:
    with pytest.raises(ReportError):
        EN.say("{value:unit}", {"value": 1})
    with pytest.raises(ReportError):
        EN.say("{value:unit}", {"value": 1, "unit": "furlongs"})


def test_names_of_slots() -> None:
    assert slots("{a} and {b:channel|channels}, {a:percent} {{c}}") == {"a", "b"}


@given(st.text(max_size=30))
def test_a_fact_is_never_read_as_a_template(text: str) -> None:
    assert EN.say("<{name}>", {"name": text}) == f"<{text}>"


@given(st.text(alphabet="{}:|abc!.[]", max_size=20))
def test_a_broken_template_is_refused_as_such(template: str) -> None:
    try:
        said = EN.say(template, {"a": 1, "b": Decimal("0.5"), "c": "text"})
    except QuarterdeckError:
        return
    assert isinstance(said, str)


def test_a_multiple_is_shown_with_two_decimals_and_an_x() -> None:
    voice = Voice("en_US")
    assert voice.figure(Decimal("1.80"), Unit.TIMES) == "1.80x"
    assert voice.figure(Decimal("1234.567"), Unit.TIMES) == "1,234.57x"
    assert Voice("nl_NL").figure(Decimal("-0.5"), Unit.TIMES) == "−0,50x"
    assert voice.change(Decimal("1.8"), Decimal("2.05"), Unit.TIMES) == "−0.25x"
    assert voice.change(Decimal("2.3"), Decimal("2"), Unit.TIMES) == "+0.30x"
