"""On paper: the report as data becomes HTML, text, PDF and, where it has tables, a workbook; they add nothing to it.

    document (report.json) → view.py (ready strings; charts/ as SVG) → html.py, text.py, paper.py and pdf.py
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
from quarterdeck.render import logo as logos
from quarterdeck.render.charts import names_and_ids
from quarterdeck.render.charts.png import png
from quarterdeck.render.ledger import Ledger, files_beside
from quarterdeck.render.view import prepare, subject
from quarterdeck.render.workbook import XLSX

__all__ = ["MAIL", "PAGE", "PAPER", "TEXT", "WORKBOOK", "XLSX", "images_of", "prepare", "render_all", "subject"]

PAGE = "report.html"  # of the archive, with everything in it
MAIL = "mail.html"  # of the message, which carries the charts beside it
TEXT = "report.txt"
PAPER = "report.pdf"
WORKBOOK = "report.xlsx"


def images_of(document: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The file and the content id of every picture that the mail of a document shows."""
    return (*logos.name_and_id(document), *names_and_ids(document))


def render_all(
    document: Mapping[str, Any], templates: Path, logo: bytes | None = None, ledger: Ledger | None = None
) -> dict[str, bytes]:
    """The files of a report by name, the same bytes for the same document; ReportError where it cannot be set.

    `logo` is the PNG that the document names, where it names one; `ledger` the postings whose detail goes into the workbook.
    """
    ready = logos.shown(prepare(document), document, logo)
    files = {
        PAGE: html.render(ready, templates, role=document["role"], full=True).encode("utf-8"),
        MAIL: html.render(ready, templates, role=document["role"]).encode("utf-8"),
        TEXT: text.render(ready).encode("utf-8"),
        PAPER: pdf.render(ready, templates),
    }
    drawn = png(ready.charts, templates)
    files |= {name: data for (name, _), data in zip(names_and_ids(document), drawn, strict=True)}
    if logo is not None and ready.logo:
        files[logos.FILE] = logo
    if document["tables"]:
        files[WORKBOOK] = workbook.render(document, ledger)
        files |= files_beside(ledger) if ledger else {}
    return files
