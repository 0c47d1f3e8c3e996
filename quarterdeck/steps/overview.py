"""A run as its users look at it: each report with its state, its readers in numbers, and the way to it.

No reader is named: how many there are, and what became of their messages, is what a page for everybody may show.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from quarterdeck.audit.records import Filter
from quarterdeck.errors import ConfigError
from quarterdeck.render import PAGE
from quarterdeck.steps.links import stable_link
from quarterdeck.steps.readers import readers_of, rooms_of
from quarterdeck.steps.summary import ReportLine, RunSummary
from quarterdeck.wiring import Parts


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report of a run. `deliveries` says what became of its revision's messages, as `sent 2, planned 1`.

    `link` is the address of its page that stays, `place` the page's path or URI in the archive; empty where there is none.
    """

    report_id: str
    state: str
    readers: int
    deliveries: str
    link: str
    place: str


def overview(parts: Parts, summary: RunSummary) -> tuple[ReportRow, ...]:
    """The reports of a run in its order."""
    states: Counter[tuple[str, str, str]] = Counter()
    for period in dict.fromkeys(summary.periods) if any(line.revision for line in summary.reports) else ():
        states.update((row.report_id, row.revision, row.state.value) for row in parts.audit.list(Filter(period=period)))
    told: dict[tuple[str, str], list[str]] = {}
    for (report_id, revision, state), number in sorted(states.items()):
        told.setdefault((report_id, revision), []).append(f"{state} {number}")
    return tuple(_row(parts, line, ", ".join(told.get((line.report_id, line.revision or ""), ()))) for line in summary.reports)


def _row(parts: Parts, line: ReportLine, deliveries: str) -> ReportRow:
    link, place = ways_to(parts, line) if line.revision else ("", "")
    return ReportRow(line.report_id, line.status, _readers(parts, line), deliveries, link, place)


def ways_to(parts: Parts, line: ReportLine) -> tuple[str, str]:
    """The address of a filed report's page that stays, empty without an `archive_url`, and its place in the archive."""
    period, revision = line.report_id.removeprefix(f"{line.tenant}_{line.role}_"), line.revision or ""
    link = stable_link(parts, line.tenant, line.role, period, revision)
    return link.url if link else "", parts.archive.path(line.tenant, line.role, period, revision, PAGE)


def _readers(parts: Parts, line: ReportLine) -> int:
    try:
        return len(readers_of(parts, line.tenant, line.role)) + len(rooms_of(parts, line.tenant, line.role))
    except ConfigError:  # a tenant that the settings name no more
        return 0
