"""A server that takes webhooks, on loopback: it keeps what it was sent, and answers as it is told to."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from quarterdeck.webhooks import Endpoint, EndpointOptions
from tests.mail_servers import certificates

SECRET = "whsec_" + "c2lyZW5zIHNpbmcgb2ZmIHRoZSBjb2FzdCBhdCBkYXdu"
OLD_SECRET = "whsec_" + "dGhlIGtleSBvZiBsYXN0IHllYXIsIHN0aWxsIGdvb2Q="
URL, KEY, OLD_KEY = "${env:HOOK}", "${env:HOOK_KEY}", "${env:HOOK_OLD_KEY}"
LOOPBACK = "127.0.0.0/8"
Reply = tuple[int, Mapping[str, str]]


@dataclass(frozen=True)
class Got:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        told = json.loads(self.body)
        assert isinstance(told, dict)
        return told


@dataclass
class Hooks:
    """What a server got, oldest first. `replies` are given one after the other, then 200; status 0 hangs up."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    def reply(self, status: int, **headers: str) -> None:
        self.replies.append((status, {name.replace("_", "-"): value for name, value in headers.items()}))

    @property
    def secrets(self) -> dict[str, str]:
        """By reference."""
        return {URL: f"{self.url}/hook?for=us", KEY: SECRET, OLD_KEY: OLD_SECRET}

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        return [(got.event["type"], got.event["data"]) for got in self.got]

    def distinct(self) -> list[str]:
        """The types of what a receiver takes that takes each id once."""
        return [got.event["type"] for got in {got.id: got for got in self.got}.values()]


def options(**more: Any) -> dict[str, Any]:
    """What the settings say of an endpoint on this server."""
    return {"url": URL, "secrets": [KEY], "networks": [LOOPBACK], "ca_file": str(certificates().authority), **more}


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 3, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, **of: float) -> None:
        self.now += timedelta(**of)


def endpoint(hooks: Hooks, home: Path, clock: Clock | None = None, **more: Any) -> Endpoint:
    made = EndpointOptions.model_validate(options(**more))
    return Endpoint(made, hooks.secrets.__getitem__, home, clock or Clock())


@contextlib.contextmanager
def hook_server(*, tls: bool = True) -> Iterator[Hooks]:
    hooks = Hooks()
    server = _Server(("127.0.0.1", 0), _handler(hooks))
    if tls:
        server.socket = certificates().context().wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    hooks.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}"
    try:
        yield hooks
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A request that ends in the middle is what some tests are about."""


def _handler(hooks: Hooks) -> type[BaseHTTPRequestHandler]:
    guard = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with guard:
                hooks.got.append(Got(self.path, headers, body))
                status, more = hooks.replies.pop(0) if hooks.replies else (200, {})
            self.close_connection = True
            if not status:
                return
            self.send_response(status)
            for name, value in {"Content-Length": "0", "Connection": "close", **more}.items():
                self.send_header(name, value)
            self.end_headers()

    return Handler
