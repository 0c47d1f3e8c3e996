"""The audit trail as the command line shows it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from enum import Enum
from typing import Any

from quarterdeck.audit.happenings import Resolve
from quarterdeck.audit.records import Filter, Report
from quarterdeck.audit.states import Denied
from quarterdeck.errors import AuditError, ConfigError
from quarterdeck.period import Period
from quarterdeck.steps.approval import person
from quarterdeck.steps.links import shown_at
from quarterdeck.wiring import Parts


def deliveries(parts: Parts, *, period: str | None = None, tenant: str | None = None) -> list[dict[str, Any]]:
    """One row per delivery, in the order of report, channel and reader; ConfigError for a tenant or period there is not.

    A tenant that the portfolio file names no more is listed as long as the trail remembers it.
    """
    wanted = Period.parse(period).text if period is not None else ""
    rows = parts.audit.list(Filter(tenant=tenant or "", period=wanted))
    if tenant is not None and not rows:
        parts.settings.tenant(tenant)
    return [shown(row) for row in rows]


def story(parts: Parts, report_id: str) -> dict[str, Any]:
    """All that is known of one report; AuditError where the trail has never heard of it."""
    told = parts.audit.show(report_id)
    if not (told.reports or told.deliveries):
        raise AuditError(f"the trail knows no report {report_id!r}", remedy="`quarterdeck audit list` shows what there is")
    return {
        "report_id": report_id,
        "revisions": [shown(report) | _page(parts, report) for report in told.reports],
        "deliveries": [shown(row) for row in told.deliveries],
        "events": [dict(event) for event in told.events],
    }


def _page(parts: Parts, report: Report) -> dict[str, Any]:
    """Where a person finds a filed revision's page, and until when."""
    link = shown_at(parts, report.tenant, report.role, report.period, report.revision)
    return {"page": link.url, "page_expires": link.expires.isoformat() if link.expires else None}


def resolve(parts: Parts, key: str, *, sent: bool, by: str, reason: str) -> dict[str, Any]:
    """A person's word on a delivery of which nobody knew whether it went out; the row after it.

    `key` is the delivery's key or the start of it. ConfigError where it names no delivery or several, or the name is none;
    AuditError where the delivery is not one to be decided about.
    """
    rows = [row for row in parts.audit.list(Filter()) if key and row.key.startswith(key)]
    if len(rows) != 1:
        remedy = "`quarterdeck audit show REPORT` shows the keys"
        raise ConfigError(f"{len(rows) or 'no'} deliveries have a key that begins with {key!r}", remedy=remedy)
    row = parts.audit.apply(rows[0].key, Resolve(person(by), reason, sent=sent), parts.clock())
    if isinstance(row, Denied):
        raise AuditError(f"{rows[0].report_id} to that reader cannot be resolved: {row.why}")
    parts.audit.anchor(parts.clock())
    return shown(row)


def verify(parts: Parts) -> dict[str, Any]:
    """What the check of the trail found."""
    verdict = parts.audit.verify()
    return {"ok": verdict.ok, **shown(verdict)}


def shown(record: Any) -> dict[str, Any]:
    """A record as JSON has it."""
    plain: dict[str, Any] = _plain(asdict(record))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return value
