"""One scenario after another: how processes are killed, or sleep and wake late; and what must have come of it in the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from quarterdeck.audit import State
from quarterdeck.audit.states import OUT
from tests.forks import FAILED, Child
from tests.torture.tripwire import Tripwire, asleep_at, killed_at
from tests.torture.world import QUIET, READERS, World

_LATER = timedelta(minutes=30)  # long after every lease, and before anything is held
_MINUTE = timedelta(minutes=1)
_AHEAD = timedelta(minutes=3)  # as wrong as a clock may be that signs for AWS, and beyond every lease
_HOLD = timedelta(hours=1)
_BLOCKED_SECONDS = 0.25  # a process that waits for another's transaction does so for longer


@dataclass(frozen=True, slots=True)
class Scenario:
    """`first` and `second` are the steps at which something happens to processes, from 1; `second` is 0 where nothing does.

    A shape of faults is named `SendEmail:after`, say: the `first` call of an operation goes wrong in a way of `FAULTS`, and
    those after it until there were `second`, or all that follow where it is 0.

    The feed of events is the product's own over a `queue`, or one that is simply `up` and tells all, `down`, or `deaf`: it
    hears nothing, and that is taken for proof, which nobody should do.
    """

    store: str
    shape: str
    first: int
    second: int
    feed: str
    protocol: str

    def __str__(self) -> str:
        return " ".join(map(str, astuple(self)))

    @classmethod
    def parse(cls, text: str) -> Scenario:
        store, shape, first, second, feed, protocol = text.split()
        return cls(store, shape, int(first), int(second), feed, protocol)


class End(StrEnum):
    """What came of a scenario."""

    EXACTLY_ONE = "exactly one"  # a mail for each reader, and the trail says so
    HELD = "unknown or held"  # the others have theirs, and for these the trail says that nobody knows
    DOUBLED = "doubled"
    LOST = "lost"  # a reader without a mail, and the trail does not say that nobody knows
    UNSOUND = "unsound"  # the trail does not verify, says of mails that went out that they did not, or cannot be used


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a scenario ended, with all that a person needs to see why."""

    scenario: Scenario
    end: End
    story: str


def play(world: World, scenario: Scenario) -> Outcome:
    """Play a scenario in a world of its store and protocol."""
    try:
        world.begin()
        if scenario.feed == "queue":
            world.listening.begin()
        _SHAPES.get(scenario.shape, _fault)(world, scenario)
        return _judge(world, scenario)
    except AssertionError as error:
        return Outcome(scenario, End.UNSOUND, str(error))


def _crash(world: World, it: Scenario) -> None:
    """One process is killed; the next comes at once and knows it, or half an hour later and does not need to."""
    world.start("one", killed_at(it.first)).wait()
    if it.first % 2:
        world.dead.add("one")
        _run(world, "two")
    _finish(world, it.feed)


def _crash_twice(world: World, it: Scenario) -> None:
    """The process that takes over is killed too, half an hour later or at once."""
    world.start("one", killed_at(it.first)).wait()
    if (it.first + it.second) % 2:
        world.dead.add("one")
    else:
        world.move_on(_LATER)
    world.start("two", killed_at(it.second)).wait()
    world.dead |= {"one", "two"} if it.second % 2 else set()
    _finish(world, it.feed)


def _listener(world: World, it: Scenario) -> None:
    """One process is killed while it sends, and then each that takes in what the mail service tells."""
    world.start("one", killed_at(it.first)).wait()
    _finish(world, it.feed, killed_at(it.second))


def _overlap(world: World, it: Scenario, ahead: timedelta = timedelta(0)) -> None:
    """While one process sleeps within its lease, another does all it can; then the first goes on, or is killed."""
    one = world.start("one", asleep_at(it.first))
    if one.wait_asleep():
        two = world.start("two", ahead=ahead)
        two.ends_within(_BLOCKED_SECONDS)
        if it.second:
            one.kill()
        else:
            one.wake()
        _ended_well(world, two)
    one.wait()
    _finish(world, it.feed)


def _skew(world: World, it: Scenario) -> None:
    """The same, and the other's clock is so far ahead that every lease seems to be over."""
    _overlap(world, it, ahead=_AHEAD)


def _race(world: World, it: Scenario) -> None:
    """Two processes at the same time, each killed at a step of its own, or the second one not at all."""
    one = world.start("one", killed_at(it.first))
    two = world.start("two", killed_at(it.second) if it.second else None)
    one.wait()
    two.wait()
    _finish(world, it.feed)


def _zombie(world: World, it: Scenario) -> None:
    """A process sleeps for hours while the world goes on without it, and wakes."""
    one = world.start("one", asleep_at(it.first))
    world.has_sleepers = one.wait_asleep()
    if world.has_sleepers:
        world.move_on(_LATER)
        two = world.start("two")
        if not two.ends_within(_BLOCKED_SECONDS):
            one.wake()  # it sleeps within a transaction, and whoever holds one must be waited for
        _ended_well(world, two)
        _finish(world, it.feed)
        one.wake()
    one.wait()
    world.has_sleepers = False
    _finish(world, it.feed)


