"""Readers who did not get the last report of theirs, or did not want it: what the next one says of them.

It goes into a snapshot like all that a report is made of. A snapshot and a filed report are for good, and a reader may ask
to be forgotten: so an address stands there as a page may name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from quarterdeck.addresses import masked
from quarterdeck.audit.records import Filter
from quarterdeck.audit.states import Delivery, State
from quarterdeck.config import TenantSettings
from quarterdeck.delivery.readers import Kind
from quarterdeck.period import Period
from quarterdeck.steps.readers import readers_of
from quarterdeck.wiring import Parts

TABLE = "undelivered"
_NOT = frozenset({State.BOUNCED, State.COMPLAINED, State.SKIPPED})
_START = datetime.min.replace(tzinfo=UTC)


def undelivered(parts: Parts, tenant: TenantSettings, period: Period) -> list[dict[str, object]]:
    """The rows of the table `undelivered`: by role and reader, what became of the last report before a period.

    Told are those who read the role today. Where nothing is heard from a mail service nothing is known, and the trail is not
    asked.
    """
    if parts.settings.delivery.feedback is None:
        return []
    last: dict[tuple[str, str], tuple[Period, Delivery]] = {}
    for row in parts.audit.list(Filter(tenant=tenant.id)):
        of, reader = parts.period(tenant.id, row.period), (row.role, row.reader.lower())
        if of.end <= period.start and (reader not in last or _order(of, row) > _order(*last[reader])):
            last[reader] = of, row
    told = _told(parts, tenant, (row for _, row in last.values()))
    return sorted(told, key=lambda each: (str(each["role"]), str(each["reader"])))


def _order(of: Period, row: Delivery) -> tuple[date, datetime]:
    return of.end, row.updated_at or _START


def _told(parts: Parts, tenant: TenantSettings, rows: Iterable[Delivery]) -> Iterator[dict[str, object]]:
    for row in rows:
        kinds = {reader.spec.lower(): reader.kind for reader in readers_of(parts, tenant.id, row.role)}
        kind = kinds.get(row.reader.lower())
        if row.state in _NOT and kind is not None:
            yield {
                "role": row.role,
                "reader": "" if kind is Kind.BCC else masked(row.reader),  # the others must not learn of a blind copy
                "report": row.report_id,
                "period": row.period,
                "state": row.state.value,
                "reason": _why(row),
            }


def _why(row: Delivery) -> str:
    """Why it did not arrive, without what servers said: a report is for people who run a company."""
    return row.reason.partition(":")[0] if row.state is State.BOUNCED else row.reason if row.state is State.SKIPPED else ""
