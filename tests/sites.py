"""A whole site from documents, without a store, a trail or a run: to be looked at, and to be opened in a browser.

write(tmp_path, sample(), hostile())
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from quarterdeck.period import PeriodKind
from quarterdeck.render.site import front, kpi, report, rows, tenant
from quarterdeck.render.site.brief import Brief, brief
from quarterdeck.render.site.kpi import Meaning, period_of
from quarterdeck.render.site.overview import Overview, overview
from quarterdeck.render.site.report import DeliveryRow, ReportFacts, RevisionRow, Step
from quarterdeck.render.site.rows import DataFacts
from tests.documents import HOSTILE_NAMES, Document, digest

TEMPLATES = Path(__file__).parent.parent / "templates"
_FILES = ("mail.html", "report.html", "report.json", "report.pdf", "report.txt", "report.xlsx")


class Site:
    """The tenants of some documents, one document a tenant, role and period."""

    def __init__(self, *documents: Document) -> None:
        self._documents = {brief(each).key: each for each in documents}
        self.briefs = tuple(brief(each, "2026-11-02T08:00:00+00:00") for each in documents)
        self.tenants: dict[str, dict[tuple[str, str], Brief]] = {}
        for found in self.briefs:
            self.tenants.setdefault(found.tenant, {})[found.role, found.period] = found
        self.overviews: list[Overview] = [overview(current, self.read) for current in self.tenants.values()]

    def read(self, found: Brief) -> Document:
        return self._documents[found.key]


def pages(*documents: Document) -> dict[str, bytes]:
    """Every page of a site by its place."""
    site = Site(*documents)
    made = {"index.html": front.render_front(front.front(site.overviews, site.briefs, {}), TEMPLATES)}
    made["kpis.html"] = front.render_matrix(front.matrix(site.overviews), TEMPLATES)
    made |= {facts.key: front.render_period(facts, TEMPLATES) for facts in front.periods(site.overviews, site.briefs)}
    for each in site.overviews:
        current = site.tenants[each.tenant]
        made[f"{each.tenant}/index.html"] = tenant.render(tenant.tenant(each, current), TEMPLATES)
        made |= _kpis(site, each)
        for found in current.values():
            made[found.key] = report.render(_report(found), site.read(found), TEMPLATES, before=site.read(found))
    return made


def write(folder: Path, *documents: Document) -> Path:
    """A site with the files that its pages lead to, and a page of rows at `rows.html`; its folder."""
    made = pages(*documents)
    for found in Site(*documents).briefs:
        made |= {found.key.replace("page.html", name): b"<!DOCTYPE html><title>filed</title>" for name in _FILES}
    made["alpha/data/entries/0/rows.html"] = row_page()
    for key, data in made.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def row_page() -> bytes:
    """A page of rows whose texts are hostile."""
    columns: dict[str, list[Any]] = {
        "entry": [f"bank:{n}" for n in range(len(HOSTILE_NAMES))],
        "date": [date(2026, 10, 1)] * len(HOSTILE_NAMES),
        "amount_minor": [(-1) ** n * 10**n for n in range(len(HOSTILE_NAMES))],
        "currency": ["USD"] * len(HOSTILE_NAMES),
        "party": list(HOSTILE_NAMES),
    }
    names = tuple((name, "") for name in columns)
    facts = DataFacts(
        "alpha",
        "Alpha",
        "en_US",
        None,
        "entries",
        "Postings.",
        names,
        digest("rows"),
        len(HOSTILE_NAMES),
        "x",
        has_tenant_page=False,
    )
    [(_, made)] = rows.render(facts, columns, TEMPLATES)
    return made


def _report(found: Brief) -> ReportFacts:
    sent = DeliveryRow("a***@example.com", "outbox", "sent", "Nov 2, 2026, 07:15", found.revision, "")
    here = RevisionRow(found.revision, "Nov 2, 2026, 00:00", found.key, is_here=True, is_current=True)
    kpis = tuple(reading.id for reading in found.kpis)
    return ReportFacts(found, (here,), found.revision, (sent,), Step(), Step(), _FILES, kpis)


def _kpis(site: Site, each: Overview) -> dict[str, bytes]:
    made = {}
    for tile in each.tiles:
        own = site.tenants[each.tenant][tile.role, tile.period]
        shown = [found for found in site.tenants[each.tenant].values() if found.reading(tile.id)]
        latest: dict[PeriodKind, tuple[Brief, Document]] = {}
        for found in (own, *shown):
            latest.setdefault(period_of(found).kind, (found, site.read(found)))
        facts = kpi.kpi(tile, latest, shown, Meaning("What it is.", ("entries",)), {})
        made[f"{each.tenant}/kpis/{tile.id}.html"] = kpi.render(facts, TEMPLATES)
    return made
