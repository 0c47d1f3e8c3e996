"""Envelopes of SNS: opened where topic, signature and time hold, and refused whatever else is tried."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from quarterdeck.errors import FeedbackError
from quarterdeck.feedback.sns import Envelopes
from tests.postbox import CERTIFICATE, NOW, TOPIC, Authority, authority, stamp, text

KEPT = timedelta(days=4)
HOUR = timedelta(hours=1)
OTHER = TOPIC.replace("quarterdeck-mail", "somebody-else")


def opened(envelope: dict[str, Any] | str, *topics: str) -> str:
    envelopes = Envelopes(topics or (TOPIC,), authority().trust())
    return envelopes.open(envelope if isinstance(envelope, str) else text(envelope), NOW, KEPT)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", [None, "Amazon SES Email Event Notification"])
def test_what_a_topic_has_signed_is_opened(version: str, subject: str | None) -> None:
    assert opened(authority().seal('{"eventType":"Send"}', version, Subject=subject)) == '{"eventType":"Send"}'


def test_a_subject_of_null_is_none() -> None:
    assert opened({**authority().seal("x"), "Subject": None}) == "x"


def test_fields_that_are_not_known_do_not_matter() -> None:
    assert opened({**authority().seal("x"), "MessageAttributes": {"a": {"Type": "String", "Value": "b"}}}) == "x"


@pytest.mark.parametrize("age", [-HOUR, timedelta(0), KEPT, KEPT + HOUR])
def test_it_may_be_as_old_as_the_queue_keeps_it_and_an_hour(age: timedelta) -> None:
    assert opened(authority().seal("x", Timestamp=stamp(NOW - age))) == "x"


@pytest.mark.parametrize("age", [-HOUR - timedelta(seconds=1), KEPT + HOUR + timedelta(seconds=1)])
def test_stale_ones_and_those_of_a_time_to_come_are_refused(age: timedelta) -> None:
    with pytest.raises(FeedbackError, match="older than the queue keeps one"):
        opened(authority().seal("x", Timestamp=stamp(NOW - age)))


def changed(**changes: Any) -> Callable[[], dict[str, Any]]:
    """A good envelope that somebody changed on the way."""
    return lambda: {**authority().seal("x"), **changes}


def signed(**changes: Any) -> Callable[[], dict[str, Any]]:
    """An envelope with something else in it, and a good signature over that."""
    return lambda: authority().seal("x", **changes)


def without(name: str) -> Callable[[], dict[str, Any]]:
    return lambda: {key: value for key, value in authority().seal("x").items() if key != name}


FORGED: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "another message": (changed(Message="y"), "does not hold"),
    "another id": (changed(MessageId="other"), "does not hold"),
    "another time": (changed(Timestamp=stamp(NOW + HOUR)), "does not hold"),
    "a subject put in": (changed(Subject="hello"), "does not hold"),
    "signed as version 2, shown as 1": (changed(SignatureVersion="1"), "does not hold"),
    "no signature": (changed(Signature=""), "no Signature"),
    "a signature that is no base64": (changed(Signature="!!!!"), "is none"),
    "a signature of something else": (changed(Signature="AAAA"), "does not hold"),
    "a version that is not known": (changed(SignatureVersion="3"), "not known"),
    "a version that is a number": (changed(SignatureVersion=2), "no SignatureVersion"),
    "a message that is an object": (changed(Message={"eventType": "Send"}), "no Message"),
    "a subject that is a list": (changed(Subject=["a"]), "no Subject"),
    "a time that is none": (changed(Timestamp="yesterday"), "is no time"),
    "a time without a zone": (changed(Timestamp="2026-11-04T12:00:00"), "is no time"),
    "another topic, well signed": (signed(TopicArn=OTHER), "may not speak"),
    "another topic, put in": (changed(TopicArn=OTHER), "may not speak"),
    "a topic that is a list": (changed(TopicArn=[TOPIC]), "no TopicArn"),
    "a certificate elsewhere": (signed(SigningCertURL="https://evil.example/a.pem"), "not where SNS"),
    "a confirmation": (signed(Type="SubscriptionConfirmation", SubscribeURL="https://x"), "about a subscription"),
    "the end of a subscription": (signed(Type="UnsubscribeConfirmation"), "about a subscription"),
    "a type of its own": (signed(Type="Order"), "about a subscription"),
    **{f"no {name}": (without(name), name) for name in ("Message", "MessageId", "Timestamp", "SignatureVersion", "Signature")},
    "no certificate": (without("SigningCertURL"), "SigningCertURL"),
    "no type": (without("Type"), "bears no signature"),
    "no topic": (without("TopicArn"), "bears no signature"),
}


@pytest.mark.parametrize(("make", "says"), FORGED.values(), ids=FORGED.keys())
def test_what_is_not_as_it_was_signed_is_refused(make: Callable[[], dict[str, Any]], says: str) -> None:
    with pytest.raises(FeedbackError, match=says) as caught:
        opened(make())
    assert caught.value.permanent


def test_somebody_elses_signature_does_not_count() -> None:
    with pytest.raises(FeedbackError, match="does not hold"):
        opened({**authority().seal("x"), "Signature": Authority().sign(authority().seal("x"))})


def test_a_type_that_was_swapped_is_refused() -> None:
    """A signed confirmation must not pass as a notification: the type is signed, too."""
    sealed = authority().seal("x", Type="SubscriptionConfirmation")
    with pytest.raises(FeedbackError, match="does not hold"):
        opened({**sealed, "Type": "Notification"})


def test_nothing_is_fetched_for_a_topic_that_may_not_speak() -> None:
    authority().fetched.clear()
    with pytest.raises(FeedbackError):
        opened(authority().seal("x", TopicArn=OTHER))
    assert CERTIFICATE not in authority().fetched


def test_where_topics_are_named_an_open_message_is_refused() -> None:
    with pytest.raises(FeedbackError, match="bears no signature") as caught:
        opened('{"eventType":"Send"}')
    assert "raw delivery" in caught.value.problem.remedy


@pytest.mark.parametrize("body", ['{"eventType":"Send"}', "Successfully validated SNS topic for Amazon SES event publishing."])
def test_where_no_topic_is_named_open_messages_are_believed(body: str) -> None:
    assert Envelopes((), authority().trust()).open(body, NOW, KEPT) == body


def test_where_no_topic_is_named_a_closed_one_says_what_to_do() -> None:
    with pytest.raises(FeedbackError, match="no topic may speak") as caught:
        Envelopes((), authority().trust()).open(text(authority().seal("x")), NOW, KEPT)
    assert "delivery.feedback.topics" in caught.value.problem.remedy
