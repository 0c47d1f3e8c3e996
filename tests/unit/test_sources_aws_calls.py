"""Which days of UTC are over when the tenant's day begins, and answers that are not whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from quarterdeck.errors import SourceError
from quarterdeck.sources._aws_calls import asking, complete_until, part
from quarterdeck.sources._metrics import span_of
from tests.sourcing import window


@pytest.mark.parametrize(
    ("zone", "today", "until"),
    [
        ("America/Los_Angeles", date(2026, 10, 20), date(2026, 10, 20)),  # 07:00 UTC of the 20th: the 19th is over
        ("UTC", date(2026, 10, 20), date(2026, 10, 20)),
        ("Pacific/Auckland", date(2026, 10, 20), date(2026, 10, 19)),  # 11:00 UTC of the 19th: the 18th is over
        ("Asia/Kolkata", date(2026, 10, 20), date(2026, 10, 19)),
        ("America/Los_Angeles", date(2026, 11, 24), date(2026, 11, 1)),  # the period's own end
        ("Pacific/Auckland", date(2026, 11, 1), date(2026, 10, 31)),
        ("Pacific/Auckland", date(2026, 11, 2), date(2026, 11, 1)),
    ],
)
def test_days_of_utc_that_are_over(zone: str, today: date, until: date, tmp_path: Path) -> None:
    assert complete_until(replace(window(tmp_path), zone=ZoneInfo(zone), today=today)) == until


def test_without_a_clock_the_period_is_whole(tmp_path: Path) -> None:
    assert complete_until(window(tmp_path)) == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("months", "today", "first"),
    [
        (1, None, date(2026, 10, 1)),
        (13, None, date(2025, 10, 1)),
        (13, date(2026, 11, 24), date(2025, 10, 1)),
        (15, date(2026, 12, 31), date(2025, 10, 2)),  # 455 days back
    ],
)
def test_metrics_reach_back_as_far_as_they_are_kept(months: int, today: date | None, first: date) -> None:
    assert span_of(months, date(2026, 11, 1), today) == (first, date(2026, 11, 1))


def test_an_answer_without_its_part_may_pass() -> None:
    assert part({"events": []}, "events", "logs:FilterLogEvents") == []
    with pytest.raises(SourceError, match="answered logs:FilterLogEvents without events") as refused:
        part({}, "events", "logs:FilterLogEvents")
    assert not refused.value.permanent


def test_errors_that_are_none_of_the_sdk_come_through() -> None:
    with pytest.raises(ZeroDivisionError), asking("s3:ListBucket"):
        raise ZeroDivisionError
