"""Two senders, clocks that disagree, crashes and lost answers, in any order: no message goes out twice, none is lost unseen.

The channel of the first machine cannot tell what became of a message (a mail service whose answer was lost), so only a
person may have one sent again. That of the second can look (a folder of files named by key) and takes each key once.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from quarterdeck.audit import AuditStore, Delivery, State
from quarterdeck.audit.happenings import Accept, Claim, Expire, Hold, Lose, Refuse, Release, Resolve, Send, Unclaim
from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.audit.states import OUT, Event
from tests.emulator import Emulator
from tests.trails import NOW, delivery, dynamo_store

LEASE = timedelta(seconds=60)
_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # no disk is asked: crashes of machines are not in play here
ROW = delivery()
KEY = ROW.key
OWNERS = st.sampled_from(("one", "two"))


@dataclass
class Hand:
    """What a sender remembers; a crash takes it away."""

    fence: int
    attempt: str = ""
    answer: str = ""  # what the channel told it: accepted, refused, lost


class Sending(RuleBasedStateMachine):
    """The senders' steps; what may be done about leftovers is in the subclasses."""

    can_look = False

    def __init__(self, opened: Callable[[Path], AuditStore]) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=_MEMORY))
        self.audit = opened(self.folder)
        self.now = NOW
        self.skew = {"one": timedelta(0), "two": timedelta(0)}
        self.hands: dict[str, Hand] = {}
        self.out: list[str] = []  # the attempts whose message went out
        self.resends = 0

    @initialize(skew=st.integers(-90, 90))
    def begin(self, skew: int) -> None:
        self.skew["two"] = timedelta(seconds=skew)
        self.audit.plan([ROW], self.now)

    @rule(seconds=st.integers(1, 90))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(owner=OWNERS)
    def crash(self, owner: str) -> None:
        self.hands.pop(owner, None)

    @rule(owner=OWNERS, answer=st.sampled_from(("accepted", "refused", "lost on the way", "lost on the way back")))
    def go_on(self, owner: str, answer: str) -> None:
        """The sender's next step, whenever he gets to it: after any pause, in whatever state the others left the row."""
        hand = self.hands.get(owner)
        if hand is None:
            self.claim(owner)
        elif not hand.attempt:
            self.announce(owner, hand)
        elif not hand.answer:
            self.transmit(hand, answer)
        else:
            self.record(owner, hand)

    def claim(self, owner: str) -> None:
        row = self.audit.apply(KEY, Claim(owner, LEASE), self.clock(owner))
        if isinstance(row, Delivery):
            self.hands[owner] = Hand(row.fence)

    def announce(self, owner: str, hand: Hand) -> None:
        attempt = f"{owner}-{hand.fence}"
        if isinstance(self.audit.apply(KEY, Send(hand.fence, attempt), self.clock(owner)), Delivery):
            hand.attempt = attempt
        else:
            del self.hands[owner]

    def transmit(self, hand: Hand, answer: str) -> None:
        """Comes as late as it will, even after the lease: the process may have slept since the announcement."""
        hand.answer = answer.partition(" ")[0]
        if answer in {"accepted", "lost on the way back"} and not (self.can_look and self.out):
            self.out.append(hand.attempt)

    def record(self, owner: str, hand: Hand) -> None:
        events: dict[str, Event] = {
            "accepted": Accept(hand.attempt, "m1"),
            "refused": Refuse(hand.fence, hand.attempt, "throttled"),
            "lost": Lose(hand.fence, hand.attempt, "no answer"),
        }
        self.audit.apply(KEY, events[hand.answer], self.clock(owner))
        del self.hands[owner]

    @rule(owner=OWNERS)
    def give_back(self, owner: str) -> None:
        hand = self.hands.get(owner)
        if hand and not hand.attempt:
            self.audit.apply(KEY, Unclaim(hand.fence, "not now"), self.clock(owner))
            del self.hands[owner]

    @rule(owner=OWNERS)
    def notice_the_dead(self, owner: str) -> None:
        self.audit.apply(KEY, Expire(), self.clock(owner))

    @invariant()
    def sent_at_most_once_but_for_a_persons_word(self) -> None:
        assert len(self.out) <= 1 + self.resends

    @invariant()
    def what_is_on_record_as_sent_is_out(self) -> None:
        for row in self.audit.list():
            assert self.out or not (row.state in OUT and row.message_id)

    def clock(self, owner: str) -> datetime:
        return self.now + self.skew[owner]

    def settle(self) -> None:
        """What is done about an unknown delivery."""

    def teardown(self) -> None:
        """All senders die; then one that never fails does what is left. Nothing may be sent twice or be missing unseen."""
        try:
            if self.audit.list():
                self.finish()
                self.sent_at_most_once_but_for_a_persons_word()
                self.what_is_on_record_as_sent_is_out()
                (row,) = self.audit.list()
                assert row.state in OUT | {State.UNKNOWN, State.HELD}
                assert len(self.out) == 1 or not self.can_look
                assert self.audit.verify().ok
        finally:
            if isinstance(self.audit, SqliteAudit):
                self.audit.close()
            shutil.rmtree(self.folder)

    def finish(self) -> None:
        self.hands.clear()
        self.now += timedelta(hours=1)
        self.notice_the_dead("one")
        self.settle()
        for _ in range(4):
            self.go_on("one", "accepted")


class SendingBlind(Sending):
    """Unknown stays unknown until a person, who may be wrong, says what to do."""

    @rule()
    def hold(self) -> None:
        self.audit.apply(KEY, Hold("nobody knows"), self.now)

    @rule(sent=st.booleans())
    def resolve(self, sent: bool) -> None:
        row = self.audit.apply(KEY, Resolve("Ana", "decided", sent=sent), self.now)
        self.resends += isinstance(row, Delivery) and not sent

    @rule()
    def news_arrive(self) -> None:
        """The channel's own event names the attempt whose message is out, however late and however often."""
        for attempt in self.out:
            self.audit.apply(KEY, Accept(attempt, "m1", "its event came"), self.now)


class SendingSeen(Sending):
    """The channel tells whether the message is there, and takes each key once."""

    can_look = True

    @rule()
    def settle(self) -> None:
        for row in self.audit.list():
            found: Event = Accept(row.attempt, "m1") if self.out else Release(row.fence, row.attempt, "no file")
            if row.state is State.UNKNOWN:
                self.audit.apply(KEY, found, self.now)


def run(machine: type[Sending], opened: Callable[[Path], AuditStore], examples: int) -> None:
    steps = settings(max_examples=examples, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(partial(machine, opened), settings=steps)  # type: ignore[arg-type]  # any factory


@pytest.mark.parametrize("machine", [SendingBlind, SendingSeen])
def test_in_a_file(machine: type[Sending]) -> None:
    run(machine, lambda folder: SqliteAudit(folder / "audit.sqlite"), examples=150)


@pytest.mark.parametrize("examples", [2, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize("machine", [SendingBlind, SendingSeen])
def test_in_a_table(machine: type[Sending], examples: int, emulator: Emulator) -> None:
    def opened(folder: Path) -> AuditStore:
        emulator.reset()
        return dynamo_store(emulator, folder)

    run(machine, opened, examples)
