"""A portfolio that sends over SES, a queue in memory with a clock of its own, and deliveries on their way: for feedback."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from quarterdeck.addresses import Address
from quarterdeck.audit import Delivery
from quarterdeck.audit.happenings import Accept, Claim, Lose, Send
from quarterdeck.feedback import Backlog, Feed
from quarterdeck.feedback.sns import Envelopes
from quarterdeck.feedback.sqs import Keeping, Received
from quarterdeck.steps.feedback import FeedbackSummary, take_in
from quarterdeck.wiring import Parts, open_parts
from tests.postbox import NOW, authority, event, text
from tests.trails import delivery

MINUTE = timedelta(minutes=1)
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # no disk is asked: crashes of machines are not in play here
PORTFOLIO = """\
version: 1
portfolio: {name: Two companies, currency: USD}
delivery:
  channel: ses
  sender: reports@example.com
  operators: {to: []}
  channels: {ses: {configuration_set: quarterdeck}}
  feedback:
    queue: QUEUE
    canary_minutes: 60
    quiet_minutes: 15
    hold_minutes: 60
tenants:
  - id: alpha
    name: Alpha
    roles:
      ceo: {to: [ana@example.com], cc: [bea@example.com], bcc: [archive@example.com]}
      cfo: {to: [cfo@example.com]}
  - id: beta
    name: Beta
    roles:
      ceo: {to: [ana@example.com]}
"""
QUEUE = "https://sqs.us-west-2.amazonaws.com/123456789012/feedback"


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, minutes: float) -> None:
        self.now += minutes * MINUTE


@dataclass
class _Message:
    body: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    receives: int = 0
    hidden_until: datetime = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class MemoryQueue:
    """What an SQS queue does, in memory: it gives some messages, hides them for a while, puts them aside in the end."""

    clock: Clock
    at_once: int = 10
    most_receives: int | None = 3
    kept: timedelta = timedelta(days=4)
    messages: dict[str, _Message] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)

    def put(self, *documents: dict[str, Any] | str) -> None:
        for document in documents:
            made = _Message(document if isinstance(document, str) else text(document))
            self.messages[made.id] = made

    def receive(self) -> tuple[Received, ...]:
        for message in [each for each in self.messages.values() if self._is_spent(each)]:
            self.dead.append(self.messages.pop(message.id).body)
        shown = [message for message in self.messages.values() if message.hidden_until <= self.clock.now][: self.at_once]
        for message in shown:
            message.receives += 1
            message.hidden_until = self.clock.now + 5 * MINUTE
        return tuple(Received(each.id, each.id, each.body, each.receives) for each in shown)

    def delete(self, receipts: Iterable[str]) -> None:
        for receipt in receipts:
            self.messages.pop(receipt, None)

    def backlog(self) -> Backlog:
        hidden = sum(message.hidden_until > self.clock.now for message in self.messages.values())
        return Backlog(len(self.messages) - hidden, hidden)

    @property
    def keeping(self) -> Keeping:
        return Keeping(self.kept, self.most_receives)

    def _is_spent(self, message: _Message) -> bool:
        most = self.most_receives
        return most is not None and message.receives >= most and message.hidden_until <= self.clock.now


@dataclass
class Station:
    """A portfolio's parts with a clock, and the queue that it hears from."""

    parts: Parts
    clock: Clock
    queue: MemoryQueue
    topics: tuple[str, ...] = ()

    @property
    def feed(self) -> Feed:
        return Feed(self.queue, Envelopes(self.topics, authority().trust()))  # type: ignore[arg-type]

    def take_in(self, *documents: dict[str, Any] | str, limit: int = 10_000) -> FeedbackSummary:
        self.queue.put(*documents)
        return take_in(self.parts, limit, self.feed)

    def row(self, row: Delivery) -> Delivery:
        found = self.parts.audit.get(row.key)
        assert found is not None
        return found


def station(folder: Path, **changes: str) -> Station:
    """A fresh one in a folder; `changes` are of the portfolio's lines, by the key that each begins with."""
    written = PORTFOLIO.replace("QUEUE", QUEUE)
    for name, value in changes.items():
        written, found = re.subn(rf"(?m)^( *){name}:.*$", rf"\g<1>{name}: {value}", written)
        assert found == 1
    (folder / "portfolio.yaml").write_text(written, "utf-8")
    clock = Clock()
    parts = replace(open_parts(folder / "portfolio.yaml"), clock=clock)
    parts._channels["ses"] = QuietSes()
    return Station(parts, clock, MemoryQueue(clock))


@dataclass
class QuietSes:
    """A channel that only sends canaries, and remembers them."""

    kind: ClassVar[str] = "ses"
    canaries: list[str] = field(default_factory=list)
    fails: Exception | None = None

    def canary(self, sender: Address, name: str) -> str:
        assert sender.spec == "reports@example.com"
        if self.fails:
            raise self.fails
        self.canaries.append(name)
        return f"canary-{name}"

    def send(self, *_: object) -> Any:
        raise AssertionError("nothing is sent here")

    settle = send


# --- deliveries on their way ------------------------------------------------------------------------------------------


def sending(at: Station, **which: Any) -> Delivery:
    """A delivery over SES whose message may be going out right now."""
    row = delivery(channel="ses", **which)
    at.parts.audit.plan([row], at.clock.now)
    claimed = at.parts.audit.apply(row.key, Claim("one", MINUTE), at.clock.now)
    assert isinstance(claimed, Delivery), claimed
    begun = at.parts.audit.apply(row.key, Send(claimed.fence, f"{row.key[:24]}-{claimed.fence}"), at.clock.now)
    assert isinstance(begun, Delivery), begun
    return begun


def sent(at: Station, message_id: str = "m1", **which: Any) -> Delivery:
    row = sending(at, **which)
    done = at.parts.audit.apply(row.key, Accept(row.attempt, message_id), at.clock.now)
    assert isinstance(done, Delivery), done
    return done


def lost(at: Station, **which: Any) -> Delivery:
    """A delivery of which nobody knows whether it went out."""
    row = sending(at, **which)
    done = at.parts.audit.apply(row.key, Lose(row.fence, row.attempt, "the answer was lost"), at.clock.now)
    assert isinstance(done, Delivery), done
    return done


def about(row: Delivery, type: str, section: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """An event of SES about a delivery's latest attempt, tagged as the channel tags it."""
    tags = {
        "quarterdeck-report": row.report_id,
        "quarterdeck-revision": row.revision,
        "quarterdeck-attempt": row.attempt,
        "quarterdeck-tenant": row.tenant,
    }
    given = {"message_id": row.message_id or "m1", "reader": row.reader, "tags": tags, **changes}
    return event(type, section, **given)


def of_canary(name: str, at: datetime = NOW, type: str = "Send") -> dict[str, Any]:
    reader = "success@simulator.amazonses.com"
    return event(type, message_id=f"canary-{name}", reader=reader, at=at, tags={"quarterdeck-canary": name})
