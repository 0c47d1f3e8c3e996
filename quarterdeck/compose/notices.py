"""The data notice: what the reader must know about the data before trusting a figure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pandas as pd

from quarterdeck.compose.material import Material
from quarterdeck.schemas import schema_of

_EARLY = timedelta(days=3)


def notices(material: Material) -> list[dict[str, str]]:
    """What is missing first, then what was left out, ends early, or is only derived."""
    return [*_missing(material), *_left_out(material), *_rejected(material), *_early(material), *_derived(material)]


def _notice(kind: str, source: str, text: str, remedy: str = "") -> dict[str, str]:
    return {"kind": kind, "source": source, "text": text, "remedy": remedy}


def _missing(material: Material) -> Iterator[dict[str, str]]:
    pulls = material.tables["pulls"]
    failed = pulls[pulls["status"] == "failed"]
    for key, rows in failed.groupby(["tenant", "source"], sort=True):
        tenant, source = (str(part) for part in key)  # type: ignore[attr-defined]
        first = rows.iloc[0]
        text = f"{_place(tenant, source, material)} could not be read, so {_tables(rows)} are missing: {first['reason']}"
        yield _notice("missing", source, text, "" if pd.isna(first["remedy"]) else str(first["remedy"]))


def _tables(rows: pd.DataFrame) -> str:
    return ", ".join(sorted(rows["table"]))


def _left_out(material: Material) -> Iterator[dict[str, str]]:
    for table, known in sorted(material.tables.coverage.items()):
        if known.left_out:
            names = ", ".join(material.tenant.names.get(tenant, tenant) for tenant in known.left_out)
            yield _notice("left_out", table, f"Figures made of {table} leave out {names}")


def _rejected(material: Material) -> Iterator[dict[str, str]]:
    pulls = material.tables["pulls"]
    for row in pulls[pulls["rejected"] > 0].sort_values(["tenant", "source", "table"]).to_dict("records"):
        counted = material.voice.count(int(row["rejected"]), "row", "rows")
        place = _place(row["tenant"], row["source"], material)
        yield _notice("rejected", row["source"], f"{counted} of {row['table']} in {place} broke the schema and were left out")


def _early(material: Material) -> Iterator[dict[str, str]]:
    for table, known in sorted(material.tables.coverage.items()):
        if schema_of(table).dated and known.last is not None and known.last < material.at.end - _EARLY:
            yield _notice("stale", table, f"{table} are known only until {material.voice.day(known.last)}")


def _derived(material: Material) -> Iterator[dict[str, str]]:
    if any(known.derived for known in material.tables.coverage.values()):
        yield _notice("derived", "entries", "The books are derived from bank and Stripe rows; no accounting system keeps them")


def _place(tenant: str, source: str, material: Material) -> str:
    own = tenant == material.tenant.id
    return f"source {source}" if own else f"source {source} of {material.tenant.names.get(tenant, tenant)}"
