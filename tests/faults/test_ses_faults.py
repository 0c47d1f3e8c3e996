"""SES over the wire: what goes out, what SES answers, and what gets lost on the way, over real HTTP."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from quarterdeck import aws
from quarterdeck.addresses import Address, parse_address
from quarterdeck.audit.records import Filter
from quarterdeck.audit.states import State
from quarterdeck.aws import Aws
from quarterdeck.config import load_settings
from quarterdeck.delivery import Receipt
from quarterdeck.delivery.message import Letter, build
from quarterdeck.delivery.readers import Kind, Reader
from quarterdeck.delivery.ses import MAILBOX_SIMULATOR, Ses, SesOptions
from quarterdeck.delivery.ses_account import SANDBOX
from quarterdeck.delivery.ses_answers import ANSWERS, Answer, Outcome
from quarterdeck.errors import DeliveryError, DeliveryUnknown
from quarterdeck.steps.report import make_report
from quarterdeck.steps.send import send_reports
from quarterdeck.wiring import Parts
from reports import role as role_of
from tests import mini
from tests.channels import mail_service
from tests.channels import ses as ses_on
from tests.emulator import Emulator
from tests.forks import die, in_child
from tests.handbook import examples, page
from tests.parcels import MESSAGE, SENDER, envelope, means
from tests.reporting import NOW, basis_of

BIG = MESSAGE + b"x" * 300_000 + b"\r\n"  # more than the pieces in which a request is written


def fine() -> None:
    """A last check that finds nothing wrong."""


def sent(emulator: Emulator) -> list[bytes]:
    """The messages that SES took, as bytes."""
    return [mail["raw_data"].encode("latin-1") for mail in emulator.mails()]


def client_of(emulator: Emulator) -> Any:
    """A client of SES for what no channel does: setting an account up."""
    return mail_service(emulator.url).client("sesv2")


@pytest.fixture
def ses(emulator: Emulator, tmp_path: Path) -> Ses:
    return ses_on(emulator, tmp_path)


# What goes out


def test_a_message_goes_out_as_it_is_to_its_one_reader_with_its_tags(emulator: Emulator, tmp_path: Path) -> None:
    client_of(emulator).create_configuration_set(ConfigurationSetName="quarterdeck")
    ses = ses_on(emulator, tmp_path, configuration_set="quarterdeck")
    receipt = ses.send(envelope("ana+x@example.com", BIG, kind=Kind.BCC), "abc-1", fine)
    [mail] = emulator.mails()
    assert receipt == Receipt(mail["id"])
    assert sent(emulator) == [BIG]
    assert mail["destinations"] == ["ana+x@example.com"]
    assert mail["source"] == SENDER.spec
    assert mail["configuration_set"] == "quarterdeck"
    assert mail["tags"] == {
        "quarterdeck-report": "alpha_ceo_2026-10",
        "quarterdeck-revision": "f" * 64,
        "quarterdeck-attempt": "abc-1",
        "quarterdeck-tenant": "alpha",
    }


def letter(**changes: Any) -> Letter:
    start = Letter(
        report_id="alpha_ceo_2026-10",
        revision="f" * 64,
        reader=Address("ana@example.com"),
        sender=SENDER,
        to=(Address("ana@example.com"),),
        subject="Report",
        text="Net burn was $8,000.\n",
        html="<p>Net burn was $8,000.</p>",
        date=datetime(2026, 10, 31, tzinfo=UTC),
    )
    return replace(start, **changes)


def test_fifty_one_readers_in_the_head_are_one_in_the_request(ses: Ses, emulator: Emulator) -> None:
    everybody = tuple(Address(f"reader{number}@example.com") for number in range(51))
    for reader in everybody[:2]:
        message = build(letter(reader=reader, to=everybody))
        ses.send(envelope(reader.spec, message), "a1", fine)
        parsed = message_from_bytes(sent(emulator)[-1], policy=default)
        assert len(parsed["To"].addresses) == 51
    assert [mail["destinations"] for mail in emulator.mails()] == [["reader0@example.com"], ["reader1@example.com"]]


@pytest.mark.parametrize(
    "sender",
    [
        "Börse Ærø 東京 <reports@example.com>",
        '"Reports, of Alpha" <reports@example.com>',
        "Berichte <o'neil+x/y=z@bücher.example.com>",
    ],
)
def test_names_and_domains_of_the_world_arrive(ses: Ses, emulator: Emulator, sender: str) -> None:
    address, reader = parse_address(sender), parse_address("Ana <ana@bücher.example>")
    message = build(letter(sender=address, reader=reader, to=(reader,), subject="Großes — 東京"))
    client_of(emulator).create_email_identity(EmailIdentity=address.domain)
    ses.send(replace(envelope(message=message), sender=address, reader=Reader(reader)), "a1", fine)
    [mail] = emulator.mails()
    parsed = message_from_bytes(message, policy=default)
    assert sent(emulator) == [message]
    assert (mail["source"], mail["destinations"]) == (address.spec, ["ana@xn--bcher-kva.example"])
    assert parsed["From"].addresses[0].display_name == address.name
    assert parsed["Subject"] == "Großes — 東京"


@pytest.mark.parametrize("name", ["Eve\r\nBcc: eve@example.com", "Eve\n", "Eve\x00", "\u202eevE", '"Eve'])
def test_a_sender_whose_name_ends_a_line_is_refused_before_any_call(ses: Ses, emulator: Emulator, name: str) -> None:
    with pytest.raises(DeliveryError):
        ses.send(replace(envelope(), sender=Address(SENDER.spec, name)), "a1", fine)
    assert emulator.calls("SendEmail") == []


def test_what_reaches_a_reader_over_ses_is_what_the_outbox_files(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
    client_of(emulator).create_email_identity(EmailIdentity="example.com")
    file = mini.make(tmp_path)
    delivery = "delivery: {{channel: {}, sender: Reports <reports@example.com>, attach_xlsx: true}}\n"
    taken: dict[str, dict[str, bytes]] = {}
    for channel in ("outbox", "ses"):
        file.write_text(mini.PORTFOLIO + delivery.format(channel), "utf-8")
        parts = Parts(load_settings(file, {"AWS_REGION": "us-east-1"}), lambda: NOW)
        made = [
            make_report(parts, role_of(role), tenant, parts.period(tenant, "2026-10"), basis_of(parts, tenant))
            for tenant, role in (("alpha", "cfo"), ("portfolio", "ceo"))
        ]
        counts = send_reports(parts, made, send=True)
        assert (counts.planned, counts.sent, counts.problems) == (3, 3, ())
        rows = parts.audit.list(Filter(channel=channel))
        assert {row.state for row in rows} == {State.SENT}
        if channel == "outbox":
            files = {name: (parts.settings.home / "outbox" / name).read_bytes() for name in (row.message_id for row in rows)}
        else:
            mails = emulator.mails()
            assert [mail["destinations"] for mail in mails] == [[row.reader] for row in _by(mails, rows)]
            files = {mail["id"]: mail["raw_data"].encode("latin-1") for mail in mails}
        taken[channel] = {f"{row.report_id} {row.reader}": files[row.message_id] for row in rows}
    assert len(taken["ses"]) == 3
    assert taken["ses"] == taken["outbox"]


def _by(mails: list[dict[str, Any]], rows: Any) -> list[Any]:
    """The trail's rows in the order of the mails, by message id and by the attempt in the tags."""
    by_id = {row.message_id: row for row in rows}
    assert [by_id[mail["id"]].attempt for mail in mails] == [mail["tags"]["quarterdeck-attempt"] for mail in mails]
    return [by_id[mail["id"]] for mail in mails]


