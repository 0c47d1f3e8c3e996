"""Never a second message while the first may be out: senders that lose answers and die, and feeds of every kind.

The feed is slow, silent, tells twice and in another order; what is assumed of it is that an event is overtaken by the event
of a later message by less than `quiet_minutes`.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from quarterdeck.audit import Delivery, State
from quarterdeck.audit.happenings import Accept, Claim, Lose, Refuse, Send
from quarterdeck.audit.states import OUT
from tests.feeding import MEMORY, MINUTE, QuietSes, about, of_canary, station
from tests.postbox import NOW, event
from tests.trails import delivery

MOMENT = timedelta(microseconds=1)
LAGS = st.sampled_from([0, 1, 10, 20, 40, 600])  # minutes
HOW = ("lost after", "died after", "lost before", "died before", "refused", "sent")


@dataclass
class Feed:
    """Events on their way to the queue. `lag` is how long they take now; a silent feed lets none through until it speaks."""

    lag: timedelta = timedelta(0)
    is_silent: bool = False

    def __post_init__(self) -> None:
        self.horizon = NOW
        self.on_the_way: list[tuple[datetime, dict[str, Any]]] = []
        self.waiting: list[tuple[timedelta, dict[str, Any]]] = []

    def tell(self, document: dict[str, Any], now: datetime, jitter: timedelta) -> None:
        """An event comes after those before it, but for less than the quiet period."""
        if self.is_silent:
            self.waiting.append((jitter, document))
            return
        self.horizon = max(self.horizon, now + self.lag)
        self.on_the_way.append((self.horizon + jitter, document))

    def speak(self, now: datetime) -> None:
        self.is_silent = False
        waiting, self.waiting = self.waiting, []
        for jitter, document in waiting:
            self.tell(document, now, jitter)

    def arrived(self, now: datetime) -> list[dict[str, Any]]:
        there = [document for at, document in self.on_the_way if at <= now]
        self.on_the_way = [(at, document) for at, document in self.on_the_way if at > now]
        return there


class Ses(QuietSes):
    """A channel whose canaries come back through the feed."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self.machine = machine

    def canary(self, sender: Any, name: str) -> str:
        self.machine.feed.tell(of_canary(name), self.machine.at.clock.now, self.machine.jitter)
        return super().canary(sender, name)


