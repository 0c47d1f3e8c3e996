"""Deliveries of which nobody knows whether they went out: sent again only where silence proves something.

Silence proves that a message is not out where events come through: the first canary that was sent after the attempt is
back, since `quiet_minutes`, and everything in the queue was read. This assumes that less than `quiet_minutes` lie between
an event and one of a later message that overtakes it. That no sender wakes and sends after that is kept by the age of its
signature (docs/decisions/0011). What is not proved within `hold_minutes` is left to a person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from quarterdeck.audit.happenings import Expire, Hold, Release
from quarterdeck.audit.records import Filter, instant
from quarterdeck.audit.states import Delivery, Denied, Event, State
from quarterdeck.config.models import FeedbackSettings
from quarterdeck.steps.canaries import Canary
from quarterdeck.wiring import Parts

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Silence:
    """What is known of the feed after it was read. `attempts` are those that some event speaks of.

    `is_read` is whether all of the queue was; `unread` are the times at which messages were first refused that were never
    read since; `kept` is how long the queue keeps a message.
    """

    settings: FeedbackSettings
    canaries: Iterable[Canary]
    attempts: Collection[str]
    is_read: bool
    unread: Collection[datetime]
    kept: timedelta

    def doubt(self, row: Delivery, first_try: datetime, now: datetime) -> str:
        """Why silence does not prove that a message is not out; nothing where it does."""
        since, quiet = row.updated_at or now, timedelta(minutes=self.settings.quiet_minutes)
        if set(row.attempts) & set(self.attempts):
            return "an event speaks of it"
        if not self.is_read or any(at >= first_try - quiet for at in self.unread):
            return "not all was read that the mail service told"
        if now - first_try >= self.kept:
            return "the queue keeps no message for so long"
        after = next((each for each in self.canaries if each.sent >= since), None)
        if after is None or after.back is None:
            return "no canary shows that events come through"
        if now - after.back < quiet:
            return "its event may still be on its way"
        return ""


def expire(parts: Parts, channel: str) -> None:
    """Make the deliveries unknown whose sender went away while sending."""
    for row in parts.audit.list(Filter(channel=channel, states=frozenset({State.SENDING}))):
        parts.audit.apply(row.key, Expire(), parts.clock())


def settle(parts: Parts, rows: Iterable[Delivery], silence: Silence) -> Mapping[str, list[Delivery]]:
    """Let unknown deliveries be sent again that are not out, and leave those to a person that are unknown for too long.

    The changed rows, under `released` and `held`.
    """
    changed: dict[str, list[Delivery]] = {"released": [], "held": []}
    for row in rows:
        now = parts.clock()
        doubt = silence.doubt(row, _first_try(parts, row), now)
        waited = now - (row.updated_at or now)
        if not doubt:
            changed["released"] += _apply(parts, row, Release(row.fence, row.attempt, f"no event tells of it: {row.reason}"))
        elif waited >= timedelta(minutes=silence.settings.hold_minutes):
            changed["held"] += _apply(parts, row, Hold(f"{row.reason}; {doubt}"))
    return changed


def _apply(parts: Parts, row: Delivery, event: Event) -> list[Delivery]:
    after = parts.audit.apply(row.key, event, parts.clock())
    return [] if isinstance(after, Denied) else [after]


def _first_try(parts: Parts, row: Delivery) -> datetime:
    """When the first message of a delivery may have gone out."""
    events = parts.audit.show(row.report_id).events
    tries = (instant(str(event["at"])) for event in events if (event["event"], event["id"]) == ("send", row.key))
    return min(tries, default=_LONG_AGO)
