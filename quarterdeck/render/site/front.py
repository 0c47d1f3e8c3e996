"""The archive's front: all tenants and roles at one period, what is open anywhere, the search, and the KPIs side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from quarterdeck.render.site import paths
from quarterdeck.render.site.brief import Brief
from quarterdeck.render.site.overview import OpenFinding, Overview, Tile, worst_first
from quarterdeck.render.site.shell import Frame, page
from quarterdeck.words import NO_DATA

PORTFOLIO = "portfolio"
_URGENT = frozenset({"critical", "high"})
_MOST_FINDINGS = 20
_MOST_TILES = 8
_MOST_ENTRIES = 5000  # of the search: about half a megabyte


@dataclass(frozen=True, slots=True)
class GridRow:
    """A tenant and its report of each role; `key` is its page."""

    tenant: str
    name: str
    key: str
    cells: tuple[Brief | None, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A period that can be looked at; `key` is empty for the one that is."""

    label: str
    key: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Tenants by roles at one period. A cell of another period than `label` says which."""

    label: str
    roles: tuple[str, ...]
    rows: tuple[GridRow, ...]
    choices: tuple[Choice, ...]

    @property
    def briefs(self) -> tuple[Brief, ...]:
        return tuple(cell for row in self.rows for cell in row.cells if cell)


@dataclass(frozen=True, slots=True)
class Front:
    """Facts of index.html. `names` are those of all tenants by id; `others` counts the findings that are not listed."""

    portfolio: str
    language: str
    accent: str | None
    grid: Grid
    names: Mapping[str, str]
    findings: tuple[OpenFinding, ...]
    others: int
    tiles: tuple[Tile, ...]
    entries: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """Facts of the page of one period."""

    key: str
    portfolio: str
    language: str
    accent: str | None
    grid: Grid


@dataclass(frozen=True, slots=True)
class Matrix:
    """Facts of kpis.html: a row per KPI with its label, a cell per tenant."""

    portfolio: str
    language: str
    accent: str | None
    heads: tuple[tuple[str, str, str], ...]  # name, key, period
    rows: tuple[tuple[str, tuple[Tile | None, ...]], ...]
    tenants: tuple[str, ...]


def front(overviews: Sequence[Overview], filed: Iterable[Brief], names: Mapping[str, str]) -> Front:
    """The facts of the first page; `filed` are the revisions that hold, `names` those of all tenants by id."""
    top, current = overviews[0], tuple(filed)
    findings = _everywhere(overviews)
    urgent = [finding for finding in findings if finding.severity in _URGENT][:_MOST_FINDINGS]
    return Front(
        portfolio=_portfolio(overviews),
        language=language(top.locale),
        accent=_accent(overviews),
        grid=grid_of_latest(overviews, current),
        names={**names, **{overview.tenant: overview.name for overview in overviews}},
        findings=tuple(urgent),
        others=len(findings) - len(urgent),
        tiles=headline(top) if top.tenant == PORTFOLIO else (),
        entries=_entries(overviews, current, findings, names),
    )


def periods(overviews: Sequence[Overview], filed: Iterable[Brief]) -> tuple[PeriodFacts, ...]:
    """The facts of a page for every period that has reports."""
    current = tuple(filed)
    return tuple(
        PeriodFacts(
            key=paths.period_page(period),
            portfolio=_portfolio(overviews),
            language=language(overviews[0].locale),
            accent=_accent(overviews),
            grid=_grid_of(period, overviews, current),
        )
        for period in _periods(current)
    )


def matrix(overviews: Sequence[Overview]) -> Matrix:
    """The latest value of every KPI of every tenant."""
    labels = {tile.id: tile.label for overview in reversed(overviews) for tile in overview.tiles}
    order = list(dict.fromkeys(tile.id for overview in overviews for tile in overview.tiles))
    by_tenant = [{tile.id: tile for tile in overview.tiles} for overview in overviews]
    return Matrix(
        portfolio=_portfolio(overviews),
        language=language(overviews[0].locale),
        accent=_accent(overviews),
        heads=tuple((o.name, paths.tenant_page(o.tenant), _last(o.reports).label) for o in overviews),
        rows=tuple((labels[id], tuple(tiles.get(id) for tiles in by_tenant)) for id in order),
        tenants=tuple(overview.tenant for overview in overviews),
    )


def headline(overview: Overview) -> tuple[Tile, ...]:
    """The few KPIs that a tenant's page opens with: the first that have a value, those with a trend before the others."""
    known = [tile for tile in overview.tiles if tile.value]
    return tuple(sorted(known, key=lambda tile: not tile.trend)[:_MOST_TILES])


