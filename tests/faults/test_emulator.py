"""The emulator where it stands in for what moto lacks: it must not be kinder than AWS, or a green test means nothing."""

from __future__ import annotations

import socket
import urllib.error
from contextlib import closing
from typing import Any

import pytest

from quarterdeck.aws import fault_of
from tests.channels import mail_service
from tests.emulator import Emulator
from tests.parcels import MESSAGE


@pytest.fixture
def client(emulator: Emulator) -> Any:
    made = mail_service(emulator.url).client("sesv2", "once")
    made.create_email_identity(EmailIdentity="example.com")
    return made


def send(client: Any, to: str | list[str] = "ana@example.com", message: bytes = MESSAGE, **more: Any) -> str:
    readers = [to] if isinstance(to, str) else to
    told = client.send_email(Destination={"ToAddresses": readers}, Content={"Raw": {"Data": message}}, **more)
    return str(told["MessageId"])


def refused(client: Any, *args: Any, **more: Any) -> tuple[int, str]:
    """Status and code of the error with which a send is refused."""
    with pytest.raises(Exception, match=r".+") as caught:
        send(client, *args, **more)
    fault = fault_of(caught.value)
    assert fault is not None
    assert fault.answered
    return fault.status, fault.code


def test_every_byte_of_a_message_is_kept(client: Any, emulator: Emulator) -> None:
    message = MESSAGE + bytes(range(256))
    name = send(client, message=message)
    [mail] = emulator.mails()
    assert mail["id"] == name
    assert mail["raw_data"].encode("latin-1") == message


def test_whom_the_head_names_gets_nothing_by_it(client: Any, emulator: Emulator) -> None:
    many = ", ".join(f"reader{number}@example.com" for number in range(60))
    send(client, "cy@example.com", MESSAGE.replace(b"To: ana@example.com", f"To: {many}\r\nBcc: eve@example.com".encode()))
    assert emulator.mails()[0]["destinations"] == ["cy@example.com"]


def test_a_sender_in_the_request_replaces_the_one_in_the_head(client: Any, emulator: Emulator) -> None:
    send(client, FromEmailAddress="other@example.com")
    [mail] = emulator.mails()
    assert mail["source"] == "other@example.com"
    assert mail["raw_data"].startswith("From: other@example.com\r\nTo: ")


def test_too_many_readers_or_none_or_no_sender_are_refused(client: Any, emulator: Emulator) -> None:
    send(client, [f"reader{number}@example.com" for number in range(50)])
    assert refused(client, [f"reader{number}@example.com" for number in range(51)]) == (400, "BadRequestException")
    assert refused(client, []) == (400, "BadRequestException")
    assert refused(client, message=b"Subject: x\r\n\r\nhello") == (400, "BadRequestException")
    assert len(emulator.mails()) == 1


def test_who_is_not_verified_is_refused(client: Any, emulator: Emulator) -> None:
    stranger = MESSAGE.replace(b"reports@example.com", b"reports@elsewhere.example")
    assert refused(client, message=stranger) == (400, "MessageRejected")
    send(client, "bob@elsewhere.example")
    emulator.ses(sandbox=True)
    assert refused(client, "bob@elsewhere.example") == (400, "MessageRejected")
    send(client, "success@simulator.amazonses.com")
    assert client.get_account()["ProductionAccessEnabled"] is False


def test_the_quota_is_counted_and_kept(client: Any, emulator: Emulator) -> None:
    emulator.ses(max_24_hour_send=3)
    send(client, ["ana@example.com", "bob@example.com"])
    assert client.get_account()["SendQuota"] == {"Max24HourSend": 3, "MaxSendRate": 1000, "SentLast24Hours": 2}
    assert refused(client, ["ana@example.com", "bob@example.com"]) == (429, "TooManyRequestsException")
    send(client)
    assert refused(client) == (429, "TooManyRequestsException")
    emulator.ses(max_24_hour_send=-1)
    send(client)


def test_a_paused_account_and_a_missing_configuration_set_are_refused(client: Any, emulator: Emulator) -> None:
    assert refused(client, ConfigurationSetName="missing") == (404, "NotFoundException")
    client.put_account_sending_attributes(SendingEnabled=False)
    assert refused(client) == (400, "SendingPausedException")
    assert emulator.mails() == []


def test_suppressions_come_and_go(client: Any, emulator: Emulator) -> None:
    client.put_suppressed_destination(EmailAddress="Ana@Example.com", Reason="COMPLAINT")
    assert client.get_suppressed_destination(EmailAddress="ana@example.com")["SuppressedDestination"]["Reason"] == "COMPLAINT"
    assert len(client.list_suppressed_destinations()["SuppressedDestinationSummaries"]) == 1
    send(client)
    client.delete_suppressed_destination(EmailAddress="ana@example.com")
    send(client)
    assert [mail["suppressed"] for mail in emulator.mails()] == [["ana@example.com"], []]
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_suppressed_destination(EmailAddress="ana@example.com")


def test_event_destinations_belong_to_a_configuration_set(client: Any) -> None:
    wanted = {"Enabled": True, "MatchingEventTypes": ["SEND"], "SnsDestination": {"TopicArn": "arn:aws:sns:us-east-1:1:t"}}
    names = {"ConfigurationSetName": "reports", "EventDestinationName": "sns"}
    with pytest.raises(client.exceptions.NotFoundException):
        client.create_configuration_set_event_destination(**names, EventDestination=wanted)
    client.create_configuration_set(ConfigurationSetName="reports")
    client.create_configuration_set_event_destination(**names, EventDestination=wanted)
    with pytest.raises(client.exceptions.AlreadyExistsException):
        client.create_configuration_set_event_destination(**names, EventDestination=wanted)
    found = client.get_configuration_set_event_destinations(ConfigurationSetName="reports")
    assert found["EventDestinations"] == [{"Name": "sns", **wanted}]
    client.delete_configuration_set_event_destination(**names)
    assert client.get_configuration_set_event_destinations(ConfigurationSetName="reports")["EventDestinations"] == []


def test_half_a_request_does_nothing(client: Any, emulator: Emulator) -> None:
    host, _, port = emulator.url.removeprefix("http://").partition(":")
    head = "POST /v2/email/outbound-emails HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
    with closing(socket.create_connection((host, int(port)))) as peer:
        peer.sendall(head.encode() + b'{"half": ')
        peer.shutdown(socket.SHUT_WR)
        assert peer.recv(1000) == b""
    [call] = emulator.calls("SendEmail")
    assert (call["how"], call["did"], call["status"]) == ("short", False, 0)


def test_operations_are_known_by_their_names(client: Any, emulator: Emulator) -> None:
    client.get_account()
    emulator.fail("GetSuppressedDestination", "error", status=429, code="TooManyRequestsException")
    with pytest.raises(client.exceptions.TooManyRequestsException):
        client.get_suppressed_destination(EmailAddress="a/b+c@example.com")
    assert [call["operation"] for call in emulator.calls()][-2:] == ["GetAccount", "GetSuppressedDestination"]


def test_a_reset_forgets_all_of_it_and_a_setting_that_is_none_is_refused(client: Any, emulator: Emulator) -> None:
    send(client)
    emulator.ses(sandbox=True, sent_last_24_hours=7)
    emulator.reset()
    assert emulator.mails() == []
    told = client.get_account()
    assert (told["ProductionAccessEnabled"], told["SendQuota"]["SentLast24Hours"]) == (True, 0)
    with pytest.raises(urllib.error.HTTPError):
        emulator.ses(sandpit=True)
