"""The point of no return of a request to AWS: the moment its last bytes go to the socket.

A request whose end was never handed over cannot have been taken: its length is announced and its digest is signed. So this
is where the last check belongs, with neither a connection to make nor an upload to wait for after it, and this is what
tells a message that certainly is not out from one that may be.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


class Handover:
    """The body of one request, as a file that the HTTP library reads piece by piece and sends as it reads.

    `is_complete` is whether the end was given away; `objection` is what the last check raised, if it did: the library
    wraps it on the way.
    """

    def __init__(self, last_check: Callable[[], None]) -> None:
        self._last_check = last_check
        self._body = io.BytesIO()
        self._size = 0
        self.is_complete = False
        self.objection: Exception | None = None

    def of(self, body: bytes) -> Handover:
        """The same, with the body that it is about to give away."""
        self._body, self._size = io.BytesIO(body), len(body)
        return self

    def read(self, size: int = -1) -> bytes:
        piece = self._body.read(size)
        if not self.is_complete and self._body.tell() == self._size:
            try:
                self._last_check()
            except Exception as objection:
                self.objection = objection
                raise
            self.is_complete = True
        return piece


_under_way: ContextVar[Handover | None] = ContextVar("_under_way", default=None)


def watch(client: Any, service: str, operation: str) -> None:
    """Let the calls of an operation of a client go through the handover of their block, if they are made in one."""
    client.meta.events.register(f"before-send.{service}.{operation}", _take_over, unique_id="quarterdeck-handover")


@contextmanager
def handing_over(last_check: Callable[[], None]) -> Iterator[Handover]:
    """A block with one call in it, on a watched client."""
    handover = Handover(last_check)
    token = _under_way.set(handover)
    try:
        yield handover
    finally:
        _under_way.reset(token)


def _take_over(request: Any, **_: Any) -> None:
    handover = _under_way.get()
    if handover is not None:
        request.body = handover.of(request.body)
