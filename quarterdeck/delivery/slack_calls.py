"""Calls to Slack: each made once, over a connection that is verified, and whether its body went out is known.

The transport of httpx is used without its client: no redirects, no proxies of the environment, no cookies, and no log
line, since the address of a webhook is a secret. Nothing of a request stands in any error.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx

from quarterdeck.delivery.slack_answers import LOST, NEVER_LEFT, Answer, Outcome, code_of, judge, patience
from quarterdeck.errors import DeliveryError, DeliveryUnknown

Json = Mapping[str, Any]

_SECONDS = 10.0
_MOST_BYTES = 32 * 2**20  # of an answer
_BEFORE_BODY = "http11.send_request_body.started"


class Refused(Exception):  # noqa: N818 - an answer, which the caller turns into an error or goes round
    """Slack said no, or did not say yes; `answer` is what that means, `code` its own word, if it had one."""

    def __init__(self, answer: Answer, code: str, wait: timedelta | None = None) -> None:
        super().__init__(answer.meaning)
        self.answer, self.code, self.wait = answer, code, wait

    def error(self) -> DeliveryError | DeliveryUnknown:
        """The same as a channel tells it, of a post."""
        what = f"{self.answer.meaning} ({self.code})" if self.code else self.answer.meaning
        if self.answer.outcome is Outcome.UNKNOWN:
            return DeliveryUnknown(what, remedy=self.answer.remedy)
        permanent = self.answer.outcome is not Outcome.WAIT
        return DeliveryError(what, remedy=self.answer.remedy, permanent=permanent, retry_after=self.wait)

    def error_of_reading(self) -> DeliveryError:
        """The same of a call that only read: nothing is out, whatever became of it."""
        told = self.error()
        if isinstance(told, DeliveryError):
            return told
        return DeliveryError(told.problem.what, remedy="run again", permanent=False)


class Calls:
    """A connection pool to Slack."""

    def __init__(self) -> None:
        self._transport = httpx.HTTPTransport(verify=ssl.create_default_context(), trust_env=False, retries=0)

    def read(self, url: str, parameters: Mapping[str, str], token: str) -> Json:
        """A call that changes nothing: Slack's answer, or Refused where it did not work."""
        request = httpx.Request("GET", url, params=parameters, headers={"Authorization": f"Bearer {token}"})
        return self._answered(request, None)

    def write(self, url: str, body: Json, token: str | None, last_check: Callable[[], None]) -> Json:
        """A call that posts or changes something; `last_check` is asked right before its body goes out."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        content = json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()
        return self._answered(httpx.Request("POST", url, content=content, headers=headers), last_check)

    def _answered(self, request: httpx.Request, last_check: Callable[[], None] | None) -> Json:
        status, header, text = self._exchange(request, last_check)
        body = _parsed(text)
        if status == 200 and (body.get("ok") is True or text == b"ok"):
            return body
        code = code_of(body.get("error")) or code_of(text[:100].decode("ascii", "replace").strip())
        answer = judge(status, code)
        raise Refused(answer, code or f"status {status}", patience(header) if answer.outcome is Outcome.WAIT else None)

    def _exchange(self, request: httpx.Request, last_check: Callable[[], None] | None) -> tuple[int, str | None, bytes]:
        """Status, Retry-After and body. What `last_check` raises passes through, and nothing was posted then."""
        handover = _Handover(last_check)
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), _SECONDS)
        request.extensions = {"timeout": timeout, "trace": handover}
        try:
            response = self._transport.handle_request(request)
            try:
                return response.status_code, response.headers.get("Retry-After"), _read(response)
            finally:
                response.close()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is known whether the post went out
            objection = handover.objection
            if objection is None:
                raise Refused(LOST if handover.is_made else NEVER_LEFT, type(error).__name__) from None
        raise objection


class _Handover:
    """What the transport calls at each of its steps: the last check, and whether the body was begun."""

    def __init__(self, last_check: Callable[[], None] | None) -> None:
        self._last_check = last_check
        self.is_made = False
        self.objection: Exception | None = None

    def __call__(self, event: str, _info: Mapping[str, Any]) -> None:
        if event != _BEFORE_BODY or self.is_made:
            return
        try:
            if self._last_check is not None:
                self._last_check()
        except Exception as error:
            self.objection = error
            raise
        self.is_made = True


def _read(response: httpx.Response) -> bytes:
    taken = b""
    for piece in response.iter_raw():
        taken += piece
        if len(taken) > _MOST_BYTES:
            raise ValueError("an answer without an end")
    return taken


def _parsed(text: bytes) -> Json:
    """The answer as a mapping, or an empty one where it is none."""
    with suppress(ValueError, RecursionError):
        body = json.loads(text)
        if isinstance(body, dict):
            return body
    return {}