FAULTS: Mapping[str, Mapping[str, Any]] = {
    "before": {"how": "before"},
    "after": {"how": "after"},
    "hang": {"how": "hang", "seconds": 1},
    "500": {"how": "error", "status": 500, "code": "InternalServerError"},
    "500-after": {"how": "after_error", "status": 500, "code": "InternalServerError"},
    "503": {"how": "error", "status": 503, "code": "ServiceUnavailable"},
    "throttle": {"how": "error", "status": 400, "code": "ThrottlingException"},
    "empty": {"how": "empty"},
    "cut": {"how": "cut"},
    "refuse": {"how": "error", "status": 400, "code": "ValidationException"},
    "deny": {"how": "error", "status": 403, "code": "AccessDeniedException"},
    "expire": {"how": "error", "status": 403, "code": "ExpiredTokenException"},
}
_ALWAYS = 10_000
_HASTY_SECONDS = 0.4


def _fault(world: World, it: Scenario) -> None:
    """AWS, or the way to it, fails; the process may give up, and later ones find all well again."""
    operation, _, name = it.shape.partition(":")
    world.emulator.fail(operation, times=it.second or _ALWAYS, skip=it.first - 1, **FAULTS[name])
    world.start("one", read_seconds=_HASTY_SECONDS if name == "hang" else None).wait()
    world.emulator.heal()
    _finish(world, it.feed)


def _storm(world: World, it: Scenario) -> None:
    """Answers are lost and refused, and then the process is killed."""
    fault = list(FAULTS.values())[it.second % len(FAULTS)]
    world.emulator.fail("SendEmail", times=1, skip=it.second % len(READERS), **fault)
    world.emulator.fail("TransactWriteItems", times=2, skip=it.second % 10, **FAULTS["after"])
    is_hasty = fault["how"] == "hang"
    world.start("one", killed_at(it.first), read_seconds=_HASTY_SECONDS if is_hasty else None).wait()
    world.emulator.heal()
    _finish(world, it.feed)


_SHAPES: Mapping[str, Callable[[World, Scenario], None]] = {
    "crash": _crash,
    "two-crashes": _crash_twice,
    "listener": _listener,
    "overlap": _overlap,
    "skew": _skew,
    "race": _race,
    "storm": _storm,
    "zombie": _zombie,
}


def _finish(world: World, feed: str, listener: Tripwire | None = None) -> None:
    """What later runs do about what was left, until nothing is left to do but by a person."""
    world.move_on(_LATER)
    _run(world, "three")
    if feed == "queue":
        _listen(world, listener)
    elif feed == "down":
        world.move_on(QUIET + _HOLD)
    else:
        world.move_on(QUIET)
        world.hear(is_deaf=feed == "deaf")
    _run(world, "four")
    if feed == "queue":
        world.listening.hear()
    elif feed == "up":
        world.hear()


def _listen(world: World, tripwire: Tripwire | None) -> None:
    """Once to send a canary, once to hear of it, and once when silence proves something; each time, one who dies is first."""
    for pause in (_MINUTE, _MINUTE, QUIET):
        world.move_on(pause)
        if tripwire:
            world.listening.hear(tripwire)
        world.listening.hear()


def _run(world: World, owner: str) -> None:
    _ended_well(world, world.start(owner))


def _ended_well(world: World, child: Child) -> None:
    if child.wait() == FAILED:
        raise AssertionError(f"a process failed that nobody killed:\n{world.complaints()}")


def _judge(world: World, it: Scenario) -> Outcome:
    rows, problems = world.look()
    broken = [call for call in world.emulator.calls() if call["status"] == 500 and not call["how"]]
    problems += tuple(f"the emulator itself failed: {call}" for call in broken)
    received = world.received()
    states = {reader: rows[reader].state for reader in READERS if reader in rows}
    clear = {reader for reader in READERS if received[reader] == 1 and states.get(reader) in OUT}
    said = {reader for reader in READERS if states.get(reader) in {State.UNKNOWN, State.HELD}}
    if max(received.values(), default=0) > 1:
        end = End.DOUBLED
    elif any(not received[reader] and reader not in said for reader in READERS):
        end = End.LOST
    elif problems or len(clear | said) < len(READERS):
        end = End.UNSOUND
    else:
        end = End.HELD if said else End.EXACTLY_ONE
    told = {
        reader: (received[reader], str(states.get(reader)), rows[reader].reason if reader in rows else "") for reader in READERS
    }
    return Outcome(it, end, f"{told} {' '.join(problems)}\n{world.complaints()}")
