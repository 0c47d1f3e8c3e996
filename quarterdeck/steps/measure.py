"""Snapshot to figures: work out one tenant's KPI values and findings for a period and file them as snapshots too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

import pyarrow as pa

from quarterdeck.config import PORTFOLIO
from quarterdeck.errors import Problem
from quarterdeck.frames import to_frame
from quarterdeck.measure.faults import Fault, fault_rows, read_faults, reason_of
from quarterdeck.measure.findings import judge
from quarterdeck.measure.inputs import Inputs
from quarterdeck.measure.restatements import restated
from quarterdeck.measure.rows import finding_rows, kpi_rows, read_findings, read_kpis
from quarterdeck.measure.tieouts import Members, TieOut, lowered, tie_outs, tie_rows
from quarterdeck.measure.values import measure
from quarterdeck.model import At, Finding, KpiValue
from quarterdeck.period import Period
from quarterdeck.rules import Scope
from quarterdeck.snapshots import Manifest, ManifestTable
from quarterdeck.steps.delivered import changes_of, told_of
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
    if digests.keys() != {part.name for part in fields(Basis)}:
        return None
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
    ties, odd = _tie_outs(inputs, measured.values, at, _members(parts, pulls))
    values, rows = lowered(measured.values, ties), tie_rows(ties, at.currency)
    inputs = inputs.beside("tie_outs", to_frame("tie_outs", rows, tenant_id))
    judged = judge(tenant_id, inputs, values, at, earlier, _scope(tenant_id), broken)
    stored = {
        "pulls": pulls,
        "kpis": kpi_rows(values),
        "findings": finding_rows((*judged.findings, *_of_members(parts, pulls)), at),
        "faults": fault_rows((*measured.faults, *odd, *judged.faults)),
        "tie_outs": rows,
        "restatements": restated(told_of(tables), values, tables, at, changes_of(parts.snapshots, pulls)),
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


def _tie_outs(
    inputs: Inputs, values: Sequence[KpiValue], at: At, members: Members
) -> tuple[tuple[TieOut, ...], tuple[Fault, ...]]:
    """What must be equal, held against each other; a fault of that takes no figures with it."""
    try:
        return tie_outs(inputs, values, at, members), ()
    except Exception as error:  # noqa: BLE001 - as with a KPI: the figures stand, and the fault is told
        return (), (Fault("rule", "figures_do_not_tie", reason_of(error)),)


def _members(parts: Parts, pulls: pa.Table) -> Members:
    """The members' own KPI values, which the portfolio's are held against."""
    return {
        row["tenant"]: {value.id: value for value in read_kpis(parts.snapshots.read(row["tenant"], "kpis", row["digest"]))}
        for row in _worked_out(pulls, "kpis")
    }


def _of_members(parts: Parts, pulls: pa.Table) -> tuple[Finding, ...]:
    """The members' own findings: the portfolio rolls them up under their own fingerprints, and judges none again."""
    return tuple(
        finding
        for row in _worked_out(pulls, "findings")
        for finding in read_findings(parts.snapshots.read(row["tenant"], row["table"], row["digest"]))
    )


def _worked_out(pulls: pa.Table, table: str) -> Iterator[dict[str, Any]]:
    return (row for row in pulls.to_pylist() if (row["source"], row["table"]) == (FIGURES, table))
