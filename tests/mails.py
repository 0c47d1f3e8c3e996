"""Messages as a mail client shows them: the HTML part with its inline images put in their places."""

from __future__ import annotations

import base64
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from examples.portfolio import generate
from quarterdeck.steps.preview import preview
from quarterdeck.wiring import open_parts
from reports import role

_CID = re.compile(r'(?<=")cid:([^"]+)(?=")')


def shown(message: bytes) -> str:
    """The page of a message; KeyError where it names an image that the message does not carry."""
    parsed = message_from_bytes(message, policy=default)
    body = parsed.get_body(("html",))
    assert isinstance(body, EmailMessage)
    images = {
        str(part["Content-ID"]).strip("<>"): f"data:{part.get_content_type()};base64,{_base64(part)}"
        for part in parsed.walk()
        if part["Content-ID"]
    }
    page: str = body.get_content()
    return _CID.sub(lambda name: images[name.group(1)], page)


def _base64(part: EmailMessage) -> str:
    return base64.b64encode(part.get_content()).decode("ascii")


def of_the_example(folder: Path, reports: dict[str, tuple[str, ...]], period: str = "2026-10") -> dict[str, bytes]:
    """Messages of the example portfolio, made in `folder`, by report: roles by tenant."""
    parts = open_parts(generate(folder))
    made = (preview(parts, tenant, role(id), period) for tenant, roles in reports.items() for id in roles)
    return {report.report_id: Path(report.paths["eml"]).read_bytes() for report in made}
