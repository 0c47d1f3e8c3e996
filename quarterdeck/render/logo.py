"""A tenant's logo on its reports: up to 40 px high, the same picture in the mail, the page and the paper."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from quarterdeck.errors import ReportError
from quarterdeck.render.clean import clean
from quarterdeck.render.records import Logo, View

FILE = "logo.png"
_HIGHEST, _WIDEST = 40, 220  # px


def name_and_id(document: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The file and the content id of the logo, or nothing where the report has none."""
    return ((FILE, f"logo.{document['revision'][:16]}@quarterdeck.invalid"),) if document["heading"]["logo"] else ()


def shown(view: View, document: Mapping[str, Any], png: bytes | None) -> View:
    """The view with its logo; ReportError where the picture at hand is not the one that the document names."""
    named = document["heading"]["logo"]
    if not named:
        return view
    if png is None or hashlib.sha256(png).hexdigest() != named["digest"]:
        raise ReportError(f"the logo of {view.title} is not the picture that the report names", remedy="make the report again")
    ((_, cid),) = name_and_id(document)
    width, height = size(named["width"], named["height"])
    uri = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
    return replace(view, logo=Logo(cid, uri, clean(document["heading"]["tenant"]), width, height))


def size(width: int, height: int) -> tuple[int, int]:
    """The size that a picture is shown at: its own proportions, never enlarged."""
    scale = min(1.0, _HIGHEST / height, _WIDEST / width)
    return max(1, round(width * scale)), max(1, round(height * scale))
