"""The life of one delivery: every event on every state, and the conditions of those that apply."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

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
from quarterdeck.audit.states import OUT, TRANSITIONS, Delivery, Denied, Event, State, as_planned, delivery_key, step
from quarterdeck.errors import AuditError

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LATER = NOW + 2 * MINUTE


def delivery(**changes: object) -> Delivery:
    key = delivery_key("alpha_ceo_2026-10", "r1", "outbox", "ana@example.com")
    fresh = Delivery(key, "alpha_ceo_2026-10", "r1", "alpha", "ceo", "2026-10", "outbox", "ana@example.com", "c0")
    return replace(fresh, **changes)  # type: ignore[arg-type]


def in_state(state: State) -> Delivery:
    """A delivery as it is in a state: attempt `a1` under fence 1 by `one`, whose lease runs until NOW + 1 minute."""
    leased = state in {State.CLAIMED, State.SENDING, State.UNKNOWN, State.HELD}
    tried = state not in {State.PLANNED, State.AWAITING_APPROVAL, State.CLAIMED, State.SKIPPED, State.CANCELLED}
    return delivery(
        state=state,
        fence=1,
        owner="one" if leased else "",
        lease_until=NOW + MINUTE if leased else None,
        attempt="a1" if tried else "",
        attempts=("a1",) if tried else (),
        message_id="m1" if state in OUT else "",
        version=7,
    )


def after(row: Delivery, event: Event, now: datetime = NOW) -> Delivery:
    found = step(row, event, now)
    assert isinstance(found, Delivery), found
    return found


# What every event does to every state, with the sender's lease still running. A state that is not named denies the event.
_EVENTS: dict[str, tuple[Event, dict[str, str]]] = {
    "claim": (Claim("two", MINUTE), {"planned": "claimed"}),
    "send": (Send(1, "a2"), {"claimed": "sending"}),
    "accept": (Accept("a1", "m1"), {"sending": "sent", "unknown": "sent", "held": "held"}),
    "refuse": (Refuse(1, "a1", "throttled"), {"sending": "planned", "unknown": "planned"}),
    "refuse for good": (Refuse(1, "a1", "no such domain", permanent=True), {"sending": "failed", "unknown": "failed"}),
    "lose": (Lose(1, "a1", "no answer"), {"sending": "unknown"}),
    "expire": (Expire(), {}),
    "owner gone": (OwnerGone("one"), {"claimed": "claimed", "sending": "sending"}),
    "other gone": (OwnerGone("two"), {}),
    "release": (Release(1, "a1", "no file"), {"unknown": "planned"}),
    "hold": (Hold("nobody knows"), {"unknown": "held"}),
    "resolve sent": (Resolve("Ana", "saw it", sent=True), {"unknown": "sent", "held": "sent"}),
    "resolve resend": (Resolve("Ana", "not there", sent=False), {"unknown": "planned", "held": "planned"}),
    "approve": (Approve("Ana"), {"awaiting_approval": "planned"}),
    "refresh": (Refresh("c1"), {"planned": "planned", "awaiting_approval": "awaiting_approval"}),
    "unclaim": (Unclaim(1, "changed"), {"claimed": "planned"}),
    "skip": (Close(State.SKIPPED, "suppressed"), {"planned": "skipped"}),
    "cancel": (Close(State.CANCELLED, "superseded"), {"planned": "cancelled", "awaiting_approval": "cancelled"}),
    "fail": (Close(State.FAILED, "no channel"), {"planned": "failed"}),
    "close as sent": (Close(State.SENT, "no"), {}),
    "reopen": (Reopen("mended"), {"failed": "planned", "cancelled": "planned"}),
    "reopen with care": (Reopen("mended", needs_approval=True), {"failed": "planned", "cancelled": "awaiting_approval"}),
    "delivered": (Hear(State.DELIVERED), {"sent": "delivered"}),
    "bounced": (Hear(State.BOUNCED), {"sent": "bounced", "delivered": "bounced"}),
    "complained": (Hear(State.COMPLAINED), {"sent": "complained", "delivered": "complained", "bounced": "complained"}),
    "remark": (Remark("delayed: mailbox full"), {"sent": "sent"}),
    "hear nonsense": (Hear(State.PLANNED), {}),
}


@pytest.mark.parametrize("name", _EVENTS)
@pytest.mark.parametrize("state", list(State))
def test_every_event_on_every_state(name: str, state: State) -> None:
    event, allowed = _EVENTS[name]
    before = in_state(state)
    found = step(before, event, NOW)
    if state.value not in allowed:
        assert isinstance(found, Denied)
        assert found.row == before
        assert found.why
        return
    assert isinstance(found, Delivery)
    assert found.state == allowed[state.value]
    assert found.state in TRANSITIONS[state]
    assert (found.version, found.updated_at) == (8, NOW)


def test_every_way_in_the_table_is_gone_by_an_event() -> None:
    gone = {(State(source), State(target)) for _, ways in _EVENTS.values() for source, target in ways.items()}
    gone |= {(State.SENDING, State.UNKNOWN), (State.CLAIMED, State.CLAIMED)}  # expire, and a claim that ran out
    gone |= {(State.PLANNED, State.SENT), (State.CLAIMED, State.SENT)}  # proof that an earlier attempt is out
    assert gone == {(source, target) for source, targets in TRANSITIONS.items() for target in targets}


def test_a_claim_counts_the_fence_and_runs_out() -> None:
    first = after(delivery(), Claim("one", MINUTE))
    assert (first.owner, first.fence, first.lease_until) == ("one", 1, NOW + MINUTE)
    assert isinstance(step(first, Claim("two", MINUTE), NOW + MINUTE - timedelta(microseconds=1)), Denied)
    second = after(first, Claim("two", MINUTE), NOW + MINUTE)
    assert (second.owner, second.fence) == ("two", 2)
    assert isinstance(step(second, Send(1, "a1"), NOW + MINUTE), Denied)  # the first owner wakes up
    assert after(second, Send(2, "a2"), NOW + MINUTE).attempts == ("a2",)


def test_nobody_sends_after_the_lease() -> None:
    claimed = after(delivery(), Claim("one", MINUTE))
    assert isinstance(step(claimed, Send(1, "a1"), NOW + MINUTE), Denied)
    assert after(claimed, Send(1, "a1"), NOW + MINUTE - timedelta(microseconds=1)).state is State.SENDING


def test_an_attempt_id_is_used_once() -> None:
    tried = after(in_state(State.SENDING), Refuse(1, "a1", "throttled"))
    claimed = after(tried, Claim("one", MINUTE))
    assert isinstance(step(claimed, Send(2, "a1"), NOW), Denied)
    assert isinstance(step(claimed, Send(2, ""), NOW), Denied)
    assert after(claimed, Send(2, "a2")).attempts == ("a1", "a2")


def test_not_before_keeps_it_back() -> None:
    waiting = delivery(not_before=NOW + MINUTE)
    assert isinstance(step(waiting, Claim("one", MINUTE), NOW), Denied)
    assert after(waiting, Claim("one", MINUTE), NOW + MINUTE).state is State.CLAIMED
    assert after(in_state(State.SENDING), Refuse(1, "a1", "slow down", not_before=LATER)).not_before == LATER


def test_a_sender_who_went_away_leaves_unknown_and_never_planned() -> None:
    sending = in_state(State.SENDING)
    assert isinstance(step(sending, Claim("two", MINUTE), LATER), Denied)
    assert isinstance(step(sending, Expire(), NOW), Denied)
    unknown = after(sending, Expire(), LATER)
    assert unknown.state is State.UNKNOWN
    assert isinstance(step(unknown, Claim("two", MINUTE), LATER), Denied)
    assert isinstance(step(after(unknown, Hold("x")), Claim("two", MINUTE), LATER), Denied)


def test_the_lease_of_one_who_is_gone_ends_at_once() -> None:
    claimed = after(in_state(State.CLAIMED), OwnerGone("one"))
    assert after(claimed, Claim("two", MINUTE)).fence == 2
    sending = after(in_state(State.SENDING), OwnerGone("one"))
    assert isinstance(step(sending, Claim("two", MINUTE), NOW), Denied)
    assert after(sending, Expire()).state is State.UNKNOWN
    assert isinstance(step(in_state(State.CLAIMED), OwnerGone("one"), NOW + MINUTE), Denied)  # it had run out by itself


def test_his_answer_counts_even_when_it_comes_late() -> None:
    unknown = after(in_state(State.SENDING), Expire(), LATER)
    sent = after(unknown, Accept("a1", "m1"), LATER)
    assert (sent.state, sent.message_id, sent.owner, sent.lease_until) == (State.SENT, "m1", "", None)
    assert after(unknown, Refuse(1, "a1", "refused"), LATER).state is State.PLANNED


def test_an_old_attempt_that_proves_to_be_out_stops_the_next() -> None:
    again = after(after(in_state(State.UNKNOWN), Resolve("Ana", "not there", sent=False)), Claim("two", MINUTE))
    sent = after(again, Accept("a1", "m1"))
    assert sent.state is State.SENT
    assert isinstance(step(sent, Send(2, "a2"), NOW), Denied)
    assert isinstance(step(again, Accept("a9", "m1"), NOW), Denied)
    assert isinstance(step(again, Accept("a1", ""), NOW), Denied)


def test_only_the_latest_attempt_can_be_refused_lost_or_released() -> None:
    for state in (State.SENDING, State.UNKNOWN):
        row = in_state(state)
        for fence, attempt in ((2, "a1"), (1, "a0"), (1, "")):
            for event in (Refuse(fence, attempt, "x"), Lose(fence, attempt, "x"), Release(fence, attempt, "x")):
                assert isinstance(step(row, event, NOW), Denied)


def test_held_is_left_by_a_person_only_who_gives_name_and_reason() -> None:
    held = in_state(State.HELD)
    for by, reason in (("", "saw it"), ("Ana", " "), (" ", "")):
        assert isinstance(step(held, Resolve(by, reason, sent=True), NOW), Denied)
    proved = after(held, Accept("a1", "m1"))
    assert (proved.state, proved.message_id) == (State.HELD, "m1")
    assert isinstance(step(proved, Resolve("Ana", "again", sent=False), NOW), Denied)
    assert after(proved, Resolve("Ana", "it is out", sent=True)).message_id == "m1"


def test_an_approval_needs_a_name() -> None:
    assert isinstance(step(in_state(State.AWAITING_APPROVAL), Approve(" "), NOW), Denied)


def test_the_latest_news_never_make_it_better() -> None:
    bounced = after(in_state(State.SENT), Hear(State.BOUNCED, "mailbox full"))
    assert isinstance(step(bounced, Hear(State.DELIVERED), NOW), Denied)
    assert isinstance(step(bounced, Hear(State.BOUNCED), NOW), Denied)


def test_a_remark_changes_nothing_but_the_reason() -> None:
    sent = in_state(State.SENT)
    remarked = after(sent, Remark("delayed: ana@example.com is busy"))
    assert remarked == replace(sent, reason="delayed: (the reader) is busy", version=8, updated_at=NOW)
    assert after(remarked, Hear(State.DELIVERED)).state is State.DELIVERED


def test_a_reason_is_one_short_line_without_the_reader() -> None:
    refusal = Refuse(1, "a1", "550 <Ana@Example.com>\r\n\0 no\ud800 such\u2028user " + "x" * 900)
    reason = after(in_state(State.SENDING), refusal).reason
    assert reason.startswith("550 <(the reader)> no? such user xxx")
    assert len(reason) == 500
    assert reason.isprintable()


def test_a_reason_quotes_nobodys_address() -> None:
    refusal = Refuse(
        1, "a1", "550 5.1.1 <bob.ohara@mail.example.com>... (forwarded for ana@example.com), see x@y.z. " + "a" * 100_000
    )
    reason = after(in_state(State.SENDING), refusal).reason
    assert reason.startswith("550 5.1.1 <(an address)>... (forwarded for (the reader)), see (an address). aaa")


def test_a_key_is_made_of_all_four_names() -> None:
    names = ["a_b_c", "r", "outbox", "ana@example.com"]
    keys = {delivery_key(*names)}
    for place in range(4):
        keys.add(delivery_key(*[name + "x" if place == index else name for index, name in enumerate(names)]))
    keys.add(delivery_key("a_b_cr", "", "outbox", "ana@example.com"))
    assert len(keys) == 6
    assert delivery_key("a_b_c", "r", "outbox", "Ana@example.com") == delivery_key(*names)


@pytest.mark.parametrize(
    "change", [{"key": "0" * 64}, {"state": State.SENT}, {"fence": 1}, {"attempts": ("a1",)}, {"reader": "b@example.com"}]
)
def test_only_a_fresh_delivery_under_its_own_key_is_planned(change: dict[str, object]) -> None:
    assert as_planned(delivery(), NOW).version == 1
    assert as_planned(delivery(state=State.AWAITING_APPROVAL), NOW).updated_at == NOW
    with pytest.raises(AuditError):
        as_planned(delivery(**change), NOW)
