"""Source to snapshot: pull one source of one tenant for one period and commit what it gave."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace

import pyarrow as pa

from quarterdeck.config import SourceSettings
from quarterdeck.errors import QuarterdeckError, SourceError
from quarterdeck.measure.faults import reason_of
from quarterdeck.period import Period
from quarterdeck.schemas import build
from quarterdeck.snapshots import Gap, Manifest, ManifestTable
from quarterdeck.snapshots.parquet import schema_hash
from quarterdeck.sources import PulledTable, Window, only_now
from quarterdeck.sources._as_of import as_of_end
from quarterdeck.wiring import Parts, provides, source_of


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that gave nothing: which tables are missing for it, and why.

    `instead` is what it gave for the same period before, where its settings let that stand in.
    """

    source: str
    kind: str
    tables: tuple[str, ...]
    reason: str
    remedy: str
    is_required: bool
    instead: Manifest | None = None


def pull(parts: Parts, tenant_id: str, source_id: str, period: Period, *, as_of_then: bool = False) -> Manifest:
    """Read a source and commit its tables; SourceError where it cannot be read. Equal rows add no file.

    What it could give only in part is committed so, with the reason of each table that is missing.

    With `as_of_then` the period is read as it would have been when it ended: what was pulled at that time stands, files that
    show a state are taken from their git history, and what is known only as it stands now is a SourceError.
    """
    tenant = parts.settings.tenant(tenant_id)
    entry = next(entry for entry in tenant.sources if entry.id == source_id)
    source, options = source_of(entry)
    window = parts.window(tenant, period)
    is_past = as_of_then and not _is_open(window)
    states = source.states(options) if is_past else ()
    is_lost = is_past and only_now(source, options)
    if (states or is_lost) and (then := _of_its_time(parts, tenant_id, entry, window)):
        return then
    if is_lost:
        raise SourceError(
            f"it is known only as it stands now, not as of {window.end}",
            remedy="what no run has read in the month after the period cannot be known now",
        )
    with as_of_end(states, window) if states else nullcontext(window) as seen:
        pulled = source.pull(options, seen)
    tables = [_store(parts, tenant_id, table) for table in pulled.tables]
    rejects = _rejects(tenant_id, source_id, pulled.tables)
    if rejects.num_rows:
        tables.append(_manifest_table(parts, tenant_id, "rejects", rejects))
    return parts.snapshots.commit(
        Manifest(
            tenant=tenant_id,
            source=source_id,
            kind=entry.kind,
            period=period.text,
            tables=tuple(tables),
            missing=tuple(Gap(gap.name, gap.reason, gap.remedy) for gap in pulled.missing),
            pulled_at=parts.clock(),
        )
    )


def _is_open(window: Window) -> bool:
    """Whether the period has not ended: then it is read as it stands."""
    return window.known_end < window.end


def _of_its_time(parts: Parts, tenant_id: str, entry: SourceSettings, window: Window) -> Manifest | None:
    """What a source gave for this very period in the time after it, before the next one had ended."""
    found = _last_good(parts, tenant_id, entry, window.period)
    if found is None:
        return None
    told = {*(table.table for table in found.tables), *(gap.table for gap in found.missing)}
    if told != {*provides(entry), *_rejected(found)}:
        return None
    return found if found.pulled_at < window.period.next().instants(window.zone)[1] else None


def _rejected(manifest: Manifest) -> set[str]:
    return {"rejects"} & {table.table for table in manifest.tables}


def failure(parts: Parts, tenant_id: str, source_id: str, period: Period, error: BaseException) -> Failure:
    """What a failed pull means for the tenant's tables of a period."""
    entry = next(entry for entry in parts.settings.tenant(tenant_id).sources if entry.id == source_id)
    problem = error.problem if isinstance(error, QuarterdeckError) else None
    reason = f"{problem.where}: {problem.what}" if problem and problem.where else problem.what if problem else reason_of(error)
    # A report goes to people who know no path of this machine, and is the same wherever the portfolio lies.
    reason = reason.replace(f"{parts.settings.root}/", "").replace(f"{parts.settings.home}/", "")
    instead = _last_good(parts, tenant_id, entry, period) if entry.on_failure == "last_good" else None
    return Failure(source_id, entry.kind, provides(entry), reason, problem.remedy if problem else "", entry.required, instead)


def _last_good(parts: Parts, tenant_id: str, entry: SourceSettings, period: Period) -> Manifest | None:
    """What a source gave for this very period when it was read last, as far as today's tables can hold it."""
    try:
        found = parts.snapshots.current(tenant_id, period.text, entry.id)
    except QuarterdeckError:  # a damaged manifest is as good as none; the failure is told either way
        return None
    if found is None or found.kind != entry.kind:
        return None
    wanted = {*provides(entry), "rejects"}
    usable = (table for table in found.tables if table.table in wanted and table.schema == schema_hash(table.table))
    return replace(found, tables=tuple(usable))


def _store(parts: Parts, tenant: str, table: PulledTable) -> ManifestTable:
    made = _manifest_table(parts, tenant, table.name, table.rows)
    covers_from, covers_to = table.covers or (None, None)
    lines = {(reject.file, reject.line) for reject in table.rejects}
    return ManifestTable(
        table=made.table,
        digest=made.digest,
        rows=made.rows,
        rejected=len(lines),
        covers_from=covers_from,
        covers_to=covers_to,
        watermark=table.watermark,
    )


def _manifest_table(parts: Parts, tenant: str, name: str, rows: pa.Table) -> ManifestTable:
    digest = parts.snapshots.write(tenant, name, rows)
    return ManifestTable(table=name, digest=digest, rows=rows.num_rows)


def _rejects(tenant: str, source: str, tables: tuple[PulledTable, ...]) -> pa.Table:
    rows = [
        {
            "tenant": tenant,
            "source": source,
            "table": table.name,
            "file": reject.file,
            "line": reject.line,
            "column": reject.column,
            "value": reject.value,
            "expected": reject.expected,
        }
        for table in tables
        for reject in table.rejects
    ]
    return build("rejects", rows)
