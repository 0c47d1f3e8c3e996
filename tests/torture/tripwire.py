"""Every step of a process that changes something outside it, counted; at one of them something happens to the process.

A step is a statement of SQLite, and of a socket: to connect, to send a piece, and the first piece of each answer, before and
after each. More of an answer is no step of its own, for how many pieces it comes in is the network's mood.
"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
from collections.abc import Callable
from typing import Any

from tests.forks import die

_NEVER = 0


class Tripwire:
    """Laid in a forked child, for good: it changes the standard library under the feet of everything there."""

    def __init__(self, at: int, act: Callable[[], None]) -> None:
        self.steps: list[str] = []
        self._at, self._act = at, act
        self._waits = False

    def lay(self) -> None:
        connect = sqlite3.connect

        def traced(*args: Any, **kwargs: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*args, **kwargs)
            connection.set_trace_callback(lambda sql: self._tick(" ".join(sql.split())[:60]))
            return connection

        sqlite3.connect = traced  # type: ignore[assignment]
        socket.socket.connect = self._around("connect", socket.socket.connect)  # type: ignore[method-assign]
        socket.socket.sendall = self._around("send", socket.socket.sendall)  # type: ignore[method-assign]
        socket.socket.recv_into = self._answer(socket.socket.recv_into)  # type: ignore[method-assign]

    def _tick(self, step: str) -> None:
        self.steps.append(step)
        if len(self.steps) == self._at:
            self._act()

    def _around(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def ticking(*args: Any, **kwargs: Any) -> Any:
            self._tick(f"before {name}")
            result = real(*args, **kwargs)
            self._waits = True
            self._tick(f"after {name}")
            return result

        return ticking

    def _answer(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def ticking(*args: Any, **kwargs: Any) -> Any:
            waits, self._waits = self._waits, False
            if not waits:
                return real(*args, **kwargs)
            self._tick("before answer")
            result = real(*args, **kwargs)
            self._tick("after answer")
            return result

        return ticking


def killed_at(step: int) -> Tripwire:
    return Tripwire(step, die)


def asleep_at(step: int) -> Tripwire:
    return Tripwire(step, lambda: os.kill(os.getpid(), signal.SIGSTOP))


def only_counting() -> Tripwire:
    return Tripwire(_NEVER, die)
