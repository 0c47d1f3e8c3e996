"""The feed of events as the product has it: SES tells a queue of SQS, and a process of its own takes in what it told.

Imported only where it is played with: it brings all of the product, and processes that hold less fork faster.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from quarterdeck.feedback import Feed
from quarterdeck.feedback.certificates import Trust
from quarterdeck.feedback.sns import Envelopes
from quarterdeck.feedback.sqs import Queue
from quarterdeck.steps.feedback import take_in
from quarterdeck.wiring import open_parts
from tests.feeding import PORTFOLIO
from tests.forks import FAILED
from tests.postbox import event
from tests.torture.tripwire import Tripwire

if TYPE_CHECKING:
    from tests.torture.world import World

_TRIES = 20  # of one message, before the queue puts it aside: more than there are dead listeners in a scenario


class Listening:
    """Both ends of the queue."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sqs = world.own.client("sqs")
        world.aws.client("sqs")  # for the children to start with
        file = world.home.with_name("portfolio.yaml")
        file.write_text(PORTFOLIO.replace("QUEUE", "https://sqs.us-east-1.amazonaws.com/123456789012/feedback"), "utf-8")
        self._parts = replace(open_parts(file), clock=world.clock)
        self._url = ""
        self._told: set[str] = set()

    def begin(self) -> None:
        """An empty queue, on an emulator that has forgotten everything."""
        self._told.clear()
        with self._world.clock.ruling():
            dead = self._sqs.create_queue(QueueName="feedback-dead")["QueueUrl"]
            arn = self._sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": _TRIES})
            self._url = self._sqs.create_queue(QueueName="feedback", Attributes={"RedrivePolicy": policy})["QueueUrl"]

    def hear(self, tripwire: Tripwire | None = None) -> None:
        """Let SES tell of all mails that it has not told of yet, and a process of its own take in what is in the queue."""
        self._tell()
        code = self._world.child("feed", self.listen, tripwire).wait()
        if code == FAILED:
            raise AssertionError(self._world.complaints())

    def listen(self) -> None:
        """Take in all that the queue tells. What a dead process had in hand comes to the next one at once, not in minutes."""
        world = self._world
        self._parts.__dict__["audit"] = world.open()  # where the parts keep what they have made
        self._parts._channels["ses"] = world.channel()
        queue = Queue(world.aws, self._url, wait_seconds=0, hidden_seconds=0)
        summary = take_in(self._parts, feed=Feed(queue, Envelopes((), Trust(tuple))))
        if summary.counts["refused"]:
            raise AssertionError(summary.problems)

    def _tell(self) -> None:
        """The later mails first, and of each the later event: there is no order to count on."""
        with self._world.clock.ruling():
            for mail in reversed(self._world.emulator.mails()):
                if mail["id"] not in self._told:
                    self._told.add(mail["id"])
                    for document in _events(mail, self._world.clock()):
                        self._sqs.send_message(QueueUrl=self._url, MessageBody=json.dumps(document))


def _events(mail: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    about = {"message_id": mail["id"], "reader": mail["destinations"][0], "at": now, "tags": mail["tags"]}
    return [event(type, **about) for type in ("Delivery", "Send")]
