"""Every way that a delivery can go: all orders of what two senders, those who clear up, people and the channel can do.

Searched through breadth first, up to some claims and one person's word to send again. Nobody's clock is trusted: each event
happens at a time when the lease runs, and at one when it is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from quarterdeck.audit import Delivery, State
from quarterdeck.audit.happenings import (
    Accept,
    Claim,
    Close,
    Expire,
    Hear,
    Hold,
    Lose,
    OwnerGone,
    Refuse,
    Release,
    Reopen,
    Resolve,
    Send,
    Unclaim,
)
from quarterdeck.audit.states import OUT, Denied, Event, as_planned, back_to_planned, step
from tests.trails import MINUTE, NOW, delivery

IN_TIME, LATE = NOW, NOW + timedelta(hours=1)
MAYBE_OUT = frozenset({State.SENDING, State.UNKNOWN, State.HELD}) | OUT
MOST_WORDS = 1
OWNERS = ("one", "two")


@dataclass(frozen=True, slots=True)
class Hand:
    """What a sender remembers: his claim, his attempt once it is announced, and the answer once the message was handed over."""

    fence: int
    attempt: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """All that matters for what can come next.

    `out` are the attempts whose message went out; of `words` to send again and of `claims` only so many are looked at.
    """

    row: Delivery
    claims: int
    hands: tuple[Hand | None, Hand | None] = (None, None)
    out: tuple[str, ...] = ()
    words: int = 0


def nexts(at: World) -> Iterator[World]:
    """Everything that can come of a world in one step."""
    for number, owner in enumerate(OWNERS):
        yield from moves(at, number, owner)
    for event in cleared_up(at):
        yield from after(at, event)
    for attempt in at.out:
        yield from after(at, Accept(attempt, f"m-{attempt}", "its event came"))
    for event in (Resolve("Ana", "asked", sent=True), Close(State.CANCELLED, "superseded"), Reopen("asked for again")):
        yield from after(at, event)
    if at.words < MOST_WORDS:
        yield from (replace(world, words=at.words + 1) for world in after(at, Resolve("Ana", "asked", sent=False)))


def moves(at: World, number: int, owner: str) -> Iterator[World]:
    """What a sender may do, if he is not asleep."""
    hand = at.hands[number]
    if hand is None:
        if at.row.fence < at.claims:
            yield from (holding(world, number, Hand(world.row.fence)) for world in after(at, Claim(owner, MINUTE)))
        return
    yield holding(at, number, None)  # he dies
    if not hand.attempt:
        attempt = f"{owner}-{hand.fence}"
        sending = after(at, Send(hand.fence, attempt))
        yield from (holding(world, number, replace(hand, attempt=attempt)) for world in sending)
        yield from (holding(world, number, None) for world in after(at, Unclaim(hand.fence, "not now")))
    elif not hand.answer:
        for answer in ("accepted", "lost", "lost on the way", "refused", "refused for good"):
            out = (*at.out, hand.attempt) if answer in {"accepted", "lost"} else at.out
            yield holding(replace(at, out=out), number, replace(hand, answer=answer))
    else:
        told = list(after(at, answered(hand)))
        yield from (holding(world, number, None) for world in told or [at])


def answered(hand: Hand) -> Event:
    match hand.answer:
        case "accepted":
            return Accept(hand.attempt, f"m-{hand.attempt}")
        case "refused" | "refused for good" as answer:
            return Refuse(hand.fence, hand.attempt, answer, permanent=answer == "refused for good")
        case _:
            return Lose(hand.fence, hand.attempt, "no answer")


def cleared_up(at: World) -> Iterator[Event]:
    """What others do about what is left; who they take for dead may be alive."""
    yield Expire()
    yield Hold("nobody knows")
    yield from (OwnerGone(owner) for owner in OWNERS)
    can_go_out = any(hand is not None and hand.attempt and not hand.answer for hand in at.hands)
    if not at.out and not can_go_out:
        yield Release(at.row.fence, at.row.attempt, "proved not to be out")
    if at.row.state in OUT:
        yield Hear(State.BOUNCED)


def after(at: World, event: Event) -> Iterator[World]:
    """The worlds after an event, at each time; none where it is denied."""
    for now in (IN_TIME, LATE):
        row = step(at.row, event, now)
        if isinstance(row, Delivery):
            yield replace(at, row=alike(row))


def alike(row: Delivery) -> Delivery:
    """The row without what makes no difference to what comes next."""
    lease = IN_TIME + MINUTE if row.lease_until else None
    return replace(row, lease_until=lease, updated_at=None, version=0, reason="")


def holding(at: World, number: int, hand: Hand | None) -> World:
    return replace(at, hands=(hand, at.hands[1]) if number == 0 else (at.hands[0], hand))


def refuse_wrong(at: World) -> None:
    """What must hold in every world."""
    assert len(at.out) <= 1 + at.words, at  # nothing goes out twice, but by a person's word
    assert not at.row.message_id or at.row.message_id.removeprefix("m-") in at.out, at
    assert at.words or not at.out or at.row.state in MAYBE_OUT, at  # nothing that is out counts as certainly not out


def search(claims: int) -> set[World]:
    """All worlds that can come about; AssertionError at the first one that must not."""
    begin = World(alike(as_planned(delivery(), NOW)), claims)
    seen, edge = {begin}, [begin]
    while edge:
        found = {world for at in edge for world in nexts(at)} - seen
        for world in found:
            refuse_wrong(world)
        seen |= found
        edge = list(found)
    return seen


@pytest.mark.parametrize(("claims", "worlds"), [(2, 1_000), pytest.param(4, 40_000, marks=pytest.mark.slow)])
def test_no_way_leads_to_a_second_message(claims: int, worlds: int) -> None:
    seen = search(claims)
    assert len(seen) > worlds
    assert {world.row.state for world in seen} >= MAYBE_OUT - {State.DELIVERED, State.COMPLAINED}


def as_if_nobody_had_sent(self: Expire, row: Delivery, now: datetime, /) -> Delivery | Denied:
    """A lease that ran out while sending, taken for one that ran out before."""
    return Denied("no") if row.state is not State.SENDING or row.leased(now) else back_to_planned(row, "free again")


def whoever_was_refused(self: Refuse, row: Delivery, _now: datetime, /) -> Delivery | Denied:
    """A refusal that comes late, taken for one of the attempt that is out now."""
    return back_to_planned(row, "refused") if row.state in {State.SENDING, State.UNKNOWN} else Denied("no")


def without_a_person(self: Reopen, row: Delivery, _now: datetime, /) -> Delivery | Denied:
    """What is held, taken up again by whoever asks for it again."""
    return back_to_planned(row, "again") if row.state in {State.HELD, State.FAILED, State.CANCELLED} else Denied("no")


@pytest.mark.parametrize(
    ("event", "broken"), [(Expire, as_if_nobody_had_sent), (Refuse, whoever_was_refused), (Reopen, without_a_person)]
)
def test_a_broken_event_is_found(event: type[Event], broken: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event, "on", broken)
    with pytest.raises(AssertionError):
        search(claims=2)
