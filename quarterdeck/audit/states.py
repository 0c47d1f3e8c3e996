"""The life of one delivery, as pure functions: a row and an event give the next row, or the reason why not.

    awaiting_approval ─ Approve ─▶ planned ─ Claim ─▶ claimed ─ Send ─▶ sending ─ Accept ─▶ sent ─ Hear ─▶ delivered …
                                      ▲                  │                 │
                                      ├──── Unclaim ─────┘                 ├─ Refuse ─▶ planned, or failed for good
                                      │                                    └─ Lose, Expire ─▶ unknown ─ Hold ─▶ held
                                      └── Release (it certainly is not out), Resolve (a person decides) ──┘

`sending` is the point of no return: from there on the message may be out, and only the answer of the channel, proof, or a
person leads back to `planned`. A store applies `step` and its write in one transaction, or on condition that `version`
is still the one that was read; both make two owners take turns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from quarterdeck.audit.masking import nameless
from quarterdeck.errors import AuditError


class State(StrEnum):
    """Where a delivery stands."""

    AWAITING_APPROVAL = "awaiting_approval"
    PLANNED = "planned"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNKNOWN = "unknown"
    HELD = "held"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    FAILED = "failed"


_MAX_REASON = 500
_S = State
TRANSITIONS: Mapping[State, frozenset[State]] = {
    _S.AWAITING_APPROVAL: frozenset({_S.AWAITING_APPROVAL, _S.PLANNED, _S.CANCELLED}),
    _S.PLANNED: frozenset({_S.PLANNED, _S.CLAIMED, _S.SENT, _S.SKIPPED, _S.CANCELLED, _S.FAILED}),
    _S.CLAIMED: frozenset({_S.CLAIMED, _S.SENDING, _S.PLANNED, _S.SENT}),
    _S.SENDING: frozenset({_S.SENDING, _S.SENT, _S.PLANNED, _S.FAILED, _S.UNKNOWN}),
    _S.UNKNOWN: frozenset({_S.SENT, _S.PLANNED, _S.FAILED, _S.HELD}),
    _S.HELD: frozenset({_S.HELD, _S.SENT, _S.PLANNED}),
    _S.SENT: frozenset({_S.SENT, _S.DELIVERED, _S.BOUNCED, _S.COMPLAINED}),
    _S.DELIVERED: frozenset({_S.BOUNCED, _S.COMPLAINED}),
    _S.BOUNCED: frozenset({_S.COMPLAINED}),
    _S.COMPLAINED: frozenset(),
    _S.SKIPPED: frozenset(),
    _S.CANCELLED: frozenset({_S.PLANNED, _S.AWAITING_APPROVAL}),
    _S.FAILED: frozenset({_S.PLANNED}),
}
OUT = frozenset({_S.SENT, _S.DELIVERED, _S.BOUNCED, _S.COMPLAINED})  # the channel has taken the message


@dataclass(frozen=True, slots=True)
class Delivery:
    """One report to one reader over one channel.

    `fence` counts the claims, so that an owner who lost his lease is known by his old number; `attempts` are the ids of
    all tries whose message may have gone out; `version` counts the changes of the row. Times are aware, in UTC.
    """

    key: str
    report_id: str
    revision: str
    tenant: str
    role: str
    period: str
    channel: str
    reader: str
    content_sha256: str
    state: State = State.PLANNED
    owner: str = ""
    lease_until: datetime | None = None
    fence: int = 0
    attempt: str = ""
    attempts: tuple[str, ...] = ()
    message_id: str = ""
    not_before: datetime | None = None
    updated_at: datetime | None = None
    reason: str = ""
    version: int = 0

    def leased(self, now: datetime) -> bool:
        """Whether its owner's lease still runs."""
        return self.lease_until is not None and now < self.lease_until


def delivery_key(report_id: str, revision: str, channel: str, reader: str) -> str:
    """The unit that goes out at most once: sha256 over its four names, each closed off from the next.

    Upper and lower case make no other reader: a setting that is only written differently must not send anew.
    """
    return hashlib.sha256(f"{report_id}\0{revision}\0{channel}\0{reader.lower()}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Denied:
    """An event that does not apply to the row as it stands, and why."""

    why: str
    row: Delivery | None = None


class Event(Protocol):
    """Something that happens to a delivery; `on` gives the changed row or Denied, `step` does the rest.

    What an event holds goes into the trail, so it holds nothing secret and no address.
    """

    def on(self, row: Delivery, now: datetime, /) -> Delivery | Denied: ...


def step(row: Delivery, event: Event, now: datetime) -> Delivery | Denied:
    """The row after an event at a moment, or Denied with the row as it stands."""
    after = event.on(row, now)
    if isinstance(after, Denied):
        return Denied(after.why, row)
    if after.state not in TRANSITIONS[row.state]:
        return Denied(f"{row.state} does not become {after.state}", row)
    return replace(after, updated_at=now, version=row.version + 1, reason=_reason(after))


def back_to_planned(row: Delivery, reason: str, not_before: datetime | None = None) -> Delivery:
    """The row free for a new claim; what was tried stays on record."""
    return replace(row, state=State.PLANNED, owner="", lease_until=None, reason=reason, not_before=not_before)


def now_sent(row: Delivery, message_id: str, reason: str = "") -> Delivery:
    return replace(row, state=State.SENT, owner="", lease_until=None, message_id=message_id, reason=reason)


def as_planned(wanted: Delivery, now: datetime) -> Delivery:
    """The first row of a delivery; AuditError where it is not a fresh one under its own key."""
    if wanted.key != delivery_key(wanted.report_id, wanted.revision, wanted.channel, wanted.reader):
        raise AuditError(f"the key of a delivery of {wanted.report_id} is not its own")
    if wanted.state not in {State.PLANNED, State.AWAITING_APPROVAL} or wanted.fence or wanted.attempts:
        raise AuditError(f"a delivery of {wanted.report_id} cannot be planned as {wanted.state}")
    return replace(wanted, updated_at=now, version=1)


def _reason(row: Delivery) -> str:
    """The reason as the trail may keep it: one line of valid text, without the addresses that servers like to quote."""
    line = " ".join(nameless(row.reader, row.reason).split())
    return line if len(line) <= _MAX_REASON else f"{line[: _MAX_REASON - 1]}…"
