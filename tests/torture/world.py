"""Where a scenario plays: a store, SES on an emulator of its own, a clock that is moved by hand, and processes that deliver."""

from __future__ import annotations

import os
import shutil
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import botocore.httpsession

import quarterdeck.aws
from quarterdeck.audit import AuditStore, Delivery, State
from quarterdeck.audit.anchors import AnchorFile
from quarterdeck.audit.dynamodb import DynamoAudit
from quarterdeck.audit.dynamodb_calls import Calls
from quarterdeck.audit.dynamodb_meta import create_table
from quarterdeck.audit.happenings import Accept, Release
from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.aws import Aws
from quarterdeck.delivery.ses import MAILBOX_SIMULATOR, Ses
from quarterdeck.steps.deliver import Parcel
from tests.emulator import Emulator
from tests.forks import FAILED, Child
from tests.parcels import MESSAGE, SENDER, envelope, means
from tests.torture.clock import Clock
from tests.torture.tripwire import Tripwire, only_counting
from tests.trails import TABLE

if TYPE_CHECKING:
    from tests.torture.feed import Listening

READERS = ("ana@example.com", "bob@example.com")
QUIET = timedelta(minutes=16)  # how long nothing is heard of a message before a healthy feed says that it is not out
_LONG = MESSAGE + b"All is well.\r\n" * 500
_PIECE = 8192  # bytes that a socket is handed at once, fewer than the message has
_PATIENCE_SECONDS = 10.0
_MOMENT = 0.02

Deliver = Callable[["World", str], None]


