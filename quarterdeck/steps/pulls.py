"""The table `pulls`: a row for every table that figures stand on, whether it was read, failed, or comes from before.

It is the basis of a report: what is listed here by digest, and nothing else, is what KPIs, rules and reports are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from quarterdeck.config import PORTFOLIO, TenantSettings
from quarterdeck.measure.values import TREND
from quarterdeck.period import Period
from quarterdeck.schemas import build
from quarterdeck.snapshots import Manifest, ManifestTable
from quarterdeck.snapshots.parquet import schema_hash
from quarterdeck.steps.board_state import TABLE as CARDS
from quarterdeck.steps.board_state import cards
from quarterdeck.steps.delivered import TABLE as TOLD
from quarterdeck.steps.delivered import Remembered, delivered
from quarterdeck.steps.own import SOURCE as SETTINGS
from quarterdeck.steps.own import own_tables
from quarterdeck.steps.promised import ESCALATIONS, escalations
from quarterdeck.steps.promised import TABLE as PROMISED
from quarterdeck.steps.pull import Failure
from quarterdeck.steps.tables import DELIVERED, FIGURES, HISTORY, Basis
from quarterdeck.steps.undelivered import TABLE as UNDELIVERED
from quarterdeck.steps.undelivered import undelivered
from quarterdeck.wiring import Parts, provides

Rows = list[dict[str, Any]]


def pulls_of(
    parts: Parts,
    tenant: TenantSettings,
    period: Period,
    pulled: Sequence[Manifest | Failure],
    members: Sequence[tuple[str, Basis]],
) -> pa.Table:
    """What a tenant's figures of a period stand on. The portfolio's list every member, those without figures as failed."""
    rows = [row for member, basis in members for row in _member_rows(parts, member, basis)]
    if tenant.id == PORTFOLIO:
        known = {member for member, _ in members}
        lost = (member for member in parts.settings.members if member.id not in known)
        rows += [row for member in lost for row in _lost_rows(parts, member, period)]
    told = delivered(parts, tenant, looked_back_on(period))
    rows += _read_rows(_settings(parts, tenant, period, told))
    for outcome in pulled:
        rows += _given_rows(parts, tenant, outcome) if isinstance(outcome, Manifest) else _failed_rows(tenant.id, outcome)
    named = {(row["tenant"], row.get("digest")) for row in rows}
    rows += [row for row in told.books if (row["tenant"], row["digest"]) not in named]
    return build("pulls", rows + _history_rows(parts, tenant.id, period))


def _settings(parts: Parts, tenant: TenantSettings, period: Period, told: Remembered | None = None) -> Manifest:
    tables = own_tables(tenant, parts.settings.logo(tenant))
    if lost := undelivered(parts, tenant, period):
        tables[UNDELIVERED] = build(UNDELIVERED, lost)
    if told and told.rows:
        tables[TOLD] = build(TOLD, told.rows)
    if told and told.promised:
        tables[PROMISED] = build(PROMISED, told.promised)
        tables[ESCALATIONS] = build(ESCALATIONS, escalations(parts.settings, tenant, told.promised))
    if found := cards(parts, tenant, period):
        tables[CARDS] = build(CARDS, found)
    listed = tuple(
        ManifestTable(table=name, digest=parts.snapshots.write(tenant.id, name, rows), rows=rows.num_rows)
        for name, rows in tables.items()
    )
    return parts.snapshots.commit(
        Manifest(tenant=tenant.id, source=SETTINGS, kind=SETTINGS, period=period.text, tables=listed, pulled_at=parts.clock())
    )


def _read_rows(manifest: Manifest) -> Rows:
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


def _given_rows(parts: Parts, tenant: TenantSettings, manifest: Manifest) -> Rows:
    """The tables that a source gave, and those that it could not: of an earlier reading where that may stand in."""
    lenient = any(entry.id == manifest.source and entry.on_failure == "last_good" for entry in tenant.sources)
    rows = _read_rows(manifest)
    for gap in manifest.missing:
        told = {"reason": gap.reason, "remedy": gap.remedy}
        earlier = _earlier(parts, manifest, gap.table) if lenient else None
        if earlier is None:
            rows.append(_failed_row(manifest.tenant, manifest.source, manifest.kind, gap.table, told))
        else:
            rows += [{**row, **told, "status": "last_good", "read_at": earlier.pulled_at} for row in _read_rows(earlier)]
    return rows


def _earlier(parts: Parts, manifest: Manifest, table: str) -> Manifest | None:
    """The latest reading for the same period that has a table in today's form, with that table alone."""
    for found in parts.snapshots.every(manifest.tenant, manifest.period, manifest.source):
        entry = found.find(table)
        if entry is not None and entry.schema == schema_hash(table) and found.kind == manifest.kind:
            return replace(found, tables=(entry,))
    return None


