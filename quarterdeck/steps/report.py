"""Figures to paper: make one role's report of a tenant from its basis, render it, and file it in the archive."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd
import pyarrow as pa

from quarterdeck import codec
from quarterdeck.archive import REPORT
from quarterdeck.compose import Material, TenantFacts, charts, compose
from quarterdeck.compose.material import Logo
from quarterdeck.errors import BlockedError, Problem
from quarterdeck.frames import Tables, to_frame
from quarterdeck.measure.exhibits import show
from quarterdeck.measure.faults import EXHIBIT, Fault, read_faults
from quarterdeck.measure.inputs import Inputs
from quarterdeck.measure.rows import read_findings, read_kpis
from quarterdeck.measure.trends import year_before
from quarterdeck.model import At, KpiValue, Role, TenantKind
from quarterdeck.period import Period
from quarterdeck.render import PAGE, PAPER, TEXT, render_all
from quarterdeck.steps.ledger import ledger_of, told_of
from quarterdeck.steps.tables import FIGURES, Basis, snapshots_in, tables_of
from quarterdeck.wiring import Parts

_ALWAYS = (REPORT, PAGE, TEXT, PAPER)  # what every report has


@dataclass(frozen=True, slots=True)
class Filed:
    """A report in the archive, where its renderings lie, and which of its tables are missing for a fault of their code."""

    report_id: str
    revision: str
    tenant: str
    role: str
    period: str
    paths: Mapping[str, str]
    faults: tuple[Fault, ...] = ()

    def to_json(self) -> str:
        return codec.canonical(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Filed:
        kept = json.loads(text)
        return cls(**kept | {"faults": tuple(Fault(**fault) for fault in kept["faults"])})

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(fault.problem_of(self.report_id) for fault in self.faults)


def make_report(parts: Parts, role: Role, tenant_id: str, period: Period, basis: Basis) -> Filed:
    """Make and file one report; BlockedError where a source that the tenant requires is missing."""
    material = material_of(parts, role, tenant_id, period, basis)
    document = compose(material)
    files = files_of(parts, material, document, basis)
    parts.archive.file(tenant_id, role.id, period.text, document["revision"], files)
    paths = {
        extension: str(parts.archive.path(tenant_id, role.id, period.text, document["revision"], name))
        for name, extension in renderings(files).items()
    }
    faults = tuple(fault for fault in material.faults if fault.part == EXHIBIT)
    return Filed(document["report_id"], document["revision"], tenant_id, role.id, period.text, paths, faults)


def filed_in(parts: Parts, tenant: str, role: str, period: str, revision: str) -> Filed:
    """A report as it lies in the archive, or should: whoever reads it is told where it does not."""
    key = (tenant, role, period, revision)
    names = renderings((*_ALWAYS, *parts.archive.names(*key)))
    paths = {extension: parts.archive.path(*key, name) for name, extension in names.items()}
    return Filed(f"{tenant}_{role}_{period}", revision, tenant, role, period, paths)


def renderings(files: Iterable[str]) -> dict[str, str]:
    """The files that are the report in some form, by name, with their extension: not the parts of its message."""
    return {name: name.rpartition(".")[2] for name in files if name.startswith("report.")}


def document_of(parts: Parts, role: Role, tenant_id: str, period: Period, basis: Basis) -> dict[str, Any]:
    """The report as data."""
    return compose(material_of(parts, role, tenant_id, period, basis))


def material_of(parts: Parts, role: Role, tenant_id: str, period: Period, basis: Basis) -> Material:
    """What the report is made of, with the tenant's settings of today."""
    return material_at(parts, role, tenant_id, _at(parts, tenant_id, period), basis)


def files_of(parts: Parts, material: Material, document: Mapping[str, Any], basis: Basis) -> dict[str, bytes]:
    """Everything that is filed of a report, by name."""
    logo = logo_of(parts, material.tenant.id, basis)
    rendered = render_all(document, parts.templates, logo, ledger_of(material.role, material.tables, material.at))
    return {"report.json": encode(document), **rendered}


def _at(parts: Parts, tenant_id: str, period: Period) -> At:
    settings = parts.settings.tenant(tenant_id)
    return At(period, str(settings.currency), settings.fiscal_year_start or 1)


def encode(document: Mapping[str, Any]) -> bytes:
    """The bytes of report.json: sorted keys, no spaces to spare, a final newline."""
    return (codec.canonical(document) + "\n").encode()


