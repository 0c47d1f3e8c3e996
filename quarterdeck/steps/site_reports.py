"""A tenant's filed reports as its pages need them: each in brief, which revision holds, and the whole where it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from quarterdeck.errors import Problem, QuarterdeckError
from quarterdeck.period import PeriodKind
from quarterdeck.render.site import brief as briefs
from quarterdeck.render.site import overview, paths
from quarterdeck.render.site.brief import Brief, Json
from quarterdeck.render.site.kpi import period_of
from quarterdeck.steps.site_trail import in_order
from quarterdeck.wiring import Parts

Place = tuple[str, str, str, str]  # tenant, role, period, revision
Held = Mapping[tuple[str, str, str], str]  # tenant, role, period: revision
BROKEN = (QuarterdeckError, KeyError, TypeError, ValueError, AttributeError)  # what a document that is no report leads to


class Reports:
    """The reports of one tenant.

    `current` is the revision that holds, by role and period: the one this run made (`held`), else the one that was filed
    since the last time, else the one that held then. `state` is what is remembered from then, made by `version`.
    """

    def __init__(self, parts: Parts, places: Sequence[Place], held: Held, state: Mapping[str, Any], version: str) -> None:
        self._parts = parts
        self._held = held
        self._before: Mapping[str, str] = state.get("current", {})
        self._seen = {row["revision"] for row in state.get("briefs", ())}
        self._documents: dict[str, Json] = {}
        self.problems: list[Problem] = []
        known = {row["revision"]: row for row in state.get("briefs", ())} if state.get("version") == version else {}
        self.briefs = {place: found for place in places if (found := self._brief(place, known.get(place[3])))}
        self.current = self._holding()

    def remember(self) -> dict[str, Any]:
        """What the next time should know."""
        return {
            "briefs": [asdict(brief) for _, brief in sorted(self.briefs.items())],
            "current": {f"{role}/{period}": brief.revision for (role, period), brief in sorted(self.current.items())},
        }

    def read(self, brief: Brief) -> Json:
        """The whole report; ArchiveError where it is not what was filed."""
        if brief.key not in self._documents:
            self._documents[brief.key] = self._parts.archive.document(brief.tenant, brief.role, brief.period, brief.revision)
        return self._documents[brief.key]

    def by_report(self) -> dict[tuple[str, str], tuple[Brief, ...]]:
        """The revisions of each report, by role and period, in the order in which they were filed."""
        found: dict[tuple[str, str], list[Brief]] = {}
        for brief in in_order(self.briefs.values()):
            found.setdefault((brief.role, brief.period), []).append(brief)
        return {report: tuple(revisions) for report, revisions in found.items()}

    def lines(self) -> list[list[Brief]]:
        """The reports that hold, those of one role and one length of period in a line, the earliest first."""
        found: dict[tuple[str, PeriodKind, bool], list[Brief]] = {}
        for brief in sorted(self.current.values(), key=lambda brief: brief.start):
            period = period_of(brief)
            found.setdefault((brief.role, period.kind, period.fiscal), []).append(brief)
        return list(found.values())

    def drop_unreadable(self) -> None:
        """Leave out, with a problem, the reports that a tenant's own pages are made of and that cannot be read."""
        while True:
            needed = {b.key: b for b in (*briefs.latest(self.current), *overview.shown_in(self.current).values())}
            broken = [brief for brief in needed.values() if not self._is_readable(brief)]
            if not broken:
                return
            for brief in broken:
                del self.briefs[place_of(brief)]
            self.current = self._holding()

    def note(self, place: Place, error: Exception) -> None:
        """A report that is not shown becomes a problem."""
        tenant, role, period, revision = place
        known = error.problem if isinstance(error, QuarterdeckError) else Problem(f"{type(error).__name__} {error}")
        what = f"the archive does not show {role} of {tenant} for {period}, revision {revision[: paths.SHORT]}: {known.what}"
        self.problems.append(Problem(what, remedy=known.remedy or "see that its report.json is as it was filed"))

    def _brief(self, place: Place, known: Json | None) -> Brief | None:
        try:
            brief = briefs.from_json(known) if known else briefs.brief(self._parts.archive.document(*place))
        except BROKEN as error:
            self.note(place, error)
            return None
        return brief if brief.filed_at else replace(brief, filed_at=self._filed_at(brief))

    def _filed_at(self, brief: Brief) -> str:
        filed = self._parts.audit.reports(brief.report_id)
        return next((report.filed_at.isoformat() for report in filed if report.revision == brief.revision), "")

    def _holding(self) -> dict[tuple[str, str], Brief]:
        there = {brief.revision for brief in self.briefs.values()}
        found: dict[tuple[str, str], Brief] = {}
        for brief in in_order(self.briefs.values()):
            wanted = self._held.get((brief.tenant, brief.role, brief.period))
            before = self._before.get(f"{brief.role}/{brief.period}")
            gave_way = before in there and brief.revision in self._seen and brief.revision != before
            if brief.revision == wanted or (wanted is None and not gave_way):
                found[brief.role, brief.period] = brief
        return found

    def _is_readable(self, brief: Brief) -> bool:
        try:
            tuple(overview.tiles_of(brief, self.read(brief)))
        except BROKEN as error:
            self.note(place_of(brief), error)
            return False
        return True


def place_of(brief: Brief) -> Place:
    return (brief.tenant, brief.role, brief.period, brief.revision)
