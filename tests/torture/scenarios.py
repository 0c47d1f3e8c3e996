"""What a scenario is, in a line of words, and how it may end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Any

FAULTS: Mapping[str, Mapping[str, Any]] = {
    "before": {"how": "before"},
    "after": {"how": "after"},
    "hang": {"how": "hang", "seconds": 1},
    "500": {"how": "error", "status": 500, "code": "InternalServerError"},
    "500-after": {"how": "after_error", "status": 500, "code": "InternalServerError"},
    "503": {"how": "error", "status": 503, "code": "ServiceUnavailable"},
    "throttle": {"how": "error", "status": 400, "code": "ThrottlingException"},
    "empty": {"how": "empty"},
    "cut": {"how": "cut"},
    "refuse": {"how": "error", "status": 400, "code": "ValidationException"},
    "deny": {"how": "error", "status": 403, "code": "AccessDeniedException"},
    "expire": {"how": "error", "status": 403, "code": "ExpiredTokenException"},
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """`first` is the step, from 1, at which a process is killed or put to sleep. What `second` is, each shape says.

    A shape of faults is named `SendEmail:after`, say: the `first` call of an operation goes wrong in a way of `FAULTS`, and
    those after it until there were `second`, or all that follow where it is 0.

    The feed of events is the product's own over a `queue`, or one that is simply `up` and tells all, `down`, or `deaf`: it
    hears nothing, and that is taken for proof, which nobody should do.
    """

    store: str
    shape: str
    first: int
    second: int
    feed: str
    protocol: str

    def __str__(self) -> str:
        return " ".join(map(str, astuple(self)))

    @classmethod
    def parse(cls, text: str) -> Scenario:
        store, shape, first, second, feed, protocol = text.split()
        return cls(store, shape, int(first), int(second), feed, protocol)


class End(StrEnum):
    """What came of a scenario."""

    EXACTLY_ONE = "exactly one"  # a mail for each reader, and the trail says so
    HELD = "unknown or held"  # the others have theirs, and for these the trail says that nobody knows
    DOUBLED = "doubled"
    LOST = "lost"  # a reader without a mail, and the trail does not say that nobody knows
    UNSOUND = "unsound"  # the trail does not verify, says of mails that went out that they did not, or cannot be used


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a scenario ended, with all that a person needs to see why.

    `struck` is whether it came to what the scenario is about: a process that ended before its step was never killed there.
    """

    scenario: Scenario
    end: End
    struck: bool
    story: str