class Machine(RuleBasedStateMachine):
    """One delivery, and everything that can happen to it."""

    @initialize(lag=LAGS, jitter=st.integers(0, 14), how=st.sampled_from(HOW))
    def begin(self, lag: int, jitter: int, how: str) -> None:
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY)
        self.at = station(Path(self.folder.name))
        self.at.parts._channels["ses"] = Ses(self)
        self.feed, self.jitter = Feed(lag * MINUTE), jitter * MINUTE
        self.key = delivery(channel="ses").key
        self.at.parts.audit.plan([delivery(channel="ses")], self.at.clock.now)
        self.accepted: list[str] = []  # the attempts whose message SES has
        self.a_run_sends_it(how)

    @property
    def row(self) -> Delivery:
        found = self.at.parts.audit.get(self.key)
        assert found is not None
        return found

    def happen(self, change: Any) -> Delivery | None:
        self.at.clock.now += MOMENT  # no two things happen at the same time
        after = self.at.parts.audit.apply(self.key, change, self.at.clock.now)
        return after if isinstance(after, Delivery) else None

    @rule(lag=LAGS, jitter=st.integers(0, 14), is_silent=st.booleans())
    def the_feed_changes(self, lag: int, jitter: int, is_silent: bool) -> None:
        self.feed.lag, self.jitter = lag * MINUTE, jitter * MINUTE
        if is_silent:
            self.feed.is_silent = True
        else:
            self.feed.speak(self.at.clock.now)

    @precondition(lambda self: self.row.state in {State.PLANNED, State.CLAIMED})
    @rule(how=st.sampled_from(HOW))
    def a_run_sends_it(self, how: str) -> None:
        claimed = self.happen(Claim("one", MINUTE))
        begun = claimed and self.happen(Send(claimed.fence, f"{self.key[:24]}-{claimed.fence}"))
        if begun is None:
            return
        message_id = f"m{begun.fence}"
        self.at.clock.now += MOMENT
        if how in ("sent", "lost after", "died after"):
            self.accepted.append(begun.attempt)
            self.feed.tell(about(begun, "Send", message_id=message_id), self.at.clock.now, self.jitter)
        if how == "sent":
            self.happen(Accept(begun.attempt, message_id))
        elif how == "refused":
            self.happen(Refuse(begun.fence, begun.attempt, "throttled"))
        elif how in ("lost before", "lost after"):
            self.happen(Lose(begun.fence, begun.attempt, "the answer was lost"))

    @rule(
        minutes=st.sampled_from([0, 1, 5, 15, 16, 31, 65]),
        twice=st.booleans(),
        strangers=st.integers(0, 12),
        limit=st.sampled_from([5, 10_000]),
    )
    def feedback_is_taken_in(self, minutes: int, twice: bool, strangers: int, limit: int) -> None:
        self.at.clock.now += minutes * MINUTE + MOMENT
        arrived = self.feed.arrived(self.at.clock.now)
        others = [event("Send", message_id=f"other-{number}") for number in range(strangers)]
        self.at.take_in(*others, *reversed(arrived), *(arrived if twice else ()), limit=limit)

    @invariant()
    def never_two(self) -> None:
        if getattr(self, "accepted", []):
            assert len(self.accepted) == 1
            assert self.row.state not in {State.PLANNED, State.CLAIMED}, "it would go out again"

    def teardown(self) -> None:
        """In the end, when the feed speaks and runs take in, everything is known or left to a person."""
        if not hasattr(self, "at"):
            return
        self.feed.lag, self.jitter = timedelta(0), timedelta(0)
        self.feed.speak(self.at.clock.now)
        self.at.clock.now += timedelta(hours=11)  # an event may still be ten hours under way
        for _ in range(8):
            self.feedback_is_taken_in(minutes=15, twice=False, strangers=0, limit=10_000)
        row = self.row
        assert row.state in OUT | {State.PLANNED, State.HELD, State.CLAIMED}
        if row.state in OUT:
            assert self.accepted
        if self.accepted and row.state is State.HELD:
            assert row.message_id, "the proof was told in the end"
        assert self.at.parts.audit.verify().ok
        self.folder.cleanup()


@settings(max_examples=120)
@given(
    is_out=st.booleans(),
    has_canary=st.booleans(),
    lag=LAGS,
    jitter=st.integers(0, 14),
    runs=st.lists(st.tuples(st.sampled_from([1, 10, 14, 15, 20, 31]), LAGS, st.integers(0, 14)), min_size=2, max_size=6),
)
def test_silence_proves_nothing_while_an_event_may_still_come(
    is_out: bool, has_canary: bool, lag: int, jitter: int, runs: list[tuple[int, int, int]]
) -> None:
    """One lost answer, perhaps a canary of before, and some runs: the short way to what the machine finds seldom."""
    machine, how = Machine(), "lost after" if is_out else "lost before"
    machine.begin(lag, jitter, "refused" if has_canary else how)
    if has_canary:
        machine.the_feed_changes(0, 0, is_silent=False)
        machine.feedback_is_taken_in(0, twice=False, strangers=0, limit=10_000)
        machine.the_feed_changes(lag, jitter, is_silent=False)
        machine.a_run_sends_it(how)
    for minutes, then, other in runs:
        machine.the_feed_changes(then, other, is_silent=False)
        machine.feedback_is_taken_in(minutes, twice=False, strangers=0, limit=10_000)
        machine.never_two()
    machine.teardown()


Machine.TestCase.settings = settings(max_examples=50, stateful_step_count=25)
TestFeedback = Machine.TestCase
