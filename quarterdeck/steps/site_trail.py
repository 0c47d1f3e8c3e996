"""What the trail knows of a report, in words for its page: when each revision was filed, and who was sent which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from quarterdeck.addresses import masked
from quarterdeck.audit.states import OUT, Delivery
from quarterdeck.render.clean import clean
from quarterdeck.render.site.brief import Brief
from quarterdeck.render.site.report import DeliveryRow, RevisionRow
from quarterdeck.words import Voice


def in_order(briefs: Iterable[Brief]) -> tuple[Brief, ...]:
    """Revisions in the order in which they were filed; what the trail does not know comes first."""
    return tuple(sorted(briefs, key=lambda brief: (brief.filed_at, brief.revision)))


def revision_rows(here: Brief, revisions: Sequence[Brief], current: Brief | None) -> tuple[RevisionRow, ...]:
    """All revisions of a report as its page lists them, the one filed last first."""
    return tuple(
        RevisionRow(
            revision=each.revision,
            filed=moment(each.filed_at, each),
            key=each.key,
            is_here=each.revision == here.revision,
            is_current=current is not None and each.revision == current.revision,
        )
        for each in reversed(revisions)
    )


def delivery_rows(brief: Brief, deliveries: Iterable[Delivery]) -> tuple[DeliveryRow, ...]:
    """The deliveries of a report in the order in which they came to stand where they stand; no address is told in full."""
    ordered = sorted(deliveries, key=lambda row: (row.updated_at or datetime.min.replace(tzinfo=UTC), row.channel, row.reader))
    return tuple(
        DeliveryRow(
            reader=masked(row.reader),
            channel=row.channel,
            state=row.state.value.replace("_", " "),
            at=moment(row.updated_at.isoformat(), brief) if row.updated_at else "",
            revision=row.revision,
            reason="" if row.state in OUT else clean(row.reason),
        )
        for row in ordered
    )


def moment(instant: str, brief: Brief) -> str:
    """An ISO instant in the tenant's time zone, to the minute: `Nov 3, 2026, 07:15`; nothing for none."""
    if not instant:
        return ""
    try:
        local = datetime.fromisoformat(instant).astimezone(ZoneInfo(brief.timezone))
    except (ZoneInfoNotFoundError, ValueError):
        local = datetime.fromisoformat(instant).astimezone(UTC)
    return f"{Voice(brief.locale).day(local.date())}, {local:%H:%M}"


def by_report(deliveries: Iterable[Delivery]) -> Mapping[str, Sequence[Delivery]]:
    found: dict[str, list[Delivery]] = {}
    for row in deliveries:
        found.setdefault(row.report_id, []).append(row)
    return found