# What SES answers, row by row


def answered() -> list[Answer]:
    return [row for row in ANSWERS if not row.is_local]


@pytest.mark.parametrize("row", answered(), ids=lambda row: f"{row.code} {row.says}".strip())
def test_an_answer_means_what_its_row_says(ses: Ses, emulator: Emulator, row: Answer) -> None:
    words = f"{row.says or 'Something about'}: ana@example.com"
    emulator.fail("SendEmail", "error", status=400, code=row.code, message=words)
    with pytest.raises((DeliveryError, DeliveryUnknown)) as caught:
        ses.send(envelope(), "a1", fine)
    error = caught.value
    assert isinstance(error, DeliveryUnknown) == (row.outcome is Outcome.UNKNOWN)
    if isinstance(error, DeliveryError):
        assert error.permanent == (row.outcome is Outcome.FAIL)
        assert error.retry_after == row.retry_after
    assert error.problem.what == f"{row.meaning} ({row.code})"
    assert error.problem.remedy == row.remedy
    assert "ana" not in f"{error} {error.evidence} {error.__cause__}"  # AWS's words may hold the reader's address
    assert [call["how"] for call in emulator.calls("SendEmail")] == ["error"]  # and once means once
    assert emulator.mails() == []
    assert ses.send(envelope(), "a2", fine).message_id


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("code", ["InternalFailure", "ThrottlingException", "MessageRejected"])
def test_an_error_of_the_server_is_unknown_whatever_it_says(ses: Ses, emulator: Emulator, status: int, code: str) -> None:
    emulator.fail("SendEmail", "after_error", status=status, code=code)
    with pytest.raises(DeliveryUnknown):
        ses.send(envelope(), "a1", fine)
    assert len(emulator.calls("SendEmail")) == len(emulator.mails()) == 1


