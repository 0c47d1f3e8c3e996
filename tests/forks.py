"""Work in forked children: real processes that start together, end on their own, or are killed."""

from __future__ import annotations

import os
import signal
import time
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


class Child:
    """A process at work, of which others can tell whether it sleeps, and which they can wake or kill."""

    def __init__(self, act: Callable[[], int | None]) -> None:
        self.pid = os.fork()
        if self.pid == 0:
            _finish(act)
        self.code: int | None = None

    def wait(self) -> int:
        """Its exit code, negative when a signal ended it."""
        if self.code is None:
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.code

    def wait_asleep(self) -> bool:
        """Wait until it stops itself (True) or ends (False)."""
        _, status = os.waitpid(self.pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            return True
        self.code = os.waitstatus_to_exitcode(status)
        return False

    def ends_within(self, seconds: float) -> bool:
        """Whether it ends by itself in a while."""
        end = time.monotonic() + seconds
        while self.code is None and time.monotonic() < end:
            found, status = os.waitpid(self.pid, os.WNOHANG)
            if found:
                self.code = os.waitstatus_to_exitcode(status)
            else:
                time.sleep(0.002)
        return self.code is not None

    def wake(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it as a power cut would, asleep or not."""
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()


def _finish(act: Callable[[], int | None]) -> NoReturn:
    code = FAILED
    try:
        code = act() or 0
    finally:
        os._exit(code)  # no pytest, no handlers: the child was never meant to come back
