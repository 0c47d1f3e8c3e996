"""What the stubs of boards share: an HTTP server on loopback that is strict about what it is asked, and fails on demand.

A request that the real board would not understand is noted in `broken`, and fails the test at its end.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request: `path` is as it was sent, `parts` what a route's pattern found in it, decoded."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    parts: tuple[str, ...] = ()


class Said(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, dict(headers or {})


@dataclass
class Fault:
    """What goes wrong once at a request whose `METHOD /path` matches: before its work or after it; status 0 is no answer."""

    matching: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    is_after: bool = False


@dataclass(frozen=True)
class Route:
    """A call that the board knows: the parameters and the fields of a body that it may have, and those it must."""

    method: str
    pattern: str
    does: str
    params: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()


def route(method: str, pattern: str, does: str, params: str = "", fields: str = "", needed: str = "") -> Route:
    """A route whose names stand in a line; `{}` in its pattern is one part of a path."""
    regex = "^" + re.escape(pattern).replace(r"\{\}", "([^/]+)") + "$"
    names = frozenset(needed.split())
    return Route(method, regex, does, frozenset(params.split()), frozenset(fields.split()) | names, names)


@dataclass
class Stub:
    """A board in memory. Its routes name the methods that answer them, each given what was asked."""

    ROUTES: ClassVar[tuple[Route, ...]] = ()

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def check(self, asked: Asked) -> None:
        """Whether the headers are as the board wants them; Said where not."""

    def fail(self, matching: str, status: int, headers: Mapping[str, str] | None = None, *, is_after: bool = False) -> None:
        self.faults.append(Fault(matching, status, headers or {}, is_after=is_after))

    def calls(self, matching: str) -> list[Asked]:
        return [asked for asked in self.asked if re.search(matching, f"{asked.method} {asked.path}")]

    def wrong(self, what: str) -> Said:
        """The request is none that the real board understands."""
        self.broken.append(what)
        return Said(400, {"message": f"contract: {what}"})

    def answer(self, asked: Asked) -> tuple[int, Any, Mapping[str, str]]:
        self.asked.append(asked)
        fault = self._fault(asked)
        try:
            if fault is not None and not fault.is_after:
                raise Said(fault.status, fault.body, fault.headers)
            self.check(asked)
            status, body = self._routed(asked)
            if fault is not None:
                raise Said(fault.status, fault.body, fault.headers)
        except Said as said:
            return said.status, said.body, said.headers
        return status, body, {}

    def _fault(self, asked: Asked) -> Fault | None:
        for fault in self.faults:
            if re.search(fault.matching, f"{asked.method} {asked.path}"):
                self.faults.remove(fault)
                return fault
        return None

    def _routed(self, asked: Asked) -> tuple[int, Any]:
        for known in self.ROUTES:
            found = re.match(known.pattern, asked.path)
            if known.method != asked.method or found is None:
                continue
            if not set(asked.params) <= known.params:
                raise self.wrong(f"{asked.method} {asked.path} has no parameter {set(asked.params) - known.params}")
            given = set(asked.body) if isinstance(asked.body, dict) else set()
            if not known.needed <= given <= known.fields:
                raise self.wrong(f"{asked.method} {asked.path} takes {sorted(known.fields)}, not {sorted(given)}")
            parts = tuple(unquote(part) for part in found.groups())
            answer: tuple[int, Any] = getattr(self, known.does)(
                Asked(asked.method, asked.path, asked.params, asked.headers, asked.body, parts)
            )
            return answer
        raise self.wrong(f"there is no {asked.method} {asked.path}")


S = TypeVar("S", bound=Stub)


@contextlib.contextmanager
def serving(stub: S) -> Iterator[S]:
    """The stub at an address of this machine, for a block, at whose end no request may have been wrong."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(stub.answer))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert not stub.broken, stub.broken


def _handler(answer: Callable[[Asked], tuple[int, Any, Mapping[str, str]]]) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = self.rfile.read(length)
            where = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            params = dict(parse_qsl(where.query, keep_blank_values=True))
            with lock:
                status, body, more = answer(
                    Asked(self.command, where.path, params, headers, json.loads(sent) if sent else None)
                )
            self.close_connection = True
            if not status:
                return
            text = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(text)), "Connection": "close", **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _do

    return Handler
