"""A view as the HTML of a mail: Jinja templates, the styles written into the elements, and a size mail clients show whole."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, TemplateError
from markupsafe import Markup, escape

from quarterdeck.errors import ReportError
from quarterdeck.render import budget, fit
from quarterdeck.render.charts import spark, uri_of
from quarterdeck.render.plans import ATTENTION_LINES
from quarterdeck.render.records import Part, View
from quarterdeck.render.styles import Inliner
from quarterdeck.render.templating import environment

MAX_BYTES = 98 * 1024  # Gmail cuts a message off at about 102 kB; as sent, in quoted-printable
WARN_BYTES = 80 * 1024

_MAIL_KPIS = 12  # of a mail; what a person takes in at a glance
_MAIL_EVIDENCE = 3  # rows under a finding; one where room is short
_MAIL_SNAPSHOTS = 12
_LAYOUT = "_layout.html.j2"
_LONG_WORD = re.compile(f"\\S{{{fit.LONGEST + 1},}}")
_LONG = Markup('<span class="long">{}</span>')


def render(view: View, templates: Path, *, role: str = "", max_bytes: int = MAX_BYTES, full: bool = False) -> str:
    """The HTML of a mail, of at most `max_bytes` as sent; `full` makes the page of the archive instead.

    A mail names its pictures, which go along as parts of the message; the archive's page has everything in it, and every
    row. `templates/<role>.html.j2` is used where there is one, else the layout. Where a mail would be too large, findings
    show less evidence, then the last tables are left out and all lists but the key figures are cut evenly; each says how many
    there are. ReportError where even that does not do.
    """
    make = _maker(templates, role, full=full)
    if full:
        return make(view)
    for evidence in (_MAIL_EVIDENCE, 1):
        mail = _for_mail(view, evidence)
        if budget.is_hopeless(mail, max_bytes):
            continue
        page = make(mail)
        if encoded_size(page) <= max_bytes:
            return page
    for fewer in budget.fewer_tables(mail, max_bytes):
        fitted = budget.largest_that_fits(fewer, make, encoded_size, max_bytes)
        if fitted is not None:
            return fitted
    raise ReportError(f"{view.title} does not fit into {max_bytes} bytes", remedy="the role's report has too many parts")


def encoded_size(page: str) -> int:
    """Bytes of a page as it is sent: UTF-8 in quoted-printable with CRLF line ends."""
    encoded = binascii.b2a_qp(page.encode("utf-8"), istext=True)
    return len(encoded) + encoded.count(b"\n") - encoded.count(b"\r\n")


def _for_mail(view: View, evidence: int) -> View:
    findings = tuple(replace(finding, evidence=finding.evidence.first(evidence)) for finding in view.findings.rows)
    return replace(
        view,
        attention=view.attention.first(ATTENTION_LINES),
        kpis=view.kpis.first(_MAIL_KPIS),
        findings=Part(findings, view.findings.total),
        provenance=view.provenance.first(_MAIL_SNAPSHOTS),
    )


def _maker(templates: Path, role: str, *, full: bool) -> Callable[[View], str]:
    environment, inliner = _tools(templates)
    names = [f"{role}.html.j2", _LAYOUT] if role and "/" not in role else [_LAYOUT]

    def make(view: View) -> str:
        try:
            page = environment.select_template(names).render(view=view, inline=full)
        except TemplateError as error:
            raise ReportError(f"the templates do not fit the report: {type(error).__name__} {error}") from error
        return inliner.inlined(page)

    return make


@lru_cache(maxsize=8)
def _tools(templates: Path) -> tuple[Environment, Inliner]:
    """The environment and the inliner of a folder of templates, made once; both may be shared by threads."""
    tools = environment(templates, finalize=_breakable)
    tools.filters["whole"] = escape
    tools.filters["spark"] = spark
    tools.filters["inline"] = uri_of
    tools.filters["unbroken"] = _unbroken
    tools.filters["entries"] = fit.entries
    tools.filters["width"] = fit.width_of
    return tools, Inliner((templates / "report.css").read_text("utf-8"))


def _breakable(value: object) -> object:
    """Text whose long words may break at any letter, so that no name widens a column; attributes use the filter `whole`."""
    if not isinstance(value, str) or isinstance(value, Markup) or not _LONG_WORD.search(value):
        return value
    parts, end = [], 0
    for word in _LONG_WORD.finditer(value):
        parts += [escape(value[end : word.start()]), _LONG.format(word.group())]
        end = word.end()
    return Markup("").join((*parts, escape(value[end:])))


def _unbroken(text: str) -> str:
    """A short text on one line, by blanks that do not break: unlike a style, every client keeps to them."""
    return text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= fit.ONE_LINE else text
