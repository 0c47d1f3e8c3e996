"""The document of one report: every section in place, and the revision that its visible content gives it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC
from typing import Any

from quarterdeck import codec
from quarterdeck.compose import (
    agenda,
    attention,
    charts,
    figures,
    movers,
    notices,
    people,
    problems,
    promises,
    sentences,
    siblings,
)
from quarterdeck.compose.material import Material
from quarterdeck.frames import Coverage
from quarterdeck.model import Grade

SCHEMA_VERSION = 1
UNSEEN = ("revision", "provenance", "schema_version")  # what no reader sees makes no new revision


def report_id(tenant: str, role: str, period: str) -> str:
    return f"{tenant}_{role}_{period}"


def compose(material: Material) -> dict[str, Any]:
    """The report as report.json has it; equal material gives an equal document, and nothing in it tells the time."""
    milestones = figures.milestones(material)
    actions = problems.actions(material)
    document = {
        **_identity(material),
        "as_of": _as_of(material),
        "grade": _grade(material).value,
        "data_notice": notices.notices(material),
        "bottom_line": sentences.bottom_line(material),
        "decisions": problems.decisions(actions),
        "attention": attention.attention(material),
        "promises": promises.promises(material),
        "kpis": figures.kpis(material),
        "restatements": figures.restatements(material),
        "findings": problems.findings(material),
        "actions": actions,
        "agenda": agenda.agenda(actions, material),
        "milestones": milestones,
        "tables": figures.tables(material, (movers.movers(material), siblings.siblings(material))),
        "charts": charts.charts(material),
        "ledger": material.ledger,
        "notes": people.notes(material),
        "timeline": problems.timeline(actions, milestones),
        "provenance": _provenance(material),
        "schema_version": SCHEMA_VERSION,
    }
    return {**document, "revision": revision(document)}


def revision(document: dict[str, Any]) -> str:
    """The digest of what a reader can see; where a card lies is a locator and does not count."""
    seen = {name: value for name, value in document.items() if name not in UNSEEN}
    seen["actions"] = [{**action, "card": None} for action in document["actions"]]
    return codec.digest(seen)


def _identity(material: Material) -> dict[str, Any]:
    tenant, period = material.tenant, material.at.period
    return {
        "report_id": report_id(tenant.id, material.role.id, period.text),
        "tenant": tenant.id,
        "role": material.role.id,
        "period": period.text,
        "heading": {
            "tenant": tenant.name,
            "kind": tenant.kind.value,
            "role": material.role.title,
            "period": material.voice.period(period),
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "portfolio": tenant.portfolio,
            "accent": tenant.accent,
            "accent2": tenant.accent2,
            "logo": asdict(tenant.logo) if tenant.logo else None,
        },
        "currency": material.at.currency,
        "timezone": tenant.timezone,
        "locale": tenant.locale,
    }


def _as_of(material: Material) -> str | None:
    """The latest instant that the data of this role names; later news of what it does not read is no news of its report."""
    coverage = material.tables.coverage
    marks = [mark for table in material.role_tables() if (mark := coverage.get(table, Coverage()).watermark) is not None]
    return max(marks).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if marks else None


def _grade(material: Material) -> Grade:
    """The worst grade among the figures that are shown; D where none is."""
    grades = [value.grade for value in material.role_kpis() if value.value is not None]
    return max(grades, default=Grade.D)


def _provenance(material: Material) -> dict[str, Any]:
    snapshots = [asdict(snapshot) for snapshot in material.snapshots]
    return {
        "snapshots": sorted(snapshots, key=lambda s: (s["tenant"], s["source"], s["table"])),
        "code_version": material.code_version,
        "kpi_versions": {value.id: value.version for value in material.role_kpis()},
    }
