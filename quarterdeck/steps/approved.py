"""Which deliveries of a report a person has let go, by the trail's events: the rows alone do not tell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from quarterdeck.audit import AuditStore


@dataclass(frozen=True)
class Approved:
    """The approved deliveries of one report, looked up when that is asked."""

    audit: AuditStore
    report_id: str

    @cached_property
    def keys(self) -> frozenset[str]:
        events = self.audit.show(self.report_id).events
        return frozenset(event["id"] for event in events if event["event"] == "approve")
