"""Slack on loopback: an HTTP server that keeps rooms and posts, and does what a test wants it to do wrong."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "xoxb-1234-not-a-token"
HOOK = "services/T0000/B0000/kept-to-ourselves"
ME = {"ok": True, "team": "Harbor", "user": "quarterdeck", "user_id": "U0QUARTER", "bot_id": "B0QUARTER"}
_SCOPES = {
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history"},
    "conversations.list": {"channels:read"},
}


@dataclass
class Slack:
    """What the server holds: rooms by id and name, posts by room, the calls so far, and what shall go wrong, by method.

    A fault is an error code of Slack's; or `drop` (before the work), `lost` (after it), `hang` (after it), `status` with
    a number, `text` with a body; each with how many times, in a list that is used up.
    """

    rooms: dict[str, str] = field(default_factory=lambda: {"C0REPORTS": "reports", "C0OTHERS0": "others"})
    posts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    members: set[str] = field(default_factory=lambda: {"C0REPORTS", "C0OTHERS0"})
    scopes: set[str] = field(default_factory=lambda: {"chat:write", "channels:history", "channels:read", "groups:read"})
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    faults: dict[str, list[Any]] = field(default_factory=dict)
    hooked: list[dict[str, Any]] = field(default_factory=list)
    page: int = 1000
    url: str = ""
    clock: int = 1_793_520_000  # 1 November 2026
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def api(self) -> str:
        return f"{self.url}/api/"

    @property
    def hooks(self) -> str:
        return f"{self.url}/"

    def made(self, method: str) -> list[dict[str, Any]]:
        """The calls of one method, by what they were given."""
        return [given for name, given in self.calls if name == method]

    def say(self, room: str, text: str, **more: Any) -> None:
        """Let somebody else write into a room."""
        self._put(room, {"text": text, "user": "U0SOMEONE", **more})

    def answer(self, method: str, given: dict[str, Any], token: str) -> dict[str, Any]:
        """What Slack does about a call."""
        if token != f"Bearer {TOKEN}":
            return _no("invalid_auth")
        if method == "auth.test":
            return ME
        needed = _SCOPES[method] | ({"groups:read"} if "private_channel" in given.get("types", "") else set())
        if not needed <= self.scopes:
            return _no("missing_scope")
        if method == "conversations.list":
            return self._paged("channels", [{"id": id, "name": name} for id, name in self.rooms.items()], given)
        room = self._room(str(given["channel"]), by_name=method == "chat.postMessage")
        if room is None:
            return _no("channel_not_found")
        if room not in self.members:
            return _no("not_in_channel")
        if method == "conversations.history":
            return self._history(room, given)
        return self._update(room, given) if method == "chat.update" else self._post(room, given)

    def _room(self, spec: str, *, by_name: bool) -> str | None:
        if spec in self.rooms:
            return spec
        named = {name: id for id, name in self.rooms.items()}
        return named.get(spec.removeprefix("#")) if by_name else None

    def _post(self, room: str, given: dict[str, Any]) -> dict[str, Any]:
        kept = {"text": given["text"], "blocks": given["blocks"], "bot_id": ME["bot_id"], "metadata": given.get("metadata")}
        return {"ok": True, "channel": room, "ts": self._put(room, kept)}

    def _put(self, room: str, post: dict[str, Any]) -> str:
        self.clock += 1
        ts = f"{self.clock}.000100"
        self.posts.setdefault(room, []).append({"type": "message", "ts": ts, **post})
        return ts

    def _update(self, room: str, given: dict[str, Any]) -> dict[str, Any]:
        for post in self.posts.get(room, ()):
            if post["ts"] == given["ts"]:
                if post.get("bot_id") != ME["bot_id"]:
                    return _no("cant_update_message")
                post.update({name: given[name] for name in ("text", "blocks", "metadata")}, edited=True)
                return {"ok": True, "channel": room, "ts": post["ts"]}
        return _no("message_not_found")

    def _history(self, room: str, given: dict[str, Any]) -> dict[str, Any]:
        newer = [post for post in self.posts.get(room, ()) if float(post["ts"]) > float(given.get("oldest", 0))]
        if given.get("include_all_metadata") != "true":
            newer = [{name: value for name, value in post.items() if name != "metadata"} for post in newer]
        return self._paged("messages", newer[::-1], given)

    def _paged(self, name: str, rows: list[Any], given: dict[str, Any]) -> dict[str, Any]:
        start = int(given.get("cursor") or 0)
        end = start + min(self.page, int(given["limit"]))
        more = end < len(rows)
        return {
            "ok": True,
            name: rows[start:end],
            "has_more": more,
            "response_metadata": {"next_cursor": str(end) if more else ""},
        }


def _no(error: str) -> dict[str, Any]:
    return {"ok": False, "error": error}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one piece, which nothing waits for
    disable_nagle_algorithm = True
    slack: Slack

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self._serve(parts.path, dict(parse_qsl(parts.query)))

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:  # whoever asked thought better of it
            self.close_connection = True
            return
        self._serve(self.path, json.loads(body))

    def _serve(self, path: str, given: dict[str, Any]) -> None:
        method = path.removeprefix("/api/") if path.startswith("/api/") else "hook"
        self.slack.calls.append((method, given))
        self.slack.headers.append(dict(self.headers))
        waiting = self.slack.faults.get(method, [])
        fault = waiting.pop(0) if waiting else None
        if fault == "drop":
            self.close_connection = True
            return
        if fault is None or fault in ("lost", "hang"):
            answer: Any = self._hook(path, given) if method == "hook" else self._api(method, given)
            if fault == "hang":
                self.slack.over.wait(30)
            if fault is not None:
                self.close_connection = True
                return
            self._say(*answer)
        elif isinstance(fault, str):
            self._say(200, json.dumps(_no(fault)).encode())
        else:
            self._say(*fault)

    def _api(self, method: str, given: dict[str, Any]) -> tuple[int, bytes]:
        return 200, json.dumps(self.slack.answer(method, given, self.headers.get("Authorization", ""))).encode()

    def _hook(self, path: str, given: dict[str, Any]) -> tuple[int, bytes]:
        if path != f"/{HOOK}":
            return 404, b"no_service"
        self.slack.hooked.append(given)
        return 200, b"ok"

    def _say(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: the calls are kept."""


@contextlib.contextmanager
def slack_server() -> Iterator[Slack]:
    """Slack for a block."""
    slack = Slack()
    handler = type("Handler", (_Handler,), {"slack": slack})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        slack.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield slack
        finally:
            slack.over.set()
            server.shutdown()
            thread.join(timeout=10)
