"""A WSGI layer before the emulator that can spoil what is said on the wire.

A fault names an operation (`SendEmail`, `UpdateItem`, …, or `*`), how it goes wrong, how many times, and how many calls go
well before that (`skip`):

    before      the connection is dropped before the service sees the request
    after       the service does its work, and the connection is dropped before the answer
    hang        the service does its work, and no answer comes for `seconds`
    error       an AWS error with `status` and `code`, and nothing is done
    after_error the service does its work, and the answer is that error all the same
    empty       the service does its work, and the answer is an empty 200
    cut         the service does its work, and the answer ends half way
    half        so too, but the answer's length is said to be what came
    says        the service does its work, and the answer is a 200 with `body`

Once it is told a time of its own (`/_faults/clock`), it refuses signatures that are older than AWS takes.
"""

from __future__ import annotations

import io
import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from tests.emulator import ses

Environ = dict[str, Any]
Start = Callable[..., Any]
_DOES_WORK = frozenset({"after", "hang", "after_error", "empty", "cut", "half", "says"})
_SIGNED_SECONDS = 5 * 60  # how long AWS takes a signature
_STALE = {"how": "error", "status": 403, "code": "InvalidSignatureException", "message": "Signature expired"}


@dataclass
class Faults:
    """What shall go wrong, and what has happened."""

    rules: list[dict[str, Any]] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)
    now: float | None = None  # seconds since 1970; None where nobody cares
    open: int = 0  # connections under way
    lock: Any = field(default_factory=threading.RLock)

    def take(self, operation: str) -> dict[str, Any] | None:
        """The next fault for an operation, used up once more."""
        with self.lock:
            for rule in self.rules:
                if rule["operation"] not in ("*", operation):
                    continue
                if rule.get("skip", 0) > 0:
                    rule["skip"] -= 1
                elif rule["times"] > 0:
                    rule["times"] -= 1
                    return rule
        return None

    def finds_old(self, signed: str) -> bool:
        """Whether a request's date is so far from now that AWS does not take its signature."""
        if self.now is None or not signed:
            return False
        at = datetime.strptime(signed, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return abs(self.now - at.timestamp()) > _SIGNED_SECONDS


class Dropped(ConnectionError):
    """The connection is to be closed without an answer, which is what the server does about a ConnectionError."""


def layer(app: Callable[[Environ, Start], Iterable[bytes]], faults: Faults) -> Callable[[Environ, Start], Iterable[bytes]]:
    """The application behind the faults."""

    def serve(environ: Environ, start: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/_faults"):
            return _control(faults, path, environ, start)
        if path.startswith(("/moto-api", "/_")):
            return app(environ, start)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = body = io.BytesIO(environ["wsgi.input"].read(length))
        operation = operation_of(environ, body.getvalue())
        if len(body.getvalue()) < length:  # the caller hung up half way: no service does anything about half a request
            with faults.lock:
                faults.log.append({"operation": operation, "how": "short", "at": time.time(), "did": False, "status": 0})
            raise Dropped
        with faults.lock:  # so that whatever comes through after a change of the clock was signed in time for it
            rule = _STALE if faults.finds_old(environ.get("HTTP_X_AMZ_DATE", "")) else faults.take(operation)
            how = rule["how"] if rule else ""
            entry = {"operation": operation, "how": how, "at": time.time(), "did": how in _DOES_WORK or not how, "status": 0}
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
        kind, text = _error_body(environ, code, str(rule.get("message", code)))
        start(f"{status} Fault", [("Content-Type", kind), ("x-amzn-ErrorType", code), _length(text)])
        return [text]
    entry["status"] = 200
    kept = {"empty": b"", "says": str(rule.get("body", "")).encode()}.get(how, answer[: len(answer) // 2])
    status, headers = told[0][0], [pair for pair in told[0][1] if pair[0].lower() not in ("content-length", "x-amz-crc32")]
    start(status, [*headers, _length(answer if how == "cut" else kept)])
    return [kept]


_XML = {"s3": "{}", "ec2": "<Response><Errors>{}</Errors></Response>"} | dict.fromkeys(
    ("sts", "iam", "sns", "route53", "cloudfront"), "<ErrorResponse>{}</ErrorResponse>"
)


def service_of(environ: Environ) -> str:
    """The service that a request was signed for, empty where it was not signed."""
    found = re.search(r"/([a-z0-9-]+)/aws4_request", str(environ.get("HTTP_AUTHORIZATION", "")))
    return found[1] if found else ""


def _error_body(environ: Environ, code: str, message: str) -> tuple[str, bytes]:
    """An error in the form of the service that was asked: the older ones speak XML, and none says anything to a HEAD."""
    if environ.get("HTTP_SMITHY_PROTOCOL") == "rpc-v2-cbor":
        return "application/cbor", _cbor({"__type": code, "message": message})
    if (frame := _XML.get(service_of(environ))) is None:
        return "application/json", json.dumps({"__type": code, "message": message}).encode()
    if environ.get("REQUEST_METHOD") == "HEAD":
        return "application/xml", b""
    told = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    return "application/xml", frame.format(told).encode()


def _cbor(told: dict[str, str]) -> bytes:
    """A few short texts in CBOR."""
    texts = (text.encode() for pair in told.items() for text in pair)
    return bytes([0xA0 + len(told)]) + b"".join(b"\x78" + bytes([len(text)]) + text for text in texts)


def _length(body: bytes) -> tuple[str, str]:
    return "Content-Length", str(len(body))


def operation_of(environ: Environ, body: bytes) -> str:
    """The name of the operation that a request asks for, as boto3 calls it."""
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    if mail := ses.operation_of(environ):
        return mail[0]
    path, method = str(environ.get("PATH_INFO", "")), str(environ.get("REQUEST_METHOD", ""))
    if named := re.fullmatch(r"/service/\w+/operation/(\w+)", path):
        return named[1]
    if found := re.search(rb"(?:^|&)Action=([A-Za-z]+)", body):
        return found[1].decode()
    if "/s3/" in environ.get("HTTP_AUTHORIZATION", ""):
        return _s3_operation(method, path, str(environ.get("QUERY_STRING", "")))
    return f"{method} {path}"


def _s3_operation(method: str, path: str, query: str) -> str:
    if method == "GET" and "list-type=2" in query:
        return "ListObjectsV2"
    if method == "GET" and query.startswith("versions"):
        return "ListObjectVersions"
    if "/" not in path.strip("/"):
        return f"{method} bucket"
    return {"GET": "GetObject", "PUT": "PutObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}.get(method, method)


def _control(faults: Faults, path: str, environ: Environ, start: Start) -> Iterable[bytes]:
    sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    answer: Any = {}
    with faults.lock:
        if path == "/_faults/reset":
            faults.rules.clear()
            faults.log.clear()
            faults.now = None
        elif path == "/_faults/heal":
            faults.rules.clear()
        elif path == "/_faults/clock":
            faults.now = json.loads(sent)["now"]
        elif path == "/_faults/open":
            answer = faults.open - 1  # this one
        elif path == "/_faults/log":
            answer = list(faults.log)
        else:
            faults.rules.append(json.loads(sent))
    text = json.dumps(answer).encode()
    start("200 OK", [("Content-Type", "application/json"), _length(text)])
    return [text]
