"""Snapshot to figures: work out one tenant's KPI values and findings for a period and file them as snapshots too."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from quarterdeck.config import PORTFOLIO
from quarterdeck.errors import Problem
from quarterdeck.measure.faults import fault_rows, read_faults
from quarterdeck.measure.findings import judge
from quarterdeck.measure.inputs import Inputs
from quarterdeck.measure.rows import finding_rows, kpi_rows, read_findings
from quarterdeck.measure.values import measure
from quarterdeck.model import At, Finding
from quarterdeck.period import Period
from quarterdeck.rules import Scope
from quarterdeck.snapshots import Manifest, ManifestTable
from quarterdeck.steps.pull import Failure
from quarterdeck.steps.pulls import pulls_of
from quarterdeck.steps.tables import FIGURES, PREVIEWED, Basis, history_of, tables_of
from quarterdeck.wiring import Parts


def measure_tenant(
    parts: Parts,
    tenant_id: str,
    period: Period,
    pulled: Sequence[Manifest | Failure],
    members: Sequence[tuple[str, Basis]] = (),
    *,
    keep: bool = True,
) -> Basis:
    """Work out a tenant from what its sources gave in this run; for the portfolio, from its members' bases as well.

    Figures that this code has worked out from the same snapshots before are taken as they are. With `keep` they become
    what later periods are compared with.
    """
    tenant = parts.settings.tenant(tenant_id)
    at = At(period, str(tenant.currency), tenant.fiscal_year_start or 1)
    pulls = pulls_of(parts, tenant, period, pulled, members)
    digest = parts.snapshots.write(tenant_id, "pulls", pulls)
    for source in (FIGURES,) if keep else (FIGURES, PREVIEWED):
        known = _known(parts, tenant_id, period, source, digest)
        if known is not None:
            return known
    return work_out(parts, tenant_id, at, pulls, FIGURES if keep else PREVIEWED)


def _known(parts: Parts, tenant_id: str, period: Period, source: str, pulls: str) -> Basis | None:
    """The basis that stands for the same pulls and the same code, if there is one; not where a part of it failed."""
    manifest = parts.snapshots.current(tenant_id, period.text, source)
    if manifest is None or manifest.kind != _kind(parts):
        return None
    digests = {entry.table: entry.digest for entry in manifest.tables}
    rows = {entry.table: entry.rows for entry in manifest.tables}
    return Basis(**digests) if digests["pulls"] == pulls and not rows["faults"] else None


def _kind(parts: Parts) -> str:
    return f"{FIGURES}@{parts.code_version}"


def work_out(parts: Parts, tenant_id: str, at: At, pulls: pa.Table, source: str) -> Basis:
    """The figures of a tenant from the snapshots that its pulls name, and from nothing else; filed under a source."""
    period = at.period
    tables = tables_of(parts.snapshots, tenant_id, pulls, at.currency, period)
    history, earlier = history_of(parts.snapshots, tenant_id, pulls)
    inputs = Inputs(tables)
    measured = measure(inputs, at, history)
    broken = {fault.id for fault in measured.faults}
    judged = judge(tenant_id, inputs, measured.values, at, earlier, _scope(tenant_id), broken)
    stored = {
        "pulls": pulls,
        "kpis": kpi_rows(measured.values),
        "findings": finding_rows((*judged.findings, *_of_members(parts, pulls)), at),
        "faults": fault_rows((*measured.faults, *judged.faults)),
    }
    digests = {name: parts.snapshots.write(tenant_id, name, rows) for name, rows in stored.items()}
    listed = tuple(ManifestTable(table=name, digest=digests[name], rows=rows.num_rows) for name, rows in stored.items())
    parts.snapshots.commit(
        Manifest(tenant=tenant_id, source=source, kind=_kind(parts), period=period.text, tables=listed, pulled_at=parts.clock())
    )
    return Basis(**digests)


def faults_of(parts: Parts, tenant_id: str, basis: Basis) -> tuple[Problem, ...]:
    """What failed in a tenant's figures for a fault of the code: one problem for each KPI and rule."""
    faults = read_faults(parts.snapshots.read(tenant_id, "faults", basis.faults))
    return tuple(fault.problem_of(tenant_id) for fault in faults)


def _scope(tenant: str) -> Scope:
    return Scope.PORTFOLIO if tenant == PORTFOLIO else Scope.TENANT


def _of_members(parts: Parts, pulls: pa.Table) -> tuple[Finding, ...]:
    """The members' own findings: the portfolio rolls them up under their own fingerprints, and judges none again."""
    return tuple(
        finding
        for row in pulls.to_pylist()
        if row["source"] == FIGURES
        for finding in read_findings(parts.snapshots.read(row["tenant"], row["table"], row["digest"]))
    )
