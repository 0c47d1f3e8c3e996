"""The 24 months of the example, and days counted from their end, so that another `today` moves everything alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = 24


@dataclass(frozen=True, slots=True)
class Span:
    """Civil days `[start, end)`: the 24 whole months before the month of `today`."""

    today: date

    @property
    def end(self) -> date:
        return self.today.replace(day=1)

    @property
    def start(self) -> date:
        return self.month(MONTHS)

    @property
    def eve(self) -> date:
        """The day at whose end the opening balances stood."""
        return self.start - timedelta(days=1)

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def months(self) -> tuple[date, ...]:
        """First days of the months, oldest first."""
        return tuple(self.month(back) for back in range(MONTHS, 0, -1))

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.start + timedelta(days=n) for n in range((self.end - self.start).days))

    def month(self, back: int) -> date:
        """The first day of a month, 1 being the last month of the span, 0 and below the months after it."""
        index = self.end.year * 12 + self.end.month - 1 - back
        return date(index // 12, index % 12 + 1, 1)

    def day(self, back: int, day: int) -> date:
        """A day of a month counted back; the month's last day where it is shorter."""
        return in_month(self.month(back), day)

    def ago(self, days: int) -> date:
        """The day so many days before the span's last one."""
        return self.last_day - timedelta(days=days)

    def ahead(self, days: int) -> date:
        return self.last_day + timedelta(days=days)

    def quarter_end(self, quarters: int) -> date:
        """The last day of the quarter of `today` (0), of the one after it (1) ..."""
        ahead = (2 - (self.end.month - 1) % 3) + 1 + 3 * quarters
        return self.month(-ahead) - timedelta(days=1)

    def year_of(self, month: date) -> int:
        """0 in the span's first twelve months, 1 in its last."""
        return 0 if month < self.month(12) else 1


def in_month(month: date, day: int) -> date:
    """A day of the month that begins on `month`; its last day where it is shorter."""
    last = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return month.replace(day=min(day, last.day))


def business_day(day: date, after: int = 0) -> date:
    """The day itself or the next weekday, then so many weekdays on."""
    while day.weekday() > 4:
        day += timedelta(days=1)
    for _ in range(after):
        day += timedelta(days=1)
        while day.weekday() > 4:
            day += timedelta(days=1)
    return day
