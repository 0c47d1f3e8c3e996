"""Sending over SES and hearing of it through SQS, both over real HTTP: lost answers, proof, bounces, canaries."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.audit import Delivery, State
from quarterdeck.audit.records import Filter
from quarterdeck.feedback import Feed
from quarterdeck.feedback.sns import Envelopes
from quarterdeck.feedback.sqs import Queue
from quarterdeck.steps.deliver import DeliveryCounts, deliver
from quarterdeck.steps.feedback import FeedbackSummary, take_in
from quarterdeck.steps.parcel import Parcel
from quarterdeck.steps.suppression import suppressed
from quarterdeck.wiring import Parts, open_parts
from tests.emulator import REGION, Emulator
from tests.feeding import PORTFOLIO, Clock
from tests.handbook import page, section
from tests.parcels import SENDER, envelope
from tests.postbox import event, text


class House:
    """A portfolio that sends over the emulator's SES and hears from its SQS."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.emulator, self.clock = emulator, Clock()
        aws = emulator.aws()
        aws.client("sesv2").create_email_identity(EmailIdentity=SENDER.spec)
        aws.client("sesv2").create_configuration_set(ConfigurationSetName="quarterdeck")
        self.sqs = aws.client("sqs")
        self.queue = self.sqs.create_queue(QueueName="feedback")["QueueUrl"]
        (folder / "portfolio.yaml").write_text(PORTFOLIO.replace("QUEUE", self.queue), "utf-8")
        self.parts: Parts = replace(open_parts(folder / "portfolio.yaml"), clock=self.clock)
        self.parts.__dict__["feed"] = Feed(Queue(aws, self.queue, wait_seconds=0), Envelopes((), None))  # type: ignore[arg-type]

    def deliver(self) -> DeliveryCounts:
        parcel = Parcel.of(envelope(channel="ses"), "ses")
        return deliver(self.parts.audit, self.parts.channel, [parcel], owner="one", clock=self.clock)

    def tell(self, mail: dict[str, Any], *types: str) -> None:
        """What SES tells of a mail that it took: with its id and its tags."""
        for type in types:
            document = event(type, message_id=mail["id"], reader=mail["destinations"][0], tags=mail["tags"])
            self.sqs.send_message(QueueUrl=self.queue, MessageBody=text(document))

    def take_in(self, minutes: int = 0) -> FeedbackSummary:
        self.clock.pass_by(minutes)
        return take_in(self.parts)

    def mails(self, *, canaries: bool = False) -> list[dict[str, Any]]:
        return [mail for mail in self.emulator.mails() if ("quarterdeck-canary" in mail["tags"]) is canaries]

    @property
    def row(self) -> Delivery:
        (row,) = self.parts.audit.list(Filter())
        return row


@pytest.fixture
def house(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
    monkeypatch.setenv("AWS_REGION", REGION)
    return House(tmp_path, emulator)


def test_a_lost_answer_is_settled_by_its_event_and_nothing_is_sent_twice(house: House) -> None:
    house.emulator.fail("SendEmail", "after")
    assert house.deliver().unknown == 1
    (mail,) = house.mails()
    house.tell(mail, "Delivery", "Send")
    assert house.take_in().counts["delivered"] == 1
    assert (house.row.state, house.row.message_id) == (State.DELIVERED, mail["id"])
    assert house.deliver().already == 1
    assert len(house.mails()) == 1


def test_a_message_that_never_arrived_is_sent_again_when_a_canary_is_back(house: House) -> None:
    house.emulator.fail("SendEmail", "error", status=500, code="InternalFailure")
    assert house.deliver().unknown == 1
    assert house.mails() == []
    assert house.take_in(15).counts["canaries"] == 1
    (canary,) = house.mails(canaries=True)
    assert canary["destinations"] == ["success@simulator.amazonses.com"]
    house.tell(canary, "Send", "Delivery")
    assert house.take_in(15).counts["released"] == 0
    assert house.take_in(15).counts["released"] == 1
    assert house.deliver().sent == 1
    (mail,) = house.mails()
    house.tell(mail, "Send", "Delivery")
    house.take_in()
    assert house.row.state is State.DELIVERED
    assert house.parts.audit.verify().ok


def test_a_message_that_is_out_is_not_sent_again_however_late_its_event_comes(house: House) -> None:
    house.emulator.fail("SendEmail", "after")
    house.deliver()
    house.take_in(15)
    (canary,), (mail,) = house.mails(canaries=True), house.mails()
    house.tell(canary, "Send")
    house.take_in(15)
    house.tell(mail, "Send")
    assert house.take_in(15).counts["accepted"] == 1
    assert house.deliver().already == 1
    assert len(house.mails()) == 1


def test_a_bounce_ends_sending_to_its_reader(house: House) -> None:
    house.deliver()
    (mail,) = house.mails()
    house.tell(mail, "Send", "Bounce")
    found = house.take_in()
    assert [problem.what.partition(":")[0] for problem in found.problems] == ["alpha_ceo_2026-10 over ses bounced for good"]
    assert list(suppressed(house.parts)) == ["ana@example.com"]


def test_a_canary_that_is_refused_is_told(house: House) -> None:
    house.emulator.ses(sending=False)
    (problem,) = house.take_in().problems
    assert problem.what.startswith("no canary could be sent:")


def documents() -> list[dict[str, Any]]:
    """The handbook's documents on the queue: what it is made with, who writes to it, who may read it."""
    return [
        json.loads(found) for found in re.findall(r"```json\n(.*?)```", section(page("delivery.md"), "Feedback"), re.DOTALL)
    ]


def statement(sid: str) -> dict[str, Any]:
    (found,) = (each for document in documents() for each in document.get("Statement", ()) if each["Sid"] == sid)
    return dict(found)


def test_the_rights_in_the_handbook_are_those_that_are_used(house: House) -> None:
    house.sqs.send_message(QueueUrl=house.queue, MessageBody=text(event("Send")))
    house.sqs.send_message(QueueUrl=house.queue, MessageBody="{")
    house.emulator.no_faults()
    house.take_in()
    used = {call["operation"] for call in house.emulator.calls()} - {"SendEmail", "GetAccount"}
    assert {f"sqs:{operation.removesuffix('Batch')}" for operation in used} == set(statement("Hear")["Action"])


def test_the_queue_of_the_handbook_can_be_made_and_only_its_topic_writes_to_it(house: House) -> None:
    (attributes,) = (document for document in documents() if "RedrivePolicy" in document)
    house.sqs.create_queue(QueueName="quarterdeck-feedback-dead")
    attributes["RedrivePolicy"] = attributes["RedrivePolicy"].replace("111122223333", "123456789012")
    url = house.sqs.create_queue(QueueName="quarterdeck-feedback", Attributes=attributes)["QueueUrl"]
    keeping = Queue(house.emulator.aws(), url).keeping
    assert (keeping.time, keeping.most_receives) == (timedelta(days=14), 5)
    writes = statement("OnlyTheTopicWrites")
    assert (writes["Principal"], writes["Action"]) == ({"Service": "sns.amazonaws.com"}, "sqs:SendMessage")
    assert writes["Condition"]["ArnEquals"]["aws:SourceArn"].startswith("arn:aws:sns:")
