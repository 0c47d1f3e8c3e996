"""Mail over SMTP, against a real server and against ones that misbehave: what is out, what is not, and what nobody knows."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quarterdeck.delivery import Envelope, Receipt, Room, Unsettled
from quarterdeck.delivery.smtp import Smtp, SmtpOptions
from quarterdeck.delivery.smtp_answers import Kind, Step, kind_of, kind_of_code, refusal, shown
from quarterdeck.delivery.smtp_dialogue import is_public
from quarterdeck.errors import DeliveryError, DeliveryUnknown
from tests.mail_servers import (
    HOST,
    PASSWORD,
    USER,
    Answer,
    Drop,
    Hang,
    Scripted,
    certificates,
    mail_server,
    scripted_server,
)
from tests.parcels import envelope, means

pytestmark = pytest.mark.filterwarnings(
    "ignore:Requiring AUTH while not requiring TLS:UserWarning"
)  # aiosmtpd's, even under TLS

MESSAGE = (
    b"From: Quarterdeck <reports@example.com>\r\nTo: ana@example.com\r\nSubject: x\r\n"
    b"Message-ID: <0123abcd@example.com>\r\n\r\nhello\r\n.hidden\r\n..\r\n.\r\nend\r\n"
)


def fine() -> None:
    """A last check that finds nothing wrong."""


def smtp(port: int, security: str = "starttls", *, login: bool = False, impatient: bool = False, **options: Any) -> Smtp:
    if security != "none":
        options.setdefault("ca_file", str(certificates().authority))
    if login:
        options |= {"user": USER, "password": "${env:PASSWORD}"}
    chosen = SmtpOptions.model_validate({"host": HOST, "port": port, "security": security, **options})
    chosen = chosen.model_copy(update={"timeout_seconds": 0.3 if impatient else 5})  # settings take whole seconds only
    return Smtp(means(Path(), PASSWORD=PASSWORD), chosen)


def mail(**changes: Any) -> Envelope:
    return envelope(message=changes.pop("message", MESSAGE), channel="smtp", **changes)


# A real server


@pytest.mark.parametrize("login", [False, True])
@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_message_arrives_as_it_is_under_each_security(security: str, login: bool) -> None:
    with mail_server(security, login=login) as inbox:
        receipt = smtp(inbox.port, security, login=login).send(mail(), "a1", fine)
    assert receipt == Receipt("<0123abcd@example.com>")
    assert inbox.mails == [("reports@example.com", ["ana@example.com"], MESSAGE)]
    assert inbox.is_safe == [security == "starttls"]  # with tls the server cannot but be


def test_a_message_without_an_id_is_known_by_its_attempt() -> None:
    with mail_server("none") as inbox:
        assert smtp(inbox.port, "none").send(mail(message=b"Subject: x\r\n\r\nMessage-ID: <a@b>"), "a1", fine) == Receipt("a1")
    assert inbox.mails[0][2] == b"Subject: x\r\n\r\nMessage-ID: <a@b>\r\n"


def test_messages_go_one_by_one_over_connections_of_their_own() -> None:
    with scripted_server() as told:
        channel = smtp(told.port, "none")
        for reader in ("ana@example.com", "bob@example.com"):
            channel.send(mail(reader=reader), "a1", fine)
    assert told.connections == 2
    assert [line for line in told.lines if line.startswith("RCPT")] == [
        "RCPT TO:<ana@example.com>",
        "RCPT TO:<bob@example.com>",
    ]
    assert told.verbs == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"] * 2
    assert f"MAIL FROM:<reports@example.com> SIZE={len(MESSAGE)}" in told.lines


def test_a_reader_who_is_refused_for_now_and_one_who_is_refused_for_good() -> None:
    refuse = {
        "full@example.com": "452 4.2.2 full@example.com is full",
        "gone@example.com": "550 5.1.1 No gone@example.com here",
    }
    with mail_server() as inbox:
        inbox.refuse.update(refuse)
        channel = smtp(inbox.port)
        with pytest.raises(DeliveryError, match=r"the reader: refused for now: 452 4\.2\.2 … is full") as later:
            channel.send(mail(reader="full@example.com"), "a1", fine)
        with pytest.raises(DeliveryError, match=r"the reader: refused: 550 5\.1\.1 No … here") as never:
            channel.send(mail(reader="gone@example.com"), "a1", fine)
        channel.send(mail(), "a1", fine)
    assert not later.value.permanent
    assert never.value.permanent
    assert len(inbox.mails) == 1


def test_a_message_over_the_servers_limit_is_not_even_begun() -> None:
    with mail_server("none", data_size_limit=1000) as inbox:
        with pytest.raises(DeliveryError, match="are more than its 1000") as error:
            smtp(inbox.port, "none").send(mail(message=MESSAGE + b"x" * 1000), "a1", fine)
        smtp(inbox.port, "none").send(mail(), "a1", fine)
    assert error.value.permanent
    assert len(inbox.mails) == 1


def test_a_wrong_password_is_refused_for_good_and_not_told() -> None:
    with mail_server(login=True) as inbox:
        chosen = SmtpOptions(
            host=HOST, port=inbox.port, user=USER, password="${env:PASSWORD}", ca_file=str(certificates().authority)
        )
        channel = Smtp(means(Path(), PASSWORD="not-the-right-one"), chosen)
        with pytest.raises(DeliveryError, match="the login: refused: 535") as error:
            channel.send(mail(), "a1", fine)
    assert error.value.permanent
    assert "not-the-right-one" not in repr(error.value) + str(error.value) + repr(vars(channel))
    assert inbox.mails == []


def test_a_last_check_is_asked_once_when_all_but_the_last_dot_is_said() -> None:
    asked: list[list[str]] = []
    with scripted_server() as told:
        smtp(told.port).send(mail(), "a1", lambda: asked.append(told.verbs))
    assert asked == [["EHLO", "STARTTLS", "EHLO", "MAIL", "RCPT", "DATA"]]
    assert told.messages == [MESSAGE.replace(b"\r\n.", b"\r\n..")]


def test_a_last_check_that_fails_takes_the_message_back() -> None:
    def too_late() -> None:
        raise DeliveryError("the lease is over", permanent=False)

    with mail_server() as inbox:
        with pytest.raises(DeliveryError, match="lease is over"):
            smtp(inbox.port).send(mail(), "a1", too_late)
        smtp(inbox.port).send(mail(reader="bob@example.com"), "a1", fine)
    assert [readers for _, readers, _ in inbox.mails] == [["bob@example.com"]]


def test_nothing_can_be_asked_later() -> None:
    assert smtp(25).settle(mail().label, ("a1",)) is Unsettled.UNSURE


# Whom it speaks to


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    "authority",
    [None, certificates("mail.example.org").authority],
    ids=["unknown authority", "another authority"],
)
def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(security: str, authority: Path | None) -> None:
    with mail_server(security, login=True) as inbox:
        options: dict[str, Any] = {"ca_file": None if authority is None else str(authority)}
        with pytest.raises(DeliveryError, match="certificate is not to be trusted") as error:
            smtp(inbox.port, security, login=True, **options).send(mail(), "a1", fine)
    assert error.value.permanent
    assert inbox.mails == []


@pytest.mark.parametrize(
    "made", [lambda: certificates("mail.example.org"), lambda: certificates(days=-1)], ids=["name", "past"]
)
def test_a_certificate_for_another_name_or_another_time_is_not_enough(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = made()
    monkeypatch.setattr("tests.mail_servers.certificates", lambda *_, **__: chosen)
    with mail_server("tls") as inbox, pytest.raises(DeliveryError, match="certificate is not to be trusted"):
        smtp(inbox.port, "tls", ca_file=str(chosen.authority)).send(mail(), "a1", fine)


def test_a_server_that_offers_no_starttls_gets_neither_password_nor_message() -> None:
    stripped: Answer = b"250-mail.example.com\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 20000000\r\n"
    refused = pytest.raises(DeliveryError, match="STARTTLS: it does not offer it")
    with scripted_server({"EHLO": stripped}) as told, refused as error:
        smtp(told.port, login=True).send(mail(), "a1", fine)
    assert error.value.permanent
    assert told.verbs == ["EHLO"]


def test_what_was_said_before_tls_counts_for_nothing_after_it() -> None:
    """Somebody on the way may add words behind the answer to STARTTLS, to have them taken for the server's own."""
    injected = b"220 go ahead\r\n250-mail.example.com\r\n250 SIZE 1\r\n"
    with scripted_server({"STARTTLS": injected}) as told:
        smtp(told.port).send(mail(), "a1", fine)
    assert len(told.messages) == 1


