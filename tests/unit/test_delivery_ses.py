"""SES without SES: what its answers mean, what goes into a tag, the point of no return, and what an account allows."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import botocore.exceptions
import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.addresses import Address
from quarterdeck.aws import Aws, Fault
from quarterdeck.delivery import Room, Unsettled
from quarterdeck.delivery.handover import Handover
from quarterdeck.delivery.message import MAX_BYTES
from quarterdeck.delivery.readers import Reader
from quarterdeck.delivery.ses import Ses, tag
from quarterdeck.delivery.ses_account import SANDBOX, Account, Allowance
from quarterdeck.delivery.ses_answers import ANSWERS, Answer, Outcome, code_of, judge
from quarterdeck.errors import DeliveryError
from tests.handbook import page, rows, section
from tests.parcels import MESSAGE, envelope, means

MINUTE = 60_000_000_000  # nanoseconds


def never() -> None:
    raise AssertionError("nothing was to be sent")


# What answers mean


def test_every_error_that_aws_models_for_a_message_has_a_row() -> None:
    model = botocore.session.get_session().get_service_model("sesv2").operation_model("SendEmail")
    modelled = {shape.name for shape in model.error_shapes}
    assert len(modelled) >= 8
    assert modelled <= {row.code for row in ANSWERS}


def test_every_local_code_is_an_exception_of_the_sdk() -> None:
    for row in ANSWERS:
        if row.is_local:
            assert issubclass(getattr(botocore.exceptions, row.code), botocore.exceptions.BotoCoreError), row.code


def test_no_row_hides_another_and_each_says_what_to_do() -> None:
    seen: dict[str, list[str]] = {}
    for row in ANSWERS:
        assert "" not in seen.get(row.code, []), row
        assert row.says not in seen.get(row.code, []), row
        assert row.meaning, row
        assert row.remedy, row
        assert not (row.retry_after and row.outcome is not Outcome.WAIT), row
        seen.setdefault(row.code, []).append(row.says)
    assert all(told[-1] == "" for told in seen.values())  # whatever the words are, the code has a row


def fault(row: Answer, status: int = 400) -> Fault:
    return Fault(row.code, f"... {row.says.upper()} ...", 0 if row.is_local else status, answered=not row.is_local)


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: f"{row.code} {row.says}".strip())
def test_what_was_not_handed_over_is_never_unknown(row: Answer) -> None:
    for status in (200, 400, 500, 503):
        found = judge(fault(row, status), handed_over=False)
        assert found.outcome is not Outcome.UNKNOWN
        assert found is row or row.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: f"{row.code} {row.says}".strip())
def test_what_was_handed_over_is_refused_only_by_an_answer_that_says_so(row: Answer) -> None:
    found = judge(fault(row), handed_over=True)
    assert found.outcome is (Outcome.UNKNOWN if row.is_local else row.outcome)
    assert judge(fault(row, 500), handed_over=True).outcome is Outcome.UNKNOWN
    assert judge(replace(fault(row), answered=False), handed_over=True).outcome is Outcome.UNKNOWN


@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, 599), st.booleans())
def test_what_is_not_listed_is_unknown_once_handed_over(code: str, message: str, status: int, answered: bool) -> None:
    given_fault = Fault(f"{code}?", message, status, answered=answered)
    assert judge(given_fault, handed_over=True).outcome is Outcome.UNKNOWN
    assert judge(given_fault, handed_over=False).outcome is Outcome.WAIT
    assert re.fullmatch(r"status \d+", code_of(given_fault))  # nothing from the wire is repeated


def test_the_handbook_has_the_table() -> None:
    listed = [
        (row[0].strip("`"), row[1].strip("`"), *row[2:])
        for row in rows(section(page("delivery.md"), "What SES answers"), "code")
    ]
    assert listed == [(row.code, f"{row.says} …" if row.says else "", row.outcome.value, row.remedy) for row in ANSWERS]


# Tags


@given(st.text(max_size=600))
def test_a_tag_is_what_ses_takes(value: str) -> None:
    made = tag(value)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,256}", made, re.ASCII)
    assert tag(made) == made


def test_tags_keep_what_they_can_and_tell_apart_what_they_cannot() -> None:
    assert tag("alpha_ceo_2026-10") == "alpha_ceo_2026-10"
    assert tag("a" * 256) == "a" * 256
    assert tag("client billing").startswith("client_billing_")
    others = [
        "client billing",
        "client_billing",
        "client/billing",
        "client.billing",
        "é",
        "è",
        "",
        " ",
        "a" * 257,
        "a" * 258,
        "\ud800",
    ]
    assert len({tag(value) for value in others}) == len(others)


# The point of no return


@given(st.binary(max_size=5_000), st.lists(st.integers(1, 700), min_size=1, max_size=30))
def test_the_last_check_stands_before_the_last_bytes(body: bytes, sizes: list[int]) -> None:
    given_away: list[bytes] = []
    seen: list[int] = []
    handover = Handover(lambda: seen.append(sum(map(len, given_away)))).of(body)
    while piece := handover.read(sizes[len(given_away) % len(sizes)]):
        assert handover.is_complete == (sum(map(len, given_away)) + len(piece) == len(body))
        given_away.append(piece)
    assert b"".join(given_away) == body
    assert len(seen) == 1
    assert seen[0] < len(body) or not body
    assert handover.is_complete


def test_a_last_check_that_objects_keeps_the_last_bytes_back() -> None:
    def object_to_it() -> None:
        raise DeliveryError("too late")

    handover = Handover(object_to_it).of(b"0123456789")
    assert handover.read(4) == b"0123"
    assert handover.read(4) == b"4567"
    for _ in range(2):  # asking again does not get them either
        with pytest.raises(DeliveryError, match="too late"):
            handover.read(4)
        handover._body.seek(8)
    assert not handover.is_complete
    assert str(handover.objection) == "too late"


# What is refused before anything is asked of SES


@pytest.fixture
def ses(tmp_path: Path) -> Ses:
    """SES where nobody answers: whatever reaches out fails in another way than these tests expect."""
    return Ses(means(tmp_path, Aws("us-east-1", "http://127.0.0.1:1")))


HEAD = MESSAGE.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    "message",
    [
        HEAD + b"\r\nBcc: eve@example.com\r\n\r\nhello",
        HEAD + b"\r\nbcc : eve@example.com\r\n\r\nhello",
        HEAD + b"\r\nX: y\nBCC: eve@example.com\r\n\r\nhello",
        HEAD + b"\r\nX: y\rBcc:\r\n\r\nhello",
        HEAD + b"\r\nResent-Bcc: eve@example.com\r\n\r\nhello",
    ],
)
def test_a_message_with_a_bcc_header_is_refused(ses: Ses, message: bytes) -> None:
    with pytest.raises(DeliveryError, match="Bcc") as caught:
        ses.send(envelope(message=message), "a1", never)
    assert caught.value.permanent
    assert "eve" not in str(caught.value)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        HEAD,
        b"Subject: x\r\n\r\nhello",
        MESSAGE.replace(b"reports@", b"other@"),
        b"From: eve@example.com\r\n" + MESSAGE,
        HEAD + b"\r\nFROM: eve@example.com\r\n\r\nhello",
        MESSAGE.replace(b"com>\r\n", b"com>\r\n , eve@example.com\r\n", 1),
        MESSAGE.replace(b"\r\n", b"\n"),
    ],
)
def test_a_message_that_does_not_come_from_its_sender_alone_is_refused(ses: Ses, message: bytes) -> None:
    with pytest.raises(DeliveryError, match="does not come from its sender"):
        ses.send(envelope(message=message), "a1", never)


def test_a_message_of_twelve_megabytes_is_refused(ses: Ses) -> None:
    with pytest.raises(DeliveryError, match=f"more than {MAX_BYTES}") as caught:
        ses.send(envelope(message=MESSAGE + b"x" * 12_000_000), "a1", never)
    assert caught.value.permanent


def test_a_room_is_refused(ses: Ses) -> None:
    with pytest.raises(DeliveryError, match="a room gets none"):
        ses.send(replace(envelope(), reader=Room("#reports")), "a1", never)


@pytest.mark.parametrize(
    "spec",
    [
        "ana@example.com,eve@example.com",
        "ana@example.com\r\nBcc: eve@example.com",
        '"ana ruiz"@example.com',
        "anä@example.com",
        "Ana <ana@example.com>",
        "ana@example.com ",
        "ana",
        "",
    ],
)
def test_a_reader_that_is_not_plainly_one_address_is_refused(ses: Ses, spec: str) -> None:
    with pytest.raises(DeliveryError, match="the reader") as caught:
        ses.send(replace(envelope(), reader=Reader(Address(spec))), "a1", never)
    assert caught.value.permanent


def test_nobody_knows_what_became_of_a_lost_message(ses: Ses) -> None:
    assert ses.settle(envelope().label, ("a1", "a2")) is Unsettled.UNSURE


# What the account allows


class Readings:
    """An account as it is read, and how often it was."""

    def __init__(self, account: Account) -> None:
        self.account, self.times, self.now = account, 0, 0

    def read(self) -> Account:
        self.times += 1
        return self.account

    def clock(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += round(seconds * 1e9) or 1

    def allowance(self, per_second: float | None = None) -> Allowance:
        return Allowance(self.read, per_second, self.clock, self.sleep)


def test_the_account_is_read_before_the_first_message_and_when_the_reading_is_old() -> None:
    readings = Readings(Account(per_second=1000))
    allowance = readings.allowance()
    assert readings.times == 0
    for _ in range(5):
        allowance.take()
    assert readings.times == 1
    readings.now += 10 * MINUTE
    allowance.take()
    allowance.account()
    assert readings.times == 2


def test_a_quota_that_is_used_up_midway_refuses_and_says_when_to_come_back() -> None:
    readings = Readings(Account(per_second=1000, quota=200, left=3))
    allowance = readings.allowance()
    for _ in range(3):
        allowance.take()
    readings.now = 4 * MINUTE
    for _ in range(2):
        with pytest.raises(DeliveryError, match="200 messages") as caught:
            allowance.take()
        assert not caught.value.permanent
        assert caught.value.retry_after == timedelta(minutes=6)
    assert readings.times == 1
    readings.now, readings.account = 10 * MINUTE, Account(per_second=1000, quota=200, left=1)
    allowance.take()  # some of yesterday's no longer count
    with pytest.raises(DeliveryError):
        allowance.take()


@pytest.mark.parametrize(
    ("account", "wanted", "pause"),
    [
        (Account(per_second=10), None, 0.1),
        (Account(per_second=10), 2, 0.5),
        (Account(per_second=10), 50, 0.1),  # never faster than the account may
        (Account(unread="AccessDeniedException"), None, 1),
        (Account(unread="AccessDeniedException"), 5, 0.2),
        (Account(), 0.5, 2),
    ],
)
def test_the_pace_is_the_accounts_or_the_settings_own(account: Account, wanted: float | None, pause: float) -> None:
    readings = Readings(account)
    allowance = readings.allowance(wanted)
    allowance.take()
    first = readings.now
    allowance.take()
    assert readings.now - first == pytest.approx(pause * 1e9, rel=1e-6)


def test_an_account_that_could_not_be_read_is_tried_again_soon() -> None:
    readings = Readings(Account(unread="AccessDeniedException"))
    allowance = readings.allowance()
    allowance.take()
    readings.now += MINUTE
    readings.account = Account(per_second=14)
    allowance.take()
    assert readings.times == 2
    assert allowance.account().per_second == 14


def test_remarks_say_what_a_person_should_know() -> None:
    assert list(Account(14, 5_000_000, 49_990).remarks()) == ["SES takes 14 messages a second, 49990 of 5000000 left for today"]
    assert list(Account(14).remarks()) == ["SES takes 14 messages a second, as many a day as you like"]
    assert list(Account(1, 200, 200, in_sandbox=True, may_send=False).remarks())[1:] == [
        SANDBOX,
        "SES has paused this account's sending",
    ]
    assert list(Account(unread="AccessDeniedException").remarks()) == [
        "SES does not tell what the account may send (AccessDeniedException); `rate_per_second` holds, or 1 a second"
    ]
    assert math.isinf(Account().left)