def _failed_row(tenant: str, source: str, kind: str, table: str, told: Mapping[str, str]) -> dict[str, Any]:
    row = {"tenant": tenant, "source": source, "kind": kind, "table": table, "status": "failed", "rows": 0, "rejected": 0}
    return {**row, **told}


def _failed_rows(tenant: str, failure: Failure) -> Rows:
    """The tables of a source that failed: those of an earlier reading where it may stand in, the others without rows."""
    told = {"reason": failure.reason, "remedy": failure.remedy}
    rows: Rows = []
    if failure.instead is not None:
        stand_in = {**told, "status": "last_good", "read_at": failure.instead.pulled_at}
        rows = [{**row, **stand_in} for row in _read_rows(failure.instead)]
    known = {row["table"] for row in rows}
    return rows + [
        _failed_row(tenant, failure.source, failure.kind, table, told) for table in failure.tables if table not in known
    ]


def _member_rows(parts: Parts, tenant: str, basis: Basis) -> Rows:
    """What a member's figures stand on; its findings, which the portfolio shows, and its figures, which it must tie to."""
    rows: Rows = parts.snapshots.read(tenant, "pulls", basis.pulls).to_pylist()
    made = (("findings", basis.findings), ("kpis", basis.kpis))
    counts = [parts.snapshots.read(tenant, name, digest).num_rows for name, digest in made]
    own = [
        _own_row(tenant, FIGURES, ManifestTable(table=name, digest=digest, rows=count))
        for (name, digest), count in zip(made, counts, strict=True)
    ]
    return [*(row for row in rows if not row["source"].startswith((HISTORY, DELIVERED)) and row["table"] != TOLD), *own]


def _lost_rows(parts: Parts, member: TenantSettings, period: Period) -> Rows:
    """A member whose figures could not be worked out is left out of every sum, and the portfolio's report says so."""
    reason = f"the figures of {member.name} could not be worked out"
    rows = _read_rows(_settings(parts, member, period))
    for entry in member.sources:
        lost = Failure(entry.id, entry.kind, provides(entry), reason, "see what the run says of them", entry.required)
        rows += _failed_rows(member.id, lost)
    return rows


def looked_back_on(period: Period) -> tuple[Period, ...]:
    """The periods whose figures are shown beside a period's own, the latest first: its trend's, and the one of last year."""
    trend = sorted(period.trailing(TREND + 1)[:-1], reverse=True)
    return tuple(dict.fromkeys((*trend, period.last_year())))


def _history_rows(parts: Parts, tenant: str, period: Period) -> Rows:
    """KPI values of earlier periods, as far as a trend and the same period last year reach, and the findings known last.

    Those are mostly of the period before; where a period was left out, a finding that was there before it is no new one.
    """
    rows: Rows = []
    wanted = {"kpis", "findings"}
    periods = [past.text for past in looked_back_on(period)]
    known = parts.snapshots.past(tenant, FIGURES, periods)
    for past in periods:
        manifest = known.get(past)
        for table in manifest.tables if manifest else ():
            # Figures filed under another column contract, by an older version, cannot be read as today's.
            if table.table in wanted and table.schema == schema_hash(table.table):
                rows.append(_own_row(tenant, HISTORY + past, table))
        if any(row["table"] == "findings" for row in rows):
            wanted = {"kpis"}
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
