"""When a message may go out, in zones whose clocks jump; every expectation but the last is worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quarterdeck.config.models import DeliverySettings
from quarterdeck.delivery.send_time import Hours, send_time
from quarterdeck.errors import ConfigError

NEW_YORK, BERLIN, UTC_ZONE = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
BEIRUT, APIA, LORD_HOWE = ZoneInfo("Asia/Beirut"), ZoneInfo("Pacific/Apia"), ZoneInfo("Australia/Lord_Howe")
MINUTE = timedelta(minutes=1)


def hours(send_at: str | None = None, quiet: str | None = None) -> Hours:
    return Hours.of(DeliverySettings(send_at=send_at, quiet_hours=quiet))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "given_hours", "expected"),
    [
        # Nothing is set, or it is time already.
        ("2026-11-03 03:00", NEW_YORK, hours(), None),
        ("2026-11-03 12:30", NEW_YORK, hours("07:30"), None),  # 07:30 sharp
        ("2026-11-03 23:59", UTC_ZONE, hours("07:30"), None),
        ("2026-11-03 12:00", UTC_ZONE, hours(quiet="20:00-07:00"), None),
        ("2026-11-03 07:00", UTC_ZONE, hours(quiet="20:00-07:00"), None),  # the end is no part of them
        ("2026-11-03 19:59", UTC_ZONE, hours(quiet="20:00-07:00"), None),
        # A send time; New York is five hours behind in November.
        ("2026-11-03 12:29", NEW_YORK, hours("07:30"), "2026-11-03 12:30"),
        ("2026-11-03 04:00", NEW_YORK, hours("07:30"), None),  # 23:00 of the day before
        ("2026-11-03 05:00", NEW_YORK, hours("07:30"), "2026-11-03 12:30"),  # midnight
        # Quiet hours over midnight, and within a day.
        ("2026-11-03 20:00", UTC_ZONE, hours(quiet="20:00-07:00"), "2026-11-04 07:00"),
        ("2026-11-04 02:00", UTC_ZONE, hours(quiet="20:00-07:00"), "2026-11-04 07:00"),
        ("2026-11-04 06:59", UTC_ZONE, hours(quiet="20:00-07:00"), "2026-11-04 07:00"),
        ("2026-11-03 12:10", UTC_ZONE, hours(quiet="12:00-14:00"), "2026-11-03 14:00"),
        ("2026-11-03 23:30", UTC_ZONE, hours(quiet="22:00-00:00"), "2026-11-04 00:00"),
        # Both: the later of the two.
        ("2026-11-03 22:00", UTC_ZONE, hours("07:30", "20:00-07:00"), "2026-11-04 07:30"),
        ("2026-11-03 22:00", UTC_ZONE, hours("06:00", "20:00-07:00"), "2026-11-04 07:00"),
        ("2026-11-03 06:00", UTC_ZONE, hours("07:30", "07:00-09:00"), "2026-11-03 09:00"),
        # Clocks go forward: on 2026-03-08 New York has no 02:30, and 07:00 UTC is 03:00 there.
        ("2026-03-08 06:00", NEW_YORK, hours("02:30"), "2026-03-08 07:00"),
        ("2026-03-08 04:30", NEW_YORK, hours(quiet="23:00-02:30"), "2026-03-08 07:00"),
        ("2026-03-08 12:00", NEW_YORK, hours(quiet="20:00-09:00"), "2026-03-08 13:00"),  # 09:00, of a night of 12 hours
        # Clocks go back: on 2026-11-01 New York has 01:30 twice, at 05:30 and at 06:30 UTC.
        ("2026-11-01 04:10", NEW_YORK, hours("01:30"), "2026-11-01 05:30"),
        ("2026-11-01 05:45", NEW_YORK, hours(quiet="01:40-01:50"), "2026-11-01 05:50"),
        ("2026-11-01 06:45", NEW_YORK, hours(quiet="01:40-01:50"), "2026-11-01 06:50"),
        ("2026-11-01 05:45", NEW_YORK, hours(quiet="01:30-04:00"), "2026-11-01 06:00"),  # 01:00 again, before they begin
        ("2026-11-01 06:30", NEW_YORK, hours(quiet="01:30-04:00"), "2026-11-01 09:00"),
        # A day without its midnight: Beirut goes from 23:59 on 2026-03-28 to 01:00; 22:00 UTC.
        ("2026-03-28 21:30", BEIRUT, hours(quiet="22:00-00:30"), "2026-03-28 22:00"),
        # A day that is not there: Apia went from the end of 2011-12-29 to 2011-12-31, at 10:00 UTC.
        ("2011-12-30 09:00", APIA, hours(quiet="20:00-07:00"), "2011-12-30 17:00"),
        # Half an hour of change: Lord Howe goes from 02:00 to 01:30 at 15:00 UTC on 2026-04-04.
        ("2026-04-04 14:50", LORD_HOWE, hours(quiet="01:40-02:30"), "2026-04-04 15:00"),
        # Seconds count upwards: never earlier than now, never in a minute that has begun.
        ("2026-11-03 06:59:30.5", UTC_ZONE, hours(quiet="20:00-07:00"), "2026-11-03 07:00"),
    ],
)
def test_the_first_moment(now: str, zone: ZoneInfo, given_hours: Hours, expected: str | None) -> None:
    assert send_time(at(now), zone, given_hours) == (at(expected) if expected else None)


def test_a_gap_that_takes_all_that_is_left_of_a_day_leads_to_the_next_one() -> None:
    """Only from 02:10 to 02:50 may anything go out, which 2026-03-29 does not have in Berlin."""
    only = hours("02:10", "02:50-02:10")
    assert send_time(at("2026-03-29 00:00"), BERLIN, only) == at("2026-03-30 00:10")


@pytest.mark.parametrize(
    ("send_at", "quiet", "is_empty"),
    [
        (None, None, False),
        ("23:59", None, False),
        ("07:30", "07:00-00:00", True),
        ("07:30", "07:31-00:00", False),
        ("21:00", "20:00-07:00", True),
        (None, "00:01-00:00", False),
    ],
)
def test_whether_anything_is_left_of_a_day(send_at: str | None, quiet: str | None, is_empty: bool) -> None:
    assert hours(send_at, quiet).is_empty is is_empty
    if is_empty:
        with pytest.raises(ConfigError, match="no time"):
            send_time(at("2026-11-03 12:00"), NEW_YORK, hours(send_at, quiet))


clock = st.times(timezones=st.none()).map(lambda moment: moment.replace(second=0, microsecond=0))
moments = st.datetimes(datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2028-12-31"), timezones=st.just(UTC))
zones = st.sampled_from([NEW_YORK, BERLIN, UTC_ZONE, BEIRUT, LORD_HOWE, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Africa/Cairo")])
whole = st.builds(Hours, clock, clock, clock)


def _near_change(zone: ZoneInfo, moment: datetime) -> datetime:
    """A moment moved to the day of the zone's next change of clocks, if there is one within a year."""
    for day in range(366):
        later = moment + timedelta(days=day)
        if later.astimezone(zone).utcoffset() != (later + timedelta(days=1)).astimezone(zone).utcoffset():
            return later
    return moment


