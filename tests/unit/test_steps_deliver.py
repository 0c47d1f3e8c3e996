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
from quarterdeck.steps.deliver import DeliveryCounts, Parcel, Policy, deliver
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

    def deliver(self, *envelopes: Envelope, owner: str = "one", gone: str = "", **changes: object) -> DeliveryCounts:
        parcels = [Parcel.of(each, "scripted", **changes) for each in envelopes or (ANA, BOB)]  # type: ignore[arg-type]
        return deliver(
            self.audit, self.channel, parcels, owner=owner, clock=lambda: self.now, is_gone=lambda other: other == gone
        )

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
    names = ("planned", "sent", "already", "unknown", "failed", "held")
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


def test_a_passing_refusal_is_tried_again_by_the_next_run(desk: Desk) -> None:
    desk.channel.answers = [DeliveryError("throttled", permanent=False)]
    made = desk.deliver()
    assert counts(made) == {"planned": 2, "sent": 1, "failed": 1}
    (problem,) = made.problems
    assert "alpha_ceo_2026-10 over scripted was not sent and is planned: throttled" in problem.what
    assert desk.row().state is State.PLANNED
    assert counts(desk.deliver()) == {"planned": 2, "sent": 1, "already": 1}


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
    desk.channel.found = Unsettled.ABSENT
    assert counts(desk.deliver(BOB)) == {"planned": 1, "failed": 1}
    assert desk.row(BOB).state is State.PLANNED
    assert counts(desk.deliver(BOB)) == {"planned": 1, "sent": 1}


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
    assert counts(made) == {"planned": 1}
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
    real = desk.channel.send

    def slow(envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
        desk.now += 2 * MINUTE
        return real(envelope, attempt, last_check)

    desk.channel.send = slow  # type: ignore[method-assign]
    made = desk.deliver(ANA)
    assert counts(made) == {"planned": 1, "failed": 1}
    assert "lease ran out" in made.problems[0].what
    assert desk.channel.sent == []
    desk.channel.send = real  # type: ignore[method-assign]
    assert counts(desk.deliver(ANA)) == {"planned": 1, "sent": 1}


def test_waits_for_its_time_and_for_approval(desk: Desk) -> None:
    made = desk.deliver(ANA, not_before=NOW + MINUTE)
    assert (counts(made), made.problems) == ({"planned": 1}, ())
    desk.now += MINUTE
    assert counts(desk.deliver(ANA, not_before=NOW + MINUTE)) == {"planned": 1, "sent": 1}
    made = desk.deliver(BOB, needs_approval=True)
    assert (counts(made), made.problems) == ({"planned": 1}, ())
    desk.audit.apply(BOB.label.key, Approve("Ana"), desk.now)
    assert counts(desk.deliver(BOB, needs_approval=True)) == {"planned": 1, "sent": 1}


def test_a_newer_revision_takes_the_place_of_one_that_still_waits(desk: Desk) -> None:
    newer = envelope(channel="scripted", revision="e" * 64)
    desk.channel.answers = [DeliveryError("throttled", permanent=False)]
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
