"""Which scenarios are played: all of them, those of every day, and those that find out broken protocols."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from tests.torture.scenarios import FAULTS, Scenario

SEED = 20261101  # for what is drawn at random, the same on every machine
_LOST = ("before", "after", "hang", "500-after", "empty", "cut")
_AT_THE_SEND = ("before connect", "before send", "after send", "before answer", "after answer")


def whole(sqlite: int, dynamodb: int) -> list[Scenario]:
    """Every single crash and many of all else, by how many steps a delivery has on each store."""
    return [
        *_of("sqlite", sqlite, every=1, pairs=300),
        *_of("dynamodb", dynamodb, every=5, pairs=120),
        *(each for fault in FAULTS for each in _faults(fault)),
    ]


def of_every_day(sqlite: int, dynamodb: int) -> list[Scenario]:
    """Every single crash on SQLite and a fair sample of all else."""
    chance = random.Random(SEED)
    others = [each for each in whole(sqlite, dynamodb) if (each.store, each.shape, each.feed) != ("sqlite", "crash", "up")]
    shapes = sorted({(each.store, each.shape.partition(":")[0]) for each in others})
    by_shape = {shape: [each for each in others if (each.store, each.shape.partition(":")[0]) == shape] for shape in shapes}
    return [
        *_crashes("sqlite", range(1, sqlite + 1), "up"),
        *(each for shape in shapes for each in chance.sample(by_shape[shape], 4)),
    ]


def at_the_send(steps: Sequence[str], after: int = 2) -> list[int]:
    """The numbers of the socket's steps, and of a few after each."""
    sends = [number for number, step in enumerate(steps, start=1) if step in _AT_THE_SEND]
    return sorted({near for number in sends for near in range(number, min(number + after, len(steps)) + 1)})


def _of(store: str, steps: int, *, every: int, pairs: int) -> Iterator[Scenario]:
    """All single crashes; of the other shapes one step in `every`, and so many pairs of steps drawn at random."""
    some, fewer = range(1, steps + 1, every), range(2, steps + 1, 2 * every)
    yield from _crashes(store, range(1, steps + 1), "up")
    yield from _crashes(store, some if every == 1 else fewer, "down")
    yield from (Scenario(store, "crash", step, 0, "up", "in_turn") for step in some)
    for step in some:
        yield from (Scenario(store, "overlap", step, killed, "up", "product") for killed in (0, 1))
        yield Scenario(store, "zombie", step, 0, "up", "product")
    yield from (Scenario(store, "zombie", step, 0, "down", "product") for step in fewer)
    yield from _pairs(store, "two-crashes", steps, pairs, "up")
    yield from _pairs(store, "two-crashes", steps, pairs // 4, "down")
    yield from _pairs(store, "race", steps, pairs // 3, "up")


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


def _crashes(store: str, steps: Iterable[int], feed: str) -> Iterator[Scenario]:
    return (Scenario(store, "crash", step, 0, feed, "product") for step in steps)


def _pairs(store: str, shape: str, steps: int, number: int, feed: str) -> Iterator[Scenario]:
    chance = random.Random(f"{SEED} {store} {shape} {feed}")
    drawn = (
        Scenario(store, shape, chance.randint(1, steps), chance.randint(1, steps), feed, "product") for _ in range(2 * number)
    )
    return islice(dict.fromkeys(drawn), number)