def language(locale: str) -> str:
    """The language of a page: English, in the tenant's variant where it has one."""
    return locale.replace("_", "-") if locale.startswith("en") else "en"


def grid_of_latest(overviews: Sequence[Overview], filed: Sequence[Brief]) -> Grid:
    """The latest report of every tenant and role."""
    latest = {(report.tenant, report.role): report for overview in overviews for report in overview.reports}
    newest = _last(latest.values())
    return _grid(newest.label, latest, overviews, _choices(filed, ""))


def _grid_of(period: str, overviews: Sequence[Overview], filed: Sequence[Brief]) -> Grid:
    reports = {(report.tenant, report.role): report for report in filed if report.period == period}
    label = next(iter(reports.values())).label
    return _grid(label, reports, overviews, _choices(filed, period))


def _grid(
    label: str, reports: Mapping[tuple[str, str], Brief], overviews: Sequence[Overview], choices: tuple[Choice, ...]
) -> Grid:
    titles = {report.role: report.title for report in sorted(reports.values(), key=lambda r: (r.role != "ceo", r.role))}
    rows = (
        GridRow(o.tenant, o.name, paths.tenant_page(o.tenant), tuple(reports.get((o.tenant, role)) for role in titles))
        for o in overviews
    )
    return Grid(label, tuple(titles.values()), tuple(row for row in rows if any(row.cells)), choices)


def _periods(filed: Iterable[Brief]) -> dict[str, Brief]:
    """A report of each period, the latest period first."""
    found = {report.period: report for report in filed}
    return dict(sorted(found.items(), key=lambda item: (item[1].end, item[1].start), reverse=True))


def _choices(filed: Sequence[Brief], here: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(report.label, "" if period == here else paths.period_page(period)) for period, report in _periods(filed).items()
    )


def _last(reports: Iterable[Brief]) -> Brief:
    return max(reports, key=lambda report: (report.end, report.start))


def _portfolio(overviews: Sequence[Overview]) -> str:
    return overviews[0].portfolio or overviews[0].name


def _accent(overviews: Sequence[Overview]) -> str | None:
    return overviews[0].accent if overviews[0].tenant == PORTFOLIO else None


def _everywhere(overviews: Sequence[Overview]) -> tuple[OpenFinding, ...]:
    """Every open finding once: as its own tenant's report shows it, else as the portfolio's does."""
    found: dict[str, OpenFinding] = {}
    for overview in sorted(overviews, key=lambda overview: overview.tenant == PORTFOLIO):
        for finding in overview.findings:
            found.setdefault(finding.fingerprint, finding)
    return worst_first(found.values())


def _entries(
    overviews: Sequence[Overview], filed: Sequence[Brief], findings: Sequence[OpenFinding], names: Mapping[str, str]
) -> tuple[tuple[str, str, str, str], ...]:
    """What the search knows: kind, what it is, whose it is, where it is; the newest reports first."""
    newest = sorted(filed, key=lambda report: (report.end, report.start), reverse=True)
    entries = [
        ("KPI", tile.label, f"{overview.name} · {tile.value or NO_DATA}", paths.kpi_page(overview.tenant, tile.id))
        for overview in overviews
        for tile in overview.tiles
    ]
    entries += [("Finding", f.title, f"{names.get(f.origin, f.origin)} · {f.severity}", f.key) for f in findings]
    entries += [("Report", f"{report.name} {report.title}", report.label, report.key) for report in newest]
    return tuple(entries[:_MOST_ENTRIES])


def render_front(facts: Front, templates: Path) -> bytes:
    frame = Frame(paths.INDEX, f"{facts.portfolio} · Archive", facts.language, facts.accent, (("Archive", ""),))
    return page(templates, "index", frame, index=facts.entries, facts=facts)


def render_period(facts: PeriodFacts, templates: Path) -> bytes:
    crumbs = (("Archive", paths.INDEX), (facts.grid.label, ""))
    frame = Frame(facts.key, f"{facts.portfolio} · {facts.grid.label}", facts.language, facts.accent, crumbs)
    return page(templates, "period", frame, facts=facts)


def render_matrix(facts: Matrix, templates: Path) -> bytes:
    crumbs = (("Archive", paths.INDEX), ("Key figures", ""))
    frame = Frame(paths.KPIS, f"{facts.portfolio} · Key figures", facts.language, facts.accent, crumbs)
    return page(templates, "kpis", frame, facts=facts)
