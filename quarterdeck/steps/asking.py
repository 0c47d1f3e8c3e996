"""Questions that may take long or never be answered, asked side by side, each with its own time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from queue import Empty, Queue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def ask_all(questions: Iterable[Callable[[], T]], seconds: float, late: Callable[[int], T], at_once: int = 16) -> list[T]:
    """The answers in order; `late(number)` stands for one that did not come in its seconds.

    A question whose time is over is left to itself: its thread ends with the process at the latest. Questions must not
    raise.
    """
    waiting = deque(enumerate(questions))
    answers: dict[int, T] = {}
    given: Queue[tuple[int, T]] = Queue()
    ends: dict[int, float] = {}

    def answer(number: int, question: Callable[[], T]) -> None:
        given.put((number, question()))

    while waiting or ends:
        while waiting and len(ends) < at_once:
            number, question = waiting.popleft()
            ends[number] = time.monotonic() + seconds
            Thread(target=answer, args=(number, question), name=f"ask-{number}", daemon=True).start()
        try:
            number, told = given.get(timeout=max(0.0, min(ends.values()) - time.monotonic()))
        except Empty:
            for number in [number for number, end in ends.items() if end <= time.monotonic()]:
                del ends[number]
                answers[number] = late(number)
        else:
            if ends.pop(number, None) is not None:
                answers[number] = told
    return [answers[number] for number in sorted(answers)]