def test_tls_towards_a_server_that_speaks_none_there_is_refused_for_good() -> None:
    with scripted_server() as told, pytest.raises(DeliveryError, match="speaks no TLS there") as error:
        smtp(told.port, "tls").send(mail(), "a1", fine)
    assert error.value.permanent


@pytest.mark.parametrize("host", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "0.0.0.0", "::"])
def test_without_tls_no_address_of_the_world_is_taken(host: str) -> None:
    assert is_public(host)
    with pytest.raises(ValidationError, match="this machine or in a private network"):
        SmtpOptions(host=host, security="none")
    assert SmtpOptions(host=host).security == "starttls"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "fd00::1", "::ffff:10.0.0.1"])
def test_without_tls_addresses_nearby_are_taken(host: str) -> None:
    assert not is_public(host)
    assert SmtpOptions(host=host, security="none").security == "none"


def test_without_tls_a_name_that_leads_far_away_is_refused_before_a_word_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted_server() as told:
        monkeypatch.setattr("quarterdeck.delivery.smtp_dialogue.is_public", lambda _: True)
        with pytest.raises(DeliveryError, match="is not on this machine or in a private network") as error:
            smtp(told.port, "none", host="localhost").send(mail(), "a1", fine)
    assert error.value.permanent
    assert told.lines == []