@pytest.mark.parametrize("code", ["SomethingNewException", "", "ana@example.com"])
def test_an_answer_that_nobody_knows_is_unknown_and_not_repeated(ses: Ses, emulator: Emulator, code: str) -> None:
    emulator.fail("SendEmail", "after_error", status=400, code=code)
    with pytest.raises(DeliveryUnknown) as caught:
        ses.send(envelope(), "a1", fine)
    assert "ana" not in f"{caught.value} {caught.value.evidence}"


# What gets lost on the way


@pytest.mark.parametrize(("how", "mails"), [("before", 0), ("after", 1), ("empty", 1), ("cut", 1)])
@pytest.mark.parametrize("message", [MESSAGE, BIG], ids=["small", "big"])
def test_a_lost_answer_is_unknown_and_the_message_is_not_sent_again(
    ses: Ses, emulator: Emulator, how: str, mails: int, message: bytes
) -> None:
    emulator.fail("SendEmail", how, times=5)
    with pytest.raises(DeliveryUnknown):
        ses.send(envelope(message=message), "a1", fine)
    assert len(emulator.calls("SendEmail")) == 1
    assert len(emulator.mails()) == mails


@pytest.mark.usefixtures("ses")
def test_an_answer_that_does_not_come_is_unknown(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "_READ_SECONDS", 0.5)
    ses = Ses(means(tmp_path, emulator.aws()))
    emulator.fail("SendEmail", "hang", seconds=1)
    with pytest.raises(DeliveryUnknown, match="ReadTimeoutError"):
        ses.send(envelope(), "a1", fine)
    assert len(emulator.mails()) == 1


def closed_port() -> str:
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{held.getsockname()[1]}"


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("refused", "EndpointConnectionError"),
        ("no such host", "EndpointConnectionError"),
        ("not safe", "SSLError"),
        ("proxy", "ProxyConnectionError"),
        ("no credentials", "NoCredentialsError"),
        ("half credentials", "PartialCredentialsError"),
        ("no region", "NoRegionError"),
        ("no profile", "ProfileNotFound"),
    ],
)
def test_what_goes_wrong_before_the_message_left_is_refused(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, code: str
) -> None:
    region: str | None = "us-east-1"
    endpoint = emulator.url
    monkeypatch.setenv("HOME", str(tmp_path))
    if case == "refused":
        endpoint = f"http://{closed_port()}"
    elif case == "no such host":
        endpoint = "http://nobody.invalid"
    elif case == "not safe":
        endpoint = emulator.url.replace("http:", "https:")
    elif case == "proxy":
        endpoint = "https://email.example.com"
        monkeypatch.setenv("HTTPS_PROXY", f"http://{closed_port()}")
    elif case == "no credentials":
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    elif case == "half credentials":
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    elif case == "no region":
        region = None
        monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    else:
        monkeypatch.setenv("AWS_PROFILE", "nobody")
    ses = Ses(means(tmp_path, Aws(region, endpoint)))
    [row] = [row for row in ANSWERS if row.code == code]
    with pytest.raises(DeliveryError) as caught:
        ses.send(envelope(), "a1", fine)
    assert caught.value.problem.what == f"{row.meaning} ({code})"
    assert caught.value.permanent == (row.outcome is Outcome.FAIL)
    assert emulator.calls("SendEmail") == []


