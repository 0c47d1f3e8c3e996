"""Messages as a mail client shows them: the HTML part with its inline images put in their places."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from examples.portfolio import generate
from quarterdeck.render import MAIL, images_of, render_all
from quarterdeck.steps.preview import preview
from quarterdeck.wiring import open_parts
from reports import role

_CID = re.compile(r'(?<=")cid:([^"]+)(?=")')


def shown(message: bytes) -> str:
    """The page of a message; KeyError where it names an image that the message does not carry."""
    parsed = message_from_bytes(message, policy=default)
    body = parsed.get_body(("html",))
    assert isinstance(body, EmailMessage)
    images = {str(part["Content-ID"]).strip("<>"): part.get_content() for part in parsed.walk() if part["Content-ID"]}
    return _in_place(body.get_content(), images)


def rendered(document: Mapping[str, Any], templates: Path) -> str:
    """The same for a document that is not sent."""
    files = render_all(document, templates)
    return _in_place(files[MAIL].decode(), {cid: files[name] for name, cid in images_of(document)})


def _in_place(page: str, images: Mapping[str, bytes]) -> str:
    return _CID.sub(lambda name: f"data:image/png;base64,{base64.b64encode(images[name.group(1)]).decode('ascii')}", page)


def of_the_example(folder: Path, reports: dict[str, tuple[str, ...]], period: str = "2026-10") -> dict[str, bytes]:
    """Messages of the example portfolio, made in `folder`, by report: roles by tenant."""
    parts = open_parts(generate(folder))
    made = (preview(parts, tenant, role(id), period) for tenant, roles in reports.items() for id in roles)
    return {report.report_id: Path(report.paths["eml"]).read_bytes() for report in made}