# The table: a row per way to fail before the message is out


def test_every_number_means_one_thing() -> None:
    assert {kind_of_code(code) for code in range(400, 500)} == {Kind.LATER}
    assert {kind_of_code(code) for code in range(500, 600)} == {Kind.NEVER}
    assert {kind_of_code(code) for code in (-1, 0, 99, 200, 221, 250, 251, 334, 354, 399, 600, 999)} == {Kind.GARBAGE}


KINDS = [
    (Kind.UNREACHABLE, False),
    (Kind.UNTRUSTED, True),
    (Kind.NOT_OFFERED, True),
    (Kind.LATER, False),
    (Kind.NEVER, True),
    (Kind.GARBAGE, False),
    (Kind.DROPPED, False),
]


@pytest.mark.parametrize(("kind", "permanent"), KINDS)
@pytest.mark.parametrize("step", Step)
def test_a_refusal_names_host_and_step_and_says_whether_to_try_again(kind: Kind, permanent: bool, step: Step) -> None:
    error = refusal("mail.example.com", step, kind, "550 no")
    assert [each for each, _ in KINDS] == list(Kind)
    assert error.permanent is permanent
    assert str(error).startswith(f"the mail server mail.example.com, {step.value[0]}: ")
    assert error.problem.what.endswith(": 550 no")
    assert error.problem.remedy


@pytest.mark.parametrize(
    ("error", "step", "kind"),
    [
        (smtplib.SMTPConnectError(421, b"busy"), Step.GREETING, Kind.LATER),
        (smtplib.SMTPConnectError(554, b"no"), Step.GREETING, Kind.NEVER),
        (smtplib.SMTPAuthenticationError(535, b"no"), Step.LOGIN, Kind.NEVER),
        (smtplib.SMTPAuthenticationError(454, b"later"), Step.LOGIN, Kind.LATER),
        (smtplib.SMTPResponseException(454, "no TLS now"), Step.STARTTLS, Kind.LATER),
        (smtplib.SMTPResponseException(-1, b"?"), Step.STARTTLS, Kind.GARBAGE),
        (smtplib.SMTPNotSupportedError("no"), Step.STARTTLS, Kind.NOT_OFFERED),
        (smtplib.SMTPException("No suitable authentication method found."), Step.LOGIN, Kind.NOT_OFFERED),
        (smtplib.SMTPServerDisconnected("gone"), Step.READER, Kind.DROPPED),
        (TimeoutError("timed out"), Step.CONNECT, Kind.DROPPED),
        (ConnectionRefusedError(), Step.CONNECT, Kind.UNREACHABLE),
        (ConnectionResetError(), Step.DATA, Kind.DROPPED),
        (BrokenPipeError(), Step.SENDER, Kind.DROPPED),
        (ssl.SSLCertVerificationError(), Step.STARTTLS, Kind.UNTRUSTED),
        (ssl.SSLError("WRONG_VERSION_NUMBER"), Step.CONNECT, Kind.UNTRUSTED),
        (ssl.SSLEOFError(), Step.STARTTLS, Kind.DROPPED),
        (ssl.SSLZeroReturnError(), Step.DATA, Kind.DROPPED),
        (ValueError("not base64"), Step.LOGIN, Kind.GARBAGE),
    ],
    ids=repr,
)
def test_an_exception_of_a_step_means_one_thing(error: Exception, step: Step, kind: Kind) -> None:
    assert kind_of(error, step) is kind