@dataclass
class World:
    """`deliver` is the protocol under test; `dead` are the names of processes that are known to run no more.

    `has_sleepers` is whether some process sleeps.
    """

    store: str
    home: Path
    emulator: Emulator
    deliver: Deliver
    takes_old_signatures: bool = False
    has_sleepers: bool = False
    dead: set[str] = field(default_factory=set)
    children: list[Child] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        botocore.httpsession.BUFFER_SIZE = _PIECE
        # Made once and never used in this process, for the children to start with: what they open is theirs alone.
        self.aws = self.emulator.aws()
        for service in ("dynamodb", "sesv2"):
            self.aws.client(service, "once")
        self.own = self.emulator.aws()

    def begin(self) -> None:
        """Everything anew."""
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        self.dead.clear()
        self.has_sleepers = False
        self.clock.begin()
        self.emulator.reset()
        self._tell_time()
        with self.clock.ruling():
            self.own.client("sesv2").create_email_identity(EmailIdentity=SENDER.domain)
            if self.store == "dynamodb":
                create_table(self.own.client("dynamodb", "once"), TABLE)

    @cached_property
    def listening(self) -> Listening:
        """The product's own feed of events."""
        from tests.torture.feed import Listening  # late: it brings all of the product

        return Listening(self)

    def open(self, aws: Aws | None = None) -> AuditStore:
        anchors = AnchorFile(self.home / "anchors.jsonl")
        if self.store == "sqlite":
            return SqliteAudit(self.home / "audit.sqlite", anchors)
        return DynamoAudit(Calls(TABLE, aws or self.aws, _hurried), anchors)

    def channel(self) -> Ses:
        """SES at any rate: what takes time is none of these tests'."""
        return Ses(means(self.home, self.aws), None, partial(next, count(0, 10**9)), lambda _: None)

    def parcels(self) -> list[Parcel]:
        return [Parcel.of(envelope(reader, message=_LONG, channel="ses"), "ses") for reader in READERS]

    def start(
        self,
        owner: str,
        tripwire: Tripwire | None = None,
        *,
        read_seconds: float | None = None,
        ahead: timedelta = timedelta(0),
    ) -> Child:
        """A process of its own that delivers.

        There may be a tripwire in its way; it may have less patience for AWS than others, or a clock that is ahead of theirs.
        """

        def act() -> None:
            self.clock.ahead = ahead
            if read_seconds:
                quarterdeck.aws._READ_SECONDS = read_seconds  # type: ignore[assignment]
                self.aws = self.emulator.aws()
            self.deliver(self, owner)

        return self.child(owner, act, tripwire)

    def child(self, name: str, act: Callable[[], None], tripwire: Tripwire | None = None) -> Child:
        """A process of its own, which lives in this world's time and leaves word of what it fails on."""

        def whole() -> None:
            self.clock.rule_here()
            if tripwire:
                tripwire.lay()
            try:
                act()
            except BaseException:
                (self.home / f"{name}-{os.getpid()}.error").write_text(traceback.format_exc())
                raise

        self.children.append(Child(whole))
        return self.children[-1]

    def end(self) -> None:
        """Nobody who still works or sleeps outlives a scenario."""
        while self.children:
            self.children.pop().kill()

    def count_steps(self, act: Callable[[], None]) -> list[str]:
        """The steps of something that nothing gets in the way of."""
        found, tripwire = self.home / "steps", only_counting()

        def counted() -> None:
            act()
            found.write_text("\n".join(tripwire.steps))

        if self.child("counted", counted, tripwire).wait() != 0:
            raise AssertionError(self.complaints())
        return found.read_text().splitlines()

    def move_on(self, by: timedelta) -> None:
        """Later: whatever was still on its way to AWS has arrived, or is too old to be taken."""
        self._wait_until_arrived()
        self.clock.set(self.clock() + by)
        self._tell_time()
        _wait_for(lambda: all(call["status"] or call["how"] for call in self.emulator.calls()))

    def hear(self, *, is_deaf: bool = False) -> None:
        """What a feed of events leads to that is complete and known to be healthy, or taken to be so.

        The event of a message names its attempt; of an attempt that none came of in the quiet time, no message is out.
        """
        mails = [] if is_deaf else self.emulator.mails()
        attempts = {mail["tags"]["quarterdeck-attempt"]: mail["id"] for mail in mails}

        def act() -> None:
            audit = self.open()
            for row in audit.list():
                for attempt in row.attempts:
                    if attempt in attempts:
                        audit.apply(row.key, Accept(attempt, attempts[attempt], "its event came"), self.clock())
                if not set(row.attempts) & set(attempts):
                    self._release(audit, row)

        if self.child("feed", act).wait() == FAILED:
            raise AssertionError(self.complaints())

    def received(self) -> Counter[str]:
        """How many mails each reader has, the mail service's own simulator aside."""
        readers = [reader for mail in self.emulator.mails() for reader in mail["destinations"]]
        return Counter(reader for reader in readers if reader != MAILBOX_SIMULATOR.spec)

    def look(self) -> tuple[dict[str, Delivery], tuple[str, ...]]:
        """The trail's rows by reader, and what is wrong with the trail."""
        with self.clock.ruling():
            audit = self.open(self.own)
            try:
                verdict = audit.verify()
                return {row.reader: row for row in audit.list()}, () if verdict.ok else tuple(map(str, verdict.problems))
            finally:
                if isinstance(audit, SqliteAudit):
                    audit.close()

    def flaws(self) -> tuple[str, ...]:
        """What is wrong beside the trail: mails that are not what was to be sent, and an emulator that itself failed."""
        reports = (mail for mail in self.emulator.mails() if mail["destinations"] != [MAILBOX_SIMULATOR.spec])
        changed = tuple(f"another message: {mail}" for mail in reports if mail["raw_data"].encode("latin-1") != _LONG)
        return changed + tuple(f"failed: {it}" for it in self.emulator.calls() if it["status"] == 500 and not it["how"])

    def complaints(self) -> str:
        """The errors that processes ended with."""
        return "\n".join(path.read_text() for path in sorted(self.home.glob("*.error")))

    def _release(self, audit: AuditStore, row: Delivery) -> None:
        if row.state is State.UNKNOWN and row.updated_at and self.clock() - row.updated_at >= QUIET:
            audit.apply(row.key, Release(row.fence, row.attempt, "no event of it came"), self.clock())

    def _tell_time(self) -> None:
        if not self.takes_old_signatures:
            self.emulator.set_clock(self.clock())

    def _wait_until_arrived(self) -> None:
        """Until the emulator has taken whatever was sent to it; of those who sleep, it cannot know whether more will come."""
        if self.has_sleepers:
            time.sleep(_MOMENT)
        else:
            _wait_for(lambda: not self.emulator.connections())


def _hurried(seconds: float) -> None:
    """A pause between tries, shorter than meant: the emulator recovers as soon as it is told to."""
    time.sleep(seconds / 50)


def _wait_for(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError("the emulator does not come to rest")
        time.sleep(0.001)
