"""Ways to deliver: the product's own, and those that a proof worth its name must find out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

import quarterdeck.aws
from quarterdeck.audit import AuditStore, Delivery
from quarterdeck.audit.happenings import Accept, Claim, Send
from quarterdeck.audit.states import OUT
from quarterdeck.delivery import Envelope, ses
from quarterdeck.steps.deliver import deliver
from quarterdeck.steps.sender import Sender
from quarterdeck.steps.turn import Turn
from tests.torture.world import Deliver, World

_LEASE = timedelta(minutes=1)


def product(world: World, owner: str) -> None:
    """The product's own way, without the turn that makes runs wait for each other: the states must do without it."""
    _deliver(world, owner, world.open(), None)


def undated(world: World, owner: str) -> None:
    """The product, before a mail service that takes signatures of any age."""
    product(world, owner)


def in_turn(world: World, owner: str) -> None:
    """The same with the turn, as a run has it."""
    audit, is_gone = world.open(), world.dead.__contains__
    patience = timedelta(seconds=2)
    turn = Turn(audit, "ses", owner, clock=world.clock, sleep=world.clock.sleep, is_gone=is_gone, patience=patience)
    _deliver(world, owner, audit, turn)


def unchecked(world: World, owner: str) -> None:
    """Broken: nobody looks at the lease again before the message goes out."""
    Sender._check = lambda self, row: None  # type: ignore[method-assign] # in this process only, which ends with it
    product(world, owner)


def retrying(world: World, owner: str) -> None:
    """Broken: the SDK as it comes, which tries a lost answer again by itself."""
    quarterdeck.aws._ATTEMPTS = {**quarterdeck.aws._ATTEMPTS, "once": 3}  # in this process only, too
    ses.watch = lambda *_: None  # type: ignore[attr-defined] # which would keep it from that even so
    world.aws = world.emulator.aws()
    product(world, owner)


def send_then_record(world: World, owner: str) -> None:
    """Broken: a crash between sends again."""
    audit, channel = world.open(), world.channel()
    for envelope, row in _to_do(world, audit):
        receipt = channel.send(envelope, f"{owner}-{row.version}", lambda: None)
        _record(world, audit, row.key, owner, receipt.message_id)


def record_then_send(world: World, owner: str) -> None:
    """Broken: a crash between never sends."""
    audit, channel = world.open(), world.channel()
    for envelope, row in _to_do(world, audit):
        _record(world, audit, row.key, owner, "soon")
        channel.send(envelope, f"{owner}-{row.version}", lambda: None)


def lease_only(world: World, owner: str) -> None:
    """Broken: an idempotency record as usually built, in progress for a while and then free for the next."""
    audit, channel = world.open(), world.channel()
    for envelope, row in _to_do(world, audit):
        claimed = audit.apply(row.key, Claim(owner, _LEASE), world.clock())
        if isinstance(claimed, Delivery):
            attempt = f"{owner}-{claimed.fence}"
            receipt = channel.send(envelope, attempt, lambda: None)
            audit.apply(row.key, Send(claimed.fence, attempt), world.clock())
            audit.apply(row.key, Accept(attempt, receipt.message_id), world.clock())


PROTOCOLS: Mapping[str, Deliver] = {
    it.__name__: it for it in (product, in_turn, undated, unchecked, retrying, send_then_record, record_then_send, lease_only)
}


def _deliver(world: World, owner: str, audit: AuditStore, turn: Turn | None) -> None:
    deliver(
        audit,
        world.channel(),
        world.parcels(),
        owner=owner,
        clock=world.clock,
        is_gone=world.dead.__contains__,
        turn=turn,
        sleep=world.clock.sleep,
    )


def _to_do(world: World, audit: AuditStore) -> Iterator[tuple[Envelope, Delivery]]:
    parcels = world.parcels()
    audit.plan([parcel.delivery for parcel in parcels], world.clock())
    for parcel in parcels:
        row = audit.get(parcel.key)
        if row is not None and row.state not in OUT:
            yield parcel.envelope, row


def _record(world: World, audit: AuditStore, key: str, owner: str, message_id: str) -> None:
    claimed = audit.apply(key, Claim(owner, _LEASE), world.clock())
    if isinstance(claimed, Delivery):
        attempt = f"{owner}-{claimed.fence}"
        audit.apply(key, Send(claimed.fence, attempt), world.clock())
        audit.apply(key, Accept(attempt, message_id), world.clock())