GARBAGE = b"\x16\x03 this is no SMTP\r\n"
REFUSALS: list[tuple[str, Answer, str, bool]] = [
    ("connect", b"421 4.3.2 too busy\r\n", "its greeting: refused for now: 421 4.3.2 too busy", False),
    ("connect", b"554 5.3.2 no service\r\n", "its greeting: refused: 554 5.3.2 no service", True),
    ("connect", GARBAGE, "its greeting: what it answers is no SMTP", False),
    ("connect", Drop, "its greeting: it hung up or did not answer", False),
    ("EHLO", b"421 later\r\n", "its greeting: refused for now: 421 later", False),
    ("EHLO", b"502 what is EHLO?\r\n", "its greeting: refused: 502 what is EHLO[?]", True),
    ("EHLO", GARBAGE, "its greeting: what it answers is no SMTP", False),
    ("EHLO", Drop, "its greeting: it hung up", False),
    ("STARTTLS", b"454 4.7.0 not now\r\n", "STARTTLS: refused for now: 454 4.7.0 not now", False),
    ("STARTTLS", b"501 no\r\n", "STARTTLS: refused: 501 no", True),
    ("STARTTLS", GARBAGE, "STARTTLS: what it answers is no SMTP", False),
    ("STARTTLS", Drop, "STARTTLS: it hung up", False),
    ("EHLO2", b"250 mail.example.com\r\n", "the login: it does not offer it", True),
    ("EHLO2", b"250-mail.example.com\r\n250 AUTH GSSAPI\r\n", "the login: it does not offer it", True),
    ("EHLO2", Drop, "its greeting: it hung up", False),
    ("AUTH", b"454 4.7.0 try later, mailer\r\n", "the login: refused for now: 454", False),
    ("AUTH", b"535 5.7.8 no, mailer\r\n", "the login: refused: 535", True),
    ("AUTH", b"334 YQ\r\n", "the login: what it answers is no SMTP", False),
    ("AUTH", GARBAGE, "the login: what it answers is no SMTP", False),
    ("AUTH", Drop, "the login: it hung up", False),
    ("MAIL", b"451 4.3.0 later\r\n", "the sender: refused for now: 451 4.3.0 later", False),
    ("MAIL", b"550 5.7.1 not you\r\n", "the sender: refused: 550 5.7.1 not you", True),
    ("MAIL", b"552 5.3.4 too big\r\n", "the sender: refused: 552 5.3.4 too big", True),
    ("MAIL", b"421 bye\r\n", "the sender: refused for now: 421 bye", False),
    ("MAIL", GARBAGE, "the sender: what it answers is no SMTP", False),
    ("MAIL", Drop, "the sender: it hung up", False),
    ("RCPT", b"450 4.2.0 greylisted\r\n", "the reader: refused for now: 450 4.2.0 greylisted", False),
    ("RCPT", b"550-5.1.1 nobody\r\n550 5.1.1 here\r\n", "the reader: refused: 550 5.1.1 nobody 5.1.1 here", True),
    ("RCPT", b"421 bye\r\n", "the reader: refused for now: 421 bye", False),
    ("RCPT", b"252 perhaps\r\n", "the reader: what it answers is no SMTP: 252 perhaps", False),
    ("RCPT", GARBAGE, "the reader: what it answers is no SMTP", False),
    ("RCPT", Drop, "the reader: it hung up", False),
    ("DATA", b"451 later\r\n", "the message: refused for now: 451 later", False),
    ("DATA", b"554 no\r\n", "the message: refused: 554 no", True),
    ("DATA", b"250 and now?\r\n", "the message: what it answers is no SMTP: 250 and now", False),
    ("DATA", GARBAGE, "the message: what it answers is no SMTP", False),
    ("DATA", Drop, "the message: it hung up", False),
    (".", b"451 4.3.0 disk is full\r\n", "the whole message: refused for now: 451 4.3.0 disk is full", False),
    (".", b"421 closing\r\n", "the whole message: refused for now: 421 closing", False),
    (".", b"554 5.7.1 this is spam\r\n", "the whole message: refused: 554 5.7.1 this is spam", True),
]


