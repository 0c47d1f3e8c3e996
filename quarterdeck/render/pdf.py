"""A view as a PDF, on A4 or Letter as its locale has it, set by Typst.

The same view gives the same bytes: no clock and, as a rule, no font of the machine.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from threading import Lock

import typst

from quarterdeck.errors import ReportError
from quarterdeck.render.records import View

_TEMPLATE = "report.typ"
_EMBEDDED_UP_TO = "\u058f"  # Latin, Greek, Cyrillic, Armenian: what the fonts within Typst can set


def render(view: View, templates: Path) -> bytes:
    """The PDF; ReportError where the template does not fit the view. May be called from several threads."""
    data = json.dumps(asdict(view), ensure_ascii=False)
    compiler, lock = _compiler(templates, needs_more_fonts(data))
    try:
        with lock:  # one compiler serves one caller at a time, and keeps what it has read
            pdf = compiler.compile(format="pdf", sys_inputs={"view": data})
    except (typst.TypstError, RuntimeError) as error:
        raise ReportError(f"the PDF of {view.title} could not be set: {error}") from error
    if not isinstance(pdf, bytes):
        raise ReportError(f"the PDF of {view.title} came in pieces")
    return pdf


@lru_cache(maxsize=8)
def _compiler(templates: Path, system_fonts: bool) -> tuple[typst.Compiler, Lock]:
    root = templates.resolve()
    compiler = typst.Compiler(root / _TEMPLATE, root=root, ignore_system_fonts=not system_fonts, font_paths=[root / "fonts"])
    return compiler, Lock()


def needs_more_fonts(text: str) -> bool:
    """Whether a text has letters beyond the embedded fonts, as Hebrew, Arabic or Han; the machine's fonts then join."""
    return any(_EMBEDDED_UP_TO < character < "\u2000" or character >= "\u2e80" for character in text)
