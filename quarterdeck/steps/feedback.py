"""What the mail service tells, taken in: kept, joined to deliveries, and used to settle those that nobody knows of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from quarterdeck.audit.records import Filter
from quarterdeck.audit.states import Delivery, State
from quarterdeck.config.models import FeedbackSettings
from quarterdeck.errors import Problem
from quarterdeck.feedback import Feed
from quarterdeck.steps import canaries, heard
from quarterdeck.steps.alert import OPERATORS, alert_of_messages
from quarterdeck.steps.alone import Alone
from quarterdeck.steps.joining import CHANNEL, join
from quarterdeck.steps.settling import Silence, expire, settle
from quarterdeck.steps.summary import problem_dict
from quarterdeck.steps.taking import Taking
from quarterdeck.wiring import Parts

COUNTS = (
    *("messages", "new", "duplicates", "unknown_types", "refused", "parked"),
    *("accepted", "delivered", "delayed", "bounced", "complained", "wanted", "suppressed"),
    *("canaries", "released", "held"),
)


@dataclass(frozen=True, slots=True)
class FeedbackSummary:
    """What was taken in, and what it came to: numbers by COUNTS, and a problem for each thing that a person should see.

    `back` counts the messages that `bounced` or whose reader `complained`, by report.
    """

    counts: Mapping[str, int]
    problems: tuple[Problem, ...]
    back: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def went_well(self) -> bool:
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """The summary as docs/schemas/feedback.schema.json has it."""
        return {"counts": dict(self.counts), "problems": [problem_dict(problem) for problem in self.problems]}


def take_in(parts: Parts, limit: int = 10_000, feed: Feed | None = None) -> FeedbackSummary:
    """Take in up to so many messages of the feedback queue and see to what they say.

    ConfigError where no queue is configured, FeedbackError where it cannot be reached, BusyError where another process is
    at it. What is cut off is done by the next call, for nothing leaves the queue before it is kept.
    """
    feed = feed or parts.feed
    told = parts.settings.delivery.feedback
    with Alone(parts, "feedback", "taking in feedback") as alone:
        taking = Taking(parts, feed)
        taking.drain(limit, alone.keep)
        joined = join(parts, heard.pending(parts))
        counts, problems = taking.counts + joined.counts, dict.fromkeys(taking.problems(), "") | joined.problems
        if told is not None:
            alone.keep()
            settled = _settle(parts, told, taking)
            counts.update({name: len(rows) for name, rows in settled.items()})
            problems |= {_held(row): "" if row.role == OPERATORS else row.period for row in settled["held"]}
            if _is_canary_due(parts, told):
                failed = canaries.send(parts)
                counts["canaries"] = int(failed is None)
                problems |= {failed: ""} if failed else {}
        parts.audit.anchor(parts.clock())
    return FeedbackSummary({name: counts[name] for name in COUNTS}, (*problems, *_alert(parts, problems)), dict(joined.back))


def _settle(parts: Parts, told: FeedbackSettings, taking: Taking) -> Mapping[str, list[Delivery]]:
    expire(parts, CHANNEL)
    rows = _unknown(parts)
    if not rows:
        return {"released": [], "held": []}
    silence = Silence(
        settings=told,
        canaries=canaries.canaries(parts),
        attempts=heard.tried(heard.events(parts)),
        is_read=taking.is_read,
        unread=tuple(heard.unread(parts).values()),
        kept=taking.feed.keeping.time,
    )
    return settle(parts, rows, silence)


def _unknown(parts: Parts) -> tuple[Delivery, ...]:
    return parts.audit.list(Filter(channel=CHANNEL, states=frozenset({State.UNKNOWN})))


def _is_canary_due(parts: Parts, told: FeedbackSettings) -> bool:
    """Whether the last canary is old, or was sent before something became unknown."""
    if not told.canary_minutes or parts.settings.delivery.channel != CHANNEL:
        return False
    last: datetime | None = max((each.sent for each in canaries.canaries(parts)), default=None)
    if last is None or parts.clock() - last >= timedelta(minutes=told.canary_minutes):
        return True
    return any(row.updated_at is not None and row.updated_at > last for row in _unknown(parts))


def _alert(parts: Parts, problems: Mapping[Problem, str]) -> Iterator[Problem]:
    """Tell the operators what became of messages, period by period."""
    for period in dict.fromkeys(filter(None, problems.values())):
        about = [problem for problem, of in problems.items() if of == period]
        yield from alert_of_messages(parts, period, about)


def _held(row: Delivery) -> Problem:
    remedy = f"ask the reader that `quarterdeck audit show {row.report_id}` names, then `quarterdeck audit resolve`"
    return Problem(f"{row.report_id} over {row.channel}: nobody knows whether it went out: {row.reason}", remedy=remedy)
