"""What one pull of one source gave, as a record and as JSON that shows every damage to itself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from quarterdeck import codec
from quarterdeck.errors import SnapshotError

_VERSION = 2
_READ = (1, _VERSION)  # the first had no `missing`


@dataclass(frozen=True, slots=True)
class ManifestTable:
    """One table of a pull. `covers_from` and `covers_to` are the days `[from, to)` that the rows speak of.

    `schema` is the hash of the column contract the rows were written under; `Snapshots.commit` fills it in.
    """

    table: str
    digest: str
    rows: int
    rejected: int = 0
    covers_from: date | None = None
    covers_to: date | None = None
    watermark: datetime | None = None
    schema: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A table that a pull should have given and could not, though it gave others: why, and what to do about it."""

    table: str
    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The tables that a source of a tenant gave for a period, and those it could not.

    When it was pulled is no part of what it is.
    """

    tenant: str
    source: str
    kind: str
    period: str
    tables: tuple[ManifestTable, ...]
    pulled_at: datetime = field(compare=False)
    missing: tuple[Gap, ...] = ()

    def find(self, table: str) -> ManifestTable | None:
        return next((entry for entry in self.tables if entry.table == table), None)


def encode(manifest: Manifest) -> bytes:
    """Canonical JSON with the digest of itself."""
    document = {
        "version": _VERSION,
        "tenant": manifest.tenant,
        "source": manifest.source,
        "kind": manifest.kind,
        "period": manifest.period,
        "tables": [_encode_table(entry) for entry in manifest.tables],
        "missing": [asdict(gap) for gap in manifest.missing],
        "pulled_at": _stamp(manifest.pulled_at),
    }
    return (codec.canonical({**document, "sha256": codec.digest(document)}) + "\n").encode()


def decode(data: bytes) -> Manifest:
    """The manifest of its JSON, of this version or an earlier one; SnapshotError where a byte is not as it was written."""
    try:
        document: dict[str, Any] = json.loads(data)
        intact = (codec.canonical(document) + "\n").encode() == data and document.pop("sha256") == codec.digest(document)
        if not intact or document.pop("version") not in _READ:
            raise SnapshotError("a manifest is damaged", remedy="move its file away; the one before becomes the current one")
        tables = tuple(map(_decode_table, document.pop("tables")))
        missing = tuple(Gap(**gap) for gap in document.pop("missing", ()))
        return Manifest(tables=tables, missing=missing, pulled_at=_instant(document.pop("pulled_at")), **document)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SnapshotError(f"a manifest cannot be read: {error!r}", remedy="move its file away") from error


def _encode_table(entry: ManifestTable) -> dict[str, Any]:
    return {
        "table": entry.table,
        "digest": entry.digest,
        "rows": entry.rows,
        "rejected": entry.rejected,
        "covers_from": entry.covers_from.isoformat() if entry.covers_from else None,
        "covers_to": entry.covers_to.isoformat() if entry.covers_to else None,
        "watermark": _stamp(entry.watermark) if entry.watermark else None,
        "schema": entry.schema,
    }


def _decode_table(row: dict[str, Any]) -> ManifestTable:
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("covers_from", "covers_to")}
    watermark = _instant(row["watermark"]) if row["watermark"] else None
    return ManifestTable(**{**row, **days, "watermark": watermark})


def _stamp(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise SnapshotError(f"{instant} has no time zone")
    return instant.astimezone(UTC).isoformat()


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
