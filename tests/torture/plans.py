"""Which scenarios are played: all of them, those of every day, and those that find out what is broken."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from tests.torture.scenarios import FAULTS, Scenario

SEED = 20261101  # for what is drawn at random, the same on every machine
FORGETFUL = ("send_then_record", "record_then_send", "lease_only")
COUNTED = (
    *((store, what) for store in ("sqlite", "dynamodb") for what in ("product", "listener")),
    *(("sqlite", protocol) for protocol in FORGETFUL),
)

Steps = Mapping[tuple[str, str], Sequence[str]]


def whole(steps: Steps) -> list[Scenario]:
    """Every single crash, and many of all else."""
    return [
        *_of(steps, "sqlite", every=1, pairs=300),
        *_of(steps, "dynamodb", every=5, pairs=120),
        *(each for fault in FAULTS for each in _faults(fault)),
    ]


def of_every_day(steps: Steps) -> list[Scenario]:
    """Every single crash on SQLite, some on DynamoDB, and one scenario of each other kind."""
    by_kind: dict[tuple[str, ...], list[Scenario]] = {}
    for each in whole(steps):
        by_kind.setdefault((each.store, each.shape.partition(":")[0], each.feed, each.protocol), []).append(each)
    chance = random.Random(SEED)
    crashes = by_kind.pop(("sqlite", "crash", "up", "product"))
    some = chance.sample(by_kind.pop(("dynamodb", "crash", "up", "product")), 8)
    return [*crashes, *some, *(chance.choice(by_kind[kind]) for kind in sorted(by_kind))]


def broken(steps: Steps) -> dict[str, list[Scenario]]:
    """By protocol, or what else is wrong, scenarios among which some must end badly."""
    sends = at(steps["sqlite", "product"], "before send")
    found = {
        protocol: _crashes("sqlite", _near_the_send(steps["sqlite", protocol]), "down", protocol) for protocol in FORGETFUL
    }
    found["unchecked"] = (
        Scenario("sqlite", "zombie", step, 0, "up", "unchecked") for step in at(steps["sqlite", "product"], "before connect")
    )
    found["retrying"] = (Scenario("sqlite", f"SendEmail:{it}", 1, 1, "up", "retrying") for it in ("after", "500-after"))
    found["deaf"] = _crashes("sqlite", at(steps["sqlite", "product"], "after answer"), "deaf")
    found["undated"] = (Scenario("sqlite", "zombie", step, 0, "up", "undated") for step in sends)
    return {name: list(scenarios) for name, scenarios in found.items()}


def at(steps: Sequence[str], name: str) -> list[int]:
    """The numbers of the steps of a name."""
    return [number for number, step in enumerate(steps, start=1) if step == name]


def _near_the_send(steps: Sequence[str]) -> list[int]:
    return sorted(
        {near for name in ("before connect", "after answer") for step in at(steps, name) for near in (step, step + 1)}
    )


def _of(steps: Steps, store: str, *, every: int, pairs: int) -> Iterator[Scenario]:
    """All single crashes; of the other shapes one step in `every`, and so many pairs of steps drawn at random."""
    last, listeners = len(steps[store, "product"]), len(steps[store, "listener"])
    some, fewer = range(1, last + 1, every), range(2, last + 1, 2 * every)
    yield from _crashes(store, range(1, last + 1), "up")
    yield from _crashes(store, some if every == 1 else fewer, "down")
    yield from _crashes(store, fewer, "queue")
    yield from _crashes(store, some, "up", "in_turn")
    for step in some:
        yield from (Scenario(store, "overlap", step, killed, "up", "product") for killed in (0, 1))
        yield from (Scenario(store, shape, step, 0, "up", "product") for shape in ("zombie", "skew"))
    yield from (Scenario(store, "zombie", step, 0, "down", "product") for step in fewer)
    yield from (Scenario(store, "overlap", step, 0, "up", "in_turn") for step in fewer)
    yield from _pairs(store, "two-crashes", last, last, pairs, "up")
    yield from _pairs(store, "two-crashes", last, last, pairs // 4, "down")
    yield from _pairs(store, "race", last, last, pairs // 3, "up")
    yield from _pairs(store, "storm", last, 120, pairs // 3, "up")
    yield from _pairs(store, "listener", last, listeners, pairs // 4, "queue")


def _faults(fault: str) -> Iterator[Scenario]:
    """A fault at every call that writes, once, and at some of all calls, some times and for ever."""
    for feed in ("up", "down"):
        for times in (1, 0):
            yield Scenario("sqlite", f"SendEmail:{fault}", 1, times, feed, "product")
            yield Scenario("dynamodb", f"SendEmail:{fault}", 2, times, feed, "product")
    for call in range(1, 9):
        yield Scenario("dynamodb", f"TransactWriteItems:{fault}", call, 1, "up", "product")
    for operation in ("TransactWriteItems", "GetItem", "Query"):
        for times in (2, 0):
            yield Scenario("dynamodb", f"{operation}:{fault}", 5, times, "up", "product")


def _crashes(store: str, steps: Iterable[int], feed: str, protocol: str = "product") -> Iterator[Scenario]:
    return (Scenario(store, "crash", step, 0, feed, protocol) for step in steps)


def _pairs(store: str, shape: str, first: int, second: int, number: int, feed: str) -> Iterator[Scenario]:
    chance = random.Random(f"{SEED} {store} {shape} {feed}")
    drawn = ((chance.randint(1, first), chance.randint(1, second)) for _ in range(2 * number))
    return (Scenario(store, shape, *pair, feed, "product") for pair in islice(dict.fromkeys(drawn), number))
