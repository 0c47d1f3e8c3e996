"""Delivery between trail and channel: what each answer of a channel leads to, and what is never sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from quarterdeck.addresses import Address
from quarterdeck.audit import Delivery, State
from quarterdeck.audit.happenings import Approve, Claim, Close, Hear, Resolve, Send
from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.delivery import Channel, Envelope, Label, Reader, Receipt, Unsettled
from quarterdeck.delivery.outbox import Outbox
from quarterdeck.errors import DeliveryError, DeliveryUnknown
from quarterdeck.steps.deliver import DeliveryCounts, Parcel, Policy, Rules, deliver
from quarterdeck.steps.turn import TTL, Turn
from tests.parcels import envelope, means
from tests.trails import MINUTE, NOW

ANA, BOB = envelope(channel="scripted"), envelope("bob@example.com", channel="scripted")
Answer = Receipt | Exception


class Scripted:
    """A channel that answers as it is told to, and then with receipts; `sent` are the keys that went out."""

    kind: ClassVar[str] = "scripted"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.answers: list[Answer] = []
        self.found: Receipt | Unsettled | Exception = Unsettled.UNSURE
        self.sent: list[str] = []

    def send(self, envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
        last_check()
        answer = self.answers.pop(0) if self.answers else Receipt(f"m-{attempt}")
        if isinstance(answer, Exception):
            raise answer
        self.sent.append(envelope.label.key)
        return answer

    def settle(self, label: Label, attempts: tuple[str, ...]) -> Receipt | Unsettled:
        assert label.key
        assert attempts
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


class Desk:
    """A trail, a scripted channel and a clock that stands still until it is moved."""

    def __init__(self, folder: Path) -> None:
        self.audit = SqliteAudit(folder / "audit.sqlite")
        self.channel = Scripted(folder)
        self.now = NOW
        self.rules = Rules()
        self.pauses: list[float] = []
        self.on_pause: Callable[[], object] = lambda: None

    def deliver(self, *envelopes: Envelope, owner: str = "one", gone: str = "", **changes: object) -> DeliveryCounts:
        parcels = [Parcel.of(each, "scripted", **changes) for each in envelopes or (ANA, BOB)]  # type: ignore[arg-type]
        return deliver(
            self.audit,
            self.channel,
            parcels,
            owner=owner,
            clock=lambda: self.now,
            is_gone=lambda other: other == gone,
            rules=self.rules,
            turn=self.turn(owner, gone),
            sleep=self.sleep,
            chance=lambda: 1.0,
        )

    def turn(self, owner: str, gone: str = "") -> Turn:
        return Turn(
            self.audit,
            "scripted",
            owner,
            clock=lambda: self.now,
            sleep=self.sleep,
            is_gone=lambda other: other == gone,
            patience=timedelta(seconds=10),
        )

    def sleep(self, seconds: float) -> None:
        """Time goes by, and others may do something meanwhile."""
        self.pauses.append(seconds)
        self.now += timedelta(seconds=seconds)
        self.on_pause()

    def row(self, each: Envelope = ANA) -> Delivery:
        row = self.audit.get(each.label.key)
        assert row is not None
        return row


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    assert desk.audit.verify().ok


def counts(made: DeliveryCounts) -> dict[str, int]:
    names = ("planned", "sent", "already", "unknown", "failed", "held", "waiting", "skipped")
    return {name: getattr(made, name) for name in names if getattr(made, name)}


def test_sends_each_once_however_often_it_is_asked(desk: Desk) -> None:
    assert counts(desk.deliver()) == {"planned": 2, "sent": 2}
    assert counts(desk.deliver()) == {"planned": 2, "already": 2}
    assert counts(desk.deliver(ANA, ANA, owner="two")) == {"planned": 1, "already": 1}
    desk.audit.apply(ANA.label.key, Hear(State.BOUNCED, "mailbox full"), NOW)
    assert counts(desk.deliver()) == {"planned": 2, "already": 2}
    assert desk.channel.sent == [ANA.label.key, BOB.label.key]
    assert desk.row().message_id == f"m-{desk.row().attempt}"


def test_nothing_to_deliver_is_fine(desk: Desk) -> None:
    assert deliver(desk.audit, desk.channel, [], owner="one", clock=lambda: NOW) == DeliveryCounts()


def throttled(times: int, wait: timedelta | None = None) -> list[Answer]:
    return [DeliveryError("throttled", permanent=False, retry_after=wait) for _ in range(times)]


def test_a_burst_of_throttling_does_not_fail_a_run(desk: Desk) -> None:
    desk.channel.answers = throttled(5)
    assert counts(desk.deliver()) == {"planned": 2, "sent": 2}
    assert desk.channel.sent == [BOB.label.key, ANA.label.key]  # two rounds of two, then Ana was refused once more
    assert desk.pauses == [1, 2, 4]
    assert len(desk.row().attempts) == 4


def test_a_passing_refusal_that_does_not_pass_is_left_to_the_next_run(desk: Desk) -> None:
    desk.channel.answers = throttled(100)
    made = desk.deliver(ANA)
    assert counts(made) == {"planned": 1, "failed": 1}
    (problem,) = made.problems
    assert "alpha_ceo_2026-10 over scripted was not sent and is planned: throttled" in problem.what
    assert desk.row().state is State.PLANNED
    assert desk.pauses == [1, 2, 4, 8, 16, 30, 30]  # and the next would make more than two minutes of them
    desk.channel.answers = []
    assert counts(desk.deliver()) == {"planned": 2, "sent": 2}


def test_pauses_are_cut_at_random_and_never_longer_than_they_may_be(desk: Desk) -> None:
    desk.channel.answers = throttled(3)
    parcels, tosses = [Parcel.of(ANA, "scripted")], iter((0.5, 0.25, 0.0))
    deliver(
        desk.audit,
        desk.channel,
        parcels,
        owner="one",
        clock=lambda: desk.now,
        sleep=desk.sleep,
        chance=lambda: next(tosses),
    )
    assert desk.pauses == [0.5, 0.5]
    assert desk.channel.sent == [ANA.label.key]


def test_a_refusal_that_says_when_to_come_again_is_not_tried_before(desk: Desk) -> None:
    desk.channel.answers = throttled(1, timedelta(seconds=20))
    assert counts(desk.deliver(ANA)) == {"planned": 1, "sent": 1}
    assert desk.pauses == [21]
    assert desk.row().updated_at == NOW + timedelta(seconds=21)


def test_one_that_comes_due_late_keeps_no_other_waiting(desk: Desk) -> None:
    desk.channel.answers = [*throttled(1, timedelta(seconds=50)), *throttled(1)]
    assert counts(desk.deliver()) == {"planned": 2, "sent": 2}
    assert desk.channel.sent == [BOB.label.key, ANA.label.key]
    assert desk.pauses == [1, 30, 21]  # the second pause, of 49 and 2 seconds, in parts between which the turn is kept


def test_a_quota_that_is_used_up_for_hours_stops_the_run_at_once(desk: Desk) -> None:
    readers = [envelope(f"r{number}@example.com", channel="scripted") for number in range(6)]
    desk.channel.answers = [Receipt("m1"), *throttled(5, timedelta(hours=3))]
    made = desk.deliver(*readers)
    assert counts(made) == {"planned": 6, "sent": 1, "failed": 5}
    assert desk.pauses == [1]  # for the two that the channel was not asked about; it refused them too
    assert desk.row(readers[5]).not_before == NOW + timedelta(hours=3, seconds=1)
    desk.channel.answers = []
    assert counts(desk.deliver(*readers)) == {"planned": 6, "sent": 5, "already": 1}


def test_a_channel_that_takes_nothing_is_not_asked_for_every_reader(desk: Desk) -> None:
    readers = [envelope(f"r{number}@example.com", channel="scripted") for number in range(20)]
    desk.channel.answers = throttled(500)
    made = desk.deliver(*readers)
    assert counts(made) == {"planned": 20, "failed": 20}
    assert len(desk.channel.answers) == 500 - 8 * 3
    assert sum("the channel refused the others before it" in problem.what for problem in made.problems) == 17


def test_what_waits_for_its_time_is_not_taken_for_refused_where_the_channel_takes_nothing(desk: Desk) -> None:
    readers = [envelope(f"r{number}@example.com", channel="scripted") for number in range(3)]
    desk.channel.answers = throttled(500)
    parcels = [Parcel.of(each, "scripted") for each in readers]
    parcels += [
        Parcel.of(ANA, "scripted", not_before=NOW + timedelta(hours=1)),
        Parcel.of(BOB, "scripted", needs_approval=True),
    ]
    made = deliver(desk.audit, desk.channel, parcels, owner="one", clock=lambda: desk.now, sleep=desk.sleep)
    assert counts(made) == {"planned": 5, "failed": 3, "waiting": 2}


def test_a_permanent_refusal_fails_and_is_tried_when_it_is_asked_for_again(desk: Desk) -> None:
    desk.channel.answers = [DeliveryError("no such domain")]
    assert counts(desk.deliver()) == {"planned": 2, "sent": 1, "failed": 1}
    assert (desk.row().state, desk.row().reason) == (State.FAILED, "no such domain")
    assert counts(desk.deliver()) == {"planned": 2, "sent": 1, "already": 1}
    assert len(desk.row().attempts) == 2


@pytest.mark.parametrize("lost", [DeliveryUnknown("no answer"), ValueError("a fault of the channel"), Receipt("")])
def test_a_lost_answer_is_never_sent_again_and_is_held_in_time(desk: Desk, lost: Answer) -> None:
    desk.channel.answers = [lost]
    made = desk.deliver()
    assert counts(made) == {"planned": 2, "sent": 1, "unknown": 1}
    assert "nobody knows" in made.problems[0].what
    assert counts(desk.deliver()) == {"planned": 2, "unknown": 1, "already": 1}
    desk.now += Policy().hold_after
    made = desk.deliver()
    assert counts(made) == {"planned": 2, "held": 1, "already": 1}
    assert "audit resolve" in made.problems[0].remedy
    assert len(desk.row().attempts) == 1
    desk.audit.apply(ANA.label.key, Resolve("Ana", "not there", sent=False), desk.now)
    assert counts(desk.deliver()) == {"planned": 2, "sent": 1, "already": 1}
    assert len(desk.row().attempts) == 2


def test_a_lost_answer_is_settled_at_once_where_the_channel_can_tell(desk: Desk) -> None:
    desk.channel.answers = [DeliveryUnknown("no answer")]
    desk.channel.found = Receipt("m-found")
    assert counts(desk.deliver(ANA)) == {"planned": 1, "sent": 1}
    assert (desk.row().state, desk.row().message_id) == (State.SENT, "m-found")
    desk.channel.answers = [DeliveryUnknown("no answer")]
    desk.channel.found = Unsettled.ABSENT  # proof that it is not out, so that it is tried again as a refused one is
    assert counts(desk.deliver(BOB)) == {"planned": 1, "sent": 1}
    assert (len(desk.row(BOB).attempts), desk.channel.sent) == (2, [BOB.label.key])


def test_a_channel_that_cannot_be_asked_settles_nothing(desk: Desk) -> None:
    desk.channel.answers = [DeliveryUnknown("no answer")]
    desk.channel.found = DeliveryError("not reachable")
    assert counts(desk.deliver(ANA)) == {"planned": 1, "unknown": 1}


def _left_sending(desk: Desk, owner: str = "gone") -> None:
    """A sender died after it announced Ana's message."""
    desk.audit.plan([Parcel.of(ANA, "scripted").delivery], NOW)
    claimed = desk.audit.apply(ANA.label.key, Claim(owner, MINUTE), NOW)
    assert isinstance(claimed, Delivery)
    desk.audit.apply(ANA.label.key, Send(claimed.fence, "a1"), NOW)


