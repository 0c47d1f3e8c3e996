"""Snapshot to figures: work out one tenant's KPI values and findings for a period and file them as snapshots too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from quarterdeck.config import PORTFOLIO, TenantSettings
from quarterdeck.measure.findings import judge
from quarterdeck.measure.inputs import Inputs
from quarterdeck.measure.rows import finding_rows, kpi_rows, read_findings
from quarterdeck.measure.values import TREND, measure
from quarterdeck.model import At, Finding
from quarterdeck.period import Period
from quarterdeck.rules import Scope
from quarterdeck.schemas import build
from quarterdeck.snapshots import Manifest, ManifestTable
from quarterdeck.snapshots.parquet import schema_hash
from quarterdeck.steps.own import SOURCE as SETTINGS
from quarterdeck.steps.own import own_tables
from quarterdeck.steps.pull import Failure
from quarterdeck.steps.tables import FIGURES, HISTORY, Basis, history_of, tables_of
from quarterdeck.wiring import Parts


def measure_tenant(
    parts: Parts,
    tenant_id: str,
    period: Period,
    pulled: Sequence[Manifest | Failure],
    members: Sequence[tuple[str, Basis]] = (),
) -> Basis:
    """Work out a tenant from what its sources gave in this run; for the portfolio, from its members' bases as well.

    Figures that this code has worked out from the same snapshots before are taken as they are.
    """
    tenant = parts.settings.tenant(tenant_id)
    at = At(period, str(tenant.currency), tenant.fiscal_year_start or 1)
    pulls = _pulls(parts, tenant, period, pulled, members)
    known = _known(parts, tenant_id, period, parts.snapshots.write(tenant_id, "pulls", pulls))
    return known or _work_out(parts, tenant, at, pulls, members)


def _known(parts: Parts, tenant_id: str, period: Period, pulls: str) -> Basis | None:
    """The basis that stands for the same pulls and the same code, if there is one."""
    manifest = parts.snapshots.current(tenant_id, period.text, FIGURES)
    if manifest is None or manifest.kind != _kind(parts):
        return None
    digests = {entry.table: entry.digest for entry in manifest.tables}
    return Basis(pulls, digests["kpis"], digests["findings"]) if digests["pulls"] == pulls else None


def _kind(parts: Parts) -> str:
    return f"{FIGURES}@{parts.code_version}"


def _work_out(parts: Parts, tenant: TenantSettings, at: At, pulls: pa.Table, members: Sequence[tuple[str, Basis]]) -> Basis:
    tenant_id, period = tenant.id, at.period
    tables = tables_of(parts.snapshots, tenant_id, pulls, at.currency, period)
    history, earlier = history_of(parts.snapshots, tenant_id, pulls, period)
    inputs = Inputs(tables)
    values = measure(inputs, at, history)
    findings = judge(tenant_id, inputs, values, at, earlier, _scope(tenant_id)).findings
    findings += _of_members(parts, members)
    stored = {"pulls": pulls, "kpis": kpi_rows(values), "findings": finding_rows(findings, at)}
    digests = {name: parts.snapshots.write(tenant_id, name, rows) for name, rows in stored.items()}
    listed = tuple(ManifestTable(table=name, digest=digests[name], rows=rows.num_rows) for name, rows in stored.items())
    parts.snapshots.commit(
        Manifest(
            tenant=tenant_id, source=FIGURES, kind=_kind(parts), period=period.text, tables=listed, pulled_at=parts.clock()
        )
    )
    return Basis(digests["pulls"], digests["kpis"], digests["findings"])


def _scope(tenant: str) -> Scope:
    return Scope.PORTFOLIO if tenant == PORTFOLIO else Scope.TENANT


def _of_members(parts: Parts, members: Iterable[tuple[str, Basis]]) -> tuple[Finding, ...]:
    """The members' own findings: the portfolio rolls them up under their own fingerprints, and judges none again."""
    return tuple(
        finding
        for tenant, basis in members
        for finding in read_findings(parts.snapshots.read(tenant, "findings", basis.findings))
    )


def _pulls(
    parts: Parts,
    tenant: TenantSettings,
    period: Period,
    pulled: Sequence[Manifest | Failure],
    members: Sequence[tuple[str, Basis]],
) -> pa.Table:
    """The basis of the figures: a row for every table that was read, that failed, or that history gives."""
    rows = [row for member, basis in members for row in _member_rows(parts, member, basis)]
    rows += _rows(_settings(parts, tenant, period))
    for outcome in pulled:
        rows += _rows(outcome) if isinstance(outcome, Manifest) else _failed_rows(tenant.id, outcome)
    rows += _history_rows(parts, tenant.id, period)
    return build("pulls", rows)


def _settings(parts: Parts, tenant: TenantSettings, period: Period) -> Manifest:
    tables = own_tables(tenant)
    listed = tuple(
        ManifestTable(table=name, digest=parts.snapshots.write(tenant.id, name, rows), rows=rows.num_rows)
        for name, rows in tables.items()
    )
    return parts.snapshots.commit(
        Manifest(tenant=tenant.id, source=SETTINGS, kind=SETTINGS, period=period.text, tables=listed, pulled_at=parts.clock())
    )


def _rows(manifest: Manifest) -> list[dict[str, Any]]:
    return [
        {
            "tenant": manifest.tenant,
            "source": manifest.source,
            "kind": manifest.kind,
            "table": table.table,
            "status": "read",
            "rows": table.rows,
            "rejected": table.rejected,
            "covers_from": table.covers_from,
            "covers_to": table.covers_to,
            "watermark": table.watermark,
            "digest": table.digest,
        }
        for table in manifest.tables
    ]


def _failed_rows(tenant: str, failure: Failure) -> list[dict[str, Any]]:
    return [
        {
            "tenant": tenant,
            "source": failure.source,
            "kind": failure.kind,
            "table": table,
            "status": "failed",
            "reason": failure.reason,
            "remedy": failure.remedy,
            "rows": 0,
            "rejected": 0,
        }
        for table in failure.tables
    ]


def _member_rows(parts: Parts, tenant: str, basis: Basis) -> list[dict[str, Any]]:
    """What a member's figures stand on, and its findings, which the portfolio shows."""
    rows: list[dict[str, Any]] = parts.snapshots.read(tenant, "pulls", basis.pulls).to_pylist()
    count = parts.snapshots.read(tenant, "findings", basis.findings).num_rows
    findings = ManifestTable(table="findings", digest=basis.findings, rows=count)
    return [*(row for row in rows if not row["source"].startswith(HISTORY)), _own_row(tenant, FIGURES, findings)]


def _history_rows(parts: Parts, tenant: str, period: Period) -> list[dict[str, Any]]:
    """Figures worked out for earlier periods, as far as a trend and the same period last year reach."""
    earlier = {*period.trailing(TREND + 1)[:-1], period.last_year()}
    rows: list[dict[str, Any]] = []
    for past in sorted(earlier):
        manifest = parts.snapshots.current(tenant, past.text, FIGURES)
        wanted = ("kpis", "findings") if past == period.previous() else ("kpis",)
        for table in manifest.tables if manifest else ():
            # Figures filed under another column contract, by an older version, cannot be read as today's.
            if table.table in wanted and table.schema == schema_hash(table.table):
                source = HISTORY + past.text
                rows.append(_own_row(tenant, source, table))
    return rows


def _own_row(tenant: str, source: str, table: ManifestTable) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "source": source,
        "kind": FIGURES,
        "table": table.table,
        "status": "read",
        "rows": table.rows,
        "rejected": 0,
        "digest": table.digest,
    }
