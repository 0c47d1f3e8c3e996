"""Calls to Slack: each made once, over a connection that is verified, and whether its body went out is known.

Nothing of a request stands in any error, since the address of a webhook is a secret.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from quarterdeck.delivery.slack_answers import LOST, NEVER_LEFT, Answer, Outcome, code_of, judge, patience
from quarterdeck.errors import DeliveryError, DeliveryUnknown
from quarterdeck.http import Answer as Exchange
from quarterdeck.http import Http, NoAnswer

Json = Mapping[str, Any]

_SECONDS = 10.0


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
        self._http = Http()

    def read(self, url: str, parameters: Mapping[str, str], token: str) -> Json:
        """A call that changes nothing: Slack's answer, or Refused where it did not work."""
        headers = {"Authorization": f"Bearer {token}"}
        return _answered(lambda: self._http.hand_over("GET", url, _SECONDS, _nothing, params=parameters, headers=headers))

    def write(self, url: str, body: Json, token: str | None, last_check: Callable[[], None]) -> Json:
        """A call that posts or changes something; `last_check` is asked right before its body goes out."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        content = json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()
        return _answered(lambda: self._http.hand_over("POST", url, _SECONDS, last_check, body=content, headers=headers))


def _answered(call: Callable[[], Exchange]) -> Json:
    """What Slack says to a call. What its last check raises passes through, and nothing was posted then."""
    try:
        said = call()
    except NoAnswer as error:
        raise Refused(LOST if error.may_have_arrived else NEVER_LEFT, error.why) from None
    body = _parsed(said.body)
    if said.status == 200 and (body.get("ok") is True or said.body == b"ok"):
        return body
    code = code_of(body.get("error")) or code_of(said.body[:100].decode("ascii", "replace").strip())
    answer = judge(said.status, code)
    wait = patience(said.headers.get("retry-after")) if answer.outcome is Outcome.WAIT else None
    raise Refused(answer, code or f"status {said.status}", wait)


def _nothing() -> None:
    """What is asked before a call that only reads."""


def _parsed(text: bytes) -> Json:
    """The answer as a mapping, or an empty one where it is none."""
    with suppress(ValueError, RecursionError):
        body = json.loads(text)
        if isinstance(body, dict):
            return body
    return {}