def test_what_another_has_in_hand_is_left_to_it_and_named(desk: Desk) -> None:
    _left_sending(desk)
    made = desk.deliver(ANA)
    assert counts(made) == {"planned": 1, "waiting": 1}
    assert made.problems[0].what.endswith("is in the hands of gone until 2026-11-01 08:01:00 UTC")
    assert desk.channel.sent == []


def test_leftovers_become_unknown_when_the_lease_is_over(desk: Desk) -> None:
    _left_sending(desk)
    desk.now += MINUTE
    assert counts(desk.deliver(ANA)) == {"planned": 1, "unknown": 1}
    assert desk.channel.sent == []


def test_leftovers_of_one_who_is_gone_are_settled_at_once(desk: Desk) -> None:
    _left_sending(desk)
    desk.channel.found = Receipt("m1")
    assert counts(desk.deliver(ANA, gone="gone")) == {"planned": 1, "already": 1}
    assert desk.row().message_id == "m1"


def test_a_claim_of_one_who_is_gone_is_free_at_once(desk: Desk) -> None:
    desk.audit.plan([Parcel.of(ANA, "scripted").delivery], NOW)
    desk.audit.apply(ANA.label.key, Claim("gone", MINUTE), NOW)
    assert counts(desk.deliver(ANA, gone="gone")) == {"planned": 1, "sent": 1}


