"""Scenarios played: how processes are killed, or sleep and wake late; and what must have come of it in the end."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from datetime import timedelta

from quarterdeck.audit import State
from quarterdeck.audit.states import OUT
from tests.forks import FAILED, Child
from tests.torture.scenarios import FAULTS, End, Outcome, Scenario
from tests.torture.tripwire import Tripwire, asleep_at, killed_at
from tests.torture.world import QUIET, READERS, World

_LATER = timedelta(minutes=30)  # long after every lease, and before anything is held
_MINUTE = timedelta(minutes=1)
_AHEAD = timedelta(minutes=3)  # as wrong as a clock may be that signs for AWS, and beyond every lease
_HOLD = timedelta(hours=1)
_BLOCKED_SECONDS = 0.25  # a process that waits for another's transaction does so for longer
_ALWAYS = 10_000
_HASTY_SECONDS = 0.4


def play(world: World, scenario: Scenario) -> Outcome:
    """Play a scenario in a world of its store and protocol."""
    try:
        world.begin()
        if scenario.feed == "queue":
            world.listening.begin()
        struck = _SHAPES.get(scenario.shape, _fault)(world, scenario)
        return _judge(world, scenario, struck=struck)
    except AssertionError as error:
        return Outcome(scenario, End.UNSOUND, struck=True, story=str(error))
    finally:
        world.end()


def _crash(world: World, it: Scenario) -> bool:
    """One process is killed; the next comes at once and knows it, or half an hour later and does not need to."""
    struck = _is_killed(world.start("one", killed_at(it.first)))
    if it.first % 2:
        world.dead.add("one")
        _run(world, "two")
    _finish(world, it.feed)
    return struck


def _crash_twice(world: World, it: Scenario) -> bool:
    """The process that takes over is killed too, at its step `second`, half an hour later or at once."""
    struck = _is_killed(world.start("one", killed_at(it.first)))
    if (it.first + it.second) % 2:
        world.dead.add("one")
    else:
        world.move_on(_LATER)
    world.start("two", killed_at(it.second)).wait()
    world.dead |= {"one", "two"} if it.second % 2 else set()
    _finish(world, it.feed)
    return struck


def _listener(world: World, it: Scenario) -> bool:
    """One process is killed while it sends, and those that take in what the mail service tells at their step `second`."""
    struck = _is_killed(world.start("one", killed_at(it.first)))
    _finish(world, it.feed, killed_at(it.second))
    return struck


def _overlap(world: World, it: Scenario, ahead: timedelta = timedelta(0)) -> bool:
    """While one process sleeps within its lease, another does all it can; then the first goes on, or is killed (`second`)."""
    one = world.start("one", asleep_at(it.first))
    struck = one.wait_asleep()
    if struck:
        two = world.start("two", ahead=ahead)
        two.ends_within(_BLOCKED_SECONDS)
        if it.second:
            one.kill()
        else:
            one.wake()
        _ended_well(world, two)
    one.wait()
    _finish(world, it.feed)
    return struck


def _skew(world: World, it: Scenario) -> bool:
    """The same, and the other's clock is so far ahead that every lease seems to be over."""
    return _overlap(world, it, ahead=_AHEAD)


def _race(world: World, it: Scenario) -> bool:
    """Two processes at the same time, each killed at a step of its own."""
    one, two = world.start("one", killed_at(it.first)), world.start("two", killed_at(it.second))
    killed = [_is_killed(one), _is_killed(two)]
    _finish(world, it.feed)
    return any(killed)


def _zombie(world: World, it: Scenario) -> bool:
    """A process sleeps for hours while the world goes on without it, and wakes."""
    one = world.start("one", asleep_at(it.first))
    struck = world.has_sleepers = one.wait_asleep()
    if struck:
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
    return struck


def _fault(world: World, it: Scenario) -> bool:
    """AWS, or the way to it, fails; the process may give up, and later ones find all well again."""
    operation, _, name = it.shape.partition(":")
    world.emulator.fail(operation, times=it.second or _ALWAYS, skip=it.first - 1, **FAULTS[name])
    world.start("one", read_seconds=_HASTY_SECONDS if name == "hang" else None).wait()
    world.emulator.heal()
    struck = any(call["how"] for call in world.emulator.calls(operation))
    _finish(world, it.feed)
    return struck


def _storm(world: World, it: Scenario) -> bool:
    """Answers are lost or refused, which and when hangs on `second`, and then the process is killed."""
    fault = list(FAULTS.values())[it.second % len(FAULTS)]
    world.emulator.fail("SendEmail", times=1, skip=it.second % len(READERS), **fault)
    world.emulator.fail("TransactWriteItems", times=2, skip=it.second % 10, **FAULTS["after"])
    is_hasty = fault["how"] == "hang"
    struck = _is_killed(world.start("one", killed_at(it.first), read_seconds=_HASTY_SECONDS if is_hasty else None))
    world.emulator.heal()
    _finish(world, it.feed)
    return struck


_SHAPES: Mapping[str, Callable[[World, Scenario], bool]] = {
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


def _is_killed(child: Child) -> bool:
    """Whether it ends by its tripwire, and not by itself."""
    return child.wait() == -signal.SIGKILL


def _run(world: World, owner: str) -> None:
    _ended_well(world, world.start(owner))


def _ended_well(world: World, child: Child) -> None:
    if child.wait() == FAILED:
        raise AssertionError(f"a process failed that nobody killed:\n{world.complaints()}")


def _judge(world: World, it: Scenario, *, struck: bool) -> Outcome:
    rows, problems = world.look()
    problems += world.flaws()
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
    return Outcome(it, end, struck, f"{told} {' '.join(problems)}\n{world.complaints()}")
