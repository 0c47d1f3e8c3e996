"""Periods: months, ISO weeks, quarters, years, and their fiscal forms; half open, in civil dates.

A period is a stretch of civil days `[start, end)`. Only `instants` knows of time zones: it turns the two
midnights into UTC, so that days with 23 or 25 hours, and midnights that do not exist, need no care elsewhere.

    2026-10 · 2026-W44 · 2026-Q4 · 2026 · FY2026 · FY2026-Q4     (FY is named by the year in which it ends)
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from quarterdeck.errors import ConfigError


class PeriodKind(StrEnum):
    """The lengths a report can have."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_FORM = re.compile(
    r"(?P<fiscal>FY)?(?P<year>[12][0-9]{3})(?:-(?:(?P<month>[0-9]{2})|W(?P<week>[0-9]{2})|Q(?P<quarter>[1-4])))?", re.ASCII
)
_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}
_REMEDY = "write 2026-10, 2026-W44, 2026-Q4, 2026 or FY2026-Q4"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Civil days `[start, end)`, with the text that people write for them; `fiscal_start` is set on fiscal ones."""

    start: date
    end: date
    text: str
    kind: PeriodKind
    fiscal_start: int = 1

    def __str__(self) -> str:
        return self.text

    @classmethod
    def parse(cls, text: str, *, fiscal_start: int = 1) -> Period:
        """The period of a text, or ConfigError. `fiscal_start` is the first month of the fiscal year."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise ConfigError(f"{text!r} is not a period", remedy=_REMEDY)
        year, fiscal = int(match["year"]), bool(match["fiscal"])
        if match["week"]:
            return _week(text, year, int(match["week"]), fiscal)
        if match["month"]:
            return _month(text, year, int(match["month"]), fiscal)
        kind = PeriodKind.QUARTER if match["quarter"] else PeriodKind.YEAR
        first = date(year, 1, 1)
        if fiscal:
            first = add_months(date(year, fiscal_start, 1), -12) if fiscal_start > 1 else date(year, 1, 1)
        first = add_months(first, 3 * (int(match["quarter"] or 1) - 1))
        return cls(first, add_months(first, _MONTHS[kind]), text, kind, fiscal_start if fiscal else 1)

    @classmethod
    def of(cls, day: date, kind: PeriodKind) -> Period:
        """The calendar period of a kind that contains a day."""
        if kind is PeriodKind.WEEK:
            year, week, _ = day.isocalendar()
            return cls.parse(f"{year:04d}-W{week:02d}")
        if kind is PeriodKind.MONTH:
            return cls.parse(f"{day:%Y-%m}")
        return cls.parse(f"{day:%Y}" if kind is PeriodKind.YEAR else f"{day:%Y}-Q{(day.month + 2) // 3}")

    @classmethod
    def last_complete(cls, today: date, kind: PeriodKind = PeriodKind.MONTH) -> Period:
        """The latest period of a kind that ended on or before `today`."""
        return cls.of(cls.of(today, kind).start - timedelta(days=1), kind)

    @property
    def fiscal(self) -> bool:
        return self.text.startswith("FY")

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def previous(self) -> Period:
        """The period of the same kind that ends where this one starts."""
        return self._shift(-1)

    def next(self) -> Period:
        return self._shift(1)

    def last_year(self) -> Period:
        """The same period a year before; week 53 falls back to week 52 where last year has none."""
        if self.kind is not PeriodKind.WEEK:
            return self._shift(-12 // _MONTHS[self.kind])
        year, week = int(self.text[:4]) - 1, int(self.text[-2:])
        try:
            return Period.parse(f"{year:04d}-W{week:02d}")
        except ConfigError:
            return Period.parse(f"{year:04d}-W52")

    def trailing(self, count: int) -> tuple[Period, ...]:
        """The last `count` periods, oldest first, this one last."""
        found = [self]
        while len(found) < count:
            found.append(found[-1].previous())
        return tuple(reversed(found))

    def until(self, last: Period) -> tuple[Period, ...]:
        """All periods from this one to `last`, both included; empty when `last` is earlier."""
        if last.kind is not self.kind or last.fiscal is not self.fiscal or last.fiscal_start != self.fiscal_start:
            raise ConfigError(f"{self} and {last} are not periods of one kind", remedy=_REMEDY)
        found = []
        step = self
        while step.start <= last.start:
            found.append(step)
            step = step.next()
        return tuple(found)

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first instants of `start` and of `end` in a time zone, in UTC.

        Where midnight does not exist the day begins at the moment the clock jumps; where it comes twice, at
        the first. Periods therefore tile: no gap and no overlap.
        """
        return first_instant(self.start, zone), first_instant(self.end, zone)

    def _shift(self, steps: int) -> Period:
        if self.kind is PeriodKind.WEEK:
            return Period.of(self.start + timedelta(weeks=steps), self.kind)
        start = add_months(self.start, steps * _MONTHS[self.kind])
        if not self.fiscal:
            return Period.of(start, self.kind)
        ends = add_months(start, -((start.month - self.fiscal_start) % 12) + 12)
        year = ends.year if self.fiscal_start > 1 else ends.year - 1
        quarter = f"-Q{(start.month - self.fiscal_start) % 12 // 3 + 1}" if self.kind is PeriodKind.QUARTER else ""
        return Period.parse(f"FY{year:04d}{quarter}", fiscal_start=self.fiscal_start)


def _month(text: str, year: int, month: int, fiscal: bool) -> Period:
    if fiscal or not 1 <= month <= 12:
        raise ConfigError(f"{text!r} is not a period: there is no month {month:02d}", remedy=_REMEDY)
    first = date(year, month, 1)
    return Period(first, add_months(first, 1), text, PeriodKind.MONTH)


def _week(text: str, year: int, week: int, fiscal: bool) -> Period:
    try:
        first = date.fromisocalendar(year, week, 1)
    except ValueError as error:
        raise ConfigError(f"{text!r} is not a period: {year} has no week {week:02d}", remedy=_REMEDY) from error
    if fiscal:
        raise ConfigError(f"{text!r} is not a period: weeks have no fiscal form", remedy=_REMEDY)
    return Period(first, first + timedelta(weeks=1), text, PeriodKind.WEEK)


def add_months(day: date, months: int) -> date:
    """The same day of another month; the last day where that month is shorter (31 January + 1 = 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a civil day in a time zone, in UTC."""
    # fold=0 takes the offset before a jump, which for a missing midnight is the very moment of the jump.
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