def material_at(parts: Parts, role: Role, tenant_id: str, at: At, basis: Basis) -> Material:
    """What the report is made of, in a currency and a fiscal year that need not be those of today's settings."""
    pulls = parts.snapshots.read(tenant_id, "pulls", basis.pulls)
    tables = tables_of(parts.snapshots, tenant_id, pulls, at.currency, at.period)
    _require_sources(tables, role, tenant_id)
    found = parts.snapshots.read(tenant_id, "findings", basis.findings)
    ties = to_frame("tie_outs", parts.snapshots.read(tenant_id, "tie_outs", basis.tie_outs), tenant_id)
    tables = replace(tables, frames={**tables.frames, "tie_outs": ties})
    inputs = Inputs(replace(tables, frames={**tables.frames, "findings": to_frame("findings", found, tenant_id)}))
    kpis = read_kpis(parts.snapshots.read(tenant_id, "kpis", basis.kpis))
    own, charted = (show(ids, inputs, at, kpis) for ids in (role.exhibits, charts.exhibits_of(role)))
    return Material(
        tenant=_facts(tables, tenant_id, parts.settings.portfolio.name),
        role=role,
        at=at,
        kpis=kpis,
        findings=read_findings(found),
        tables=tables,
        exhibits=own.exhibits,
        snapshots=snapshots_in(pulls),
        code_version=parts.code_version,
        charted=charted.exhibits,
        year_before=year_before(charts.kpis_of(role), inputs, at),
        ledger=told_of(ledger_of(role, tables, at)),
        members=_members(parts, pulls),
        restatements=tuple(parts.snapshots.read(tenant_id, "restatements", basis.restatements).to_pylist()),
        faults=(*read_faults(parts.snapshots.read(tenant_id, "faults", basis.faults)), *own.faults, *charted.faults),
    )


def _members(parts: Parts, pulls: pa.Table) -> dict[str, tuple[KpiValue, ...]]:
    """The figures of a portfolio's members, as their own reports have them."""
    rows = (row for row in pulls.to_pylist() if (row["source"], row["table"]) == (FIGURES, "kpis"))
    return {row["tenant"]: read_kpis(parts.snapshots.read(row["tenant"], "kpis", row["digest"])) for row in rows}


def _facts(tables: Tables, tenant_id: str, portfolio: str) -> TenantFacts:
    rows: list[dict[Any, Any]] = tables["tenant"].to_dict("records")
    own = next(row for row in rows if row["id"] == tenant_id)
    return TenantFacts(
        id=tenant_id,
        name=own["name"],
        kind=TenantKind(own["kind"]),
        timezone=own["timezone"],
        locale=own["locale"],
        accent=None if pd.isna(own["accent"]) else own["accent"],
        portfolio=portfolio,
        names={row["id"]: row["name"] for row in rows},
        accent2=None if pd.isna(own["accent2"]) else own["accent2"],
        logo=_logo(tables),
    )


def _logo(tables: Tables) -> Logo | None:
    """The logo of whom the report is about: of a portfolio's tables, only its own has one."""
    if "logo" not in tables:
        return None
    own = tables["logo"].iloc[0]
    return Logo(own["digest"], int(own["width"]), int(own["height"]))


def logo_of(parts: Parts, tenant_id: str, basis: Basis) -> bytes | None:
    """The PNG that a report of this basis names as its logo."""
    for row in parts.snapshots.read(tenant_id, "pulls", basis.pulls).to_pylist():
        if (row["tenant"], row["table"]) == (tenant_id, "logo"):
            return b64decode(parts.snapshots.read(tenant_id, "logo", row["digest"])["png"][0].as_py())
    return None


def _require_sources(tables: Tables, role: Role, tenant_id: str) -> None:
    """A required source that failed holds the report back: it is not made, so nothing of it is sent."""
    pulls, sources = tables["pulls"], tables["sources"]
    failed = pulls[(pulls["status"] == "failed") & (pulls["tenant"] == tenant_id)]
    required = sources[sources["is_required"] & (sources["tenant"] == tenant_id)]
    blocking = failed[failed["source"].isin(required["source"])]
    if len(blocking):
        row = blocking.iloc[0]
        raise BlockedError(
            f"{role.id} of {tenant_id} is held back: its required source {row['source']} could not be read: {row['reason']}",
            remedy="mend the source and run the period again",
        )
