"""The queue that the mail service's topics write to: a long poll, and deleting what was kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, TypeVar

from quarterdeck.aws import Aws, fault_of
from quarterdeck.errors import FeedbackError
from quarterdeck.feedback.documents import Document, read

T = TypeVar("T")
_MOST_AT_ONCE = 10  # of SQS
_WAITING = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible")


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came: the queue's id of it, the receipt to delete it by, and how often it was received by now."""

    id: str
    receipt: str
    body: str
    receives: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is in the queue: waiting to be received, and received by somebody who has not deleted it yet."""

    waiting: int
    in_hand: int


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long the queue keeps a message, and after how many receives it puts one aside; None where it never does."""

    time: timedelta
    most_receives: int | None


class Queue:
    """An SQS queue. FeedbackError, a passing one unless AWS refused, where it cannot be reached.

    `wait_seconds` is how long it waits for a message, which makes it ask all of SQS's servers; `hidden_seconds`, how long one
    that was received is shown to nobody else: time enough to keep what it says.
    """

    def __init__(self, aws: Aws, url: str, wait_seconds: int = 2, hidden_seconds: int = 300) -> None:
        self._aws, self._url, self._wait, self._hidden = aws, url, wait_seconds, hidden_seconds

    def receive(self) -> tuple[Received, ...]:
        """Some messages, or none where the queue has no more to give; they come again unless they are deleted."""
        answer = self._ask(
            lambda sqs: sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_MOST_AT_ONCE,
                WaitTimeSeconds=self._wait,
                VisibilityTimeout=self._hidden,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
        )
        return tuple(map(_received, answer.get("Messages", ())))

    def delete(self, receipts: Iterable[str]) -> None:
        """Delete what was received; what cannot be deleted comes again, and says nothing new then."""
        listed = list(receipts)
        for start in range(0, len(listed), _MOST_AT_ONCE):
            some = enumerate(listed[start : start + _MOST_AT_ONCE])
            self._delete([{"Id": str(number), "ReceiptHandle": receipt} for number, receipt in some])

    def _delete(self, entries: list[dict[str, str]]) -> None:
        self._ask(lambda sqs: sqs.delete_message_batch(QueueUrl=self._url, Entries=entries))

    def backlog(self) -> Backlog:
        """What is in the queue by now, as far as SQS knows."""
        told = self._attributes(*_WAITING)
        return Backlog(int(told[_WAITING[0]]) + int(told[_WAITING[1]]), int(told[_WAITING[2]]))

    @cached_property
    def keeping(self) -> Keeping:
        told = self._attributes("MessageRetentionPeriod", "RedrivePolicy")
        return Keeping(timedelta(seconds=int(told["MessageRetentionPeriod"])), _most_receives(told.get("RedrivePolicy")))

    def _attributes(self, *names: str) -> Mapping[str, str]:
        answer = self._ask(lambda sqs: sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=list(names)))
        attributes: Mapping[str, str] = answer["Attributes"]
        return attributes

    def _ask(self, question: Callable[[Any], T]) -> T:
        try:
            return question(self._aws.client("sqs"))
        except Exception as error:
            fault = fault_of(error)
            if fault is None:
                raise
            remedy = "see delivery.feedback.queue, and that this process may receive, delete and read its attributes"
            what = f"the feedback queue cannot be read: {fault.code}"
            raise FeedbackError(what, remedy=remedy, permanent=fault.answered and fault.status < 500) from None


def _received(message: Document) -> Received:
    receives = message.get("Attributes", {}).get("ApproximateReceiveCount", "1")
    return Received(message["MessageId"], message["ReceiptHandle"], message["Body"], int(receives))


def _most_receives(policy: str | None) -> int | None:
    """What a redrive policy says; SQS gives the number as text or as a number."""
    if not policy:
        return None
    try:
        return int(read(policy)["maxReceiveCount"])
    except (FeedbackError, KeyError, ValueError, TypeError):
        return None
