"""A report as a standard mail: the same letter always gives the same bytes, whatever channel takes them.

multipart/alternative of text and HTML, UTF-8 in quoted-printable, within multipart/mixed where something is attached. The
pictures that the HTML shows stand beside it in multipart/related.
There is no Bcc header, ever: who else reads a message is known to its envelope alone.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from quarterdeck.addresses import Address
from quarterdeck.delivery import headers
from quarterdeck.errors import DeliveryError

MAX_BYTES = 10_000_000  # what mail services take, encoded
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Image:
    """A PNG that the HTML shows as `cid:<cid>`; the content id has the form of an address."""

    cid: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything one message says. `to` and `cc` are the role's lists, `reader` is the one this message goes to.

    `date` is the report's own (its watermark, not the clock). `follows` is the Message-ID of the message that this one
    corrects. `unsubscribe` is who is told by readers who want no more of it.
    """

    report_id: str
    revision: str
    reader: Address
    sender: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    html: str
    date: datetime
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    images: tuple[Image, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    follows: str = ""
    unsubscribe: Address | None = None


def build(letter: Letter) -> bytes:
    """The message; DeliveryError where a part of it could be read as something else, or does not fit in a mail."""
    body = _multipart("alternative", (_readable("plain", letter.text), _with_images(letter.html, letter.images)))
    if letter.attachments:
        body = _multipart("mixed", (body, *map(_attached, letter.attachments)))
    message = "\r\n".join((*_head(letter), body)).encode()
    if len(message) > MAX_BYTES:
        raise DeliveryError(
            f"the message of {letter.report_id} has {len(message)} bytes, more than {MAX_BYTES}",
            remedy="attach less and link to the archive",
        )
    return message


def message_id(report_id: str, revision: str, reader: Address, sender: Address) -> str:
    """The id of the message that tells a reader this revision; the same over every channel."""
    name = hashlib.sha256(f"{report_id}\0{revision}\0{reader.spec.lower()}".encode()).hexdigest()
    return f"<{name[:40]}@{headers.checked(sender, 'From').domain}>"


def _head(letter: Letter) -> Iterable[str]:
    if letter.date.tzinfo is None:
        raise DeliveryError(f"the date {letter.date} of {letter.report_id} has no time zone")
    headers.checked(letter.reader, "the reader")
    yield headers.addresses("From", (letter.sender,))
    yield headers.addresses("To", letter.to) if letter.to else "To: undisclosed-recipients:;"
    if letter.cc:
        yield headers.addresses("Cc", letter.cc)
    if letter.reply_to:
        yield headers.addresses("Reply-To", (letter.reply_to,))
    yield headers.text("Subject", letter.subject)
    yield f"Date: {format_datetime(letter.date.astimezone(UTC))}"
    yield headers.message_id("Message-ID", message_id(letter.report_id, letter.revision, letter.reader, letter.sender))
    if letter.follows:
        yield headers.message_id("In-Reply-To", letter.follows)
        yield headers.message_id("References", letter.follows)
    if letter.unsubscribe:
        yield headers.unsubscribe(letter.unsubscribe, f"unsubscribe {letter.report_id}")
    yield "Auto-Submitted: auto-generated"
    yield headers.token("X-Quarterdeck-Report", letter.report_id)
    yield headers.token("X-Quarterdeck-Revision", letter.revision)
    yield "MIME-Version: 1.0"


def _with_images(html: str, images: tuple[Image, ...]) -> str:
    page = _readable("html", html)
    return _multipart('related; type="text/html"', (page, *map(_inline, images))) if images else page


def _multipart(subtype: str, parts: Iterable[str]) -> str:
    """Parts between a boundary that is made of their digest: it repeats, and neither encoding can hold its `=_`."""
    listed = tuple(parts)
    boundary = f"=_{hashlib.sha256(chr(0).join(listed).encode()).hexdigest()[:32]}"
    inside = "".join(f"--{boundary}\r\n{part}\r\n" for part in listed)
    return f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n{inside}--{boundary}--\r\n'


def _readable(subtype: str, content: str) -> str:
    lines = content.replace("\r\n", "\n").replace("\r", "\n")
    try:
        encoded = binascii.b2a_qp(lines.encode(), istext=True).decode("ascii")
    except UnicodeEncodeError as error:
        raise DeliveryError(f"the {subtype} part cannot be written in UTF-8: {error}") from error
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head + encoded.replace("\n", "\r\n")


def _inline(image: Image) -> str:
    about = headers.message_id("Content-ID", f"<{image.cid}>")
    return _file("image/png", f"{about}\r\n{headers.disposition(image.name, inline=True)}", image.data)


def _attached(attachment: Attachment) -> str:
    if not _MEDIA_TYPE.fullmatch(attachment.media_type):
        raise DeliveryError(f"{attachment.media_type[:80]!r} is not the type of an attachment")
    return _file(attachment.media_type, headers.disposition(attachment.name), attachment.data)


def _file(media_type: str, about: str, data: bytes) -> str:
    lines = base64.encodebytes(data).decode("ascii").replace("\n", "\r\n")
    return f"Content-Type: {media_type}\r\n{about}\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}"
