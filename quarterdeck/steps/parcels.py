"""Reports to messages: who reads each report, and the letter that goes to each reader.

A report that a reader has been sent in another revision is not mailed again on its own: it is filed, and goes out as
"Revised" only when that is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from quarterdeck.addresses import Address, parse_address
from quarterdeck.audit.records import Filter, Report
from quarterdeck.audit.states import OUT, Delivery, State, delivery_key
from quarterdeck.delivery import Envelope, Label
from quarterdeck.delivery.message import Attachment, Image, Letter, build, message_id
from quarterdeck.delivery.readers import Kind, Reader, readers, shown
from quarterdeck.errors import AuditError, Problem, QuarterdeckError
from quarterdeck.render import MAIL, PAPER, TEXT, WORKBOOK, XLSX, images_of, subject
from quarterdeck.steps.report import Filed
from quarterdeck.steps.summary import problem_of
from quarterdeck.wiring import Parts

# Nobody has been named as the sender: fine for a folder of messages, and `.invalid` can never be somebody's address.
_NOBODY = Address("quarterdeck@quarterdeck.invalid", "Quarterdeck")
_SAMPLE_READER = Reader(Address("preview@quarterdeck.invalid"))
_MAY_BE_OUT = OUT | {State.UNKNOWN, State.HELD}


@dataclass(frozen=True, slots=True)
class Post:
    """What reports come to: envelopes to send, how many readers have an earlier revision, and what cannot be sent.

    `failed` counts the readers of reports that the archive no longer holds as they were filed, or that fit in no message.
    """

    envelopes: tuple[Envelope, ...] = ()
    has_earlier: int = 0
    failed: int = 0
    problems: tuple[Problem, ...] = ()

    def __add__(self, other: Post) -> Post:
        return Post(
            (*self.envelopes, *other.envelopes),
            self.has_earlier + other.has_earlier,
            self.failed + other.failed,
            (*self.problems, *other.problems),
        )


def post_of(parts: Parts, filed: Iterable[Filed], *, revise: bool) -> Post:
    """Note every filed report in the trail, and put it in envelopes, one a reader; one that fails stops no other.

    AuditError where the trail cannot be kept: what it does not know must not go out.
    """
    post = Post()
    for report in filed:
        try:
            _record(parts, report)
            post += _envelopes(parts, report, revise=revise)
        except AuditError:
            raise
        except QuarterdeckError as error:
            readers = len(readers_of(parts, report.tenant, report.role))
            post += Post(failed=readers, problems=(problem_of(error, f"{report.report_id} cannot be sent"),))
    return post


def _record(parts: Parts, report: Filed) -> None:
    """Note a report in the trail: what it is made of, and who is to read it."""
    document = parts.archive.document(report.tenant, report.role, report.period, report.revision)
    parts.audit.file(
        Report(
            report_id=report.report_id,
            revision=report.revision,
            tenant=report.tenant,
            role=report.role,
            period=report.period,
            snapshots=tuple(document["provenance"]["snapshots"]),
            recipients=tuple(str(reader.address) for reader in readers_of(parts, report.tenant, report.role)),
            filed_at=parts.clock(),
        )
    )


def _envelopes(parts: Parts, report: Filed, *, revise: bool) -> Post:
    envelopes: list[Envelope] = []
    has_earlier = 0
    sent_before = _sent_before(parts, report)
    for reader in readers_of(parts, report.tenant, report.role):
        earlier = sent_before.get(reader.address.spec.lower())
        if earlier is not None and not revise:
            has_earlier += 1
        else:
            envelopes.append(_envelope(parts, report, reader, earlier))
    return Post(tuple(envelopes), has_earlier)


def readers_of(parts: Parts, tenant: str, role: str) -> tuple[Reader, ...]:
    """Who reads a role's report of a tenant, by the settings as they stand now."""
    named = parts.settings.readers(parts.settings.tenant(tenant), role)
    to, cc, bcc = (tuple(parse_address(text) for text in texts) for texts in (named.to, named.cc, named.bcc))
    return readers(to, cc, bcc)


