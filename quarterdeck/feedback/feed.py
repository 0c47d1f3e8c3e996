"""The way from a queue to events: what is read is told, what cannot be is told as refused, and nothing is lost between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from quarterdeck.errors import FeedbackError, Problem
from quarterdeck.feedback.documents import read
from quarterdeck.feedback.events import MailEvent, Unknown
from quarterdeck.feedback.ses_events import parse
from quarterdeck.feedback.sns import Envelopes
from quarterdeck.feedback.sqs import Backlog, Keeping, Queue, Received

_GREETING = "Successfully validated SNS topic"  # plain text, which SES sends when a topic is set up


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of the queue that was read, and what it says; nothing where it is a greeting."""

    id: str
    receipt: str
    told: tuple[MailEvent | Unknown, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """One message of the queue that was not read, and why. `is_last_try` says that the queue puts it aside after this one."""

    id: str
    problem: Problem
    passing: bool
    receives: int
    is_last_try: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that came together."""

    heard: tuple[Heard, ...]
    refused: tuple[Refused, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.heard or self.refused)


class Feed:
    """What the mail service tells, through a queue."""

    def __init__(self, queue: Queue, envelopes: Envelopes) -> None:
        self._queue, self._envelopes = queue, envelopes

    def receive(self, now: datetime) -> Batch:
        """Some messages, or an empty batch where there are no more."""
        heard: list[Heard] = []
        refused: list[Refused] = []
        for message in self._queue.receive():
            try:
                heard.append(Heard(message.id, message.receipt, self._read(message.body, now)))
            except FeedbackError as error:
                refused.append(self._refused(message, error))
        return Batch(tuple(heard), tuple(refused))

    def done(self, batch: Batch) -> None:
        """What a batch told is kept: its messages need not come again."""
        self._queue.delete(message.receipt for message in batch.heard)

    def backlog(self) -> Backlog:
        return self._queue.backlog()

    @property
    def keeping(self) -> Keeping:
        return self._queue.keeping

    def _read(self, body: str, now: datetime) -> tuple[MailEvent | Unknown, ...]:
        inside = self._envelopes.open(body, now, self._queue.keeping.time)
        if inside.lstrip().startswith(_GREETING):
            return ()
        told = parse(read(inside))
        return (told,) if isinstance(told, Unknown) else told

    def _refused(self, message: Received, error: FeedbackError) -> Refused:
        most = self._queue.keeping.most_receives
        is_last = most is not None and message.receives >= most
        return Refused(message.id, error.problem, not error.permanent, message.receives, is_last)
