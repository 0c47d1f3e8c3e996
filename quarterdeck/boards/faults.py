"""What can go wrong on a board. Which of these may be tried again is their `permanent`; what they mean for a card is policy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from quarterdeck.errors import QuarterdeckError


class BoardError(QuarterdeckError):
    """A board did not do what it was asked to."""


class BoardUnavailableError(BoardError):
    """It did not answer, or said that it cannot now; whether it did the work, nobody knows."""

    permanent = False


class BoardBusyError(BoardUnavailableError):
    """It wants fewer calls; nothing was done. `retry_after` is how long it asks to be left alone."""

    def __init__(self, what: str, *, retry_after: timedelta = timedelta(seconds=10), **kwargs: Any) -> None:
        super().__init__(what, **kwargs)
        self.retry_after = retry_after

    def _keywords(self) -> dict[str, Any]:
        return {**super()._keywords(), "retry_after": self.retry_after}


class BoardForbiddenError(BoardError):
    """It refuses our credentials, or they do not reach this far."""


class CardMissingError(BoardError):
    """There is no such card any more: somebody deleted it."""


class CardConflictError(BoardError):
    """Somebody changed the card between our look at it and our write; nothing was written."""

    permanent = False


class CardRejectedError(BoardError):
    """It does not take what was to be written: a field too long, a value unknown, no such transition."""
