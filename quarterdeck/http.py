"""The one way to servers that speak HTTP, but for AWS: each request made once, bounded in time and size.

Certificates are checked, redirects are not followed, no proxy and no cookie of the environment is used. Nothing of a request
stands in an error: an address may hold a secret, and so may a header.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import httpx

_SECONDS = 20.0
_MOST_BYTES = 32 * 2**20  # of an answer
_LONGEST_WAIT = timedelta(hours=1)
_BEFORE_BODY = "http11.send_request_body.started"


class NoAnswer(Exception):  # noqa: N818 - what is known of a call, which the caller turns into an error of its own
    """There was no answer. Without `may_have_arrived` the request certainly did nothing; `why` names the kind of fault."""

    def __init__(self, why: str, *, may_have_arrived: bool) -> None:
        super().__init__(why)
        self.why, self.may_have_arrived = why, may_have_arrived


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: its status, its headers in lower case, its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def retry_after(self) -> timedelta | None:
        """How long the server asks to be left alone, in seconds as it says; an hour at most, None where it does not say."""
        text = self.headers.get("retry-after", "").strip()
        return min(timedelta(seconds=int(text)), _LONGEST_WAIT) if text.isascii() and text.isdigit() and len(text) < 9 else None


class Http:
    """A pool of connections; making one connects nowhere yet. Threads may share it.

    With `trust`, certificates are checked against that, and no connection is shared with another Http.
    """

    def __init__(self, headers: Mapping[str, str] | None = None, trust: ssl.SSLContext | None = None) -> None:
        self._headers = dict(headers or {})
        self._own = None if trust is None else httpx.HTTPTransport(verify=trust, trust_env=False, retries=0)

    def send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request with a body of JSON, if any. NoAnswer where none came, or one that has no end."""
        content = body if body is None or isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        request = self._request(method, url, params, content, headers, _SECONDS)
        try:
            return self._answer(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise NoAnswer(type(error).__name__, may_have_arrived=False) from None
        except (httpx.HTTPError, ValueError, OSError) as error:
            raise NoAnswer(type(error).__name__, may_have_arrived=True) from None

    def hand_over(
        self,
        method: str,
        url: str,
        seconds: float,
        last_check: Callable[[], None],
        *,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request, after whose failure it is known whether its body was begun: NoAnswer says so.

        `last_check` is called right before the body goes out; what it raises passes through, and nothing was done then.
        """
        return self._handed_over(self._request(method, url, params, body, headers, seconds), last_check)

    def post_to(
        self, address: str, url: str, body: bytes, headers: Mapping[str, str], seconds: float, last_check: Callable[[], None]
    ) -> Answer:
        """As `hand_over`, a POST to an IP address that the host of an `https` or `http` URL was found to have.

        The answer comes without its body.
        """
        request = self._request("POST", url, None, body, headers, seconds)
        host = request.url.raw_host.decode("ascii")
        request.url = request.url.copy_with(host=address)  # the header Host was set before, and names the host
        request.extensions = {**request.extensions, "sni_hostname": host}
        return self._handed_over(request, last_check, wants_body=False)

    def _handed_over(self, request: httpx.Request, last_check: Callable[[], None], *, wants_body: bool = True) -> Answer:
        handover = _Handover(last_check)
        request.extensions = {**request.extensions, "trace": handover}
        try:
            return self._answer(request, wants_body=wants_body)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is known whether the body went out
            objection = handover.objection
            if objection is None:
                raise NoAnswer(type(error).__name__, may_have_arrived=handover.is_made) from None
        raise objection

    def _request(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        content: bytes | None,
        headers: Mapping[str, str] | None,
        seconds: float,
    ) -> httpx.Request:
        sent = {**self._headers, **(headers or {})}
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        request = httpx.Request(method, url, params=dict(params) if params else None, headers=sent, content=content)
        request.extensions = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), seconds)}
        return request

    def _answer(self, request: httpx.Request, *, wants_body: bool = True) -> Answer:
        response = (self._own or _transport()).handle_request(request)
        try:
            body = _read(response) if wants_body else b""
            return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, body)
        finally:
            response.close()


class _Handover:
    """What the transport calls at each of its steps: the last check, and whether the body was begun."""

    def __init__(self, last_check: Callable[[], None]) -> None:
        self._last_check = last_check
        self.is_made = False
        self.objection: Exception | None = None

    def __call__(self, event: str, _info: Mapping[str, Any]) -> None:
        if event != _BEFORE_BODY or self.is_made:
            return
        try:
            self._last_check()
        except Exception as error:
            self.objection = error
            raise
        self.is_made = True


@lru_cache(maxsize=1)
def _transport() -> httpx.HTTPTransport:
    """The transport without its client: it follows no redirect, takes no proxy, and writes no address into a log."""
    return httpx.HTTPTransport(verify=ssl.create_default_context(), trust_env=False, retries=0)


def _read(response: httpx.Response) -> bytes:
    """The body, decoded; ValueError for one without an end."""
    taken = b""
    for piece in response.iter_bytes():
        taken += piece
        if len(taken) > _MOST_BYTES:
            raise ValueError("an answer without an end")
    return taken
