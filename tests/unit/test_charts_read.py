"""From a chart of the document to its description: figures in one form, gaps kept, faults refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quarterdeck.errors import ReportError
from quarterdeck.model import Unit
from quarterdeck.money import Money
from quarterdeck.render.charts.forms import form_of
from quarterdeck.render.charts.read import read
from quarterdeck.words import Voice
from tests.charting import EN, chart, months, source, usd


def texts(*amounts: int | str, unit: Unit = Unit.MONEY) -> tuple[str, list[str]]:
    figures = [Money(int(Decimal(a) * 100), "USD") if unit is Unit.MONEY else Decimal(a) for a in amounts]
    form = form_of(figures, unit, EN)
    return form.unit, [form.text(Decimal(a)) for a in amounts]


@pytest.mark.parametrize(
    ("amounts", "unit", "shown"),
    [
        ((4350, 41237), "USD", ["4,350", "41,237"]),
        ((-5, 250_000), "USD thousand", ["0", "250"]),
        ((1_500_000, 23_400_000), "USD million", ["1.5", "23.4"]),
        ((2_000_000_000,), "USD billion", ["2"]),
        (("1.50", "9.25"), "USD", ["1.50", "9.25"]),
        (("12.34", "99"), "USD", ["12.3", "99.0"]),
    ],
)
def test_amounts_share_a_unit_and_their_decimals(amounts: tuple[int | str, ...], unit: str, shown: list[str]) -> None:
    assert texts(*amounts) == (unit, shown)


def test_other_units() -> None:
    assert texts("1", "12", unit=Unit.COUNT) == ("", ["1", "12"])
    assert texts("9.5", "14", unit=Unit.DAYS) == ("days", ["9.5", "14.0"])
    assert texts("0.0812", "-0.5", unit=Unit.RATIO) == ("", ["8.1%", "−50.0%"])


def test_a_figure_beyond_all_words_is_still_right() -> None:
    form = form_of([10**30], Unit.COUNT, EN)
    assert (form.unit, form.text(Decimal(10**30))) == ("trillion", "1,000,000,000,000,000,000")
    assert form_of([Decimal("1e39")], Unit.COUNT, EN).text(Decimal("1e39")) == "1.0E+27"


def test_the_readers_locale_writes_the_figures() -> None:
    made = chart("columns", [usd(4350), usd(-14328)], Voice("nl_NL"))
    assert made.series[0].texts == ("4.350", "−14.328")
    assert made.labels == ("sep", "okt")


def test_a_gap_is_no_zero() -> None:
    (series,) = chart("columns", [1, None, 0]).series
    assert series.points == (1.0, None, 0.0)
    assert series.texts == ("1", "", "0")
    assert series.known == (0, 2)


def test_periods_become_short_names_with_their_years() -> None:
    made = chart("columns", [1, 2, 3], labels=["2025-12", "2026-01", "2026-02"])
    assert (made.labels, made.years) == (("Dec", "Jan", "Feb"), ("2025", "2026", "2026"))
    assert made.names[0] == "December 2025"
    assert made.unit == "by month"
    weeks = chart("trend", [1, 2], labels=["2025-W52", "2026-W01"])
    assert (weeks.labels, weeks.unit) == (("W52", "W01"), "by week")
    quarters = chart("trend", [1, 2], labels=["FY2026-Q4", "FY2027-Q1"])
    assert (quarters.labels, quarters.years) == (("Q4", "Q1"), ("FY2026", "FY2027"))
    years = chart("trend", [1, 2], labels=["2025", "2026"])
    assert (years.labels, years.years) == (("2025", "2026"), ("", ""))


def test_the_steps_of_a_bridge_have_signs_and_its_ends_have_none() -> None:
    made = chart("bridge", [usd(100), usd(40), usd(-15), usd(0), usd(125)], labels=list("abcde"))
    assert made.series[0].texts == ("100", "+40", "−15", "0", "125")


def test_a_stack_says_what_it_is_part_of() -> None:
    assert chart("stack", [usd(10), None, usd(32)], labels=list("abc")).unit == "USD, 42 in all"


def test_a_map_tells_good_from_bad_by_the_direction() -> None:
    burn = {"code": "AC", "label": "Burn", "unit": "money", "direction": "down", "points": [usd(100), usd(300), None]}
    same = {"code": "AC", "label": "Same", "unit": "count", "direction": "up", "points": ["2", "2", "2"]}
    neutral = {"code": "AC", "label": "Rows", "unit": "count", "direction": "neutral", "points": ["1", "2", "3"]}
    made = read({**source("map", [1, 2, 3], labels=list("abc")), "series": [burn, same, neutral]}, EN)
    assert [series.tones for series in made.series] == [(1.0, 0.0, None), (None,) * 3, (None,) * 3]
    assert [series.label for series in made.series] == ["Burn, USD", "Same", "Rows"]


def test_the_amounts_of_a_map_share_one_form() -> None:
    listed = [
        {"code": "AC", "label": label, "unit": "money", "direction": "up", "points": [usd(amount)]}
        for label, amount in (("Cash", 2_500_000), ("Burn", 40_000))
    ]
    made = read({**source("map", [1], labels=["a"]), "series": listed}, EN)
    assert [(series.label, series.texts) for series in made.series] == [
        ("Cash, USD million", ("2.50",)),
        ("Burn, USD million", ("0.04",)),
    ]


def test_a_map_shows_no_more_rows_than_a_mail_should_carry() -> None:
    made = chart("map", list(range(40)), labels=[f"Company {n}" for n in range(40)])
    assert (len(made.labels), len(made.series[0].points), made.left_out) == (24, 24, 16)


def test_names_that_the_font_cannot_draw_are_counted() -> None:
    made = chart("map", [1, 2, 3], labels=["日本海運", "Ångström & Søn", "Ωmega"])
    assert made.labels == ("row 1", "Ångström & Søn", "Ωmega")
    assert made.names[0] == "日本海運"


@pytest.mark.parametrize(
    "given",
    [
        source("columns", []),
        source("columns", [1, 2], labels=months(3)),
        source("columns", [1], labels=["last month"]),
        source("columns", [1], labels=["2026-13"]),
        source("columns", [usd(1), {"minor": 1, "currency": "EUR"}]),
        source("columns", ["NaN"]),
        source("columns", ["1e99"]),
        source("columns", [{"minor": 10**90, "currency": "USD"}]),
        {**source("columns", [1]), "series": []},
    ],
    ids=range(9),
)
def test_a_chart_that_does_not_fit_together_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ReportError):
        read(given, EN)


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="pie"):
        read(source("pie", [1]), EN)
