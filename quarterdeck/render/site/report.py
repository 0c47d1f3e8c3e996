"""A report's page: all of it, uncut, with the way to every KPI's history, to earlier revisions, and to who was sent it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from quarterdeck.render import logo as logos
from quarterdeck.render.charts import uri_of
from quarterdeck.render.clean import clean
from quarterdeck.render.records import HEADINGS, View
from quarterdeck.render.site import paths
from quarterdeck.render.site.brief import Brief, Json
from quarterdeck.render.site.compare import compare
from quarterdeck.render.site.front import language
from quarterdeck.render.site.shell import Frame, page
from quarterdeck.render.site.svg import spark
from quarterdeck.render.view import prepare
from quarterdeck.words import Voice

_FORMATS = {
    "report.pdf": "PDF",
    "report.xlsx": "Workbook",
    "report.txt": "Text",
    "mail.html": "Mail",
    "report.html": "Plain page",
    "report.json": "Data",
}
_OWN_SECTIONS = {"revisions": "Revisions", "deliveries": "Deliveries"}


@dataclass(frozen=True, slots=True)
class Step:
    """Another page of the same report: a period before or after. Empty `key` where there is none."""

    label: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One filed revision; `filed` is a time in the tenant's zone, in words. The one that holds is `is_current`."""

    revision: str
    filed: str
    key: str
    is_here: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery of one revision, the reader's address masked, the time in the tenant's zone, in words."""

    reader: str
    channel: str
    state: str
    at: str
    revision: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Facts of a report's page beside the report itself, which never changes.

    `revisions` begin with the one filed last; `previous` is the one filed before this one, or empty; `kpis` are the ids
    that have a page, `files` the names of the renderings that lie beside it.
    """

    brief: Brief
    revisions: tuple[RevisionRow, ...]
    previous: str
    deliveries: tuple[DeliveryRow, ...]
    earlier: Step
    later: Step
    files: tuple[str, ...]
    kpis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A snapshot that the report stands on; `key` leads to its rows, and is empty where none are shown."""

    tenant: str
    table: str
    source: str
    digest: str
    rows: str
    key: str


def render(
    facts: ReportFacts,
    document: Json,
    templates: Path,
    *,
    before: Json | None = None,
    data: Mapping[str, str] | None = None,
    logo: bytes | None = None,
) -> bytes:
    """The page. `before` is the document of the previous revision where there is one, `data` leads from a snapshot's digest
    to the first page of its rows, `logo` is the PNG that the report names. ReportError where they are not the report's.
    """
    view, brief = logos.shown(prepare(document), document, logo), facts.brief
    changes = compare(before, document) if before is not None else None
    crumbs = (
        ("Archive", paths.INDEX),
        (brief.name, paths.tenant_page(brief.tenant)),
        (f"{brief.title}, {brief.label}", ""),
    )
    fingerprints = tuple(finding["fingerprint"] for finding in document["findings"])
    frame = Frame(brief.key, view.title, language(brief.locale), brief.accent, crumbs)
    return page(
        templates,
        "report",
        frame,
        facts=facts,
        view=view,
        sections=_sections(view, facts),
        kpi_keys=_kpi_keys(facts, document, known=True),
        lacking_keys=_kpi_keys(facts, document, known=False),
        charts=tuple((picture, uri_of(picture.svg)) for picture in view.charts),
        sparks=tuple(spark(row.heights, row.trend_words) for row in view.kpis.rows),
        fingerprints=fingerprints,
        anchors={action["code"]: action["finding"] for action in document["actions"] if action["finding"] in fingerprints},
        snapshots=tuple(
            snapshot_row(snapshot, (data or {}).get(snapshot["digest"], ""), Voice(brief.locale))
            for snapshot in document["provenance"]["snapshots"]
        ),
        changes=changes,
        formats=tuple((label, name) for name, label in _FORMATS.items() if name in facts.files),
    )


def _kpi_keys(facts: ReportFacts, document: Json, *, known: bool) -> tuple[str, ...]:
    """The page of each KPI with a value, or of each without, in the document's order; empty where it has none."""
    pages = frozenset(facts.kpis)
    ids = [kpi["id"] for kpi in document["kpis"] if (kpi["state"] != "unavailable") is known]
    return tuple(paths.kpi_page(facts.brief.tenant, id) if id in pages else "" for id in ids)


def _sections(view: View, facts: ReportFacts) -> tuple[tuple[str, str, int], ...]:
    """The sections that the page has, for its navigation: id, heading, and how many rows it has where that says something."""
    counted = {
        "decisions": len(view.decisions),
        "attention": view.attention.total or len(view.healthy.rows),
        "promises": view.promises.total,
        "kpis": view.kpis.total,
        "restatements": view.restatements.total,
        "charts": len(view.charts),
        "lacking": view.lacking.total,
        "findings": view.findings.total,
        "actions": view.actions.total,
        "agenda": view.agenda.total or view.unfit.total,
        "timeline": view.timeline.total,
        "milestones": view.milestones.total,
        "notes": view.notes.total,
        "notices": view.notices.total,
    }
    always = {"findings", "method", "provenance"}
    found: list[tuple[str, str, int]] = []
    for name, heading in HEADINGS.items():
        if name == "tables":
            found += [(f"table-{number}", table.title, 0) for number, table in enumerate(view.tables, 1)]
        elif counted.get(name) or name in always:
            found.append((name, heading, counted.get(name, 0)))
    found.append(("revisions", _OWN_SECTIONS["revisions"], len(facts.revisions)))
    if facts.deliveries:
        found.append(("deliveries", _OWN_SECTIONS["deliveries"], len(facts.deliveries)))
    return tuple(found)


def snapshot_row(snapshot: Json, key: str, voice: Voice) -> SnapshotRow:
    """A snapshot of a report's provenance."""
    names = {name: clean(snapshot[name], 60) for name in ("tenant", "table", "source")}
    return SnapshotRow(**names, digest=snapshot["digest"], rows=voice.count(snapshot["rows"], "row", "rows"), key=key)
