"""One tenant's page: its latest figures, what is open, and every report that was filed, by period and role."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from quarterdeck.render.site import paths
from quarterdeck.render.site.brief import Brief, rank
from quarterdeck.render.site.front import headline, language
from quarterdeck.render.site.overview import Current, OpenFinding, Overview, Tile
from quarterdeck.render.site.shell import Frame, page


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """The reports of one period, one cell a role."""

    label: str
    cells: tuple[Brief | None, ...]


@dataclass(frozen=True, slots=True)
class TenantFacts:
    """Facts of a tenant's page; `headline` are some of `tiles`, which have every KPI in the order of the roles."""

    tenant: str
    name: str
    portfolio: str
    language: str
    accent: str | None
    latest: tuple[Brief, ...]
    headline: tuple[Tile, ...]
    tiles: tuple[Tile, ...]
    findings: tuple[OpenFinding, ...]
    roles: tuple[str, ...]
    periods: tuple[PeriodRow, ...]


def tenant(overview: Overview, current: Current) -> TenantFacts:
    """The facts of a tenant's page; `current` are the revisions that hold, by role and period."""
    titles = {report.role: report.title for report in sorted(current.values(), key=rank)}
    return TenantFacts(
        tenant=overview.tenant,
        name=overview.name,
        portfolio=overview.portfolio if overview.kind != "portfolio" else "",
        language=language(overview.locale),
        accent=overview.accent,
        latest=overview.reports,
        headline=headline(overview),
        tiles=overview.tiles,
        findings=overview.findings,
        roles=tuple(titles.values()),
        periods=tuple(_rows(current, tuple(titles))),
    )


def _rows(current: Current, roles: tuple[str, ...]) -> list[PeriodRow]:
    periods = {report.period: report for report in current.values()}
    newest_first = sorted(periods.values(), key=lambda report: (report.end, report.start), reverse=True)
    return [PeriodRow(each.label, tuple(current.get((role, each.period)) for role in roles)) for each in newest_first]


def render(facts: TenantFacts, templates: Path) -> bytes:
    crumbs = (("Archive", paths.INDEX), (facts.name, ""))
    frame = Frame(paths.tenant_page(facts.tenant), f"{facts.name} · Archive", facts.language, facts.accent, crumbs)
    return page(templates, "tenant", frame, facts=facts)
