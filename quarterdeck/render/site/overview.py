"""A tenant at a glance: its latest reports, the latest value of each KPI, and the findings that are open over all roles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from quarterdeck.model import Unit
from quarterdeck.render.clean import NAME, PROSE, clean
from quarterdeck.render.figures import kpi_rows, parse
from quarterdeck.render.records import KpiRow
from quarterdeck.render.site import paths
from quarterdeck.render.site.brief import OPEN, SEVERITIES, Brief, Json, latest, rank
from quarterdeck.words import NO_DATA, Voice

Read = Callable[[Brief], Json]  # the document of a filed revision
Current = Mapping[tuple[str, str], Brief]  # the revision that holds, by role and period


@dataclass(frozen=True, slots=True)
class Tile:
    """The latest value of one KPI, ready to be shown, and the report it stands in. `reason` is set where there is none."""

    id: str
    label: str
    value: str
    state: str
    target: str
    change: str
    effect: str
    tone: str
    last_year: str
    heights: tuple[float | None, ...]
    trend: str
    reason: str
    role: str
    period: str
    label_of_period: str


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """An open finding and the reports that show it: `key` leads to it in the first of them."""

    fingerprint: str
    origin: str
    severity: str
    title: str
    state: str
    since: str
    at_stake: str
    roles: tuple[str, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Overview:
    """One tenant. `reports` are the latest of each role, `tiles` every KPI in the order in which the roles read them."""

    tenant: str
    name: str
    portfolio: str
    kind: str
    locale: str
    accent: str | None
    reports: tuple[Brief, ...]
    tiles: tuple[Tile, ...]
    findings: tuple[OpenFinding, ...]


def overview(current: Current, read: Read) -> Overview:
    """The overview of a tenant that has one filed report at least."""
    reports = latest(current)
    documents = [read(report) for report in reports]
    first = reports[0]
    return Overview(
        tenant=first.tenant,
        name=first.name,
        portfolio=first.portfolio,
        kind=first.kind,
        locale=first.locale,
        accent=first.accent,
        reports=reports,
        tiles=_tiles(current, read),
        findings=_findings(reports, documents),
    )


def shown_in(current: Current) -> dict[str, Brief]:
    """The report that shows each KPI's latest value, in the order in which the roles read them."""
    found: dict[str, Brief] = {}
    ordered = sorted(current.values(), key=rank)
    for report in sorted(ordered, key=lambda brief: (brief.end, brief.start), reverse=True):
        for reading in report.kpis:
            found.setdefault(reading.id, report)
    return found


def _tiles(current: Current, read: Read) -> tuple[Tile, ...]:
    sources = shown_in(current)
    made: dict[str, Tile] = {}
    for report in {source.key: source for source in sources.values()}.values():
        for tile in tiles_of(report, read(report)):
            if sources.get(tile.id) is report:
                made[tile.id] = tile
    return tuple(made[id] for id in sources if id in made)


def tiles_of(report: Brief, document: Json) -> Iterable[Tile]:
    """Every KPI of one report as a tile."""
    voice = Voice(document["locale"])
    rows = iter(kpi_rows(document["kpis"], voice))  # those with a value, in the document's order
    for kpi in document["kpis"]:
        row = None if kpi["state"] == "unavailable" else next(rows)
        if paths.is_id(kpi["id"]):
            yield _tile(kpi, row, report, voice)


def _tile(kpi: Json, row: KpiRow | None, report: Brief, voice: Voice) -> Tile:
    target = parse(kpi["target"])
    empty = Tile(
        id=kpi["id"],
        label=clean(kpi["label"]),
        value="",
        state=kpi["state"],
        target="" if target is None else voice.figure(target, Unit(kpi["unit"])),
        change="",
        effect="",
        tone="plain",
        last_year="",
        heights=(),
        trend="",
        reason=clean(kpi["unavailable_reason"] or "", PROSE),
        role=report.role,
        period=report.period,
        label_of_period=report.label,
    )
    if row is None:
        return empty
    return replace(
        empty,
        value=row.value,
        change=_known(row.change),
        effect=row.effect,
        tone=row.effect_tone,
        last_year=_known(row.last_year),
        heights=row.heights,
        trend=row.trend_words,
    )


def _known(change: str) -> str:
    """A change, or nothing where there is none to show."""
    return "" if change == NO_DATA else change


def _findings(reports: Iterable[Brief], documents: Iterable[Json]) -> tuple[OpenFinding, ...]:
    found: dict[str, OpenFinding] = {}
    for report, document in zip(reports, documents, strict=True):
        voice = Voice(document["locale"])
        for finding in document["findings"]:
            if finding["state"] not in OPEN:
                continue
            known = found.get(finding["fingerprint"])
            if known is None:
                found[finding["fingerprint"]] = _open_finding(finding, report, voice)
            else:
                found[known.fingerprint] = replace(known, roles=(*known.roles, report.title))
    return worst_first(found.values())


def worst_first(findings: Iterable[OpenFinding]) -> tuple[OpenFinding, ...]:
    return tuple(sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.state != "new", f.title, f.fingerprint)))


def _open_finding(finding: Json, report: Brief, voice: Voice) -> OpenFinding:
    stake = parse(finding["money_at_stake"])
    return OpenFinding(
        fingerprint=finding["fingerprint"],
        origin=finding["tenant"],
        severity=finding["severity"],
        title=clean(finding["title"], PROSE),
        state=finding["state"],
        since=clean(finding["first_seen"], NAME),
        at_stake=voice.fact(stake) if stake is not None else "",
        roles=(report.title,),
        key=f"{report.key}#{paths.finding_anchor(finding['fingerprint'])}",
    )


def from_json(row: Mapping[str, Any], reports: tuple[Brief, ...]) -> Overview:
    """The overview of its own `asdict` without its reports; KeyError or TypeError where it is none."""
    return Overview(
        **{name: row[name] for name in ("tenant", "name", "portfolio", "kind", "locale", "accent")},
        reports=reports,
        tiles=tuple(Tile(**{**tile, "heights": tuple(tile["heights"])}) for tile in row["tiles"]),
        findings=tuple(OpenFinding(**{**finding, "roles": tuple(finding["roles"])}) for finding in row["findings"]),
    )
