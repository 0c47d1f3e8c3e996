"""What the mail service tells, and what it changes: deliveries, suppressions, and what a person is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.audit import State
from quarterdeck.audit.happenings import Accept, Close, Resolve
from quarterdeck.audit.records import Filter
from quarterdeck.audit.states import Denied
from quarterdeck.errors import ConfigError, DeliveryError, FeedbackError
from quarterdeck.feedback import Feed
from quarterdeck.feedback.certificates import Trust
from quarterdeck.feedback.sns import Envelopes
from quarterdeck.steps.alone import BusyError
from quarterdeck.steps.feedback import COUNTS, take_in
from quarterdeck.steps.heard import APPLIED, HEARD, UNKNOWN
from quarterdeck.steps.suppression import suppressed
from quarterdeck.wiring import open_parts
from tests.feeding import MINUTE, Station, about, lost, of_canary, sending, sent, station
from tests.postbox import TOPIC, authority, event, text


@pytest.fixture
def at(tmp_path: Path) -> Station:
    return station(tmp_path)


def counts(at: Station, *documents: dict[str, Any] | str) -> dict[str, int]:
    """What a run counts, without what is nothing and without canaries."""
    found = at.take_in(*documents).as_dict()["counts"]
    assert set(found) == set(COUNTS)
    return {name: number for name, number in found.items() if number and name not in ("messages", "canaries")}


ANA = {"emailAddress": "ana@example.com"}


# --- what each event does ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type", "section", "state", "reason", "is_suppressed"),
    [
        ("Send", {}, State.SENT, "", False),
        ("Delivery", {}, State.DELIVERED, "", False),
        ("Bounce", {}, State.BOUNCED, "bounced for good: Permanent, General, 5.1.1, smtp; 550 <(the reader)> unknown", True),
        ("Bounce", {"bounceType": "Transient", "bounceSubType": "MailboxFull", "bouncedRecipients": [ANA]},
         State.BOUNCED, "bounced for now: Transient, MailboxFull", False),
        ("Bounce", {"bounceType": "Undetermined", "bouncedRecipients": [ANA]},
         State.BOUNCED, "bounced for now: Undetermined, General", False),
        ("Complaint", {}, State.COMPLAINED, "the reader complained: abuse", True),
        ("Complaint", {"complaintFeedbackType": None}, State.COMPLAINED, "the reader complained", True),
        ("Complaint", {"complaintFeedbackType": "not-spam"}, State.SENT, "", False),
        ("DeliveryDelay", {}, State.SENT, "delayed: MailboxFull, 4.2.2, smtp; 452 full", False),
        ("Reject", {}, State.BOUNCED, "taken and not sent: Bad content", False),
        ("Rendering Failure", {}, State.BOUNCED, "taken and not sent: Attribute 'x' is not present", False),
    ],
)  # fmt: skip
def test_each_event_and_what_it_does(
    at: Station, type: str, section: dict[str, Any], state: State, reason: str, is_suppressed: bool
) -> None:
    row = sent(at)
    at.take_in(about(row, type, section))
    after = at.row(row)
    assert (after.state, after.reason) == (state, reason)
    assert (list(suppressed(at.parts)) == ["ana@example.com"]) is is_suppressed
    assert at.parts.audit.verify().ok


def test_the_same_told_twice_happens_once(at: Station) -> None:
    row = sent(at)
    bounce = about(row, "Bounce")
    assert counts(at, bounce, bounce) == {"new": 1, "duplicates": 1, "bounced": 1, "suppressed": 1}
    after = at.row(row)
    assert counts(at, bounce) == {"duplicates": 1}
    assert at.row(row) == after


def test_whoever_has_not_recorded_that_he_sent_is_helped_out(at: Station) -> None:
    """The event may come before the sender's own record of the message's id."""
    row = sending(at)
    assert counts(at, about(row, "Delivery")) == {"new": 1, "delivered": 1}
    after = at.row(row)
    assert (after.state, after.message_id) == (State.DELIVERED, "m1")
    assert isinstance(at.parts.audit.apply(row.key, Accept(row.attempt, "m1"), at.clock.now), Denied)


def test_what_nobody_knew_of_is_settled_by_its_event(at: Station) -> None:
    row = lost(at)
    assert counts(at, about(row, "Send")) == {"new": 1, "accepted": 1}
    assert (at.row(row).state, at.row(row).message_id) == (State.SENT, "m1")


def test_what_was_to_be_sent_again_is_not_when_it_turns_out_to_be_out(at: Station) -> None:
    row = lost(at)
    at.parts.audit.apply(row.key, Resolve("Ana", "it is not there", sent=False), at.clock.now)
    assert at.row(row).state is State.PLANNED
    at.take_in(about(row, "Send"))
    assert at.row(row).state is State.SENT


def test_a_held_delivery_stays_held_with_the_proof_until_a_person_decides(at: Station) -> None:
    row = lost(at)
    at.clock.pass_by(61)
    assert counts(at) == {"held": 1}
    for _ in range(2):
        assert counts(at, about(row, "Delivery"))["parked"] == 1
    held = at.row(row)
    assert (held.state, held.message_id) == (State.HELD, "m1")
    assert counts(at) == {"parked": 1}
    assert at.row(row) == held  # nothing is written again and again
    at.parts.audit.apply(row.key, Resolve("Ana", "proved", sent=True), at.clock.now)
    assert counts(at) == {"delivered": 1}
    assert at.row(row).state is State.DELIVERED


def test_two_messages_of_one_delivery_are_told(at: Station) -> None:
    row = sent(at)
    found = at.take_in(about(row, "Send"), about(row, "Send", message_id="m2"), about(row, "Delivery", message_id="m2"))
    assert [problem.what for problem in found.problems] == ["alpha_ceo_2026-10 over ses went out twice to one reader"]


# --- whose it is ------------------------------------------------------------------------------------------------------


def test_without_tags_the_messages_id_tells(at: Station) -> None:
    row = sent(at, message_id="m7")
    assert counts(at, event("Bounce", dialect="notificationType", message_id="m7"))["bounced"] == 1
    assert at.row(row).state is State.BOUNCED


def test_without_tags_it_waits_for_the_senders_record(at: Station) -> None:
    row = sending(at)
    assert counts(at, event("Delivery", message_id="m7")) == {"new": 1, "parked": 1}
    at.parts.audit.apply(row.key, Accept(row.attempt, "m7"), at.clock.now)
    assert counts(at) == {"delivered": 1}
    assert at.row(row).state is State.DELIVERED


def test_two_dialects_together_need_no_second_run(at: Station) -> None:
    row = sending(at)
    assert counts(at, event("Delivery", message_id="m7"), about(row, "Send", message_id="m7")) == {
        "new": 2,
        "accepted": 1,
        "delivered": 1,
    }


def test_an_event_of_nobodys_message_waits_for_a_month_and_is_then_let_go(at: Station) -> None:
    assert counts(at, event("Bounce", message_id="stranger")) == {"new": 1, "parked": 1}
    at.clock.pass_by(29 * 24 * 60)
    assert counts(at) == {"parked": 1}
    at.clock.pass_by(24 * 60)
    assert counts(at) == {}
    assert [note.facts["outcome"] for note in at.parts.audit.notes(APPLIED)] == ["no delivery is known for it"]
    assert suppressed(at.parts) == {}


TAG = "quarterdeck-"


@pytest.mark.parametrize(
    "forged",
    [
        {"reader": "bea@example.com"},
        {"tags": {TAG + "report": "beta_ceo_2026-10", TAG + "attempt": "ATTEMPT", TAG + "tenant": "alpha"}},
        {"tags": {TAG + "report": "alpha_ceo_2026-10", TAG + "attempt": "ATTEMPT", TAG + "tenant": "beta"}},
        {"tags": {TAG + "attempt": "ATTEMPT", TAG + "tenant": "beta"}},
    ],
    ids=["another reader", "another report", "another tenant", "another tenant, no report"],
)
@pytest.mark.parametrize("type", ["Complaint", "Bounce", "Delivery", "Send"])
def test_an_event_that_does_not_fit_its_delivery_changes_nothing(at: Station, type: str, forged: dict[str, Any]) -> None:
    row, other = sent(at), sent(at, tenant="beta", message_id="m2")
    if "tags" in forged:
        forged = {"tags": {name: value.replace("ATTEMPT", row.attempt) for name, value in forged["tags"].items()}}
    found = at.take_in(about(row, type, **forged))
    assert (at.row(row), at.row(other)) == (row, other)
    assert suppressed(at.parts) == {}
    told = "".join(f"{problem.what} {problem.remedy}" for problem in found.problems)
    assert "@" not in told
    assert found.counts["parked"] or "does not fit" in told  # under a report without this attempt it is not even found


def test_the_same_address_elsewhere_is_not_meant(at: Station) -> None:
    """Ana reads alpha's report and beta's; what happened to one message happened to no other."""
    one, other = sent(at), sent(at, tenant="beta", message_id="m2")
    at.take_in(about(one, "Bounce"))
    assert (at.row(one).state, at.row(other).state) == (State.BOUNCED, State.SENT)
    assert at.parts.audit.notes(APPLIED, "beta") == ()


def test_an_event_against_what_is_certain_is_set_aside_and_told(at: Station) -> None:
    row = lost(at)
    at.parts.audit.apply(row.key, Resolve("Ana", "not there", sent=False), at.clock.now)
    at.parts.audit.apply(row.key, Close(State.CANCELLED, "taken back"), at.clock.now)
    found = at.take_in(about(row, "Send"))
    assert [problem.what for problem in found.problems] == [
        "the mail service tells of a send of message m1, and alpha_ceo_2026-10 over ses is cancelled"
    ]
    assert at.row(row).state is State.CANCELLED
    assert at.take_in().problems == ()


# --- what a person is told --------------------------------------------------------------------------------------------


def test_bounces_and_complaints_are_told_once_and_name_no_address(at: Station) -> None:
    row, second = sent(at), sent(at, role="cfo", reader="cfo@example.com", message_id="m2")
    bounce = {"diagnosticCode": "smtp; 550 ana@example.com, forwarded to boss@elsewhere.example.com, is unknown"}
    section = {"bouncedRecipients": [{"emailAddress": "ana@example.com", **bounce}]}
    found = at.take_in(about(row, "Bounce", section), about(second, "Complaint"))
    assert [(problem.what, problem.remedy) for problem in found.problems] == [
        (
            "alpha_ceo_2026-10 over ses bounced for good: Permanent, General, "
            "smtp; 550 (the reader), forwarded to (an address), is unknown",
            "`quarterdeck audit show alpha_ceo_2026-10` names the reader; "
            "nothing more is sent there until `quarterdeck feedback lift`",
        ),
        (
            "alpha_cfo_2026-10 over ses: its reader complained",
            "`quarterdeck audit show alpha_cfo_2026-10` names the reader; "
            "nothing more is sent there until `quarterdeck feedback lift`",
        ),
    ]
    assert not found.went_well
    assert found.back == {("alpha_ceo_2026-10", "bounced"): 1, ("alpha_cfo_2026-10", "complained"): 1}
    again = at.take_in()
    assert again.went_well
    assert not again.back


def test_operators_are_told_at_once_and_once(tmp_path: Path) -> None:
    """Over the outbox here, which takes what SES would; in the trail it is a delivery like any other."""
    at = station(tmp_path, channel="outbox", operators="{to: [ops@example.com]}")
    row, other = sent(at), sent(at, role="cfo", reader="cfo@example.com", message_id="m2")
    assert len(at.take_in(about(row, "Bounce"), about(other, "Delivery")).problems) == 1
    (mail,) = at.parts.settings.home.glob("outbox/*.eml")
    told = mail.read_text("utf-8")
    assert "To: ops@example.com" in told
    assert "alpha_ceo_2026-10 over ses bounced for good" in told
    assert "ana@example.com" not in told
    at.take_in(about(row, "Bounce"), "{")
    assert len(list(at.parts.settings.home.glob("outbox/*.eml"))) == 1


def test_operators_are_not_told_of_notices_to_themselves(tmp_path: Path) -> None:
    at = station(tmp_path, channel="outbox", operators="{to: [ops@example.com]}")
    row = sent(at, tenant="portfolio", role="operators", reader="ops@example.com")
    assert len(at.take_in(about(row, "Bounce", {"bounceType": "Transient"})).problems) == 1
    assert not (at.parts.settings.home / "outbox").exists()


def test_operators_who_cannot_be_told_keep_nothing_from_being_taken_in(tmp_path: Path) -> None:
    at = station(tmp_path, operators="{to: [ops@example.com]}")  # over SES, which here takes no mail
    row = sent(at)
    found = at.take_in(about(row, "Bounce"))
    assert found.counts["bounced"] == 1
    assert found.problems[-1].what.startswith("the operators were not told")


def test_the_chain_holds_no_address(at: Station) -> None:
    row = sent(at)
    at.take_in(about(row, "Bounce"), event("Open"), event("Bounce", message_id="x", reader="bea@example.com"))
    chains = [event for id in ("alpha_ceo_2026-10",) for event in at.parts.audit.show(id).events]
    notes = [note for kind in (HEARD, APPLIED, UNKNOWN) for note in at.parts.audit.notes(kind)]
    said = f"{chains}{[(note.id, note.facts) for note in notes]}"
    assert "@example.com" not in said
    assert "5.1.1" in said


def test_what_became_of_a_report_stands_in_its_story(at: Station) -> None:
    row = sent(at)
    at.take_in(about(row, "Bounce"))
    events = at.parts.audit.show(row.report_id).events
    assert [event["event"] for event in events] == ["plan", "claim", "send", "accept", "hear", "note"]
    assert events[-1]["facts"]["facts"]["outcome"] == "bounced"


def test_types_that_say_nothing_are_kept(at: Station) -> None:
    assert counts(at, event("Open"), event("Open")) == {"new": 1, "duplicates": 1, "unknown_types": 1}
    (note,) = at.parts.audit.notes(UNKNOWN)
    assert note.facts["type"] == "Open"


# --- the queue --------------------------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_told_and_left_until_it_is_put_aside(at: Station) -> None:
    at.queue.put("{", "[]", text(event("Send", message_id="x")))
    for receives in (1, 2, 3):
        found = at.take_in()
        assert found.counts["refused"] == 2
        what = "1 message of the feedback queue cannot be used: the message is no JSON that can be relied on"
        last = "; 1 of them for the last time before the dead-letter queue" if receives == 3 else ""
        assert found.problems[0].what == what + last
        at.clock.pass_by(15)
    assert at.take_in().went_well
    assert sorted(at.queue.dead) == ["[]", "{"]


def test_a_queue_without_an_end_is_told(at: Station) -> None:
    at.queue.most_receives = None
    assert "redrive policy" in at.take_in("{").problems[0].remedy


def test_a_message_that_comes_again_while_it_is_read_does_not_keep_us(at: Station) -> None:
    at.queue.put("{")
    receive = at.queue.receive

    def slowly() -> Any:
        at.clock.pass_by(6)
        return receive()

    at.queue.receive = slowly  # type: ignore[method-assign]
    at.queue.most_receives = None
    assert at.take_in().counts["refused"] == 1


def test_no_more_are_taken_than_was_asked_for(at: Station) -> None:
    at.queue.put(*(event("Send", message_id=f"m{number}") for number in range(25)))
    assert at.take_in(limit=10).counts["messages"] == 10
    assert at.take_in().counts["messages"] == 15


def cut_off(at: Station) -> Feed:
    """The feed of a machine that reaches the queue, and no certificate."""

    def fails(url: str) -> bytes:
        raise FeedbackError("a certificate of SNS cannot be fetched: ConnectError", permanent=False)

    return Feed(at.queue, Envelopes(at.topics, Trust(fetch=fails)))  # type: ignore[arg-type]


def test_a_certificate_that_cannot_be_had_stops_the_reading(at: Station) -> None:
    at.topics = (TOPIC,)
    at.queue.at_once = 1
    at.queue.put(*(authority().seal(text(event("Send", message_id=f"m{number}"))) for number in range(3)))
    assert take_in(at.parts, 100, cut_off(at)).counts["messages"] == 1
    at.clock.pass_by(15)
    assert at.take_in().counts["messages"] == 3


def test_without_a_queue_there_is_nothing_to_hear_from(tmp_path: Path) -> None:
    (tmp_path / "portfolio.yaml").write_text(
        "version: 1\nportfolio: {name: One, currency: USD}\ntenants: [{id: alpha, name: A}]\n", "utf-8"
    )
    with pytest.raises(ConfigError, match="no queue to hear from"):
        take_in(open_parts(tmp_path / "portfolio.yaml"))


def test_two_do_not_take_in_at_once(at: Station) -> None:
    at.parts.audit.acquire("feedback", "elsewhere:1:2", 5 * MINUTE, at.clock.now)
    at.queue.put(event("Send"))
    with pytest.raises(BusyError, match="elsewhere:1:2 is taking in feedback") as caught:
        at.take_in()
    assert not caught.value.permanent
    assert len(at.queue.messages) == 1
    at.clock.pass_by(5)
    assert at.take_in().counts["messages"] == 1


# --- canaries ---------------------------------------------------------------------------------------------------------


def test_a_canary_goes_out_once_an_hour_and_its_event_is_no_delivery(at: Station) -> None:
    ses: Any = at.parts.channel
    for minute in range(0, 121, 15):
        at.take_in()
        assert len(ses.canaries) == 1 + minute // 60
        at.clock.pass_by(15)
    assert counts(at, of_canary(ses.canaries[0])) == {}
    assert at.parts.audit.list(Filter()) == ()


def test_a_canary_goes_out_when_something_became_unknown_and_only_one(at: Station) -> None:
    ses: Any = at.parts.channel
    at.take_in()
    at.clock.pass_by(5)
    lost(at)
    for _ in range(3):
        at.take_in()
        at.clock.pass_by(5)
    assert len(ses.canaries) == 2


@pytest.mark.parametrize("change", [{"canary_minutes": "0"}, {"channel": "outbox"}])
def test_no_canary_where_none_is_wanted_or_mails_go_another_way(tmp_path: Path, change: dict[str, str]) -> None:
    at = station(tmp_path, **change)
    lost(at)
    assert [wait(at) for _ in range(4)] == [{}, {}, {}, {"held": 1}]
    ses: Any = at.parts.channel_of("ses")
    assert ses.canaries == []


def test_a_canary_that_cannot_be_sent_is_a_problem_among_others(at: Station) -> None:
    ses: Any = at.parts.channel
    ses.fails = DeliveryError("sending is paused", remedy="see the account")
    row = sent(at)
    found = at.take_in(about(row, "Delivery"))
    assert [problem.what for problem in found.problems] == ["no canary could be sent: sending is paused"]
    assert at.row(row).state is State.DELIVERED


# --- what nobody knows of ---------------------------------------------------------------------------------------------


def wait(at: Station, minutes: int = 15) -> dict[str, int]:
    at.clock.pass_by(minutes)
    return counts(at)


def test_it_is_sent_again_when_events_come_through_and_none_tells_of_it(at: Station) -> None:
    ses: Any = at.parts.channel
    row = lost(at)
    at.clock.pass_by(1)
    assert counts(at) == {}  # sends the canary
    at.clock.pass_by(14)
    assert counts(at, of_canary(ses.canaries[-1])) == {}  # it is back, and other events may be on their way
    assert wait(at) == {"released": 1}
    after = at.row(row)
    assert (after.state, after.reason) == (State.PLANNED, "no event tells of it: the answer was lost")


def test_a_sender_who_went_away_is_one_of_them(at: Station) -> None:
    ses: Any = at.parts.channel
    row = sending(at)
    at.take_in()
    assert at.row(row).state is State.SENDING  # its lease runs
    at.clock.pass_by(15)
    at.take_in()
    assert at.row(row).state is State.UNKNOWN
    at.clock.pass_by(15)
    at.take_in(of_canary(ses.canaries[-1]))
    assert wait(at) == {"released": 1}


def test_without_a_canary_that_is_back_it_is_left_to_a_person(at: Station) -> None:
    row = lost(at)
    assert [wait(at) for _ in range(4)] == [{}, {}, {}, {"held": 1}]
    after = at.row(row)
    assert (after.state, after.reason) == (State.HELD, "the answer was lost; no canary shows that events come through")


def test_being_held_is_told(at: Station) -> None:
    lost(at)
    at.clock.pass_by(60)
    (problem,) = at.take_in().problems
    assert problem.what == (
        "alpha_ceo_2026-10 over ses: nobody knows whether it went out: "
        "the answer was lost; no canary shows that events come through"
    )
    assert "audit resolve" in problem.remedy


def test_a_canary_of_before_proves_nothing(at: Station) -> None:
    ses: Any = at.parts.channel
    at.take_in()
    at.clock.pass_by(1)
    row = lost(at)
    at.queue.put(of_canary(ses.canaries[0]))
    assert [wait(at) for _ in range(4)] == [{}, {}, {}, {"held": 1}]
    assert at.row(row).state is State.HELD


def test_another_event_of_a_canary_proves_nothing(at: Station) -> None:
    """A simulator takes its mail at once, and a reader's server hours later: only the acceptance is as soon for both."""
    ses: Any = at.parts.channel
    lost(at)
    at.take_in()
    at.queue.put(of_canary(ses.canaries[-1], type="Delivery"))
    assert [wait(at) for _ in range(4)] == [{}, {}, {}, {"held": 1}]


