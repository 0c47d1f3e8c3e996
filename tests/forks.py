"""Work in forked children: real processes that start together, end on their own, or are killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from typing import NoReturn

FAILED = 99  # the exit code of a child whose work raised


def in_child(act: Callable[[], int | None]) -> int:
    """Run `act` in a child; its exit code (what `act` returned, 0 for None), negative when a signal ended it."""
    return together([act])[0]


def together(acts: Sequence[Callable[[], int | None]]) -> list[int]:
    """Run each in a child of its own, all let go at the same moment; their exit codes in order."""
    begin, go = os.pipe()
    children = []
    for act in acts:
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(begin, 1)
            _finish(act)
        children.append(child)
    os.close(go)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    os.close(begin)
    return codes


def die() -> NoReturn:
    """End this process as a power cut would: nothing is flushed, closed or cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _finish(act: Callable[[], int | None]) -> NoReturn:
    code = FAILED
    try:
        code = act() or 0
    finally:
        os._exit(code)  # no pytest, no handlers: the child was never meant to come back