@contextmanager
def listener(answer: bytes = b"") -> Iterator[tuple[str, bytearray, threading.Event]]:
    """A server that takes what it is sent and answers once it has the head, or the whole request, or never."""
    took, gone = bytearray(), threading.Event()

    def serve(server: socket.socket) -> None:
        with closing(server.accept()[0]) as peer:
            while piece := peer.recv(65_536):
                took.extend(piece)
                if answer and b"\r\n\r\n" in took:
                    peer.sendall(answer)
                    break
        gone.set()

    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", took, gone


class NoAccount(Ses):
    """SES whose account nobody asks for, so that the first thing on the wire is the message."""

    def __init__(self, home: Path, endpoint: str) -> None:
        super().__init__(means(home, Aws("us-east-1", endpoint)), sleep=lambda _: None)
        self._allowance.take = lambda: None  # type: ignore[method-assign]


@pytest.mark.parametrize("message", [MESSAGE, BIG], ids=["small", "big"])
@pytest.mark.usefixtures("emulator")
def test_the_last_check_comes_after_all_but_the_last_bytes_are_on_the_wire(tmp_path: Path, message: bytes) -> None:
    """It is asked with the connection made and the head written; where it objects, the request stays without its end."""
    with listener() as (endpoint, took, gone):
        seen: list[bool] = []

        def too_late() -> None:
            for _ in range(500):  # what was written takes its moment to arrive
                if b"\r\n\r\n" in took or gone.wait(0.01):
                    break
            seen.append(b"\r\n\r\n" in took)
            raise DeliveryError("the lease is over", permanent=False)

        with pytest.raises(DeliveryError, match="lease is over"):
            NoAccount(tmp_path, endpoint).send(envelope(message=message), "a1", too_late)
        assert not seen[0] or gone.wait(30)
        head, _, body = bytes(took).partition(b"\r\n\r\n")
    assert seen == [True]
    wanted = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    assert wanted > len(message)
    assert 0 < wanted - len(body) <= 16_384  # the last piece, of which not a byte


