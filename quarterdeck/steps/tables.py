"""Snapshots to frames: the tables of a tenant as the rows of its `pulls` table list them.

`pulls` is the basis: it names every snapshot that figures and reports stand on, and what is missing. The same pulls give
the same tables, today or in a year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from quarterdeck.compose.material import Snapshot
from quarterdeck.frames import Coverage, Tables, concat, to_frame
from quarterdeck.measure.portfolio import in_currency, put_together
from quarterdeck.measure.rows import read_findings, read_kpis
from quarterdeck.measure.values import History
from quarterdeck.model import Figure, Finding
from quarterdeck.period import Period
from quarterdeck.snapshots import Snapshots

FIGURES = "figures"  # source of what is worked out; in `pulls`, the findings of the portfolio's members
PREVIEWED = "previewed"  # source of what was worked out for a preview, which no later period is compared with
DELIVERED = "delivered-"  # source of a row in `pulls` that names books of then, on which a delivered report stood
HISTORY = "history-"  # source of a row in `pulls` that names figures of an earlier period: history-2026-09

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a tenant's reports of a period are made of: digests of the tables of these names.

    As text it travels between tasks; equal bases give equal reports.
    """

    pulls: str
    kpis: str
    findings: str
    faults: str
    tie_outs: str
    restatements: str

    def __str__(self) -> str:
        return ".".join(astuple(self))

    @classmethod
    def parse(cls, text: str) -> Basis:
        return cls(*text.split("."))


def tables_of(snapshots: Snapshots, tenant: str, pulls: pa.Table, currency: str, period: Period) -> Tables:
    """A tenant's tables in its currency; for the portfolio, whose pulls name many tenants, theirs put together."""
    by_tenant: dict[str, list[Row]] = defaultdict(list)
    for row in pulls.to_pylist():
        if row["source"] != FIGURES and not row["source"].startswith((HISTORY, DELIVERED)):
            by_tenant[row["tenant"]].append(row)
    each = {id: _tables(snapshots, id, rows) for id, rows in sorted(by_tenant.items())}
    own = each.pop(tenant, Tables({}))
    tables = put_together(own, each, currency, period) if each else in_currency(own, currency, period.end)
    frames = {**tables.frames, "pulls": to_frame("pulls", pulls, tenant)}
    if "rejects" not in frames:
        frames["rejects"] = concat("rejects", [])
    return Tables(frames, tables.coverage, tables.missing)


def history_of(snapshots: Snapshots, tenant: str, pulls: pa.Table) -> tuple[History, tuple[Finding, ...]]:
    """KPI values worked out for earlier periods, and the findings of the latest of them."""
    values: dict[str, dict[str, Figure | None]] = {}
    findings: tuple[Finding, ...] = ()
    for row in pulls.to_pylist():
        if row["source"].startswith(HISTORY):
            rows = snapshots.read(tenant, row["table"], row["digest"])
            if row["table"] == "kpis":
                values[row["source"].removeprefix(HISTORY)] = {value.id: value.value for value in read_kpis(rows)}
            else:
                findings = read_findings(rows)
    return values, findings


def snapshots_in(pulls: pa.Table) -> tuple[Snapshot, ...]:
    """The snapshots that a `pulls` table names, for provenance."""
    rows = (row for row in pulls.to_pylist() if row["digest"] is not None)
    return tuple(Snapshot(row["tenant"], row["table"], row["source"], row["digest"], row["rows"]) for row in rows)


def _tables(snapshots: Snapshots, tenant: str, rows: Sequence[Row]) -> Tables:
    """One tenant's tables; one that a failed source should have given is missing even where another source gave rows."""
    given = {row["source"] for row in rows if row["status"] == "read"}
    missing = {row["table"]: _reason(row, row["source"] in given) for row in rows if row["status"] == "failed"}
    read: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["status"] != "failed":
            read[row["table"]].append(row)
    frames: dict[str, pd.DataFrame] = {}
    for table, parts in read.items():
        if table not in missing:
            stored = ((snapshots.read(tenant, table, row["digest"])) for row in parts)
            frames[table] = concat(table, [to_frame(table, rows, tenant) for rows in stored])
    coverage = {table: _coverage(table, read[table], frames[table]) for table in frames}
    return Tables(frames, coverage, missing)


def _reason(row: Row, in_part: bool) -> str:
    how = f"could not give {row['table']}" if in_part else "could not be read"
    return f"source {row['source']} {how}: {row['reason']}"


def _coverage(table: str, rows: Iterable[Row], frame: pd.DataFrame) -> Coverage:
    """What several sources of one table cover together: as far as the one that ends first."""
    listed = list(rows)
    return Coverage(
        first=min((row["covers_from"] for row in listed if row["covers_from"]), default=None),
        last=min((row["covers_to"] for row in listed if row["covers_to"]), default=None),
        watermark=max((row["watermark"] for row in listed if row["watermark"]), default=None),
        rejected=sum(row["rejected"] for row in listed),
        rows=len(frame),
        stale=any(row["status"] == "last_good" for row in listed),
        derived=table == "entries" and bool((frame["origin"] != "ledger").any()),
    )
