"""The envelope in which SNS puts a message: opened only where its signature, its topic and its time hold.

A message that came without one (raw delivery) bears no signature: it is believed only where no topic is named in the
settings, and then because the queue's policy says who may write to it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from quarterdeck.errors import FeedbackError
from quarterdeck.feedback.certificates import Trust
from quarterdeck.feedback.documents import MOST_BYTES, Document, moment, read, text

_HASHES = {"1": SHA1, "2": SHA256}
_SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SLACK = timedelta(hours=1)  # between the clocks of SNS, the queue and this machine


class Envelopes:
    """Opens what SNS has closed. `topics` are the ARNs that may speak; without any, only open messages are believed."""

    def __init__(self, topics: Iterable[str], trust: Trust) -> None:
        self._topics, self._trust = frozenset(topics), trust

    def open(self, body: str, now: datetime, kept: timedelta) -> str:
        """The message inside; FeedbackError where it cannot be believed. `kept` is how long the queue keeps a message."""
        if not self._topics:
            return self._raw(body)
        document = read(body)
        if not _is_envelope(document):
            remedy = "switch off raw delivery of the subscription, or leave `topics` out"
            raise FeedbackError("the message bears no signature of a topic", remedy=remedy)
        return self._opened(document, now, kept)

    def _raw(self, body: str) -> str:
        if body.lstrip().startswith("{") and _is_envelope(read(body)):
            remedy = "name the topic under `delivery.feedback.topics`"
            raise FeedbackError("the message comes from a topic and no topic may speak", remedy=remedy)
        return body

    def _opened(self, envelope: Document, now: datetime, kept: timedelta) -> str:
        topic = text(envelope, "TopicArn")
        if topic not in self._topics:
            raise FeedbackError("the message comes from a topic that may not speak", remedy="see `delivery.feedback.topics`")
        if envelope["Type"] != "Notification":
            remedy = "only a person confirms or ends a subscription, in the console or by the API"
            raise FeedbackError("the message is about a subscription", remedy=remedy)
        at = moment(envelope, "Timestamp")
        self._verify(envelope, topic, at)
        if not now - kept - _SLACK <= at <= now + _SLACK:
            raise FeedbackError("the message is older than the queue keeps one, or of a time to come")
        return str(envelope["Message"])

    def _verify(self, envelope: Document, topic: str, at: datetime) -> None:
        """Raise FeedbackError unless SNS has signed all that is read of it."""
        hash = _HASHES.get(text(envelope, "SignatureVersion"))
        if hash is None:
            raise FeedbackError("the message's signature is of a version that is not known")
        try:
            signature = base64.b64decode(text(envelope, "Signature"), validate=True)
        except binascii.Error as error:
            raise FeedbackError("the message's signature is none") from error
        key = self._trust.key(text(envelope, "SigningCertURL"), topic, at)
        try:
            key.verify(signature, _signed(envelope), PKCS1v15(), hash())
        except InvalidSignature as error:
            raise FeedbackError("the message's signature does not hold") from error


def _is_envelope(document: Document) -> bool:
    return isinstance(document.get("Type"), str) and "TopicArn" in document


def _signed(envelope: Document) -> bytes:
    """What SNS signs of a notification: the names and values of its fields, a line each; a subject only where it has one."""
    lines: list[str] = []
    for name in _SIGNED:
        value = envelope.get(name)
        if value is None and name == "Subject":
            continue
        if not isinstance(value, str) or len(value) > MOST_BYTES:
            raise FeedbackError(f"the message has no {name} that can be used")
        lines += (name, value)
    return ("\n".join(lines) + "\n").encode()
