"""The whole life of a delivery, any event at any time: while a message may be out, no other goes out but by a person's word.

Two senders with clocks that disagree, who crash, sleep, and lose answers; operators, approvals, other revisions; and what
the channel tells, late, twice, and in any order. tests/contracts has the stores walk the senders' part, and
test_audit_every_way.py goes through all of a smaller world.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from quarterdeck.audit import Delivery, State
from quarterdeck.audit.happenings import (
    Accept,
    Approve,
    Claim,
    Close,
    Expire,
    Hear,
    Hold,
    Lose,
    OwnerGone,
    Refresh,
    Refuse,
    Release,
    Remark,
    Reopen,
    Resolve,
    Send,
    Unclaim,
)
from quarterdeck.audit.states import OUT, Event, as_planned, step
from tests.trails import NOW, delivery

LEASE = timedelta(seconds=60)
OWNERS = st.sampled_from(("one", "two"))
TOLD = st.sampled_from((State.DELIVERED, State.BOUNCED, State.COMPLAINED))
# What becomes of a message if this is the moment in which it is sent; all but the first two only mean to go on elsewhere.
MOVES = st.sampled_from(("crash", "give back", "accepted", "lost, out", "lost, out", "lost, in", "refused", "for good"))
DECISIONS = st.sampled_from(("fitting", "fitting", "approve", "refresh", "close", "reopen", "resolve"))
_FITTING = {
    State.AWAITING_APPROVAL: "approve",
    State.FAILED: "reopen",
    State.CANCELLED: "reopen",
    State.UNKNOWN: "resolve",
    State.HELD: "resolve",
}
MAYBE_OUT = frozenset({State.SENDING, State.UNKNOWN, State.HELD}) | OUT


@dataclass
class Hand:
    """What a sender remembers; a crash takes it away. `answer` is empty until the message was handed to the channel."""

    row: Delivery
    answer: str = ""


class Life(RuleBasedStateMachine):
    """One delivery."""

    def __init__(self, counter: list[int]) -> None:
        super().__init__()
        self.counter = counter
        self.row = as_planned(delivery(), NOW)
        self.now = NOW
        self.skew = {"one": timedelta(0), "two": timedelta(0)}
        self.hands: dict[str, Hand] = {}
        self.out: list[str] = []  # the attempts whose message went out
        self.words = 0  # of people who had it sent again
        self.is_told = False  # whether events come through

    @initialize(skew=st.integers(-300, 300), waits=st.sampled_from((False, False, False, True)), is_told=st.booleans())
    def begin(self, skew: int, waits: bool, is_told: bool) -> None:
        self.is_told = is_told
        self.skew["two"] = timedelta(seconds=skew)
        if waits:
            self.row = as_planned(delivery(state=State.AWAITING_APPROVAL), NOW)

    def happen(self, event: Event, owner: str = "one") -> Delivery | None:
        """Let an event happen at the time that a process thinks it is; the row after it, or None where it is denied."""
        self.counter[0] += 1
        before, after = self.row, step(self.row, event, self.now + self.skew[owner])
        if not isinstance(after, Delivery):
            assert after.row == before
            return None
        assert after.version == before.version + 1
        assert after.fence == before.fence + isinstance(event, Claim)
        assert after.attempts[: len(before.attempts)] == before.attempts
        assert before.state not in OUT or (after.state in OUT and after.message_id == before.message_id)
        self.row = after
        return after

    # --- senders ------------------------------------------------------------------------------------------------------

    @rule(move=MOVES)
    def one_goes_on(self, move: str) -> None:
        self.go_on("one", move)

    @rule(move=MOVES)
    def two_goes_on(self, move: str) -> None:
        self.go_on("two", move)

    def go_on(self, owner: str, move: str) -> None:
        """A sender's next step, whenever he gets to it."""
        hand = self.hands.get(owner)
        if move == "crash":
            self.hands.pop(owner, None)
        elif move == "give back":
            self.give_back(owner, hand)
        elif hand is None:
            self.take(owner, Claim(owner, LEASE))
        elif hand.row.state is State.CLAIMED:
            self.take(owner, Send(hand.row.fence, f"{owner}-{hand.row.fence}"))
        elif not hand.answer:
            self.transmit(owner, hand, move)
        else:
            self.record(owner, hand)

    def take(self, owner: str, event: Event) -> None:
        row = self.happen(event, owner)
        self.hands.pop(owner, None)
        if row is not None:
            self.hands[owner] = Hand(row)

    def transmit(self, owner: str, hand: Hand, answer: str) -> None:
        """With the last look at the lease; after it the message is handed over at once, or is too old to be taken."""
        if not hand.row.leased(self.now + self.skew[owner]):
            hand.answer = "refused"
            return
        hand.answer = answer
        if answer in {"accepted", "lost, out"}:
            self.out.append(hand.row.attempt)

    def record(self, owner: str, hand: Hand) -> None:
        fence, attempt = hand.row.fence, hand.row.attempt
        events: dict[str, Event] = {
            "accepted": Accept(attempt, f"m-{attempt}"),
            "refused": Refuse(fence, attempt, "throttled"),
            "for good": Refuse(fence, attempt, "no such domain", permanent=True),
        }
        self.happen(events.get(hand.answer, Lose(fence, attempt, "no answer")), owner)
        del self.hands[owner]

    def give_back(self, owner: str, hand: Hand | None) -> None:
        if hand and hand.row.state is State.CLAIMED:
            self.happen(Unclaim(hand.row.fence, "not now"), owner)
            del self.hands[owner]

    @rule(seconds=st.sampled_from((1, 30, 61)))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    # --- those who clear up -------------------------------------------------------------------------------------------

    @rule(owner=OWNERS, what=st.sampled_from(("expire", "expire", "one", "two", "hold", "release", "release")))
    def clear_up(self, owner: str, what: str) -> None:
        """Who is taken for dead may be alive; that a message is not out is proved before it is said."""
        match what:
            case "expire":
                self.happen(Expire(), owner)
            case "hold":
                self.happen(Hold("nobody knows"), owner)
            case "release":
                if self.is_proved_absent():
                    self.happen(Release(self.row.fence, self.row.attempt, "nobody heard of it"))
            case _:
                self.happen(OwnerGone(what), owner)

    def is_proved_absent(self) -> bool:
        """No message is out, and none can go out any more: nobody has one in his hands whose lease still runs for him."""
        return not self.out and not any(self.can_send(owner, hand) for owner, hand in self.hands.items())

    def can_send(self, owner: str, hand: Hand) -> bool:
        return not hand.answer and hand.row.state is State.SENDING and hand.row.leased(self.now + self.skew[owner])

    # --- people and the configuration ---------------------------------------------------------------------------------

    @rule(
        what=st.sampled_from(("fitting", "fitting", "approve", "refresh", "close", "reopen", "resolve")),
        choice=st.integers(0, 9),
    )
    def decide(self, what: str, choice: int) -> None:
        """What fits the state, or just anything. A person may be wrong."""
        match _FITTING.get(self.row.state, "") if what == "fitting" else what:
            case "approve":
                self.happen(Approve("Ana"))
            case "refresh":
                self.happen(Refresh(f"c{choice}", self.now + timedelta(seconds=choice) if choice > 7 else None))
            case "close":
                self.happen(Close((State.SKIPPED, State.CANCELLED, State.FAILED, State.SENT)[choice % 4], "superseded"))
            case "reopen":
                self.happen(Reopen("asked for again", needs_approval=choice > 7))
            case "resolve":
                is_sent = choice > 6
                self.words += self.happen(Resolve("Ana", "asked the reader", sent=is_sent)) is not None and not is_sent

    # --- what the channel tells ---------------------------------------------------------------------------------------

    @precondition(lambda self: self.is_told)
    @rule(number=st.integers(0, 5), told=st.none() | TOLD)
    def tell(self, number: int, told: State | None) -> None:
        """An event about one of the messages that are out, or about none of ours.

        The one proves that the message is out, and says what became of it; the other changes nothing.
        """
        attempt = self.out[number % len(self.out)] if self.out else "nobody's"
        assert self.happen(Accept(attempt, "")) is None
        is_ours = self.happen(Accept(attempt, f"m-{attempt}", "its event came"))
        assert self.out or not is_ours
        if told and self.row.state in OUT:
            self.happen(Hear(told))
        self.happen(Remark("delayed"))

    # --- what holds ---------------------------------------------------------------------------------------------------

    @invariant()
    def no_second_message_but_by_a_persons_word(self) -> None:
        assert len(self.out) <= 1 + self.words

    @invariant()
    def what_is_on_record_as_out_is_out(self) -> None:
        assert not self.row.message_id or self.row.message_id.removeprefix("m-") in self.out

    @invariant()
    def what_is_out_is_not_on_record_as_certainly_not_out(self) -> None:
        """But after a person's word, which may be wrong."""
        assert self.words or not self.out or self.row.state in MAYBE_OUT

    def teardown(self) -> None:
        """All senders die, and one that never fails does what is left: nothing stays under way for ever."""
        self.hands.clear()
        self.now += timedelta(hours=1)
        for event in (Expire(), Approve("Ana")):
            self.happen(event)
        if self.row.state is State.UNKNOWN:
            proved = Release(self.row.fence, self.row.attempt, "nobody heard of it")
            self.happen(proved if self.is_proved_absent() else Hold("nobody knows"))
        for _ in range(4):
            self.go_on("one", "accepted")
        assert self.row.state in OUT | {State.HELD, State.FAILED, State.SKIPPED, State.CANCELLED}
        self.no_second_message_but_by_a_persons_word()
        self.what_is_on_record_as_out_is_out()
        self.what_is_out_is_not_on_record_as_certainly_not_out()


@pytest.mark.parametrize(("examples", "events"), [(60, 1_000), pytest.param(1_000, 20_000, marks=pytest.mark.slow)])
def test_whatever_happens_no_message_goes_out_twice_by_itself(examples: int, events: int) -> None:
    counter = [0]
    steps = settings(max_examples=examples, stateful_step_count=50, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(partial(Life, counter), settings=steps)  # type: ignore[arg-type]  # any factory
    assert counter[0] >= events
