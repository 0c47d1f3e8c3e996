"""Calls to AWS: what an exception of the SDK means for a source, and answers that are whole.

An answer that was cut can come back as an empty one with status 200; whoever takes that for the end of the data loses rows
in silence. So what an answer must hold is taken with `part`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date
from typing import Any

from quarterdeck.aws import fault_of
from quarterdeck.errors import SourceError, Where
from quarterdeck.reading.cells import shorten
from quarterdeck.sources import Window
from quarterdeck.sources._aws import denied, error_of

Unknown = Mapping[str, tuple[str, str]]
_TELLING = ("ValidationException",)  # codes that say nothing without their message
_MOST_SHOWN = 200


@contextmanager
def asking(
    permission: str, whom: str = "", *, where: Where | None = None, unknown: Unknown | None = None, absent: tuple[str, ...] = ()
) -> Iterator[None]:
    """What the SDK raises in this block as a SourceError with reason and remedy; `whom` is the account and region asked.

    `where` is the thing that was asked about. `unknown` has reason and remedy for codes that say it is not there; a code in
    `absent` ends the block, and no more.
    """
    try:
        yield
    except Exception as error:
        fault = fault_of(error)
        if fault is None:
            raise
        if fault.code in absent:
            return
        reason, remedy = (unknown or {}).get(fault.code) or denied(fault, permission)
        if fault.code in _TELLING:
            reason = f"{reason}: {shorten(fault.message, _MOST_SHOWN)}"
        raise error_of(fault, f"{reason} in {whom}" if whom else reason, remedy, where) from None


def part(answer: Mapping[str, Any], name: str, permission: str) -> Any:
    """What every answer of a call holds; SourceError, which may pass, where this one does not."""
    if name not in answer:
        what = f"AWS answered {permission} without {name}"
        raise SourceError(what, remedy="run it again; the answer was cut on its way", permanent=False)
    return answer[name]


def complete_until(window: Window) -> date:
    """The first day of UTC that was not over when the tenant's day of the pull began, or the period's end if that is earlier.

    East of Greenwich the tenant's day begins while the day of UTC before it is still under way.
    """
    if window.today is None:
        return window.end
    return min(window.known_end, window.first_instant(window.today).astimezone(UTC).date())
