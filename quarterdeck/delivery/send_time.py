"""When a message may go out: from a time of day on, and never in quiet hours, as clocks show it where the tenant is.

What is due in the morning waits in the trail as `not_before`; nothing sleeps for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from quarterdeck.config.models import DeliverySettings
from quarterdeck.errors import ConfigError

_MINUTE = timedelta(minutes=1)
_DAY_MINUTES = 24 * 60
_FAR = 8 * _DAY_MINUTES  # a change of the clocks can take a day's only free minutes, or a zone a whole day


@dataclass(frozen=True, slots=True)
class Hours:
    """The part of a day in which messages go out: from `begin` on, and not from `quiet_from` to before `quiet_to`.

    Quiet hours may go over midnight; where both ends are the same there are none.
    """

    begin: time = time(0)
    quiet_from: time = time(0)
    quiet_to: time = time(0)

    @classmethod
    def of(cls, delivery: DeliverySettings) -> Hours:
        """The hours of the settings."""
        start, _, end = (delivery.quiet_hours or "00:00-00:00").partition("-")
        return cls(time.fromisoformat(delivery.send_at or "00:00"), time.fromisoformat(start), time.fromisoformat(end))

    @property
    def is_empty(self) -> bool:
        """Whether no minute of a day is left."""
        return not any(self.holds(at) for at in _minutes())

    def holds(self, at: time) -> bool:
        """Whether messages go out at this time of day."""
        return at >= self.begin and not self._is_quiet(at)

    def _is_quiet(self, at: time) -> bool:
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= at < self.quiet_to
        return at >= self.quiet_from or at < self.quiet_to


def send_time(now: datetime, zone: ZoneInfo, hours: Hours) -> datetime | None:
    """The first moment from `now` on, in UTC, at which a message may go out in a zone; None where that is `now`.

    It goes by the minute and asks the zone each time, so that days of 23 and 25 hours need no thought. ConfigError where
    the hours leave none.
    """
    if hours.holds(_wall(now, zone)):
        return None
    moment = now.astimezone(UTC).replace(second=0, microsecond=0)
    for _ in range(_FAR):
        moment += _MINUTE
        if hours.holds(_wall(moment, zone)):
            return moment
    raise ConfigError("send_at and quiet_hours leave no time to send at", remedy="shorten the quiet hours")


def _wall(moment: datetime, zone: ZoneInfo) -> time:
    return moment.astimezone(zone).time()


def _minutes() -> Iterator[time]:
    return (time(*divmod(number, 60)) for number in range(_DAY_MINUTES))
