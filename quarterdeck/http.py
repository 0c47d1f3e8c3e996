"""The one way to servers that speak HTTP, but for AWS and Slack: each request made once, bounded in time and size.

Certificates are checked, redirects are not followed, no proxy and no cookie of the environment is used. Nothing of a request
stands in an error: an address may hold a secret, and so may a header.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import httpx

_SECONDS = 20.0
_MOST_BYTES = 32 * 2**20  # of an answer
_LONGEST_WAIT = timedelta(hours=1)


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
    """A pool of connections; making one connects nowhere yet. Threads may share it."""

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        self._headers = dict(headers or {})

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
        sent = {**self._headers, **(headers or {})}
        content = None
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
            sent.setdefault("Content-Type", "application/json")
        request = httpx.Request(method, url, params=dict(params) if params else None, headers=sent, content=content)
        request.extensions = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), _SECONDS)}
        try:
            response = _transport().handle_request(request)
            try:
                return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, _read(response))
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise NoAnswer(type(error).__name__, may_have_arrived=False) from None
        except (httpx.HTTPError, ValueError, OSError) as error:
            raise NoAnswer(type(error).__name__, may_have_arrived=True) from None


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
