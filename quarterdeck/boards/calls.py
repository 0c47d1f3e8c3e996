"""Calls to boards over HTTP: each made once, and what an answer means for a card. When to try again is not decided here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from quarterdeck.boards.faults import (
    BoardBusyError,
    BoardError,
    BoardForbiddenError,
    BoardUnavailableError,
    CardConflictError,
    CardMissingError,
    CardRejectedError,
)
from quarterdeck.http import Answer, Http, NoAnswer

_GOOD = range(200, 300)
_RIGHTS = "see that the token is valid and may write to this board"
_SAID = 200  # characters of a server's own words that a problem repeats


class Calls:
    """A board's server: `base` is its address without a slash at the end, `headers` and `params` hold its credentials.

    `said` takes the server's own words of what is wrong out of an answer; they are repeated in problems, so it must not
    return anything but those. `pace` is given the method of each call beforehand, and may wait.
    """

    def __init__(
        self,
        base: str,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        said: Callable[[Answer], str] = lambda _: "",
        pace: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._base, self._params, self._said, self._pace = base, dict(params or {}), said, pace
        self._http = Http(headers)

    def ask(self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: Any = None) -> Answer:
        """The answer of a call that did its work; a BoardError for any other."""
        self._pace(method)
        try:
            answer = self._http.send(method, f"{self._base}{path}", params={**self._params, **(params or {})}, body=body)
        except NoAnswer as error:
            raise BoardUnavailableError(f"the board did not answer ({error.why})", remedy="sync it again later") from None
        if answer.status in _GOOD:
            return answer
        raise self.refusal(answer)

    def refusal(self, answer: Answer) -> BoardError:
        """What an answer that is no success means."""
        said = " ".join(self._said(answer).split())[:_SAID]
        words = f" ({said})" if said else ""
        if answer.status == 429:
            return BoardBusyError(
                f"the board wants fewer calls{words}", retry_after=answer.retry_after or timedelta(seconds=10)
            )
        if answer.status in (401, 403):
            return BoardForbiddenError(f"the board refuses our credentials (status {answer.status}){words}", remedy=_RIGHTS)
        if answer.status in (404, 410):
            return CardMissingError(f"the board knows no such thing (status {answer.status}){words}", remedy="see its settings")
        if answer.status in (409, 412, 423):
            return CardConflictError(f"the card was changed meanwhile (status {answer.status}){words}", remedy="sync it again")
        if answer.status >= 500:
            return BoardUnavailableError(f"the board failed (status {answer.status}){words}", remedy="sync it again later")
        return CardRejectedError(f"the board does not take it (status {answer.status}){words}", remedy="see its settings")


@contextmanager
def once_made() -> Iterator[None]:
    """Around what follows the call that made a card: a board that is busy now must not be taken for one that made nothing."""
    try:
        yield
    except BoardBusyError as error:
        raise BoardUnavailableError(f"the card is made, but {error.problem.what}", remedy="sync it again later") from None


@contextmanager
def understood() -> Iterator[None]:
    """Around the reading of an answer: one of another shape says nothing, not even whether the work was done."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        raise BoardUnavailableError(
            "the board's answer is not understood", remedy="see that the address is the board's own"
        ) from None


def mapping(answer: Answer) -> dict[str, Any]:
    """An answer's JSON object."""
    body = answer.json()
    if not isinstance(body, dict):
        raise BoardUnavailableError("the board's answer is no JSON", remedy="see that the address is the board's own")
    return body


def rows(answer: Answer) -> list[dict[str, Any]]:
    """An answer's JSON list of objects."""
    body = answer.json()
    if not isinstance(body, list) or not all(isinstance(row, dict) for row in body):
        raise BoardUnavailableError("the board's answer is no list", remedy="see that the address is the board's own")
    return body
