"""Periods: what is one and what is not, their neighbours, and the instants at which they begin and end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.errors import ConfigError
from quarterdeck.period import Period, PeriodKind, add_months

HOUR = timedelta(hours=1)

FISCAL_STARTS = st.integers(1, 12)
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """Periods of every kind, calendar and fiscal, for every first month of the fiscal year."""
    kind = draw(st.sampled_from(PeriodKind))
    if kind in (PeriodKind.YEAR, PeriodKind.QUARTER) and draw(st.booleans()):
        year = draw(st.integers(1990, 2090))
        quarter = f"-Q{draw(st.integers(1, 4))}" if kind is PeriodKind.QUARTER else ""
        return Period.parse(f"FY{year}{quarter}", fiscal_start=draw(FISCAL_STARTS))
    return Period.of(draw(DAYS), kind)


# --- what is a period -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        ("2026-10", PeriodKind.MONTH, date(2026, 10, 1), date(2026, 11, 1)),
        ("2026-12", PeriodKind.MONTH, date(2026, 12, 1), date(2027, 1, 1)),
        ("2024-02", PeriodKind.MONTH, date(2024, 2, 1), date(2024, 3, 1)),
        ("2026-W01", PeriodKind.WEEK, date(2025, 12, 29), date(2026, 1, 5)),
        ("2026-W44", PeriodKind.WEEK, date(2026, 10, 26), date(2026, 11, 2)),
        ("2026-W53", PeriodKind.WEEK, date(2026, 12, 28), date(2027, 1, 4)),
        ("2020-W53", PeriodKind.WEEK, date(2020, 12, 28), date(2021, 1, 4)),
        ("2026-Q1", PeriodKind.QUARTER, date(2026, 1, 1), date(2026, 4, 1)),
        ("2026-Q4", PeriodKind.QUARTER, date(2026, 10, 1), date(2027, 1, 1)),
        ("2026", PeriodKind.YEAR, date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_a_period_is_a_half_open_stretch_of_days(text: str, kind: PeriodKind, start: date, end: date) -> None:
    period = Period.parse(text)
    assert (period.kind, period.start, period.end, str(period)) == (kind, start, end, text)
    assert start in period
    assert end - timedelta(days=1) in period
    assert end not in period
    assert start - timedelta(days=1) not in period
    assert period.days == (end - start).days


@pytest.mark.parametrize(
    ("text", "fiscal_start", "start", "end"),
    [
        ("FY2026", 1, date(2026, 1, 1), date(2027, 1, 1)),
        ("FY2026", 4, date(2025, 4, 1), date(2026, 4, 1)),  # named by the year in which it ends
        ("FY2026", 12, date(2025, 12, 1), date(2026, 12, 1)),
        ("FY2026-Q1", 1, date(2026, 1, 1), date(2026, 4, 1)),
        ("FY2026-Q1", 4, date(2025, 4, 1), date(2025, 7, 1)),
        ("FY2026-Q4", 4, date(2026, 1, 1), date(2026, 4, 1)),
        ("FY2026-Q2", 10, date(2026, 1, 1), date(2026, 4, 1)),
        ("FY2026-Q4", 12, date(2026, 9, 1), date(2026, 12, 1)),
    ],
)
def test_fiscal_periods(text: str, fiscal_start: int, start: date, end: date) -> None:
    period = Period.parse(text, fiscal_start=fiscal_start)
    assert (period.start, period.end, period.fiscal, period.fiscal_start) == (start, end, True, fiscal_start)


def test_a_fiscal_start_moves_no_calendar_period() -> None:
    assert Period.parse("2026-Q4", fiscal_start=4) == Period.parse("2026-Q4")
    assert Period.parse("2026-Q4", fiscal_start=4).fiscal_start == 1
    assert Period.parse("FY2026") == Period.parse("FY2026", fiscal_start=1)


@pytest.mark.parametrize("fiscal_start", range(1, 13))
def test_fiscal_periods_are_walked_in_the_order_of_their_names(fiscal_start: int) -> None:
    years = [f"FY{year}" for year in range(2023, 2028)]
    quarters = [f"{year}-Q{number}" for year in years for number in (1, 2, 3, 4)]
    for names in (years, quarters):
        first = Period.parse(names[0], fiscal_start=fiscal_start)
        walked = [first]
        for _ in names[1:]:
            walked.append(walked[-1].next())
        assert [str(period) for period in walked] == names
        assert walked == [Period.parse(name, fiscal_start=fiscal_start) for name in names]
        assert list(walked[-1].trailing(len(names))) == walked
        assert first.start == date(2023 - (fiscal_start > 1), fiscal_start, 1)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-13", "2026-00", "2026-W54", "2026-W00", "2025-W53", "2026-Q5", "2026-Q0"),
        *("FY2026-10", "FY2026-W01", "fy2026", "2026-w44", "2026-q4", "2026-W4", "2026-1", "26-10", "02026-10"),
        *("", " ", "2026-10 ", " 2026-10", "2026-10\n", "2026 10", "2026/10", "2026-10-01", "2026-", "-2026", "FY", "october"),
        *("٢٠٢٦-١٠", "２０２６-10", "2026-1０", "2026\N{EN DASH}10", "2026-10\x00", "0026-10", "9026"),
    ],
)
def test_what_is_no_period_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Period.parse(text)
    assert refused.value.problem.what.startswith(f"{text!r} is not a period")
    assert "2026-10" in refused.value.problem.remedy
    assert refused.value.permanent


@given(st.text(max_size=12))
def test_any_text_is_a_period_or_refused(text: str) -> None:
    try:
        period = Period.parse(text)
    except ConfigError:  # any other error fails the test
        return
    assert period.text == text
    assert period.start < period.end


# --- neighbours -------------------------------------------------------------------------------------------------------


@given(periods())
def test_a_period_lies_between_its_neighbours(period: Period) -> None:
    before, after = period.previous(), period.next()
    assert before.end == period.start
    assert after.start == period.end
    assert before.next() == period
    assert after.previous() == period
    assert {before.kind, after.kind} == {period.kind}
    assert before.fiscal is after.fiscal is period.fiscal


@given(periods())
def test_a_period_is_what_its_text_says(period: Period) -> None:
    assert Period.parse(period.text, fiscal_start=period.fiscal_start) == period
    if not period.fiscal:
        assert Period.of(period.start, period.kind) == Period.of(period.end - timedelta(days=1), period.kind) == period


@given(DAYS, st.sampled_from(PeriodKind))
def test_every_day_lies_in_exactly_one_period_of_a_kind(day: date, kind: PeriodKind) -> None:
    period = Period.of(day, kind)
    assert day in period
    assert day not in period.previous()
    assert day not in period.next()


@given(st.integers(1990, 2090), FISCAL_STARTS)
def test_a_fiscal_year_is_its_four_quarters(year: int, fiscal_start: int) -> None:
    whole = Period.parse(f"FY{year}", fiscal_start=fiscal_start)
    quarters = [Period.parse(f"FY{year}-Q{number}", fiscal_start=fiscal_start) for number in (1, 2, 3, 4)]
    assert (quarters[0].start, quarters[-1].end) == (whole.start, whole.end)
    assert all(one.end == other.start and one.next() == other for one, other in pairwise(quarters))
    assert whole.start.month == fiscal_start
    assert (whole.end - timedelta(days=1)).year == year


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10", "2025-10"),
        ("2024-02", "2023-02"),  # the 29 days of a leap month have the 28 of the year before
        ("2026-W44", "2025-W44"),
        ("2026-W53", "2025-W52"),  # 2025 has no week 53
        ("2027-W01", "2026-W01"),
        ("2026-Q1", "2025-Q1"),
        ("2026", "2025"),
        ("FY2026-Q4", "FY2025-Q4"),
        ("FY2026", "FY2025"),
    ],
)
def test_the_same_period_a_year_before(text: str, expected: str) -> None:
    for fiscal_start in (1, 4, 12):
        assert Period.parse(text, fiscal_start=fiscal_start).last_year() == Period.parse(expected, fiscal_start=fiscal_start)


def test_trailing_periods_end_with_the_period() -> None:
    assert [str(period) for period in Period.parse("2026-02").trailing(4)] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert [str(period) for period in Period.parse("2021-W01").trailing(3)] == ["2020-W52", "2020-W53", "2021-W01"]
    assert [str(period) for period in Period.parse("FY2026-Q1", fiscal_start=4).trailing(2)] == ["FY2025-Q4", "FY2026-Q1"]
    assert Period.parse("2026-02").trailing(1) == (Period.parse("2026-02"),)


def test_until_counts_both_ends() -> None:
    first = Period.parse("2025-11")
    assert [str(period) for period in first.until(Period.parse("2026-02"))] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert first.until(first) == (first,)
    assert first.until(Period.parse("2025-10")) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Period.parse("2026-10"), Period.parse("2026-W50")),
        (Period.parse("2026-Q1"), Period.parse("FY2026-Q4", fiscal_start=4)),
        (Period.parse("FY2026", fiscal_start=4), Period.parse("FY2027", fiscal_start=7)),
    ],
)
def test_until_refuses_periods_of_two_kinds(one: Period, other: Period) -> None:
    with pytest.raises(ConfigError, match="not periods of one kind"):
        one.until(other)


@pytest.mark.parametrize(
    ("today", "kind", "expected"),
    [
        (date(2026, 11, 1), PeriodKind.MONTH, "2026-10"),
        (date(2026, 10, 31), PeriodKind.MONTH, "2026-09"),  # the day of the run is not over
        (date(2026, 1, 1), PeriodKind.MONTH, "2025-12"),
        (date(2024, 2, 29), PeriodKind.MONTH, "2024-01"),
        (date(2027, 1, 3), PeriodKind.WEEK, "2026-W52"),
        (date(2027, 1, 4), PeriodKind.WEEK, "2026-W53"),
        (date(2026, 12, 31), PeriodKind.QUARTER, "2026-Q3"),
        (date(2027, 1, 1), PeriodKind.YEAR, "2026"),
    ],
)
def test_the_last_complete_period(today: date, kind: PeriodKind, expected: str) -> None:
    assert str(Period.last_complete(today, kind)) == expected


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), -12, date(2023, 2, 28)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 12, 31), -10, date(2025, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
        (date(2026, 12, 15), 0, date(2026, 12, 15)),
    ],
)
def test_months_are_added_within_the_calendar(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(st.lists(periods(), max_size=20))
def test_periods_sort_by_their_days(listed: list[Period]) -> None:
    assert [period.start for period in sorted(listed)] == sorted(period.start for period in listed)


# --- instants ---------------------------------------------------------------------------------------------------------


def span(text: str, zone: str) -> tuple[datetime, datetime]:
    return Period.parse(text).instants(ZoneInfo(zone))


@pytest.mark.parametrize(
    ("text", "zone", "hours"),
    [
        ("2025-03", "America/New_York", 743),  # the clock springs forward
        ("2025-11", "America/New_York", 721),  # and falls back
        ("2025-01", "America/New_York", 744),
        ("2024-02", "UTC", 29 * 24),
        ("2025-04", "Australia/Lord_Howe", 720.5),  # half an hour of daylight saving
        ("2011-12", "Pacific/Apia", 720),  # the 30th was left out when Samoa crossed the date line
    ],
)
def test_hours_are_counted_between_instants(text: str, zone: str, hours: float) -> None:
    start, end = span(text, zone)
    assert end - start == hours * HOUR


@pytest.mark.parametrize(
    ("day", "zone", "first", "clock"),
    [
        (date(2025, 9, 7), "America/Santiago", datetime(2025, 9, 7, 4, tzinfo=UTC), "01:00"),
        (date(2025, 4, 25), "Africa/Cairo", datetime(2025, 4, 24, 22, tzinfo=UTC), "01:00"),
        (date(2025, 3, 30), "Asia/Beirut", datetime(2025, 3, 29, 22, tzinfo=UTC), "01:00"),
        (date(2025, 3, 9), "America/Havana", datetime(2025, 3, 9, 5, tzinfo=UTC), "01:00"),
        (date(2011, 12, 30), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC), "00:00"),  # a day of no length
    ],
)
def test_a_day_without_midnight_begins_when_the_clock_jumps(day: date, zone: str, first: datetime, clock: str) -> None:
    lasting = Period(day, day + timedelta(days=1), "a day", PeriodKind.WEEK)
    start, _ = lasting.instants(ZoneInfo(zone))
    assert start == first
    assert f"{start.astimezone(ZoneInfo(zone)):%H:%M}" == clock
    assert (start - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() < day


def test_a_midnight_that_comes_twice_counts_the_first_time() -> None:
    start, end = span("2009-11", "America/St_Johns")  # at 00:01 on the first of November the clock went back an hour
    assert start == datetime(2009, 11, 1, 2, 30, tzinfo=UTC)
    assert start == span("2009-10", "America/St_Johns")[1]
    assert end - start == 721 * HOUR


def test_instants_are_utc() -> None:
    start, end = span("2026-10", "America/Los_Angeles")
    assert start.tzinfo is end.tzinfo is UTC
    assert (start, end) == (datetime(2026, 10, 1, 7, tzinfo=UTC), datetime(2026, 11, 1, 7, tzinfo=UTC))


def test_the_months_of_five_years_tile_in_every_time_zone() -> None:
    """All zones, none sampled: no gap, no overlap, and every month begins within its first civil day."""
    months = Period.parse("2022-01").until(Period.parse("2026-12"))
    zones = sorted(available_timezones())
    assert len(zones) > 400
    for name in zones:
        zone = ZoneInfo(name)
        spans = [month.instants(zone) for month in months]
        assert all(one[1] == other[0] for one, other in pairwise(spans)), name
        assert all(start < end for start, end in spans), name
        assert [start.astimezone(zone).date() for start, _ in spans] == [month.start for month in months], name


@settings(max_examples=200)
@given(DAYS, st.sampled_from(sorted(available_timezones())))
def test_a_day_begins_after_every_instant_of_the_day_before(day: date, zone: str) -> None:
    clock = ZoneInfo(zone)
    start, end = Period(day, day + timedelta(days=1), "a day", PeriodKind.WEEK).instants(clock)
    assert start <= end
    assert (start - timedelta(microseconds=1)).astimezone(clock).date() < day
