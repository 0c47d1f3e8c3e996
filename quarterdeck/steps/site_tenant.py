"""One tenant's part of the archive's pages: the page of the tenant, of each KPI, of each report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

from quarterdeck.audit.states import Delivery
from quarterdeck.errors import Problem
from quarterdeck.kpis import KPIS
from quarterdeck.measure.inputs import base_tables
from quarterdeck.period import PeriodKind
from quarterdeck.render import logo as logos
from quarterdeck.render.site import brief as briefs
from quarterdeck.render.site import kpi as kpi_pages
from quarterdeck.render.site import overview as overviews
from quarterdeck.render.site import paths, tenant
from quarterdeck.render.site import report as report_pages
from quarterdeck.render.site.brief import Brief, Json
from quarterdeck.render.site.kpi import Meaning, period_of
from quarterdeck.render.site.overview import Overview, Tile
from quarterdeck.render.site.report import ReportFacts, Step
from quarterdeck.steps.site_pages import Pages
from quarterdeck.steps.site_reports import BROKEN, Reports, place_of
from quarterdeck.steps.site_rows import RowPages
from quarterdeck.steps.site_trail import by_report, delivery_rows, revision_rows
from quarterdeck.wiring import Parts


class TenantSite:
    """Writes a tenant's pages; does nothing where neither its reports nor their deliveries have moved."""

    def __init__(self, parts: Parts, pages: Pages, rows: RowPages, reports: Reports, deliveries: Sequence[Delivery]) -> None:
        self._parts = parts
        self._pages = pages
        self._rows = rows
        self._reports = reports
        self._deliveries = by_report(deliveries)

    def write(self, tenant_id: str) -> Overview | None:
        """The tenant at a glance, after its pages were brought up to date; None where no report of it can be shown."""
        state, reports = self._pages.state(tenant_id), self._reports
        inputs = self._pages.digest_of(self._told())
        if state.get("inputs") == inputs and self._pages.stand(tenant_id):
            return overviews.from_json(state["overview"], briefs.latest(reports.current))
        reports.drop_unreadable()
        if not reports.current:
            return None
        overview = overviews.overview(reports.current, reports.read)
        self._write_tenant(overview)
        self._write_kpis(overview)
        self._write_reports()
        remembered = {**asdict(overview), "reports": []}
        state.update(reports.remember(), version=self._pages.version, inputs=inputs, overview=remembered)
        return overview

    @property
    def problems(self) -> Sequence[Problem]:
        return self._reports.problems

    def _told(self) -> list[object]:
        """All that the pages tell of, as far as it can change."""
        filed = [[*place, brief.filed_at] for place, brief in sorted(self._reports.briefs.items())]
        holding = sorted(brief.revision for brief in self._reports.current.values())
        rows = [row for report in self._deliveries.values() for row in report]
        return [filed, holding, [[row.key, row.state.value, str(row.updated_at), row.reason] for row in rows]]

    def _write_tenant(self, overview: Overview) -> None:
        facts = tenant.tenant(overview, self._reports.current)
        self._pages.write(paths.tenant_page(overview.tenant), facts, lambda: tenant.render(facts, self._parts.templates))

    # --- KPIs ---------------------------------------------------------------------------------------------------------

    def _write_kpis(self, overview: Overview) -> None:
        for tile in overview.tiles:
            facts = self._kpi_facts(tile)
            make = partial(kpi_pages.render, facts, self._parts.templates)
            self._pages.write(paths.kpi_page(overview.tenant, tile.id), facts, make)

    def _kpi_facts(self, tile: Tile) -> kpi_pages.KpiFacts:
        shown = [report for report in sorted(self._reports.current.values(), key=briefs.rank) if report.reading(tile.id)]
        own = self._reports.current[tile.role, tile.period]
        latest: dict[PeriodKind, tuple[Brief, Json]] = {}
        for report in (own, *sorted(shown, key=lambda report: (report.end, report.start), reverse=True)):
            latest.setdefault(period_of(report).kind, (report, self._reports.read(report)))
        meaning = _meaning(tile.id)
        document = self._reports.read(own)
        data = {row["digest"]: self._rows.write(row) for row in kpi_pages.snapshots_of(document, meaning)}
        return kpi_pages.kpi(tile, latest, shown, meaning, data)

    # --- reports ------------------------------------------------------------------------------------------------------

    def _write_reports(self) -> None:
        revisions, steps = self._reports.by_report(), self._steps()
        for place, brief in self._reports.briefs.items():
            own = revisions[brief.role, brief.period]
            facts = self._report_facts(brief, own, *steps.get((brief.role, brief.period), (Step(), Step())))
            try:
                self._pages.write(brief.key, facts, partial(self._made, facts, own))
            except BROKEN as error:
                self._reports.note(place, error)

    def _report_facts(self, brief: Brief, revisions: Sequence[Brief], earlier: Step, later: Step) -> ReportFacts:
        number = [each.revision for each in revisions].index(brief.revision)
        beside = self._pages.folders.get(brief.key.rpartition("/")[0], ())
        return ReportFacts(
            brief=brief,
            revisions=revision_rows(brief, revisions, self._reports.current.get((brief.role, brief.period))),
            previous=revisions[number - 1].revision if number else "",
            deliveries=delivery_rows(brief, self._deliveries.get(brief.report_id, ())),
            earlier=earlier,
            later=later,
            files=tuple(name for name in beside if name != paths.PAGE),
            kpis=tuple(r.id for r in brief.kpis if paths.kpi_page(brief.tenant, r.id) in self._pages.keys),
        )

    def _steps(self) -> dict[tuple[str, str], tuple[Step, Step]]:
        """The same role's report of the period before and after, by role and period."""
        found = {}
        for line in self._reports.lines():
            steps = [Step(), *(Step(brief.label, brief.key) for brief in line), Step()]
            for number, brief in enumerate(line):
                found[brief.role, brief.period] = (steps[number], steps[number + 2])
        return found

    def _made(self, facts: ReportFacts, revisions: Sequence[Brief]) -> bytes:
        brief, read = facts.brief, self._reports.read
        document = read(brief)
        before = next((read(each) for each in revisions if each.revision == facts.previous), None)
        data = {row["digest"]: self._rows.existing(row) for row in document["provenance"]["snapshots"]}
        logo = self._parts.archive.read(*place_of(brief), logos.FILE) if logos.FILE in facts.files else None
        return report_pages.render(facts, document, self._parts.templates, before=before, data=data, logo=logo)


def _meaning(id: str) -> Meaning:
    if id not in KPIS:
        return Meaning()
    known = KPIS.get(id)
    return Meaning(known.definition, base_tables(known.tables))
