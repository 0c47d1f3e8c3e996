"""AWS, or the way to it, fails at one call of a delivery: what the trail says after it, and who has a mail.

The faults lie on the wire, between the SDK and the emulator. What then comes of it in later runs is in the torture.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

import quarterdeck.aws
from quarterdeck.audit import AuditStore, State
from quarterdeck.audit.dynamodb_calls import Calls
from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.aws import Aws
from quarterdeck.delivery.ses import Ses
from quarterdeck.errors import AuditError
from quarterdeck.steps.deliver import DeliveryCounts, Parcel, deliver
from tests.emulator import Emulator
from tests.parcels import SENDER, envelope, means
from tests.torture.scenarios import FAULTS
from tests.trails import NOW, dynamo_store

READER = "ana@example.com"
ANNOUNCED, RECORDED = 4, 5  # the writes of a delivery in a table, after the table's own, the plan and the claim
_EVER = 1000


@cache
def aws_of(url: str, read_seconds: float) -> Aws:
    """AWS on the emulator; making its clients takes longer than the tests, so it is shared."""
    aws = Emulator(url).aws()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quarterdeck.aws, "_READ_SECONDS", read_seconds)
        for service in ("dynamodb", "sesv2"):
            aws.client(service, "once")
    return aws


@pytest.fixture
def aws(request: pytest.FixtureRequest, emulator: Emulator) -> Aws:
    """With a verified sender, and with little patience where something hangs."""
    hangs = getattr(request.node, "callspec", None) and request.node.callspec.params.get("fault") == "hang"
    aws = aws_of(emulator.url, 0.4 if hangs else 30)
    aws.client("sesv2", "once").create_email_identity(EmailIdentity=SENDER.domain)
    return aws


@dataclass
class Clock:
    """A clock that a sleep moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def run(audit: AuditStore, aws: Aws, home: Path) -> DeliveryCounts:
    """One delivery to one reader."""
    clock, channel = Clock(), Ses(means(home, aws), sleep=lambda _: None)
    parcel = Parcel.of(envelope(READER, channel="ses"), "ses")
    return deliver(audit, channel, [parcel], owner="one", clock=clock, sleep=clock.sleep)


def state_of(audit: AuditStore) -> State:
    (row,) = audit.list()
    return row.state


# What the mail service's fault leaves in the trail, and how many mails went out.
ONCE = {
    "before": (State.UNKNOWN, 0),
    "after": (State.UNKNOWN, 1),
    "hang": (State.UNKNOWN, 1),
    "500": (State.UNKNOWN, 0),
    "500-after": (State.UNKNOWN, 1),
    "503": (State.UNKNOWN, 0),
    "throttle": (State.SENT, 1),
    "empty": (State.UNKNOWN, 1),
    "cut": (State.UNKNOWN, 1),
    "refuse": (State.FAILED, 0),
    "deny": (State.FAILED, 0),
    "expire": (State.SENT, 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_mail_service(fault: str, aws: Aws, emulator: Emulator, tmp_path: Path) -> None:
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    emulator.fail("SendEmail", **FAULTS[fault])
    counts = run(audit, aws, tmp_path)
    assert (state_of(audit), len(emulator.mails())) == ONCE[fault]
    assert (counts.sent == 1) is (state_of(audit) is State.SENT)
    assert len(counts.problems) == 1 - counts.sent
    again = run(audit, aws, tmp_path)  # which must not make it worse: only what failed is tried again
    assert len(emulator.mails()) == (ONCE[fault][1] or state_of(audit) is State.SENT)
    assert (again.unknown == 1) is (ONCE[fault][0] is State.UNKNOWN)


@pytest.mark.parametrize("fault", ["throttle", "expire"])
def test_a_mail_service_that_goes_on_refusing(fault: str, aws: Aws, emulator: Emulator, tmp_path: Path) -> None:
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    emulator.fail("SendEmail", times=_EVER, **FAULTS[fault])
    counts = run(audit, aws, tmp_path)
    assert (state_of(audit), emulator.mails()) == (State.PLANNED, [])
    assert counts.failed == len(counts.problems) == 1
    assert 2 <= len(emulator.calls("SendEmail")) < 50  # it was tried again, and not for ever


@pytest.mark.parametrize("write", [ANNOUNCED, RECORDED])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_trails_table(fault: str, write: int, aws: Aws, emulator: Emulator, tmp_path: Path) -> None:
    """What is lost or throttled is written all the same, once; what is refused ends the run, and nothing more is sent."""
    audit = dynamo_store(emulator, tmp_path, lambda table, _: Calls(table, aws, lambda _: None))
    emulator.fail("TransactWriteItems", skip=write - 1, **FAULTS[fault])
    if fault in {"refuse", "deny", "expire"}:
        with pytest.raises(AuditError):
            run(audit, aws, tmp_path)
        ends = {ANNOUNCED: (State.CLAIMED, 0), RECORDED: (State.SENDING, 1)}
        assert (state_of(audit), len(emulator.mails())) == ends[write]
    else:
        assert run(audit, aws, tmp_path).sent == 1
        assert (state_of(audit), len(emulator.mails())) == (State.SENT, 1)
    assert audit.verify().ok
    assert sum(call["how"] != "" for call in emulator.calls("TransactWriteItems")) == 1


def test_a_trail_that_cannot_be_written_sends_nothing(aws: Aws, emulator: Emulator, tmp_path: Path) -> None:
    audit = dynamo_store(emulator, tmp_path, lambda table, _: Calls(table, aws, lambda _: None))
    emulator.fail("TransactWriteItems", times=_EVER, skip=ANNOUNCED - 1, **FAULTS["throttle"])
    with pytest.raises(AuditError):
        run(audit, aws, tmp_path)
    assert emulator.mails() == []
    assert state_of(audit) is State.CLAIMED


def test_the_sdk_as_it_comes_would_send_twice(
    aws: Aws, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What these tests are there to notice."""
    monkeypatch.setattr(quarterdeck.aws, "_ATTEMPTS", {**quarterdeck.aws._ATTEMPTS, "once": 3})
    monkeypatch.setattr("quarterdeck.delivery.ses.watch", lambda *_: None)
    emulator.fail("SendEmail", **FAULTS["after"])
    run(SqliteAudit(tmp_path / "audit.sqlite"), emulator.aws(), tmp_path)
    assert len(emulator.mails()) == 2
