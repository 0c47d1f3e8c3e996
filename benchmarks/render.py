"""What a report costs once its figures are known: CPU time of each rendering, of a company and of a whole portfolio.

Run by `make bench`. The reports are those of the example portfolio; times are the least of several rounds, in milliseconds of
processor time, since whatever else the machine does can only add to them. Exits with 1 where a report with charts, HTML,
text and PDF costs more than its budget. A portfolio's report holds the findings of all its members.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from examples.portfolio import generate
from quarterdeck.config import PORTFOLIO
from quarterdeck.render import html, pdf, prepare, text, workbook
from quarterdeck.render.charts.png import png
from quarterdeck.render.records import View
from quarterdeck.steps.preview import figures_now
from quarterdeck.steps.report import document_of
from quarterdeck.wiring import open_parts
from reports import role

BUDGET = 150  # ms of CPU for a report
ROUNDS = 25
PERIOD = "2026-10"
REPORTS = (("jada", "cfo"), ("jada", "ceo"), (PORTFOLIO, "ceo"), (PORTFOLIO, "accounting"))


def main() -> int:
    with TemporaryDirectory() as folder:
        parts = open_parts(generate(Path(folder)))
        bases = {tenant: figures_now(parts, tenant, PERIOD)[0] for tenant in dict.fromkeys(tenant for tenant, _ in REPORTS)}
        documents = [
            document_of(parts, role(name), tenant, parts.period(tenant, PERIOD), bases[tenant]) for tenant, name in REPORTS
        ]
        totals = {document["report_id"]: _measure(document, parts.templates) for document in documents}
    over = [id for id, total in totals.items() if total > BUDGET]
    _say(f"over {BUDGET} ms: {', '.join(over) or 'no report'}")
    return int(bool(over))


def _measure(document: dict[str, Any], templates: Path) -> float:
    """Print what each part of a report costs; the sum of what every report has."""
    _say(f"{document['report_id']}: {len(document['charts'])} charts, {len(document['findings'])} findings")
    taken = {part: _least(made) for part, made in _parts(document, templates)}
    total = sum(taken.values())
    for part, milliseconds in {**taken, "all of it": total, "workbook": _least(lambda: workbook.render(document))}.items():
        _say(f"  {part:<24}{milliseconds:7.1f} ms")
    return total


def _parts(document: dict[str, Any], templates: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    view, id, number = prepare(document), document["role"], count()

    def another() -> View:
        """The same report under another title: Typst remembers what it has set, and would not set it again."""
        blank = " " * next(number)
        charts = tuple(replace(picture, svg=picture.svg + blank, alt=picture.alt + blank) for picture in view.charts)
        return replace(view, title=view.title + blank, sentence=view.sentence + blank, charts=charts)

    yield "words and charts", lambda: prepare(document)
    yield "charts as PNG", lambda: png(another().charts, templates)
    yield "page of the archive", lambda: html.render(view, templates, role=id, full=True)
    yield "mail", lambda: html.render(view, templates, role=id)
    yield "text", lambda: text.render(view)
    yield "PDF", lambda: pdf.render(another(), templates)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _least(made: Callable[[], object]) -> float:
    """Milliseconds of CPU of the quickest call, after one that fills the caches."""
    made()
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        made()
        taken.append(time.process_time() - start)
    return min(taken) * 1000


if __name__ == "__main__":
    sys.exit(main())
