"""The trail's events for an auditor: as lines of JSON that he can check himself, or as a table to look through.

A line of JSON is the event as it stands in the chain, with the hash before it (`prev`) and its own (`hash`). Addresses are
not in it: events hold digests of them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from quarterdeck import codec
from quarterdeck.audit.records import Entry
from quarterdeck.errors import AuditError, ConfigError
from quarterdeck.steps.plan import period_of
from quarterdeck.wiring import Parts

FORMATS = ("jsonl", "csv")
COLUMNS = ("tenant", "seq", "at", "kind", "event", "report_id", "id", "from", "state", "by", "reason", "facts", "prev", "hash")
_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(parts: Parts, form: str, *, tenant: str = "", period: str = "") -> Iterator[str]:
    """The events as text, line by line, each with its end; all of them, or those of a tenant, of a period's reports and runs.

    ConfigError for a format or period that there is not, or a tenant that neither the settings nor the trail know.
    """
    if form not in FORMATS:
        raise ConfigError(f"there is no format {form!r}", remedy=f"known: {', '.join(FORMATS)}")
    wanted = period_of(period, parts.settings, parts.clock(), ()).text if period else ""
    if tenant and next(iter(parts.audit.entries(tenant)), None) is None:
        parts.settings.tenant(tenant)
    return _lines(parts, form, tenant, wanted)


def _lines(parts: Parts, form: str, tenant: str, period: str) -> Iterator[str]:
    if form == "csv":
        yield _row(COLUMNS)
    for entry in parts.audit.entries(tenant):
        event = _event(entry)
        if not period or _period(event) == period:
            yield _row(_cells(event)) if form == "csv" else codec.canonical(event) + "\n"


def _event(entry: Entry) -> dict[str, Any]:
    """An entry with its hashes; what is no event in the table must not look like one."""
    try:
        body = json.loads(entry.body)
        return {**body, "prev": entry.prev, "hash": entry.hash}
    except (ValueError, TypeError, RecursionError) as error:
        remedy = "`quarterdeck audit verify` says what else is wrong"
        raise AuditError(f"event {entry.seq} of {entry.tenant} is damaged", remedy=remedy) from error


def _period(event: Mapping[str, Any]) -> str:
    """The period that an event is about; of a run, the one that it was asked for."""
    if event.get("report_id"):
        return str(event["report_id"]).rpartition("_")[2]
    parameters = event.get("facts", {}).get("parameters") or {}
    return str(parameters.get("period", ""))


def _cells(event: Mapping[str, Any]) -> list[str]:
    facts = event.get("facts", {})
    told = {**event, "state": facts.get("state", ""), "reason": facts.get("reason", ""), "facts": codec.canonical(facts)}
    return [str(told.get(name, "")) for name in COLUMNS]


def _row(cells: list[str] | tuple[str, ...]) -> str:
    """One row of a table, no cell of which a spreadsheet takes for a formula."""
    out = io.StringIO()
    csv.writer(out).writerow(f"'{cell}" if cell.startswith(_LIKE_A_FORMULA) else cell for cell in cells)
    return out.getvalue()
