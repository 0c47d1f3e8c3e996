"""When a table ends early, and when so early that its figures are those of a part of the period."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.measure.reach import ends_early, ends_short
from quarterdeck.model import At
from quarterdeck.period import Period


@pytest.mark.parametrize(
    ("text", "early", "short"),
    [
        # the last day on which a table may end without being early, and without being short
        ("2026-10", date(2026, 10, 29), date(2026, 10, 18)),  # three days; a fortnight
        ("2026-02", date(2026, 2, 26), date(2026, 2, 15)),  # three of 28 days; a half
        ("2026-W42", date(2026, 10, 18), date(2026, 10, 16)),  # one of seven days; three
        ("2026-Q4", date(2026, 12, 29), date(2026, 12, 18)),
        ("2026", date(2026, 12, 29), date(2026, 12, 18)),
    ],
)
def test_where_the_bounds_are(text: str, early: date, short: date) -> None:
    period, day = Period.parse(text), timedelta(days=1)
    assert (ends_early(early, period), ends_early(early - day, period)) == (False, True)
    assert (ends_short(short, period), ends_short(short - day, period)) == (False, True)


@given(st.sampled_from(["2026-10", "2026-W01", "2026-Q1", "2024"]), st.dates(date(2023, 1, 1), date(2027, 12, 31)))
def test_what_ends_short_ends_early(text: str, last: date) -> None:
    period = Period.parse(text)
    assert ends_early(last, period) >= ends_short(last, period)
    assert not (ends_early(last, period) and last >= period.end)
    assert not any(ends(None, period) for ends in (ends_early, ends_short))


def test_a_part_of_a_period_is_as_many_months_as_its_days() -> None:
    whole = At(Period.parse("2026-Q4"), "USD")
    part = At(Period.parse("2026-Q4"), "USD", until=date(2026, 11, 1))
    assert (whole.months, whole.end, part.end) == (Decimal(3), date(2027, 1, 1), date(2026, 11, 1))
    assert part.months == Decimal(31) / Decimal("30.4375")
    assert part.months_back(3) == date(2026, 8, 1)
    assert part.of(Period.parse("2026-Q3")).until is None