def with_canary_back(at: Station) -> Any:
    """A delivery that nobody knows of, with a canary sent since that is back for long enough."""
    ses: Any = at.parts.channel
    row = lost(at)
    at.clock.pass_by(1)
    at.take_in()
    at.clock.pass_by(1)
    at.take_in(of_canary(ses.canaries[-1]))
    at.clock.pass_by(15)
    return row


def test_the_case_that_the_next_tests_spoil(at: Station) -> None:
    with_canary_back(at)
    assert counts(at) == {"released": 1}


def test_nothing_is_sent_again_while_messages_are_left_in_the_queue(at: Station) -> None:
    row = with_canary_back(at)
    at.queue.put(*(event("Send", message_id=f"other-{number}") for number in range(20)), about(row, "Send"))
    assert at.take_in(limit=10).counts["released"] == 0
    assert at.take_in(limit=10).counts["released"] == 0
    assert at.take_in(limit=10).counts["accepted"] == 1
    assert at.row(row).state is State.SENT


def test_half_an_answer_is_no_empty_queue(at: Station) -> None:
    row = with_canary_back(at)
    at.queue.put(about(row, "Send"))
    receive, at.queue.receive = at.queue.receive, tuple  # type: ignore[method-assign]
    assert counts(at) == {}
    at.queue.receive = receive  # type: ignore[method-assign]
    assert counts(at) == {"new": 1, "accepted": 1}


