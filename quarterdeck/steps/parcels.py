"""Reports to parcels: who reads each report, over which channel, from when on, and the message that goes to each reader.

A report that a reader has been sent in another revision is not sent again on its own: it is filed, and goes out as
"Revised" only when that is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from quarterdeck.audit.records import Filter, Report
from quarterdeck.audit.states import OUT, Delivery, State, delivery_key
from quarterdeck.delivery import Envelope, Label
from quarterdeck.delivery.checks import HOOKS, ROOMS
from quarterdeck.delivery.message import build
from quarterdeck.delivery.readers import Reader, Room
from quarterdeck.errors import AuditError, Problem, QuarterdeckError
from quarterdeck.render import slack
from quarterdeck.render.event import event_data
from quarterdeck.steps.letters import filed, letter
from quarterdeck.steps.links import stable_link
from quarterdeck.steps.parcel import Parcel
from quarterdeck.steps.readers import endpoints_of, needs_approval, not_before, readers_of, rooms_of, sender_of
from quarterdeck.steps.report import Filed
from quarterdeck.steps.summary import problem_of
from quarterdeck.webhooks.signing import event
from quarterdeck.wiring import Parts

_MAY_BE_OUT = OUT | {State.UNKNOWN, State.HELD}
_Reads = Reader | Room


@dataclass(frozen=True, slots=True)
class Post:
    """What reports come to: parcels to send, how many readers have an earlier revision, and what cannot be sent.

    `failed` counts the readers of reports that the archive no longer holds as they were filed, or that fit in no message.
    """

    parcels: tuple[Parcel, ...] = ()
    has_earlier: int = 0
    failed: int = 0
    problems: tuple[Problem, ...] = ()

    def __add__(self, other: Post) -> Post:
        return Post(
            (*self.parcels, *other.parcels),
            self.has_earlier + other.has_earlier,
            self.failed + other.failed,
            (*self.problems, *other.problems),
        )


def post_of(parts: Parts, reports: Iterable[Filed], *, revise: bool) -> Post:
    """Note every filed report in the trail, and make its parcels, one a reader; one that fails stops no other.

    AuditError where the trail cannot be kept: what it does not know must not go out.
    """
    post = Post()
    for report in reports:
        try:
            _record(parts, report)
        except AuditError:
            raise
        except QuarterdeckError as error:
            readers = sum(len(readers) for _, readers in _channels(parts, report))
            post += Post(failed=readers, problems=(problem_of(error, f"{report.report_id} cannot be sent"),))
        else:
            post += parcels_of(parts, report, revise=revise)
    return post


def parcels_of(parts: Parts, report: Filed, *, revise: bool, only: Container[str] | None = None) -> Post:
    """One report's parcels over every channel that it has readers on, or those of some deliveries, by key."""
    post = Post()
    for channel, readers in _channels(parts, report):
        wanted = [reader for reader in readers if only is None or _key(report, channel, reader) in only]
        try:
            post += _parcels(parts, report, channel, wanted, revise=revise)
        except AuditError:
            raise
        except QuarterdeckError as error:
            problem = problem_of(error, f"{report.report_id} cannot be sent over {channel}")
            post += Post(failed=len(wanted), problems=(problem,))
    return post


def _channels(parts: Parts, report: Filed) -> tuple[tuple[str, tuple[_Reads, ...]], ...]:
    """The channels that a report may go over, each with whoever reads it there."""
    of = (parts, report.tenant, report.role)
    return (parts.settings.delivery.channel, readers_of(*of)), (ROOMS, rooms_of(*of)), (HOOKS, endpoints_of(*of))


def _record(parts: Parts, report: Filed) -> None:
    """Note a report in the trail: what it is made of, and who is to read it."""
    document = parts.archive.document(report.tenant, report.role, report.period, report.revision)
    readers = [reader for _, own in _channels(parts, report) for reader in own]
    parts.audit.file(
        Report(
            report_id=report.report_id,
            revision=report.revision,
            tenant=report.tenant,
            role=report.role,
            period=report.period,
            snapshots=tuple(document["provenance"]["snapshots"]),
            recipients=tuple(reader.spec for reader in readers),
            filed_at=parts.clock(),
        )
    )


def _parcels(parts: Parts, report: Filed, channel: str, readers: Sequence[_Reads], *, revise: bool) -> Post:
    sent_before = _sent_before(parts, report, channel)
    wanted = [reader for reader in readers if revise or reader.spec.lower() not in sent_before]
    when = not_before(parts, report.tenant)
    waits = needs_approval(parts, report.tenant, report.role)
    parcels = (
        Parcel.of(
            Envelope(_label(report, channel, reader, data), sender_of(parts, report.tenant), reader, data),
            channel,
            not_before=when,
            needs_approval=waits,
        )
        for reader, data in _messages(parts, report, channel, wanted, sent_before)
    )
    return Post(tuple(parcels), has_earlier=len(readers) - len(wanted))


def _messages(
    parts: Parts, report: Filed, channel: str, readers: Sequence[_Reads], sent_before: Mapping[str, str]
) -> Iterator[tuple[_Reads, bytes]]:
    """Each reader with his own letter, each room or endpoint with the post or the event that is the same for all."""
    key = (report.tenant, report.role, report.period, report.revision)
    if mailed := [reader for reader in readers if isinstance(reader, Reader)]:
        made = filed(parts, *key)
        for reader in mailed:
            yield reader, build(letter(parts, made, reader, sent_before.get(reader.spec.lower())))
    if rooms := [reader for reader in readers if isinstance(reader, Room)]:
        page = stable_link(parts, *key)
        document, url = parts.archive.document(*key), page.url if page else None
        post = _event(document, url) if channel == HOOKS else slack.blocks(document, url)
        yield from ((room, post) for room in rooms)


def _event(document: Mapping[str, Any], url: str | None) -> bytes:
    """The event of a report, of the moment that its data is as of, so that it repeats."""
    end = datetime.combine(date.fromisoformat(document["heading"]["end"]), time(), UTC)
    at = datetime.fromisoformat(document["as_of"]) if document["as_of"] else end
    return event("report.delivered", at if at.tzinfo else at.replace(tzinfo=UTC), event_data(document, url))


def _sent_before(parts: Parts, report: Filed, channel: str) -> dict[str, str]:
    """The revision of this report, other than this one, that each reader has or may have been sent last."""
    rows = parts.audit.list(Filter(report_id=report.report_id, channel=channel, states=_MAY_BE_OUT))
    others = [row for row in rows if row.revision != report.revision]
    return {row.reader.lower(): row.revision for row in sorted(others, key=_changed)}


def _changed(row: Delivery) -> datetime:
    return row.updated_at or datetime.min.replace(tzinfo=UTC)


def _key(report: Filed, channel: str, reader: _Reads) -> str:
    return delivery_key(report.report_id, report.revision, channel, reader.spec)


def _label(report: Filed, channel: str, reader: _Reads, message: bytes) -> Label:
    return Label(
        key=_key(report, channel, reader),
        report_id=report.report_id,
        revision=report.revision,
        tenant=report.tenant,
        role=report.role,
        period=report.period,
        reader=reader.spec,
        content_sha256=hashlib.sha256(message).hexdigest(),
    )