@pytest.mark.usefixtures("emulator")
def test_a_connection_that_breaks_in_the_middle_of_a_message_is_refused(tmp_path: Path) -> None:
    with listener(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as (endpoint, _, gone):
        asked: list[int] = []
        message = MESSAGE + b"x" * 9_000_000
        with pytest.raises(DeliveryError) as caught:
            NoAccount(tmp_path, endpoint).send(envelope(message=message), "a1", lambda: asked.append(1))
        assert gone.wait(30)
    assert not caught.value.permanent
    assert asked == []


def test_a_process_that_dies_at_the_last_check_has_sent_nothing(ses: Ses, emulator: Emulator) -> None:
    def send(message: bytes) -> None:
        ses.send(envelope(message=message), "a1", die)

    for message in (MESSAGE, BIG):
        assert in_child(partial(send, message)) < 0
    assert emulator.mails() == []
    assert [(call["how"], call["did"]) for call in emulator.calls("SendEmail")] == [("short", False)] * 2


def test_a_last_check_that_breaks_is_told_as_it_is(ses: Ses, emulator: Emulator) -> None:
    def broken() -> None:
        raise RuntimeError("the trail is gone")

    with pytest.raises(RuntimeError, match="trail is gone"):
        ses.send(envelope(), "a1", broken)
    assert emulator.mails() == []


# The account


def test_a_sender_that_is_not_verified_is_refused_for_good(emulator: Emulator, tmp_path: Path) -> None:
    ses = Ses(means(tmp_path, mail_service(emulator.url)))
    with pytest.raises(DeliveryError, match="not a verified identity") as caught:
        ses.send(envelope(), "a1", fine)
    assert caught.value.permanent
    assert SANDBOX not in str(caught.value)


def test_the_sandbox_is_seen_and_said(ses: Ses, emulator: Emulator) -> None:
    emulator.ses(sandbox=True, max_send_rate=1, max_24_hour_send=200)
    with pytest.raises(DeliveryError) as caught:
        ses.send(envelope("eve@elsewhere.example"), "a1", fine)
    assert caught.value.permanent
    assert SANDBOX in caught.value.problem.remedy
    assert "eve" not in str(caught.value)
    assert ses.describe() == ("SES takes 1 messages a second, 200 of 200 left for today", SANDBOX)
    client_of(emulator).create_email_identity(EmailIdentity="eve@elsewhere.example")
    assert ses.send(envelope("eve@elsewhere.example"), "a2", fine).message_id


def test_a_quota_used_up_midway_holds_the_rest_back_without_a_call(ses: Ses, emulator: Emulator) -> None:
    emulator.ses(max_24_hour_send=10, sent_last_24_hours=8)
    for number in range(2):
        ses.send(envelope(f"reader{number}@example.com"), "a1", fine)
    with pytest.raises(DeliveryError, match="10 messages of 24 hours") as caught:
        ses.send(envelope(), "a1", fine)
    assert not caught.value.permanent
    assert caught.value.retry_after is not None
    assert timedelta(minutes=9) < caught.value.retry_after <= timedelta(minutes=10)
    assert len(emulator.calls("SendEmail")) == 2
    assert len(emulator.calls("GetAccount")) == 1


def test_a_quota_that_others_use_up_is_what_ses_says(ses: Ses, emulator: Emulator) -> None:
    ses.send(envelope(), "a1", fine)
    emulator.ses(sent_last_24_hours=50_000)
    with pytest.raises(DeliveryError, match="the day's quota is used up") as caught:
        ses.send(envelope("bob@example.com"), "a1", fine)
    assert (caught.value.permanent, caught.value.retry_after) == (False, timedelta(minutes=10))


def test_sending_that_is_paused_is_tried_again_and_said(ses: Ses, emulator: Emulator) -> None:
    account = client_of(emulator)
    account.put_account_sending_attributes(SendingEnabled=False)
    with pytest.raises(DeliveryError, match="sending is paused") as caught:
        ses.send(envelope(), "a1", fine)
    assert not caught.value.permanent
    assert "SES has paused this account's sending" in ses.describe()
    account.put_account_sending_attributes(SendingEnabled=True)
    assert ses.send(envelope(), "a2", fine).message_id


def test_credentials_that_expire_midway_are_refused_and_the_rest_goes_out_later(ses: Ses, emulator: Emulator) -> None:
    ses.send(envelope("bob@example.com"), "a1", fine)
    emulator.fail("SendEmail", "error", status=403, code="ExpiredTokenException", message="The security token is expired")
    with pytest.raises(DeliveryError, match="expired") as caught:
        ses.send(envelope(), "a1", fine)
    assert not caught.value.permanent
    ses.send(envelope(), "a2", fine)
    assert [mail["destinations"] for mail in emulator.mails()] == [["bob@example.com"], ["ana@example.com"]]


def test_a_configuration_set_that_is_not_there_is_refused_for_good(emulator: Emulator, tmp_path: Path) -> None:
    ses = ses_on(emulator, tmp_path, configuration_set="nobody-made-it")
    with pytest.raises(DeliveryError, match="configuration set is not there") as caught:
        ses.send(envelope(), "a1", fine)
    assert caught.value.permanent
    assert emulator.mails() == []


def test_a_suppressed_reader_is_taken_by_ses_whose_event_tells(ses: Ses, emulator: Emulator) -> None:
    client_of(emulator).put_suppressed_destination(EmailAddress="Ana@example.com", Reason="BOUNCE")
    assert ses.send(envelope(), "a1", fine).message_id
    assert emulator.mails()[0]["suppressed"] == ["ana@example.com"]


@pytest.mark.parametrize(("how", "code"), [("error", "AccessDeniedException"), ("before", "ConnectionClosedError")])
def test_an_account_that_cannot_be_read_sends_cautiously_and_says_so(
    emulator: Emulator, tmp_path: Path, how: str, code: str
) -> None:
    emulator.fail("GetAccount", how, status=403, code="AccessDeniedException")
    slept: list[float] = []
    now = [0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += round(seconds * 1e9)

    client_of(emulator).create_email_identity(EmailIdentity="example.com")
    ses = Ses(means(tmp_path, mail_service(emulator.url)), SesOptions(), lambda: now[0], sleep)
    for attempt in ("a1", "a2", "a3"):
        ses.send(envelope(), attempt, fine)
    assert slept == [1, 1]
    [remark] = ses.describe()
    assert code in remark
    assert len(emulator.calls("GetAccount")) == 1


# The canary


def test_a_canary_goes_to_the_simulator_over_the_same_configuration_set(emulator: Emulator, tmp_path: Path) -> None:
    client_of(emulator).create_configuration_set(ConfigurationSetName="quarterdeck")
    emulator.ses(sandbox=True)
    name = ses_on(emulator, tmp_path, configuration_set="quarterdeck").canary(SENDER, "2026-11-24T15")
    [mail] = emulator.mails()
    assert mail["id"] == name
    assert mail["destinations"] == [MAILBOX_SIMULATOR.spec] == ["success@simulator.amazonses.com"]
    assert mail["tags"] == {"quarterdeck-canary": "2026-11-24T15"}
    assert mail["configuration_set"] == "quarterdeck"
    assert mail["source"] == SENDER.spec


def test_a_canary_that_is_lost_is_unknown_and_one_that_is_refused_says_why(ses: Ses, emulator: Emulator) -> None:
    emulator.fail("SendEmail", "after")
    with pytest.raises(DeliveryUnknown):
        ses.canary(SENDER, "x")
    emulator.fail("SendEmail", "error", status=403, code="AccessDeniedException")
    with pytest.raises(DeliveryError, match="may not send"):
        ses.canary(SENDER, "x")


# What the handbook tells to do


def handbook(holding: str) -> Any:
    text_of_lists = re.sub(r"^ {3}", "", page("delivery.md"), flags=re.MULTILINE)
    [text] = [each.text for each in examples(text_of_lists) if each.language == "json" and holding in each.text]
    return json.loads(text)


def test_the_handbooks_event_destination_can_be_made(emulator: Emulator) -> None:
    client, wanted = client_of(emulator), handbook("EventDestinationName")
    client.create_configuration_set(ConfigurationSetName=wanted["ConfigurationSetName"])
    client.create_configuration_set_event_destination(**wanted)
    [made] = client.get_configuration_set_event_destinations(ConfigurationSetName="quarterdeck")["EventDestinations"]
    assert made == {"Name": "sns", **wanted["EventDestination"]}


def test_the_handbooks_policy_allows_what_the_channel_does_and_no_more(ses: Ses, emulator: Emulator) -> None:
    ses.send(envelope(), "a1", fine)
    done = {call["operation"] for call in emulator.calls()} - {"CreateEmailIdentity"}
    statements = handbook("ses:SendEmail")["Statement"]
    assert {statement["Effect"] for statement in statements} == {"Allow"}
    allowed = [
        action
        for statement in statements
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    ]
    assert set(allowed) == {f"ses:{name}" for name in done} | {"ses:SendRawEmail"}  # raw content needs both
