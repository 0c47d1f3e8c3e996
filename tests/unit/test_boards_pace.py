"""The bucket of calls."""

from __future__ import annotations

from quarterdeck.boards.pace import Bucket


def test_some_at_once_then_steadily_and_again_after_a_rest() -> None:
    now, waits = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    bucket = Bucket(2, 0.5, lambda: now[0], sleep)
    for _ in range(4):
        bucket.take()
    assert waits == [2.0, 2.0]
    now[0] += 100
    bucket.take()
    bucket.take()
    assert waits == [2.0, 2.0]
    bucket.take()
    assert waits == [2.0, 2.0, 2.0]
