"""How far a table reaches into a period: to its end or nearly so, or only part of the way.

A table that stops a little early makes its figures less certain. One that stops well before the end speaks of a shorter
time: its figures are worked out up to its last day, and compared with no other period. A mean over three months must not
take two months without data for two months in which nothing happened.
"""

from __future__ import annotations

from datetime import date, timedelta

from quarterdeck.period import Period

_EARLY_DAYS = 3  # a statement without a row on the last days of a month may well be complete
_SHORT_DAYS = 14


def ends_early(last: date | None, period: Period) -> bool:
    """Whether a table that speaks of the days before `last` ends more than a tenth of the period, or three days, early."""
    return last is not None and last < period.end - timedelta(days=min(_EARLY_DAYS, round(period.days / 10)))


def ends_short(last: date | None, period: Period) -> bool:
    """Whether more than half of the period, or a fortnight of it, is missing."""
    return last is not None and last < period.end - timedelta(days=min(_SHORT_DAYS, period.days // 2))