def test_leftovers_of_other_channels_are_not_touched(desk: Desk) -> None:
    other = envelope(channel="outbox")
    desk.audit.plan([Parcel.of(other, "outbox").delivery], NOW)
    claimed = desk.audit.apply(other.label.key, Claim("gone", MINUTE), NOW)
    assert isinstance(claimed, Delivery)
    desk.audit.apply(other.label.key, Send(claimed.fence, "a1"), NOW)
    desk.now += 2 * MINUTE
    desk.deliver(BOB)
    assert desk.row(other).state is State.SENDING


def test_a_sender_that_slept_past_its_lease_does_not_send(desk: Desk) -> None:
    real, naps = desk.channel.send, [2 * MINUTE]
    reasons: list[str] = []

    def slow(envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
        desk.now += naps.pop() if naps else timedelta(0)
        return real(envelope, attempt, last_check)

    desk.channel.send = slow  # type: ignore[method-assign]
    desk.on_pause = lambda: reasons.append(desk.row().reason)
    assert counts(desk.deliver(ANA)) == {"planned": 1, "sent": 1}
    assert reasons == ["the lease ran out before the message went out"]
    assert (len(desk.row().attempts), desk.channel.sent) == (2, [ANA.label.key])


def test_waits_for_its_time_and_for_approval(desk: Desk) -> None:
    made = desk.deliver(ANA, not_before=NOW + MINUTE)
    assert (counts(made), made.problems) == ({"planned": 1, "waiting": 1}, ())
    assert made.remarks == (
        "1 waits until 2026-11-01 08:01 UTC: alpha_ceo_2026-10 over scripted; "
        "the next `quarterdeck run --deliver` or `quarterdeck retry` after that sends them",
    )
    desk.now += MINUTE
    assert counts(desk.deliver(ANA, not_before=NOW + MINUTE)) == {"planned": 1, "sent": 1}
    made = desk.deliver(BOB, needs_approval=True)
    assert (counts(made), made.problems) == ({"planned": 1, "waiting": 1}, ())
    assert made.remarks == (
        "1 waits for approval: alpha_ceo_2026-10 over scripted; `quarterdeck audit approve REPORT --by NAME` lets them go",
    )
    desk.audit.apply(BOB.label.key, Approve("Ana"), desk.now)
    assert counts(desk.deliver(BOB, needs_approval=True)) == {"planned": 1, "sent": 1}


def test_a_newer_revision_takes_the_place_of_one_that_still_waits(desk: Desk) -> None:
    newer = envelope(channel="scripted", revision="e" * 64)
    desk.channel.answers = throttled(8)
    desk.deliver(ANA)
    assert counts(desk.deliver(newer)) == {"planned": 1, "sent": 1}
    assert (desk.row().state, desk.row().reason) == (State.CANCELLED, "superseded by revision " + "e" * 64)
    assert counts(desk.deliver(ANA)) == {"planned": 1, "sent": 1}  # and back, when the data goes back
    assert desk.channel.sent == [newer.label.key, ANA.label.key]


def test_going_back_to_an_earlier_revision_does_not_go_around_the_approval(desk: Desk) -> None:
    newer = envelope(channel="scripted", revision="e" * 64)
    desk.deliver(ANA, needs_approval=True)
    desk.deliver(newer, needs_approval=True)
    assert desk.row().state is State.CANCELLED
    desk.deliver(ANA, needs_approval=True)
    assert (desk.row().state, desk.row(newer).state) == (State.AWAITING_APPROVAL, State.CANCELLED)
    assert desk.channel.sent == []


def test_what_a_person_took_back_stays_back(desk: Desk) -> None:
    desk.deliver(ANA, needs_approval=True)
    desk.audit.apply(ANA.label.key, Close(State.CANCELLED, "not to be sent"), NOW)
    assert counts(desk.deliver(ANA)) == {"planned": 1, "failed": 1}
    assert desk.channel.sent == []


def test_an_approval_that_is_asked_for_later_holds_for_what_has_not_gone_out(desk: Desk) -> None:
    desk.channel.answers = throttled(8)
    assert counts(desk.deliver(ANA)) == {"planned": 1, "failed": 1}
    assert counts(desk.deliver(ANA, needs_approval=True)) == {"planned": 1, "waiting": 1}
    assert desk.row().state is State.AWAITING_APPROVAL
    desk.audit.apply(ANA.label.key, Approve("Ana"), desk.now)
    desk.channel.answers = throttled(8)
    assert counts(desk.deliver(ANA, needs_approval=True)) == {"planned": 1, "failed": 1}
    assert counts(desk.deliver(ANA, needs_approval=True)) == {"planned": 1, "sent": 1}  # it was approved, and stays so


def test_an_approval_that_is_asked_for_later_holds_for_what_failed_and_after_a_crash(desk: Desk) -> None:
    desk.channel.answers = [DeliveryError("no such domain")]
    desk.deliver(ANA)
    assert desk.row().state is State.FAILED
    assert counts(desk.deliver(ANA, needs_approval=True)) == {"planned": 1, "waiting": 1}
    assert desk.row().state is State.AWAITING_APPROVAL
    desk.channel.answers = throttled(8)
    desk.deliver(BOB)
    # A run that was just taking it back died between its two writes.
    desk.audit.apply(BOB.label.key, Close(State.CANCELLED, "taken back: it needs an approval now"), desk.now)
    assert counts(desk.deliver(BOB, needs_approval=True)) == {"planned": 1, "waiting": 1}
    assert desk.row(BOB).state is State.AWAITING_APPROVAL


def test_whether_it_is_approved_is_asked_again_right_before_the_message_leaves(desk: Desk) -> None:
    desk.rules = Rules(unapproved=lambda row: "nobody has approved it" if row.reader.startswith("ana") else "")
    made = desk.deliver()
    assert counts(made) == {"planned": 2, "sent": 1, "failed": 1}
    assert desk.row().reason == "nobody has approved it"
    assert desk.channel.sent == [BOB.label.key]


def test_a_suppressed_reader_is_skipped_for_the_reason_told(desk: Desk) -> None:
    desk.rules = Rules(skipped={"ana@example.com": "the mailbox is not there"})
    ana = envelope("Ana@example.com", channel="scripted")
    made = desk.deliver(ana, BOB)
    assert (counts(made), made.problems) == ({"planned": 2, "sent": 1, "skipped": 1}, ())
    assert made.remarks == ("1 not sent, the mailbox is not there: alpha_ceo_2026-10 over scripted",)
    assert (desk.row(ana).state, desk.row(ana).reason) == (State.SKIPPED, "the mailbox is not there")
    assert counts(desk.deliver(ana, BOB)) == {"planned": 2, "already": 1, "skipped": 1}


def test_an_objection_right_before_the_message_leaves_fails_it(desk: Desk) -> None:
    """The settings change between plan and send: what was right when it was planned is looked at again."""
    asked: list[str] = []

    def objection(row: Delivery) -> str:
        asked.append(row.state)
        return "its reader reads this report no more" if row.reader.startswith("ana") else ""

    desk.rules = Rules(objection=objection)
    made = desk.deliver()
    assert counts(made) == {"planned": 2, "sent": 1, "failed": 1}
    assert (desk.row().state, desk.row().reason) == (State.FAILED, "its reader reads this report no more")
    assert asked == [State.SENDING, State.SENDING]
    assert desk.channel.sent == [BOB.label.key]


def test_what_waits_for_one_who_reads_it_no_more_is_taken_back_and_taken_up_again_with_him(desk: Desk) -> None:
    desk.deliver(ANA, not_before=NOW + MINUTE)
    desk.rules = Rules(objection=lambda row: "not a reader" if row.reader.startswith("ana") else "")
    assert counts(desk.deliver(BOB)) == {"planned": 1, "sent": 1}
    assert (desk.row().state, desk.row().reason) == (State.CANCELLED, "taken back: not a reader")
    desk.rules = Rules()
    assert counts(desk.deliver()) == {"planned": 2, "sent": 1, "already": 1}


def test_a_run_waits_for_its_turn(desk: Desk) -> None:
    other = desk.turn("two")
    other.__enter__()
    desk.on_pause = lambda: other.__exit__(None, None, None) if len(desk.pauses) == 3 else None
    assert counts(desk.deliver(ANA)) == {"planned": 1, "sent": 1}
    assert desk.pauses == [1, 1, 1]
    assert desk.audit.acquire("sender:scripted", "three", MINUTE, desk.now).holder == "three"  # it was given back


def test_a_turn_that_does_not_come_leaves_all_planned_and_says_who_has_it(desk: Desk) -> None:
    desk.turn("two").__enter__()
    made = desk.deliver()
    assert counts(made) == {"planned": 2, "waiting": 2}
    (problem,) = made.problems
    assert problem.what.startswith("two is sending over scripted; its turn ends at 2026-11-01 08:02:00 UTC")
    assert "quarterdeck retry" in problem.remedy
    assert desk.pauses == [1] * 10
    assert desk.row().state is State.PLANNED
    desk.now = NOW + TTL
    assert counts(desk.deliver()) == {"planned": 2, "sent": 2}


def test_a_turn_of_one_who_is_gone_is_taken_at_once(desk: Desk) -> None:
    desk.turn("two").__enter__()
    assert counts(desk.deliver(gone="two")) == {"planned": 2, "sent": 2}
    assert desk.pauses == []


def test_a_turn_is_kept_while_sending_takes_long(desk: Desk) -> None:
    real = desk.channel.send
    others: list[str] = []

    def slow(envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
        desk.now += timedelta(seconds=50)
        others.append(desk.audit.acquire("sender:scripted", "two", TTL, desk.now).holder)
        return real(envelope, attempt, last_check)

    desk.channel.send = slow  # type: ignore[method-assign]
    readers = [envelope(f"r{number}@example.com", channel="scripted") for number in range(6)]
    assert counts(desk.deliver(*readers)) == {"planned": 6, "sent": 6}
    assert others == ["one"] * 6


def test_who_lost_the_turn_while_it_slept_sends_no_more(desk: Desk) -> None:
    real = desk.channel.send

    def sleepy(envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
        receipt = real(envelope, attempt, last_check)
        desk.now += 2 * TTL
        desk.audit.acquire("sender:scripted", "two", TTL, desk.now)
        return receipt

    desk.channel.send = sleepy  # type: ignore[method-assign]
    made = desk.deliver()
    assert counts(made) == {"planned": 2, "sent": 1, "waiting": 1}
    assert made.problems[0].what.startswith("two is sending over scripted")
    assert desk.row(BOB).state is State.PLANNED


def test_a_turn_that_ran_out_and_that_nobody_wanted_goes_on(desk: Desk) -> None:
    with desk.turn("one") as turn:
        desk.now += 2 * TTL
        turn.keep()
        assert desk.audit.acquire("sender:scripted", "two", TTL, desk.now).holder == "one"
        lease = desk.audit.acquire("sender:scripted", "one", TTL, desk.now + 2 * TTL)  # as if another had had it between
        desk.audit.release(lease)
        desk.now += 2 * TTL
        turn.keep()
    assert desk.audit.acquire("sender:scripted", "two", TTL, desk.now).holder == "two"


def test_content_that_another_run_has_planned_anew_is_not_sent(desk: Desk) -> None:
    other = replace(ANA, message=b"other", label=replace(ANA.label, content_sha256="0" * 64))
    plan = desk.audit.plan

    def raced(deliveries: list[Delivery], now: datetime) -> object:
        planned = plan(deliveries, now)
        plan([Parcel.of(other, "scripted").delivery], now)
        return planned

    desk.audit.plan = raced  # type: ignore[method-assign, assignment]
    made = desk.deliver(ANA)
    assert counts(made) == {"planned": 1, "failed": 1}
    assert "other content" in made.problems[0].what
    assert desk.channel.sent == []


@pytest.mark.parametrize(
    "wrong",
    [
        replace(ANA, message=b"other bytes"),
        replace(ANA, reader=Reader(Address("eve@example.com"))),
        replace(ANA, label=replace(ANA.label, reader="eve@example.com")),
        replace(ANA, label=replace(ANA.label, tenant="beta")),
        replace(ANA, label=replace(ANA.label, role="cfo")),
        replace(ANA, label=replace(ANA.label, key="0" * 64)),
        envelope(channel="outbox"),
    ],
)
def test_a_parcel_that_does_not_fit_its_label_stops_everything_before_it_begins(desk: Desk, wrong: Envelope) -> None:
    with pytest.raises(DeliveryError, match="does not fit"):
        desk.deliver(BOB, wrong)
    assert desk.audit.list() == ()
    assert desk.channel.sent == []


def test_a_row_of_another_tenant_beside_the_envelope_is_refused(desk: Desk) -> None:
    mixed = Parcel(replace(Parcel.of(ANA, "scripted").delivery, tenant="beta"), ANA)
    with pytest.raises(DeliveryError, match="does not fit"):
        deliver(desk.audit, desk.channel, [mixed], owner="one", clock=lambda: NOW)


def test_problems_name_no_reader(desk: Desk) -> None:
    desk.channel.answers = [DeliveryError("550 ana@example.com unknown"), DeliveryUnknown("bob@example.com?")]
    made = desk.deliver()
    assert len(made.problems) == 2
    assert "example.com" not in "".join(map(str, made.problems))


def test_the_outbox_end_to_end(tmp_path: Path) -> None:
    audit, outbox = SqliteAudit(tmp_path / "audit.sqlite"), Outbox(means(tmp_path))
    channel: Channel = outbox
    parcels = [Parcel.of(envelope(reader), "outbox") for reader in ("ana@example.com", "bob@example.com")]
    for expected in ({"planned": 2, "sent": 2}, {"planned": 2, "already": 2}):
        assert counts(deliver(audit, channel, parcels, owner="one", clock=lambda: NOW)) == expected
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 2
    assert {row.message_id for row in audit.list()} == {path.name for path in (tmp_path / "outbox").glob("*.eml")}
    assert audit.verify().ok
    assert NOW - audit.list()[0].updated_at == timedelta(0)  # type: ignore[operator]
