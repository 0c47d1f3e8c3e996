"""The charts of a document as pictures: SVG, words, and the names under which mails and the archive know them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quarterdeck.render.charts import sayings
from quarterdeck.render.charts.draw import draw
from quarterdeck.render.charts.read import read
from quarterdeck.words import Voice


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart that is ready: `note` is the line under its title, `rows` are for the plain text, a head first.

    `cid` is its content id in a mail, `width` and `height` are in px of the page.
    """

    cid: str
    title: str
    note: str
    alt: str
    rows: sayings.Rows
    width: int
    height: int
    svg: str

    @property
    def data_uri(self) -> str:
        """The picture within a page that asks nobody for it."""
        return uri_of(self.svg)


def pictures(document: Mapping[str, Any], voice: Voice) -> tuple[Picture, ...]:
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


def uri_of(svg: str) -> str:
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
        width=drawing.width,
        height=drawing.height,
        svg=drawing.svg,
    )
