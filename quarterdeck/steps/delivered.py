"""What readers were told before: the figures of earlier periods as the last report that went out had them.

They go into a snapshot like all that a report is made of, and the books on which they stood are named beside them, so that
the next report can say what has changed, and a report can be made again. Only what a channel has taken counts as told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa

from quarterdeck import codec
from quarterdeck.archive import REPORT
from quarterdeck.audit.records import Filter
from quarterdeck.audit.states import OUT, Delivery
from quarterdeck.config import TenantSettings
from quarterdeck.errors import ArchiveError, SnapshotError
from quarterdeck.frames import Tables, concat, to_frame
from quarterdeck.measure.restatements import Change, Changes, Told, difference
from quarterdeck.period import Period
from quarterdeck.snapshots import Snapshots
from quarterdeck.steps.promised import promised
from quarterdeck.steps.tables import DELIVERED, FIGURES, HISTORY
from quarterdeck.wiring import Parts

TABLE = "delivered"
BOOKS = ("entries", "accounts")

Rows = list[dict[str, Any]]
Place = tuple[str, str, str]  # tenant, table, digest


@dataclass(frozen=True, slots=True)
class Remembered:
    """The rows of the table `delivered`, and those of `pulls` that name the books which these figures stood on.

    `promised` are the rows of that table: what the same reports asked for.
    """

    rows: Rows
    books: Rows
    promised: Rows = field(default_factory=list)


def delivered(parts: Parts, tenant: TenantSettings, periods: Sequence[Period]) -> Remembered:
    """What the reports of some earlier periods told their readers last.

    A later report that told of a change tells what holds since. A home in which no such report is filed has no trail to ask.
    """
    wanted = {period.text: period for period in periods}
    if not any(key.split("/")[2:3] == [text] for key in _filed(parts, tenant.id) for text in wanted):
        return Remembered([], [])
    told: dict[tuple[str, str, str], dict[str, Any]] = {}
    asked: Rows = []
    named: dict[Place, tuple[str, int]] = {}
    out = _out(parts.audit.list(Filter(tenant=tenant.id, states=OUT)))
    earlier = sorted((wanted[text].start, role, text) for role, text in out if text in wanted)
    for _, role, text in earlier:
        try:
            document = parts.archive.document(tenant.id, role, text, out[role, text])
        except ArchiveError:  # `audit verify` and the archive's own pages say so
            continue
        books = _books(document)
        asked += promised(document)
        for row in _figures(document, wanted):
            told[role, row["period"], row["id"]] = {**row, "role": role, "books": ",".join("/".join(place) for place in books)}
        named |= {place: (text, rows) for place, rows in books.items() if place not in named}
    used = {part for row in told.values() for part in row["books"].split(",")}
    listed = [_row(place, *whence) for place, whence in sorted(named.items()) if "/".join(place) in used]
    return Remembered([told[key] for key in sorted(told)], listed, asked)


def _filed(parts: Parts, tenant: str) -> Iterable[str]:
    return (key for key in parts.archive.store.list(f"{tenant}/") if key.endswith(f"/{REPORT}"))


def _out(rows: Iterable[Delivery]) -> dict[tuple[str, str], str]:
    """By role and period, the revision that went out last."""
    start = datetime.min.replace(tzinfo=UTC)
    ordered = sorted(rows, key=lambda row: (row.updated_at or start, row.revision))
    return {(row.role, row.period): row.revision for row in ordered}


def _books(document: Mapping[str, Any]) -> dict[Place, int]:
    """The books of its own time that a report stood on, with their rows."""
    return {
        (each["tenant"], each["table"], each["digest"]): each["rows"]
        for each in document["provenance"]["snapshots"]
        if each["table"] in BOOKS and not each["source"].startswith((HISTORY, DELIVERED))
    }


def _figures(document: Mapping[str, Any], wanted: Mapping[str, Period]) -> Iterable[dict[str, Any]]:
    """What a report tells of periods: first that earlier figures are others now, then its own."""
    versions = document["provenance"]["kpi_versions"]
    for change in document.get("restatements", ()):
        if change["period"] in wanted:
            yield _figure(change["period"], change["kpi"], change["new"], versions)
    for kpi in document["kpis"]:
        if kpi["value"] is not None:
            yield _figure(document["period"], kpi["id"], kpi["value"], versions)


def _figure(period: str, id: str, value: Any, versions: Mapping[str, int]) -> dict[str, Any]:
    return {"period": period, "id": id, "value": codec.canonical(value), "version": versions.get(id, 1)}


def _row(place: Place, told: str, rows: int) -> dict[str, Any]:
    tenant, table, digest = place
    return {
        "tenant": tenant,
        "source": f"{DELIVERED}{told}-{digest[:8]}",
        "kind": FIGURES,
        "table": table,
        "status": "read",
        "rows": rows,
        "rejected": 0,
        "digest": digest,
    }


def told_of(tables: Tables) -> tuple[Told, ...]:
    """The table `delivered` of a tenant as records; none where nothing was delivered."""
    if TABLE not in tables:
        return ()
    rows = tables[TABLE].to_dict("records")
    return tuple(
        Told(row["role"], row["period"], row["id"], json.loads(row["value"]), int(row["version"]), row["books"]) for row in rows
    )


def changes_of(snapshots: Snapshots, pulls: pa.Table) -> Changes:
    """What has become of the books since, read from the snapshots that `pulls` names; each pair is compared once."""
    now = tuple(
        (row["tenant"], row["table"], row["digest"])
        for row in pulls.to_pylist()
        if row["table"] in BOOKS and row["digest"] and not row["source"].startswith((HISTORY, DELIVERED))
    )

    @cache
    def since(books: str) -> Change | None:
        then = tuple(_place(part) for part in books.split(",") if part)
        if not any(table == "entries" for _, table, _ in then):
            return None
        try:
            old, new = (_frame(snapshots, places, "entries") for places in (then, now))
            charts = [_frame(snapshots, places, "accounts") for places in (then, now)]
        except SnapshotError:
            return None
        lines = [_lines(chart) for chart in charts]
        return Change(difference(old, new), lines[1], lines[0] == lines[1])

    return lambda told: since(told.books)


def _place(text: str) -> Place:
    tenant, table, digest = text.split("/")
    return tenant, table, digest


def _frame(snapshots: Snapshots, places: Iterable[Place], table: str) -> pd.DataFrame:
    found = [to_frame(table, snapshots.read(tenant, table, digest), tenant) for tenant, name, digest in places if name == table]
    return concat(table, found)


def _lines(chart: pd.DataFrame) -> dict[tuple[str, str], str]:
    keys = zip(chart["tenant"], chart["account"], strict=True)
    return dict(zip(keys, chart["statement_line"], strict=True))
