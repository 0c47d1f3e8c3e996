"""A filed report as the letter to one reader: the mail and its text as they were filed, and who else reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from quarterdeck.addresses import Address, parse_address
from quarterdeck.delivery.message import Attachment, Image, Letter, message_id
from quarterdeck.delivery.readers import Kind, Reader, shown
from quarterdeck.render import MAIL, PAPER, TEXT, WORKBOOK, XLSX, images_of, link, subject
from quarterdeck.steps.links import stable_link
from quarterdeck.steps.readers import readers_of, sender_of
from quarterdeck.wiring import Parts

_SAMPLE_READER = Reader(Address("preview@quarterdeck.invalid"))


@dataclass(frozen=True, slots=True)
class Made:
    """A report with those of its renderings that a message is made of, by name."""

    document: Mapping[str, Any]
    files: Mapping[str, bytes]


def filed(parts: Parts, tenant: str, role: str, period: str, revision: str) -> Made:
    """A report out of the archive; ArchiveError where it is not what was filed."""
    key = (tenant, role, period, revision)
    document = parts.archive.document(*key)
    return Made(document, {name: parts.archive.read(*key, name) for name in _parts_of_a_mail(parts, document)})


def letter(parts: Parts, made: Made, reader: Reader, earlier: str | None = None) -> Letter:
    """The letter to one of a report's readers; `earlier` is the revision that he has and that this one corrects."""
    document = made.document
    tenant, role = document["tenant"], document["role"]
    everybody = readers_of(parts, tenant, role) or (reader,)
    sender, reply_to = sender_of(parts, tenant), parts.settings.readers(parts.settings.tenant(tenant), role).reply_to
    unsubscribe = parts.settings.delivery.unsubscribe
    html, text = _body(parts, made)
    return Letter(
        report_id=document["report_id"],
        revision=document["revision"],
        reader=reader.address,
        sender=sender,
        to=shown(everybody, Kind.TO),
        cc=shown(everybody, Kind.CC),
        reply_to=parse_address(reply_to) if reply_to else None,
        subject=("Revised: " if earlier else "") + subject(document),
        text=text,
        html=html,
        date=_date(document),
        images=tuple(Image(cid, name, made.files[name]) for name, cid in images_of(document)),
        attachments=tuple(_attachments(parts, made)),
        follows=message_id(document["report_id"], earlier, reader.address, sender) if earlier else "",
        unsubscribe=parse_address(unsubscribe) if unsubscribe else None,
    )


def sample(parts: Parts, made: Made) -> Letter:
    """The letter of a previewed report, as its first reader would get it."""
    everybody = readers_of(parts, made.document["tenant"], made.document["role"]) or (_SAMPLE_READER,)
    return letter(parts, made, everybody[0])


def trial(parts: Parts, made: Made, reader: Address, name: str) -> Letter:
    """The letter as somebody gets it who tries it out: to him alone, and marked as a test.

    `name` is this test's own, so that no mailbox takes its message for that of the report, or of another test.
    """
    own = sample(parts, made)
    id = f"test-{name}_{own.report_id}"
    return replace(own, report_id=id, reader=reader, to=(reader,), cc=(), subject=f"Test: {own.subject}", unsubscribe=None)


def _body(parts: Parts, made: Made) -> tuple[str, str]:
    document = made.document
    page = stable_link(parts, *(document[name] for name in ("tenant", "role", "period", "revision")))
    html, text = made.files[MAIL].decode(), made.files[TEXT].decode()
    return (link.in_html(html, page.url), link.in_text(text, page.url)) if page else (html, text)


def _parts_of_a_mail(parts: Parts, document: Mapping[str, Any]) -> Iterator[str]:
    """The names of the filed renderings that a message of a report is made of."""
    yield from (MAIL, TEXT)
    yield from (name for name, _ in images_of(document))
    if parts.settings.delivery.attach_pdf:
        yield PAPER
    if parts.settings.delivery.attach_xlsx and document["tables"]:
        yield WORKBOOK


def _attachments(parts: Parts, made: Made) -> Iterator[Attachment]:
    name, wanted = made.document["report_id"], parts.settings.delivery
    if wanted.attach_pdf:
        yield Attachment(f"{name}.pdf", "application/pdf", made.files[PAPER])
    if wanted.attach_xlsx and WORKBOOK in made.files:
        yield Attachment(f"{name}.xlsx", XLSX, made.files[WORKBOOK])


def _date(document: Mapping[str, Any]) -> datetime:
    """The message's date: the data's own latest instant, so that its bytes repeat; else the period's end."""
    if document["as_of"]:
        return datetime.fromisoformat(document["as_of"])
    return datetime.fromisoformat(document["heading"]["end"]).replace(tzinfo=UTC)
