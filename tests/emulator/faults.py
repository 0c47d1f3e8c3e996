"""A WSGI layer before the emulator that can spoil what is said on the wire.

A fault names an operation (`SendEmail`, `UpdateItem`, …, or `*`), how it goes wrong, and how many times:

    before      the connection is dropped before the service sees the request
    after       the service does its work, and the connection is dropped before the answer
    hang        the service does its work, and no answer comes for `seconds`
    error       an AWS error with `status` and `code`, and nothing is done
    after_error the service does its work, and the answer is that error all the same
    empty       the service does its work, and the answer is an empty 200
    cut         the service does its work, and the answer ends half way
"""

from __future__ import annotations

import io
import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Environ = dict[str, Any]
Start = Callable[..., Any]
_DOES_WORK = frozenset({"after", "hang", "after_error", "empty", "cut"})
_SES = re.compile(r"^/v2/email/outbound-emails$")


@dataclass
class Faults:
    """What shall go wrong, and what has happened."""

    rules: list[dict[str, Any]] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, operation: str) -> dict[str, Any] | None:
        """The next fault for an operation, used up once more."""
        with self.lock:
            for rule in self.rules:
                if rule["times"] > 0 and rule["operation"] in ("*", operation):
                    rule["times"] -= 1
                    return rule
        return None


class Dropped(ConnectionError):
    """The connection is to be closed without an answer, which is what the server does about a ConnectionError."""


def layer(app: Callable[[Environ, Start], Iterable[bytes]], faults: Faults) -> Callable[[Environ, Start], Iterable[bytes]]:
    """The application behind the faults."""

    def serve(environ: Environ, start: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/_faults"):
            return _control(faults, path, environ, start)
        if path.startswith("/moto-api"):
            return app(environ, start)
        environ["wsgi.input"] = body = io.BytesIO(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        operation = operation_of(environ, body.getvalue())
        rule = faults.take(operation)
        how = rule["how"] if rule else ""
        entry = {"operation": operation, "how": how, "at": time.time(), "did": how in _DOES_WORK or not how, "status": 0}
        with faults.lock:
            faults.log.append(entry)
        if rule is None:
            return app(environ, _noting(start, entry))
        return _spoiled(app, environ, start, rule, entry)

    return serve


def _noting(start: Start, entry: dict[str, Any]) -> Start:
    def noted(status: str, *rest: Any) -> Any:
        entry["status"] = int(status.split(maxsplit=1)[0])
        return start(status, *rest)

    return noted


def _spoiled(
    app: Callable[[Environ, Start], Iterable[bytes]],
    environ: Environ,
    start: Start,
    rule: dict[str, Any],
    entry: dict[str, Any],
) -> Iterable[bytes]:
    how, told = rule["how"], []
    answer = b""
    if how in _DOES_WORK:
        answer = b"".join(app(environ, lambda *given: told.append(given)))
    if how == "hang":
        time.sleep(float(rule.get("seconds", 5)))
    if how in ("before", "after", "hang"):
        raise Dropped
    if how in ("error", "after_error"):
        status, code = int(rule.get("status", 400)), str(rule.get("code", "ThrottlingException"))
        entry["status"] = status
        text = json.dumps({"__type": code, "message": str(rule.get("message", code))}).encode()
        start(f"{status} Fault", [("Content-Type", "application/json"), ("x-amzn-ErrorType", code), _length(text)])
        return [text]
    entry["status"] = 200
    kept = b"" if how == "empty" else answer[: len(answer) // 2]
    status, headers = told[0][0], [pair for pair in told[0][1] if pair[0].lower() not in ("content-length", "x-amz-crc32")]
    start(status, [*headers, _length(kept if how == "empty" else answer)])
    return [kept]


def _length(body: bytes) -> tuple[str, str]:
    return "Content-Length", str(len(body))


def operation_of(environ: Environ, body: bytes) -> str:
    """The name of the operation that a request asks for, as boto3 calls it."""
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    path, method = str(environ.get("PATH_INFO", "")), str(environ.get("REQUEST_METHOD", ""))
    if _SES.fullmatch(path):
        return "SendEmail"
    if found := re.search(rb"(?:^|&)Action=([A-Za-z]+)", body):
        return found[1].decode()
    if "/s3/" in environ.get("HTTP_AUTHORIZATION", ""):
        return {"GET": "GetObject", "PUT": "PutObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}.get(method, method)
    return f"{method} {path}"


def _control(faults: Faults, path: str, environ: Environ, start: Start) -> Iterable[bytes]:
    sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    answer: Any = {}
    with faults.lock:
        if path == "/_faults/reset":
            faults.rules.clear()
            faults.log.clear()
        elif path == "/_faults/log":
            answer = list(faults.log)
        else:
            faults.rules.append(json.loads(sent))
    text = json.dumps(answer).encode()
    start("200 OK", [("Content-Type", "application/json"), _length(text)])
    return [text]
