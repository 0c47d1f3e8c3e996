"""On paper: the report as data becomes HTML, text, PDF and, where it has tables, a workbook; they add nothing to it.

    document (report.json) → view.py (ready strings) → html.py, text.py, pdf.py
    document (report.json) → sheets.py (typed cells) → workbook.py

To change how a section looks: `templates/sections/<name>.html.j2` for the mail, its function in text.py, its block in
`templates/report.typ`. To change what a figure looks like: view.py and figures.py, once for all three. A new section is a
name in `records.HEADINGS` and those three. A role whose mail differs has `templates/<role>.html.j2`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quarterdeck.render import html, pdf, text, workbook
from quarterdeck.render.view import prepare, subject
from quarterdeck.render.workbook import XLSX

__all__ = ["WORKBOOK", "XLSX", "prepare", "render_all", "subject"]

WORKBOOK = "report.xlsx"


def render_all(document: Mapping[str, Any], templates: Path) -> dict[str, bytes]:
    """The files of a report by name, the same bytes for the same document; ReportError where it cannot be set."""
    ready = prepare(document)
    files = {
        "report.html": html.render(ready, templates, role=document["role"]).encode("utf-8"),
        "report.txt": text.render(ready).encode("utf-8"),
        "report.pdf": pdf.render(ready, templates),
    }
    if document["tables"]:
        files[WORKBOOK] = workbook.render(document)
    return files
