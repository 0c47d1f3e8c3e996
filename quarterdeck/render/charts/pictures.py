"""The charts of a document as pictures: SVG, words, and the names under which mails and the archive know them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from quarterdeck.render.charts import lines, sayings
from quarterdeck.render.charts.draw import draw
from quarterdeck.render.charts.read import read
from quarterdeck.render.charts.records import Kind
from quarterdeck.render.records import Picture
from quarterdeck.words import Voice


def pictures_of(document: Mapping[str, Any], voice: Voice) -> tuple[Picture, ...]:
    """The charts of a document in its order; ReportError where one cannot be read."""
    found = zip(document["charts"], names_and_ids(document), strict=True)
    return tuple(_picture(source, voice, cid) for source, (_, cid) in found)


def names_and_ids(document: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The file and the content id of each chart: the same for as long as the revision is."""
    revision = document["revision"][:16]
    return tuple(
        (f"chart-{number}.png", f"chart-{number}.{revision}@quarterdeck.invalid")
        for number in range(1, len(document["charts"]) + 1)
    )


def spark(heights: Sequence[float | None]) -> str:
    """A small trend as the address of its picture, to stand in a row of a page."""
    return uri_of(lines.spark(heights).svg)


def uri_of(svg: str) -> str:
    """The address of a picture that a page carries within itself."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")


def _picture(source: Mapping[str, Any], voice: Voice, cid: str) -> Picture:
    chart = read(source, voice)
    drawing = draw(chart)
    return Picture(
        cid=cid,
        title=chart.title,
        note=sayings.note(chart),
        alt=sayings.alt(chart),
        rows=sayings.rows(chart),
        left=2 if chart.kind is Kind.STACK and not chart.is_empty else 1,
        width=drawing.width,
        height=drawing.height,
        svg=drawing.svg,
    )
