"""What people say of a finding: that it may stand, or that its action is somebody else's, or due on another day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Somebody's word that a finding may stand: until which day, and why."""

    until: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Somebody's word about an action: on which day, and why; its owner, due day and priority (P1 to P3), None where they stay.

    `until` is the last day on which it holds, where it does not hold for good.
    """

    by: str
    on: date
    reason: str
    owner: str | None = None
    due_on: date | None = None
    priority: str | None = None
    until: date | None = None
