"""The pace of messages: never more than asked for in any second, and nobody waits for longer than his turn takes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import floor
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.delivery.rate import Rate

SECOND = 1_000_000_000


class Time:
    """A clock that moves when somebody sleeps or works. `wakes` says by how much a sleeper misses his time."""

    def __init__(self, wakes: Callable[[], float] = lambda: 1.0) -> None:
        self.now, self.wakes = 12_345, wakes

    def clock(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += max(1, round(seconds * SECOND * self.wakes()))


RATES = st.one_of(st.integers(1, 1000), st.floats(0.1, 1000))


def in_any_second(turns: list[int], per_second: float) -> None:
    """No second, wherever it begins, holds more turns than the rate allows; below one a second, none holds two."""
    most = max(1, floor(per_second))
    assert all(later - earlier >= SECOND for earlier, later in zip(turns, turns[most:], strict=False))


@given(RATES, st.lists(st.integers(0, 3 * SECOND), max_size=60), st.data())
def test_never_more_in_any_second_however_late_or_early_sleepers_wake(
    rate: float, works: list[int], data: st.DataObject
) -> None:
    time = Time(lambda: data.draw(st.floats(0.3, 3)))
    pace, turns = Rate(rate, time.clock, time.sleep), []
    for work in works:
        pace.wait()
        turns.append(time.now)
        time.now += work
    in_any_second(turns, rate)
    assert all(later - earlier >= SECOND / rate - 1 for earlier, later in pairwise(turns))


@given(RATES, st.lists(st.integers(0, 3 * SECOND), min_size=1, max_size=60))
def test_nobody_waits_for_longer_than_one_pause(rate: float, works: list[int]) -> None:
    time = Time()
    pace = Rate(rate, time.clock, time.sleep)
    for number, work in enumerate(works):
        before = time.now
        pace.wait()
        assert time.now - before <= (SECOND / (floor(rate) if rate >= 1 else rate) + 2 if number else 0)
        time.now += work


@pytest.mark.parametrize(("rate", "seconds"), [(14, 7.0), (1, 98.0), (0.5, 196.0), (2.5, 49.0), (1000, 0.098)])
def test_ninety_nine_messages_take_as_long_as_they_must(rate: float, seconds: float) -> None:
    time = Time()
    pace, start = Rate(rate, time.clock, time.sleep), time.now
    for _ in range(99):
        pace.wait()
    assert (time.now - start) / SECOND == pytest.approx(seconds, rel=1e-6)


def test_a_burst_after_a_rest_is_as_slow_as_ever() -> None:
    time = Time()
    pace, turns = Rate(10, time.clock, time.sleep), []
    for rest in (0, 60 * SECOND):
        time.now += rest
        for _ in range(30):
            pace.wait()
            turns.append(time.now)
    in_any_second(turns, 10)


def test_a_new_limit_holds_from_the_next_turn() -> None:
    time = Time()
    pace, turns = Rate(1, time.clock, time.sleep), []
    for number in range(4):
        if number == 2:
            pace.limit(100)
        pace.wait()
        turns.append(time.now)
    assert [later - earlier for earlier, later in pairwise(turns)] == [SECOND, SECOND, SECOND // 100]


def test_threads_share_the_pace() -> None:
    time = Time()
    pace, start = Rate(100, time.clock, time.sleep), time.now

    def take() -> None:
        for _ in range(25):
            pace.wait()

    threads = [Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.now - start == 199 * SECOND // 100
