"""The feedback queue over HTTP: what is read is told and deleted after, what is not stays until it is put aside."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from quarterdeck.errors import FeedbackError
from quarterdeck.feedback import Backlog, Feed, Kind, MailEvent
from quarterdeck.feedback.sns import Envelopes
from quarterdeck.feedback.sqs import Queue
from tests.emulator import Emulator
from tests.postbox import NOW, TOPIC, authority, event, text

GREETING = "Successfully validated SNS topic for Amazon SES event publishing."


@pytest.fixture
def queue_of(emulator: Emulator) -> Callable[..., tuple[str, Any]]:
    """A queue with its dead-letter queue; its URL, and the client to write to it by."""

    def made(most_receives: int = 3, **attributes: str) -> tuple[str, Any]:
        sqs = emulator.aws().client("sqs")
        dead = sqs.create_queue(QueueName="feedback-dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": most_receives})
        url = sqs.create_queue(QueueName="feedback", Attributes={"RedrivePolicy": policy, **attributes})["QueueUrl"]
        return url, sqs

    return made


def feed(emulator: Emulator, url: str, *topics: str, hidden: int = 300) -> Feed:
    return Feed(Queue(emulator.aws(), url, wait_seconds=0, hidden_seconds=hidden), Envelopes(topics, authority().trust()))


def test_events_are_told_and_deleted_when_that_is_asked_for(emulator: Emulator, queue_of: Callable[..., Any]) -> None:
    url, sqs = queue_of()
    for document in (event("Send"), event("Delivery"), event("Open")):
        sqs.send_message(QueueUrl=url, MessageBody=text(document))
    sqs.send_message(QueueUrl=url, MessageBody=GREETING)
    heard = feed(emulator, url)
    batch = heard.receive(NOW)
    assert [len(each.told) for each in batch.heard].count(0) == 1  # the greeting says nothing
    told = [each for message in batch.heard for each in message.told]
    assert {each.kind for each in told if isinstance(each, MailEvent)} == {Kind.SEND, Kind.DELIVERY}
    assert heard.backlog() == Backlog(0, 4)
    heard.done(batch)
    assert heard.backlog() == Backlog(0, 0)
    assert heard.receive(NOW).is_empty


def test_signed_ones_come_through_a_topic(emulator: Emulator, queue_of: Callable[..., Any]) -> None:
    url, sqs = queue_of()
    sqs.send_message(QueueUrl=url, MessageBody=text(authority().seal(text(event("Send")))))
    sqs.send_message(QueueUrl=url, MessageBody=text(authority().seal(GREETING)))
    batch = feed(emulator, url, TOPIC).receive(NOW)
    assert sorted(len(each.told) for each in batch.heard) == [0, 1]


def test_more_than_one_request_can_take_are_deleted_together(emulator: Emulator, queue_of: Callable[..., Any]) -> None:
    url, sqs = queue_of()
    for number in range(23):
        sqs.send_message(QueueUrl=url, MessageBody=text(event("Send", message_id=f"m{number}")))
    heard = feed(emulator, url)
    receipts: list[str] = []
    while not (batch := heard.receive(NOW)).is_empty:
        receipts += [each.receipt for each in batch.heard]
    Queue(emulator.aws(), url).delete(receipts)
    assert len(receipts) == 23
    assert heard.backlog() == Backlog(0, 0)


def test_what_cannot_be_read_stays_and_is_put_aside_in_the_end(emulator: Emulator, queue_of: Callable[..., Any]) -> None:
    url, sqs = queue_of(most_receives=2)
    sqs.send_message(QueueUrl=url, MessageBody='{"eventType": NaN}')
    heard = feed(emulator, url, hidden=0)
    for receives in (1, 2):
        (refused,) = heard.receive(NOW).refused
        assert (refused.receives, refused.is_last_try, refused.passing) == (receives, receives == 2, False)
        assert "no JSON" in refused.problem.what
    assert heard.receive(NOW).is_empty
    dead = sqs.get_queue_url(QueueName="feedback-dead")["QueueUrl"]
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=dead)["Messages"]] == ['{"eventType": NaN}']


@pytest.mark.parametrize("how", ["before", "after", "error"])
def test_a_queue_that_cannot_be_reached_is_a_passing_fault(emulator: Emulator, queue_of: Callable[..., Any], how: str) -> None:
    url, _ = queue_of()
    emulator.fail("ReceiveMessage", how, times=9, status=503, code="ServiceUnavailable")
    with pytest.raises(FeedbackError) as caught:
        feed(emulator, url).receive(NOW)
    assert not caught.value.permanent


@pytest.mark.parametrize(("how", "left"), [("empty", Backlog(0, 1)), ("cut", Backlog(0, 1))])
def test_half_an_answer_looks_like_none_and_the_backlog_tells(
    emulator: Emulator, queue_of: Callable[..., Any], how: str, left: Backlog
) -> None:
    url, sqs = queue_of()
    sqs.send_message(QueueUrl=url, MessageBody=text(event("Send")))
    emulator.fail("ReceiveMessage", how)
    heard = feed(emulator, url)
    assert heard.receive(NOW).is_empty
    assert heard.backlog() == left


def test_a_queue_that_is_not_there_is_told(emulator: Emulator, queue_of: Callable[..., Any]) -> None:
    url, _ = queue_of()
    with pytest.raises(FeedbackError, match="NonExistentQueue") as caught:
        feed(emulator, url.replace("feedback", "elsewhere")).receive(NOW)
    assert caught.value.permanent
    assert "delivery.feedback.queue" in caught.value.problem.remedy


def test_what_the_queue_says_of_itself(emulator: Emulator, queue_of: Callable[..., Any]) -> None:
    url, sqs = queue_of(most_receives=7, MessageRetentionPeriod="1209600")
    keeping = feed(emulator, url).keeping
    assert (keeping.time, keeping.most_receives) == (timedelta(days=14), 7)
    plain = sqs.create_queue(QueueName="plain")["QueueUrl"]
    assert (feed(emulator, plain).keeping.time, feed(emulator, plain).keeping.most_receives) == (timedelta(days=4), None)
