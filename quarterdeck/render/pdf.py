"""A view as a PDF, on A4 or Letter as its locale has it, set by Typst: PDF/A-2b, for it is what is filed away.

The same view gives the same bytes: its date is that of the data and, as a rule, no font of the machine has a part in it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Literal

import typst

from quarterdeck.errors import ReportError
from quarterdeck.render import paper
from quarterdeck.render.records import View

PLAIN = "This is a plain PDF and not PDF/A: some of its letters, shown as boxes, are in no font at hand."

_TEMPLATE = "report.typ"
_EMBEDDED_UP_TO = "\u058f"  # Latin, Greek, Cyrillic, Armenian: what the fonts within Typst can set


def render(view: View, templates: Path) -> bytes:
    """The PDF; ReportError where the template does not fit the view. May be called from several threads.

    PDF/A shows every letter or is refused. Where no font has one, the report is set as a plain PDF with a box in its place,
    and says so at its end: no name may cost a reader the report.
    """
    told, drawings = paper.texts(view), paper.drawings(view)
    compiler, lock = _compiler(templates, needs_more_fonts(told))
    try:
        with lock:  # one compiler serves one caller at a time, and keeps what it has read
            try:
                return _set(compiler, told, drawings, view.dated, "a-2b")
            except typst.TypstError as error:
                if "PDF/A" not in str(error):
                    raise
                return _set(compiler, paper.texts(view, PLAIN), drawings, view.dated, None)
    except (typst.TypstError, RuntimeError) as error:
        raise ReportError(f"the PDF of {view.title} could not be set: {error}") from error


def _set(compiler: typst.Compiler, told: str, drawings: str, dated: int, standard: Literal["a-2b"] | None) -> bytes:
    inputs = {"view": told, "drawings": drawings}
    made = compiler.compile(format="pdf", sys_inputs=inputs, timestamp=dated, pdf_standards=standard)
    if not isinstance(made, bytes):
        raise RuntimeError("it came in pieces")
    return made


@lru_cache(maxsize=8)
def _compiler(templates: Path, system_fonts: bool) -> tuple[typst.Compiler, Lock]:
    root = templates.resolve()
    compiler = typst.Compiler(root / _TEMPLATE, root=root, ignore_system_fonts=not system_fonts, font_paths=[root / "fonts"])
    return compiler, Lock()


def needs_more_fonts(text: str) -> bool:
    """Whether a text has letters beyond the embedded fonts, as Hebrew, Arabic or Han; the machine's fonts then join."""
    return any(_EMBEDDED_UP_TO < character < "\u2000" or character >= "\u2e80" for character in text)
