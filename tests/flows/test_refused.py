"""A server that takes no artifact and no event: the run goes its way, and its log says so."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from prefect.settings import PREFECT_API_URL

from tests.commands import mails, printed, quarterdeck

DROPPED = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "host"}


class Refusing(ThreadingHTTPServer):
    """Hands everything on to the session's server, but artifacts and events, which it refuses."""

    daemon_threads = True

    def __init__(self) -> None:
        self.behind = httpx.Client(base_url=str(PREFECT_API_URL.value()).removesuffix("/api"), timeout=60)
        self.refused: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Refusing
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path.startswith(("/api/artifacts", "/api/events")):
            self.server.refused.append(self.path)
            self._answer(500, {}, b"{}")
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in DROPPED}
        answer = self.server.behind.request(self.command, self.path, content=body, headers=headers)
        self._answer(answer.status_code, dict(answer.headers), answer.content)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in DROPPED:
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _any

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def refusing() -> Iterator[Refusing]:
    with Refusing() as listening:
        Thread(target=listening.serve_forever, daemon=True).start()
        yield listening
        listening.shutdown()


def test_a_run_does_not_hang_on_what_it_shows(portfolio: Path, refusing: Refusing) -> None:
    names = {"PREFECT_API_URL": f"http://127.0.0.1:{refusing.server_port}/api", "DO_NOT_TRACK": "1"}
    asked = ("--period", "2026-10", "--tenant", "alpha", "--role", "cfo", "--deliver", "--json")
    done = quarterdeck("run", *asked, folder=portfolio.parent, names=names)
    summary = printed(done, "run")
    assert done.returncode == 0, done.stderr
    assert [line["status"] for line in summary["reports"]] == ["filed"]
    assert (summary["deliveries"]["sent"], len(mails(portfolio.parent / ".quarterdeck"))) == (2, 2)
    assert any(path.startswith("/api/artifacts") for path in refusing.refused)
    assert any(path.startswith("/api/events") for path in refusing.refused)
    assert "the server was not told of the run's table: PrefectHTTPStatusError" in done.stderr