@given(moments, zones, whole, st.booleans())
def test_never_in_quiet_hours_never_earlier_and_again_is_the_same(
    now: datetime, zone: ZoneInfo, given_hours: Hours, near: bool
) -> None:
    assume(not given_hours.is_empty)
    now = _near_change(zone, now) if near else now
    found = send_time(now, zone, given_hours) or now
    assert found >= now
    assert given_hours.holds(found.astimezone(zone).time())
    assert send_time(found, zone, given_hours) is None
    if found > now:
        between = [now + (found - now) * part / 50 for part in range(50)]
        assert not any(given_hours.holds(moment.astimezone(zone).time()) for moment in between if moment < found - MINUTE)


@given(clock, clock, clock)
def test_quiet_hours_are_as_a_person_reads_them(begin: time, start: time, end: time) -> None:
    """Held against a count of minutes from the hours' start: within them are fewer than they have."""
    length = (end.hour * 60 + end.minute - start.hour * 60 - start.minute) % 1440
    for minute in (0, 1, length - 1, length, length + 1, 700):
        wall = (start.hour * 60 + start.minute + minute) % 1440
        moment = time(*divmod(wall, 60))
        is_quiet = (minute % 1440) < length
        assert Hours(begin, start, end).holds(moment) is (moment >= begin and not is_quiet)
