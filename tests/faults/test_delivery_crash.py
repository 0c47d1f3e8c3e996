"""Delivery is killed (SIGKILL) at every SQL statement and every file operation, and then run again: nothing comes twice.

Each scenario is real: a forked process over a real SQLite file and a real folder, ended without any clean-up.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest

from quarterdeck.audit import State
from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.audit.states import OUT
from quarterdeck.delivery import Channel, Envelope, Label, Receipt, Unsettled
from quarterdeck.delivery.outbox import Outbox
from quarterdeck.errors import DeliveryUnknown
from quarterdeck.steps.deliver import DeliveryCounts, Parcel, Policy, deliver
from quarterdeck.steps.turn import TTL, Turn
from tests.forks import die, in_child, together
from tests.parcels import envelope, means
from tests.trails import NOW


def Folder(home: Path) -> Outbox:
    return Outbox(means(home))


READERS = ("ana@example.com", "bob@example.com")
HOUR = timedelta(hours=1)
_FILE_CALLS = ("open", "fsync", "link", "unlink")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: it is processes that die here, not machines, so no disk need be waited for."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield Path(name)


class Blind:
    """A channel like a mail service without an idempotency key: it sends as often as it is told to, and cannot be asked.

    A message that went out is a line in a file; the answer is lost when the process dies after that.
    """

    kind: ClassVar[str] = "blind"

    def __init__(self, home: Path) -> None:
        self.path = home / "sent.txt"

    def send(self, envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
        last_check()
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(handle, f"{envelope.label.reader}\n".encode())
        os.fsync(handle)
        os.close(handle)
        return Receipt(f"m-{attempt}")

    def settle(self, label: Label, attempts: tuple[str, ...]) -> Receipt | Unsettled:
        assert label.key
        assert attempts
        return Unsettled.UNSURE


def run(
    home: Path, make: Callable[[Path], Channel], now: datetime, owner: str = "one", gone: bool = False, alone: bool = False
) -> DeliveryCounts:
    """One run of delivery over a home, as a process of its own does it; `alone` is with a turn."""
    audit, channel = SqliteAudit(home / "audit.sqlite"), make(home)
    try:
        return _deliver(audit, channel, owner, now, gone, alone)
    finally:
        audit.close()


def _deliver(audit: SqliteAudit, channel: Channel, owner: str, now: datetime, gone: bool, alone: bool) -> DeliveryCounts:
    parcels = [Parcel.of(envelope(reader, channel=channel.kind), channel.kind) for reader in READERS]
    turn = Turn(
        audit, channel.kind, owner, clock=lambda: now, sleep=lambda _: time.sleep(0.002), is_gone=lambda _: gone, patience=HOUR
    )
    return deliver(
        audit,
        channel,
        parcels,
        owner=owner,
        clock=lambda: now,
        is_gone=lambda _: gone,
        turn=turn if alone else None,
    )


def run_until(step: int, home: Path, make: Callable[[Path], Channel], now: datetime, gone: bool, alone: bool = False) -> None:
    """A run that is killed at its nth step; a step is a SQL statement or a file operation, before it or after it."""
    audit, channel = SqliteAudit(home / "audit.sqlite"), make(home)
    audit.list()
    left = step

    def tick(_: object = None) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            die()

    def ticking(real: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        tick()
        result = real(*args, **kwargs)
        tick()
        return result

    connection = audit._file._connection
    assert connection is not None
    connection.set_trace_callback(tick)
    for name in _FILE_CALLS:
        setattr(os, name, partial(ticking, getattr(os, name)))
    _deliver(audit, channel, f"dies at {step}", now, gone, alone)


def messages(home: Path) -> list[str]:
    """The readers of everything that went out, as often as it did."""
    sent = home / "sent.txt"
    lines = sent.read_text().split() if sent.exists() else []
    names = [path.name.split("_")[3] for path in (home / "outbox").glob("*.eml")]
    return sorted(lines + [name.replace("-", "@", 1).replace("-", ".") for name in names])


def states(home: Path) -> dict[str, State]:
    audit = SqliteAudit(home / "audit.sqlite")
    try:
        assert audit.verify().ok, audit.verify().problems
        return {row.reader: row.state for row in audit.list()}
    finally:
        audit.close()


def steps_of(folder: Path, make: Callable[[Path], Channel], alone: bool = False) -> int:
    """How many steps a run has: the first at which it is not killed any more, less one."""
    low, high = 1, 4096
    while low < high:
        middle = (low + high) // 2
        killed = in_child(lambda: run_until(middle, _fresh(folder / "count"), make, NOW, False, alone)) < 0  # noqa: B023
        low, high = (middle + 1, high) if killed else (low, middle)
    return low - 1


def _fresh(home: Path) -> Path:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    return home


def test_the_outbox_ends_with_one_message_each_wherever_a_run_is_killed(folder: Path) -> None:
    steps = steps_of(folder, Folder)
    assert steps > 60
    for step in range(1, steps + 1):
        home = _fresh(folder / "home")
        assert in_child(lambda: run_until(step, home, Folder, NOW, gone=False)) == -signal.SIGKILL  # noqa: B023
        at_once = run(home, Folder, NOW, gone=bool(step % 2))  # before the lease is over, knowing or not who is gone
        if step % 2:
            assert (at_once.sent + at_once.already, at_once.problems) == (2, ()), step
        later = run(home, Folder, NOW + HOUR)
        assert (later.sent + later.already, later.problems) == (2, ()), step
        assert messages(home) == list(READERS), step
        assert set(states(home).values()) == {State.SENT}, step


def test_the_outbox_ends_with_one_message_each_after_two_crashes(folder: Path) -> None:
    steps = steps_of(folder, Folder)
    scenarios = [(first, second) for first in range(3, steps, 17) for second in range(2, steps, 13)]
    assert len(scenarios) >= 30
    for first, second in scenarios:
        home = _fresh(folder / "home")
        in_child(lambda: run_until(first, home, Folder, NOW, gone=False))  # noqa: B023
        in_child(lambda: run_until(second, home, Folder, NOW + HOUR, gone=False))  # noqa: B023
        run(home, Folder, NOW + 2 * HOUR)
        assert messages(home) == list(READERS), (first, second)
        assert set(states(home).values()) == {State.SENT}, (first, second)


def test_a_turn_to_send_is_no_obstacle_wherever_its_holder_is_killed(folder: Path) -> None:
    """The next run knows that the holder is gone, or it is on another machine and comes after the end of his turn."""
    steps = steps_of(folder, Folder, alone=True)
    assert steps > 60
    for step in range(1, steps + 1, 3):
        home = _fresh(folder / "home")
        assert in_child(lambda: run_until(step, home, Folder, NOW, False, True)) == -signal.SIGKILL  # noqa: B023
        knows = bool(step % 2)
        made = run(home, Folder, NOW if knows else NOW + TTL, "two", gone=knows, alone=True)
        assert (made.sent + made.already, made.problems) == (2, ()), step
        assert messages(home) == list(READERS), step
        assert set(states(home).values()) == {State.SENT}, step


def test_a_channel_that_cannot_be_asked_never_doubles_and_never_loses_unseen(folder: Path) -> None:
    steps = steps_of(folder, Blind)
    held = 0
    for step in range(1, steps + 1):
        home = _fresh(folder / "home")
        in_child(lambda: run_until(step, home, Blind, NOW, gone=False))  # noqa: B023
        run(home, Blind, NOW + HOUR)
        run(home, Blind, NOW + 2 * HOUR + Policy().hold_after)
        found = states(home)
        assert set(messages(home)) | {reader for reader, state in found.items() if state is State.HELD} == set(READERS), step
        assert len(messages(home)) == len(set(messages(home))), step
        assert set(found.values()) <= OUT | {State.HELD}, step
        assert {reader for reader, state in found.items() if state in OUT} <= set(messages(home)), step
        held += State.HELD in found.values()
    assert 0 < held < steps / 2


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("make", [Folder, Blind])
def test_two_processes_at_once_send_each_message_once(make: Callable[[Path], Channel], alone: bool, folder: Path) -> None:
    for number in range(12):
        home = _fresh(folder / str(number))
        runs = [partial(run, home, make, NOW, owner, alone=alone) for owner in ("one", "two")]
        sent = together([lambda each=each: each().sent for each in runs])  # type: ignore[misc]
        assert sum(sent) == 2
        assert messages(home) == list(READERS)
        assert set(states(home).values()) == {State.SENT}


@pytest.mark.parametrize("make", [Folder, Blind])
def test_a_sender_that_is_stopped_before_the_write_and_wakes_late_does_not_send(
    make: Callable[[Path], Channel], folder: Path
) -> None:
    """The zombie: it sleeps between its announcement and the write, and the world goes on without it."""
    clock = folder / "clock"
    clock.write_text(NOW.isoformat())

    class Sleepy:
        kind: ClassVar[str] = make(folder).kind

        def __init__(self, home: Path) -> None:
            self.real = make(home)
            self.is_tired = True

        def send(self, envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
            if self.is_tired:
                self.is_tired = False
                os.kill(os.getpid(), signal.SIGSTOP)
            return self.real.send(envelope, attempt, last_check)

        def settle(self, label: Label, attempts: tuple[str, ...]) -> Receipt | Unsettled:
            return self.real.settle(label, attempts)

    child = os.fork()
    if child == 0:
        try:
            audit, channel = SqliteAudit(folder / "audit.sqlite"), Sleepy(folder)
            parcels = [Parcel.of(envelope(READERS[0], channel=channel.kind), channel.kind)]
            deliver(audit, channel, parcels, owner="zombie", clock=lambda: datetime.fromisoformat(clock.read_text()))
        finally:
            os._exit(0)
    assert os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1])
    later = NOW + HOUR
    run(folder, make, later)
    clock.write_text(later.isoformat())
    os.kill(child, signal.SIGCONT)
    os.waitpid(child, 0)
    run(folder, make, later + HOUR)
    assert messages(folder) == list(READERS)
    assert set(states(folder).values()) == {State.SENT}


def test_an_answer_that_is_lost_in_the_outbox_is_found_in_the_same_run(folder: Path) -> None:
    class Lossy(Outbox):
        def send(self, envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
            super().send(envelope, attempt, last_check)
            raise DeliveryUnknown("the disk went away")

    made = run(folder, lambda home: Lossy(means(home)), NOW)
    assert (made.sent, made.problems) == (2, ())
    assert messages(folder) == list(READERS)