def test_nothing_is_sent_again_while_another_has_messages_in_hand(at: Station) -> None:
    with_canary_back(at)
    at.queue.put(event("Send", message_id="x"))
    at.queue.receive()  # by a process that died since
    assert counts(at) == {}
    at.clock.pass_by(5)
    assert counts(at)["released"] == 1


def test_nothing_is_sent_again_after_a_message_that_could_not_be_read(at: Station) -> None:
    row = with_canary_back(at)
    at.take_in("{")
    assert at.row(row).state is State.UNKNOWN
    at.queue.messages.clear()  # put aside
    assert wait(at, 60) == {"held": 1}
    assert at.row(row).reason.endswith("not all was read that the mail service told")


def test_a_message_that_could_not_be_read_long_before_does_not_matter(at: Station) -> None:
    at.queue.most_receives = None
    at.take_in("{")
    at.clock.pass_by(16)
    with_canary_back(at)
    assert counts(at)["released"] == 1


def test_a_message_that_was_read_in_the_end_does_not_matter(at: Station) -> None:
    at.topics = (TOPIC,)
    row = lost(at)
    at.queue.put(authority().seal(text(event("Send", message_id="x"))))
    take_in(at.parts, 100, cut_off(at))
    ses: Any = at.parts.channel
    at.clock.pass_by(10)
    at.take_in(authority().seal(text(of_canary(ses.canaries[-1]))))
    assert at.row(row).state is State.UNKNOWN
    assert wait(at)["released"] == 1


def test_an_event_that_does_not_fit_speaks_of_it_all_the_same(at: Station) -> None:
    row = with_canary_back(at)
    at.take_in(about(row, "Send", reader="bea@example.com"))
    assert at.row(row).state is State.UNKNOWN
    wait(at, 60)
    assert at.row(row).reason.endswith("an event speaks of it")


def test_an_event_of_an_earlier_try_speaks_of_it(at: Station) -> None:
    """Ana said that it is not there, it was sent again and lost again; then the first message turns out to be out."""
    first = lost(at)
    at.parts.audit.apply(first.key, Resolve("Ana", "not there", sent=False), at.clock.now)
    second = lost(at)
    assert second.attempts == (first.attempt, second.attempt)
    at.take_in(about(first, "Send"))
    assert at.row(first).state is State.SENT


def test_what_the_queue_no_longer_keeps_proves_nothing(at: Station) -> None:
    at.queue.kept = timedelta(minutes=10)
    row = with_canary_back(at)
    assert counts(at) == {}
    wait(at, 60)
    assert at.row(row).reason.endswith("the queue keeps no message for so long")
