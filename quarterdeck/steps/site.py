"""The archive as pages: what was filed, delivered and pulled becomes a site that a person opens from the file system.

    archive + snapshots + trail → facts → pages, each written only where its facts have changed

Every run that files something brings the pages up to date. Only one process writes at a time; it looks again after it has
put down the pen, so whoever found it taken may go: what he filed will be seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from quarterdeck import codec
from quarterdeck.audit.states import Delivery
from quarterdeck.config import PORTFOLIO
from quarterdeck.errors import Problem
from quarterdeck.render.site import front, paths, shell
from quarterdeck.render.site.brief import Brief
from quarterdeck.render.site.overview import Overview
from quarterdeck.steps.report import Filed
from quarterdeck.steps.run import holder, take_lease
from quarterdeck.steps.site_pages import Pages
from quarterdeck.steps.site_reports import Held, Place, Reports
from quarterdeck.steps.site_rows import RowPages
from quarterdeck.steps.site_tenant import TenantSite
from quarterdeck.wiring import Parts

_LEASE = timedelta(minutes=5)
_PEN = "site"
_ROUNDS = 10  # others keep filing and delivering; the run that ends last sees the rest


@dataclass(frozen=True, slots=True)
class SiteOutcome:
    """How many pages were written, and which reports could not be shown."""

    written: int = 0
    problems: tuple[Problem, ...] = ()


def write_site(parts: Parts, filed: Iterable[Filed] = ()) -> SiteOutcome:
    """Bring the archive's pages up to date; `filed` are the revisions that this run made, which hold from now on.

    A report that cannot be read is left out and named among the problems.
    """
    held = {(report.tenant, report.role, report.period): report.revision for report in filed}
    written, problems = 0, tuple[Problem, ...]()
    for _ in range(_ROUNDS):
        lease = take_lease(parts, _PEN, _LEASE)
        if lease.holder != holder():
            return SiteOutcome(written, problems)
        try:
            seen = _Seen.look(parts)
            outcome = _Writer(parts, seen, held).write()
        finally:
            parts.audit.release(lease)
        written, problems = written + outcome.written, outcome.problems
        if _Seen.look(parts) == seen:
            break
    return SiteOutcome(written, problems)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the pages are about: the filed revisions and where every delivery stands."""

    places: tuple[Place, ...]
    deliveries: tuple[Delivery, ...]

    @classmethod
    def look(cls, parts: Parts) -> _Seen:
        return cls(parts.archive.filed(), parts.audit.list())


class _Writer:
    """One round over all tenants."""

    def __init__(self, parts: Parts, seen: _Seen, held: Held) -> None:
        self._parts = parts
        self._seen = seen
        self._held = held
        self._pages = Pages(parts.archive.store, codec.digest([parts.code_version, shell.version(parts.templates)]))

    def write(self) -> SiteOutcome:
        places: dict[str, list[Place]] = defaultdict(list)
        for place in self._seen.places:
            places[place[0]].append(place)
        rows = RowPages(self._parts, self._pages, frozenset(places))
        overviews: list[Overview] = []
        current: list[Brief] = []
        problems: list[Problem] = []
        for tenant in self._order(places):
            reports = self._reports(tenant, places[tenant])
            deliveries = [row for row in self._seen.deliveries if row.tenant == tenant]
            overview = TenantSite(self._parts, self._pages, rows, reports, deliveries).write(tenant)
            problems += reports.problems
            if overview is not None:
                overviews.append(overview)
                current += reports.current.values()
        if overviews:
            self._write_front(overviews, current)
        self._pages.save()
        return SiteOutcome(self._pages.written, tuple(problems))

    def _reports(self, tenant: str, places: Sequence[Place]) -> Reports:
        return Reports(self._parts, places, self._held, self._pages.state(tenant), self._pages.version)

    def _order(self, tenants: Iterable[str]) -> list[str]:
        """The portfolio first, then the others as the settings have them, then those that are no longer in the settings."""
        known = [PORTFOLIO, *(tenant.id for tenant in self._parts.settings.members)]
        return sorted(tenants, key=lambda tenant: (known.index(tenant) if tenant in known else len(known), tenant))

    def _write_front(self, overviews: Sequence[Overview], current: Sequence[Brief]) -> None:
        templates = self._parts.templates
        first = front.front(overviews, current, {tenant.id: tenant.name for tenant in self._parts.settings.tenants})
        self._pages.write(paths.INDEX, first, lambda: front.render_front(first, templates))
        for facts in front.periods(overviews, current):
            self._pages.write(facts.key, facts, lambda facts=facts: front.render_period(facts, templates))  # type: ignore[misc]
        table = front.matrix(overviews)
        self._pages.write(paths.KPIS, table, lambda: front.render_matrix(table, templates))