@pytest.mark.parametrize(("at", "answer", "what", "permanent"), REFUSALS, ids=lambda value: repr(value)[:40])
def test_what_is_certainly_not_out(at: str, answer: Answer, what: str, permanent: bool) -> None:
    checks: list[int] = []
    with scripted_server({at: answer}) as told, pytest.raises(DeliveryError) as error:
        smtp(told.port, login=True).send(mail(), "a1", lambda: checks.append(1))
    assert re.fullmatch(f"the mail server {re.escape(HOST)}, {what}.*", error.value.problem.what)
    assert not re.search("mailer|535 5|454 4[.]7[.]0 try", error.value.problem.what)
    assert error.value.permanent is permanent
    assert error.value.problem.remedy
    assert checks == ([1] if at == "." else [])
    assert "QUIT" not in told.verbs  # it hangs up, for nothing it said may count any more
    assert error.value.__suppress_context__


@pytest.mark.parametrize("at", ["connect", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA"])
def test_a_server_that_falls_silent_is_left(at: str) -> None:
    with scripted_server({at: Hang}) as told, pytest.raises(DeliveryError, match="it hung up or did not answer") as error:
        smtp(told.port, impatient=True).send(mail(), "a1", fine)
    assert not error.value.permanent


def test_a_server_that_is_not_there() -> None:
    with scripted_server() as told:
        port = told.port
    with pytest.raises(DeliveryError, match="the connection: it cannot be reached") as error:
        smtp(port).send(mail(), "a1", fine)
    assert not error.value.permanent


# After the last dot


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (Drop, "did not answer to the whole message"),
        (Hang, "did not answer to the whole message"),
        (GARBAGE, "answered to the whole message is no SMTP"),
        (b"200 perhaps\r\n", "answered to the whole message is no SMTP"),
        (b"354 more?\r\n", "answered to the whole message is no SMTP"),
        (b"251 elsewhere\r\n", "answered to the whole message is no SMTP"),
        (b"25", "(did not answer|is no SMTP)"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("security", ["starttls", "none"])
def test_an_answer_that_is_lost_after_the_last_dot_is_unknown(answer: Answer, what: str, security: str) -> None:
    with (
        scripted_server({".": answer}) as told,
        pytest.raises(DeliveryUnknown, match=f"{what}.*its log knows <0123abcd@example.com>"),
    ):
        smtp(told.port, security, impatient=True).send(mail(), "a1", fine)
    assert len(told.messages) == 1


@pytest.mark.parametrize("answer", [Drop, GARBAGE, b"421 bye\r\n", b"500 what?\r\n"], ids=repr)
def test_what_a_server_says_to_a_farewell_changes_nothing(answer: Answer) -> None:
    with scripted_server({"QUIT": answer}) as told:
        assert smtp(told.port).send(mail(), "a1", fine) == Receipt("<0123abcd@example.com>")
    assert len(told.messages) == 1


# What is sent


@pytest.mark.parametrize(
    ("message", "what"),
    [
        (b"Subject: x\r\nBcc: eve@example.com\r\n\r\nx", "Bcc header"),
        (b"bcc : eve@example.com\r\n\r\nx", "Bcc header"),
        (b"Resent-Bcc: eve@example.com\r\n\r\nx", "Bcc header"),
        (b"Subject: x\r\n\r\nx\n.\nMAIL FROM:<eve@example.com>\r\n", "line end"),
        (b"Subject: x\r\n\r\nx\r.\r\n", "line end"),
        (b"Subject: x\r\n\r\nx\n.\r\n", "line end"),
        (b"Subject: x\r\n\r\nx\r\r\n", "line end"),
        ("Subject: ü\r\n\r\nx".encode(), "may not carry"),
        (b"Subject: x\r\n\r\n\0", "may not carry"),
    ],
)
def test_a_message_that_could_be_read_as_another_is_refused(message: bytes, what: str) -> None:
    with scripted_server() as told, pytest.raises(DeliveryError, match=what) as error:
        smtp(told.port, "none").send(mail(message=message), "a1", fine)
    assert error.value.permanent
    assert told.lines == []


def test_the_word_bcc_in_a_body_is_no_header() -> None:
    with mail_server("none") as inbox:
        smtp(inbox.port, "none").send(mail(message=b"Subject: x\r\n\r\nBcc: nobody\r\n"), "a1", fine)
    assert inbox.mails[0][2].endswith(b"Bcc: nobody\r\n")


def test_a_room_gets_no_mail() -> None:
    sent = mail()
    with pytest.raises(DeliveryError, match="a room gets none"):
        smtp(1).send(Envelope(sent.label, sent.sender, Room("#reports"), sent.message), "a1", fine)


@pytest.fixture(scope="module")
def listening() -> Iterator[tuple[Scripted, Smtp]]:
    with scripted_server() as told:
        yield told, smtp(told.port, "none")


@given(lines=st.lists(st.sampled_from([b".", b"..", b".x", b"", b"x.", b"a" * 70]), max_size=12))
def test_dots_at_the_start_of_lines_survive(listening: tuple[Scripted, Smtp], lines: list[bytes]) -> None:
    body, (told, channel) = b"".join(line + b"\r\n" for line in lines), listening
    told.messages.clear()
    channel.send(mail(message=b"Subject: x\r\n\r\n" + body), "a1", fine)
    [taken] = told.messages
    assert b"".join(line.removeprefix(b".") for line in taken.splitlines(keepends=True)) == b"Subject: x\r\n\r\n" + body


# Options and secrets


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"host": "mail.example.com\r\nX"}, "host"),
        ({"host": ""}, "host"),
        ({"user": "mailer"}, "go together"),
        ({"password": "${env:P}"}, "go together"),
        ({"user": "mail er", "password": "${env:P}"}, "user"),
        ({"security": "ssl"}, "security"),
        ({"port": 0}, "port"),
        ({"port": 70000}, "port"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"timeout_seconds": 300}, "timeout_seconds"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_options_that_cannot_be_are_refused(changes: Mapping[str, Any], what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        SmtpOptions.model_validate({"host": "mail.example.com", **changes})


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_each_security_has_its_port(security: str, port: int) -> None:
    options = SmtpOptions.model_validate({"host": "localhost", "security": security})
    assert Smtp(means(Path()), options)._server.port == port


def test_a_password_that_is_not_there_or_cannot_be_sent_is_a_refusal() -> None:
    options = SmtpOptions(host=HOST, port=1, user=USER, password="${env:PASSWORD}")
    with pytest.raises(DeliveryError, match=r"nothing behind \$\{env:PASSWORD\}") as error:
        Smtp(means(Path()), options).send(mail(), "a1", fine)
    assert error.value.permanent
    with pytest.raises(DeliveryError, match="more than ASCII") as error:
        Smtp(means(Path(), PASSWORD="pässword"), options).send(mail(), "a1", fine)
    assert "ä" not in str(error.value) + repr(error.value)


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_file_of_authorities_that_is_none_is_a_refusal(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_bytes(content)
    with pytest.raises(DeliveryError, match=r"ca\.pem cannot be used"):
        smtp(1, ca_file=str(tmp_path / "ca.pem")).send(mail(), "a1", fine)


def test_a_file_of_authorities_lies_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(certificates().authority.read_bytes())
    with mail_server() as inbox:
        options = SmtpOptions(host=HOST, port=inbox.port, ca_file="ca.pem")
        chosen = means(tmp_path / "home")
        Smtp(replace(chosen, root=tmp_path), options).send(mail(), "a1", fine)
    assert len(inbox.mails) == 1


def test_what_a_server_says_is_shown_without_anything_private() -> None:
    said = b"550 <Ana@Example.com> no\x1b[31m\r\n pass tall.ships+42 AG1haWxlcgB0YWxsLnNoaXBzKzQyAAAA " + b"x " * 300
    told = shown(550, said, ["ana@example.com", "tall.ships+42", ""])
    assert told.startswith("550 550 <…> no [31m pass … …")
    assert len(told) <= 210