def sample_message(parts: Parts, document: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """The message of a previewed report, as its first reader would get it."""
    everybody = readers_of(parts, document["tenant"], document["role"]) or (_SAMPLE_READER,)
    return build(_letter(parts, document, files, everybody[0], everybody, None))


def _sent_before(parts: Parts, report: Filed) -> dict[str, str]:
    """The revision of this report, other than this one, that each reader has or may have been sent last."""
    rows = parts.audit.list(Filter(report_id=report.report_id, channel=parts.channel.kind, states=_MAY_BE_OUT))
    others = [row for row in rows if row.revision != report.revision]
    return {row.reader.lower(): row.revision for row in sorted(others, key=_changed)}


def _changed(row: Delivery) -> datetime:
    return row.updated_at or datetime.min.replace(tzinfo=UTC)


def _envelope(parts: Parts, report: Filed, reader: Reader, earlier: str | None) -> Envelope:
    key = (report.tenant, report.role, report.period, report.revision)
    document = parts.archive.document(*key)
    files = {name: parts.archive.read(*key, name) for name in _parts_of_a_mail(parts, document)}
    everybody = readers_of(parts, report.tenant, report.role)
    message = build(_letter(parts, document, files, reader, everybody, earlier))
    label = Label(
        key=delivery_key(report.report_id, report.revision, parts.channel.kind, reader.address.spec),
        report_id=report.report_id,
        revision=report.revision,
        tenant=report.tenant,
        role=report.role,
        period=report.period,
        reader=reader.address.spec,
        content_sha256=hashlib.sha256(message).hexdigest(),
    )
    return Envelope(label, sender_of(parts, report.tenant), reader, message)


def _parts_of_a_mail(parts: Parts, document: Mapping[str, Any]) -> Iterator[str]:
    """The names of the filed renderings that a message of a report is made of."""
    yield from (MAIL, TEXT)
    yield from (name for name, _ in images_of(document))
    if parts.settings.delivery.attach_pdf:
        yield PAPER
    if parts.settings.delivery.attach_xlsx and document["tables"]:
        yield WORKBOOK


def _letter(
    parts: Parts,
    document: Mapping[str, Any],
    files: Mapping[str, bytes],
    reader: Reader,
    everybody: Sequence[Reader],
    earlier: str | None,
) -> Letter:
    sender = sender_of(parts, document["tenant"])
    reply_to = parts.settings.readers(parts.settings.tenant(document["tenant"]), document["role"]).reply_to
    revised = "Revised: " if earlier else ""
    return Letter(
        report_id=document["report_id"],
        revision=document["revision"],
        reader=reader.address,
        sender=sender,
        to=shown(everybody, Kind.TO),
        cc=shown(everybody, Kind.CC),
        reply_to=parse_address(reply_to) if reply_to else None,
        subject=revised + subject(document),
        text=files[TEXT].decode(),
        html=files[MAIL].decode(),
        date=_date(document),
        images=tuple(Image(cid, name, files[name]) for name, cid in images_of(document)),
        attachments=tuple(_attachments(parts, document, files)),
        follows=message_id(document["report_id"], earlier, reader.address, sender) if earlier else "",
    )


def _attachments(parts: Parts, document: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[Attachment]:
    name, wanted = document["report_id"], parts.settings.delivery
    if wanted.attach_pdf:
        yield Attachment(f"{name}.pdf", "application/pdf", files[PAPER])
    if wanted.attach_xlsx and WORKBOOK in files:
        yield Attachment(f"{name}.xlsx", XLSX, files[WORKBOOK])


def sender_of(parts: Parts, tenant: str) -> Address:
    """Who the messages come from: the settings' sender or the environment's, under the tenant's own name if it has one."""
    written = parts.settings.delivery.sender or parts.settings.environment.sender
    address = parse_address(written) if written else _NOBODY
    name = parts.settings.tenant(tenant).branding.from_name
    return Address(address.spec, name) if name else address


def _date(document: Mapping[str, Any]) -> datetime:
    """The message's date: the data's own latest instant, so that its bytes repeat; else the period's end."""
    if document["as_of"]:
        return datetime.fromisoformat(document["as_of"])
    return datetime.fromisoformat(document["heading"]["end"]).replace(tzinfo=UTC)
