"""What SES tells, in both dialects, as records of ours; and JSON that nobody should rely on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.errors import FeedbackError
from quarterdeck.feedback.documents import read
from quarterdeck.feedback.events import Kind, MailEvent, Unknown
from quarterdeck.feedback.ses_events import parse
from tests.postbox import MESSAGE_ID, NOW, event, stamp

TAGS = {"quarterdeck-report": "alpha_ceo_2026-10", "quarterdeck-attempt": "abc-1", "quarterdeck-tenant": "alpha"}
BOTH = ("eventType", "notificationType")


def only(document: dict[str, Any]) -> MailEvent:
    found = parse(read(json.dumps(document)))
    assert not isinstance(found, Unknown)
    (one,) = found
    return one


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize(
    ("type", "kind", "permanent", "said"),
    [
        ("Send", Kind.SEND, False, ""),
        ("Delivery", Kind.DELIVERY, False, "250 2.0.0 OK"),
        ("Bounce", Kind.BOUNCE, True, "Permanent, General, 5.1.1, smtp; 550 <ana@example.com> unknown"),
        ("Complaint", Kind.COMPLAINT, False, "abuse"),
        ("DeliveryDelay", Kind.DELAY, False, "MailboxFull, 4.2.2, smtp; 452 full"),
        ("Reject", Kind.REJECT, False, "Bad content"),
        ("Rendering Failure", Kind.RENDERING_FAILURE, False, "Attribute 'x' is not present"),
    ],
)
def test_each_type_in_both_dialects(dialect: str, type: str, kind: Kind, permanent: bool, said: str) -> None:
    found = only(event(type, dialect=dialect, tags=TAGS))
    assert (found.kind, found.permanent, found.said) == (kind, permanent, said)
    assert (found.message_id, found.recipient, found.at) == (MESSAGE_ID, "ana@example.com", NOW)
    assert (found.report_id, found.attempt, found.tenant, found.canary) == ("alpha_ceo_2026-10", "abc-1", "alpha", "")


@pytest.mark.parametrize("type", ["Permanent", "Transient", "Undetermined", "SomethingNew"])
def test_only_a_permanent_bounce_is_one_for_good(type: str) -> None:
    assert only(event("Bounce", {"bounceType": type})).permanent is (type == "Permanent")


def test_a_complaint_that_is_taken_back_is_none() -> None:
    assert only(event("Complaint", {"complaintFeedbackType": "not-spam"})).kind is Kind.WANTED
    assert only(event("Complaint", {"complaintFeedbackType": None})).kind is Kind.COMPLAINT


def test_a_canary_bears_its_name() -> None:
    assert only(event("Send", tags={"quarterdeck-canary": "c1"})).canary == "c1"


def test_the_time_is_the_events_own_and_in_utc() -> None:
    later = only(event("Delivery", {"timestamp": "2026-11-04T14:30:00.250+02:00"}))
    assert later.at == datetime(2026, 11, 4, 12, 30, 0, 250_000, UTC)


@pytest.mark.parametrize("address", ["ANA@Example.com", "Ana Ruiz <ana@example.com>", "<ana@example.com>", " ana@example.com "])
def test_addresses_can_be_compared(address: str) -> None:
    assert only(event("Delivery", {"recipients": [address]})).recipient == "ana@example.com"


def test_several_recipients_are_an_event_each() -> None:
    found = parse(event("Delivery", {"recipients": ["bea@example.com", "ana@example.com", "Bea@example.com"]}))
    assert not isinstance(found, Unknown)
    assert [each.recipient for each in found] == ["ana@example.com", "bea@example.com"]
    assert len({each.id for each in found}) == 2


def test_what_servers_say_is_one_line_that_a_terminal_can_show() -> None:
    told = {"smtpResponse": "250 OK\r\n\x1b[2J\u202eevil\x00 \u2028end" + "x" * 3000}
    said = only(event("Delivery", told)).said
    assert said.startswith("250 OK [2J evil end")
    assert said.isprintable()
    assert len(said) == 2000


def test_fields_that_are_not_known_do_not_matter() -> None:
    plain, rich = event("Bounce"), event("Bounce", {"remoteMtaIp": "192.0.2.1", "new": {"deep": [1, {"x": None}]}})
    assert only({**rich, "more": True}) == only(plain)


# --- the id -----------------------------------------------------------------------------------------------------------


def test_the_same_event_has_the_same_id_however_it_is_written() -> None:
    one = event("Bounce", tags=TAGS)
    again = dict(reversed(one.items()))
    assert only(one).id == only(again).id


DIFFERENT: list[dict[str, Any]] = [
    event("Bounce", tags=TAGS),
    event("Bounce", {"feedbackId": "f2"}, tags=TAGS),
    event("Bounce", tags={**TAGS, "quarterdeck-attempt": "abc-2"}),
    event("Bounce"),
    event("Bounce", message_id="m2", tags=TAGS),
    event("Complaint", {"feedbackId": f"f-{stamp(NOW)}"}, tags=TAGS),
    event("Delivery", tags=TAGS),
    event("Delivery", at=NOW + timedelta(milliseconds=1), tags=TAGS),
    event("Send", tags=TAGS),
]


def test_different_events_have_different_ids() -> None:
    assert len({only(document).id for document in DIFFERENT}) == len(DIFFERENT)


def test_no_id_holds_an_address() -> None:
    """An id goes into the chain for good; of a digest over an address it could be found out."""
    assert only(event("Send", reader="ana@example.com")).id == only(event("Send", reader="bea@example.com")).id


# --- what says nothing to us, and what nobody should read --------------------------------------------------------------


@pytest.mark.parametrize("dialect", BOTH)
def test_other_types_are_kept_as_unknown(dialect: str) -> None:
    found = parse(event("Open", dialect=dialect))
    assert isinstance(found, Unknown)
    assert (found.type, found.message_id) == ("Open", MESSAGE_ID)


def test_the_greeting_of_an_identity_is_unknown_too() -> None:
    found = parse({"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "You have successfully subscribed"})
    assert isinstance(found, Unknown)
    assert (found.type, found.message_id) == ("AmazonSnsSubscriptionSucceeded", "")


def mail(**changes: Any) -> Callable[[], dict[str, Any]]:
    def made() -> dict[str, Any]:
        document = event("Send", tags=TAGS)
        return {**document, "mail": {**document["mail"], **changes}}

    return made


def part(type: str, **changes: Any) -> Callable[[], dict[str, Any]]:
    return lambda: event(type, changes)


BAD: dict[str, Callable[[], dict[str, Any]]] = {
    "nothing": dict,
    "no type": lambda: {"mail": event("Send")["mail"]},
    "two types": lambda: {**event("Send"), "notificationType": "Delivery"},
    "a type of markup": lambda: {**event("Send"), "eventType": "<b>"},
    "no mail": lambda: {"eventType": "Send"},
    "a mail that is a list": lambda: {"eventType": "Send", "mail": []},
    "no section": lambda: {"eventType": "Bounce", "mail": event("Send")["mail"]},
    "a section that is text": lambda: {**event("Bounce"), "bounce": "General"},
    "no message id": mail(messageId=None),
    "a message id with a line end": mail(messageId="a\nb"),
    "a message id that is a path": mail(messageId="../../etc"),
    "a message id that is an address": mail(messageId="ana@example.com"),
    "no time": mail(timestamp=None),
    "a time that is none": mail(timestamp="soon"),
    "a time without a zone": mail(timestamp="2026-11-04T12:00:00"),
    "a time before all time": mail(timestamp="0001-01-01T00:00:00+14:00"),
    "no recipients": mail(destination=[]),
    "recipients that are text": mail(destination="ana@example.com"),
    "a recipient that is a number": mail(destination=[1]),
    "a recipient of nothing": mail(destination=[" "]),
    "a recipient with a line end": mail(destination=["ana@example.com\r\nBcc: x@example.com"]),
    "a recipient without an end": mail(destination=["a" * 400]),
    "too many recipients": mail(destination=[f"r{number}@example.com" for number in range(51)]),
    "a tag that is text": mail(tags={"quarterdeck-attempt": "abc-1"}),
    "a tag of two values": mail(tags={"quarterdeck-attempt": ["abc-1", "abc-2"]}),
    "a tag of markup": mail(tags={"quarterdeck-report": ["alpha' OR 1=1"]}),
    "a bounce without a type": part("Bounce", bounceType=None),
    "bounced recipients that are texts": part("Bounce", bouncedRecipients=["ana@example.com"]),
    "bounced recipients that are none": part("Bounce", bouncedRecipients=[{}]),
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD.keys())
def test_what_lacks_what_an_event_must_have_is_refused(make: Callable[[], dict[str, Any]]) -> None:
    with pytest.raises(FeedbackError) as caught:
        parse(make())
    assert caught.value.permanent
    assert "@" not in str(caught.value)


HOSTILE = {
    "no JSON": "Successfully",
    "empty": "",
    "a list": "[]",
    "a text": '"x"',
    "not a number": '{"a": NaN}',
    "infinite": '{"a": -Infinity}',
    "out of range": '{"a": 1e999}',
    "too many digits": '{"a": ' + "9" * 5000 + "}",
    "a key twice": '{"eventType": "Send", "eventType": "Bounce"}',
    "a key twice inside": '{"a": [{"b": 1, "b": 1}]}',
    "very deep": '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "half a pair": '{"a": "\\ud800"}',
    "cut off": '{"a": {"b": 1}',
    "too long": '{"a": "' + "x" * 2**20 + '"}',
    "a byte order mark": '\ufeff{"a": 1}',
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_json_that_can_be_read_in_two_ways_is_not_read(body: str) -> None:
    with pytest.raises(FeedbackError):
        read(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted({"Send", "Delivery", "Bounce", "Complaint", "DeliveryDelay", "Reject"})), st.data())
def test_whatever_stands_in_an_event_it_is_read_or_refused(type: str, data: st.DataObject) -> None:
    """Any field of an event replaced by anything at all: never another error than ours."""
    document = event(type, tags=TAGS)
    section = next(name for name in document if name not in ("eventType", "mail"))
    holder = document[data.draw(st.sampled_from(["mail", section]))]
    if holder:
        holder[data.draw(st.sampled_from(sorted(holder)))] = data.draw(JSON)
    try:
        found = parse(read(json.dumps(document)))
    except FeedbackError:
        return
    assert not isinstance(found, Unknown)
    assert all(each.recipient and each.message_id and each.at.tzinfo for each in found)
