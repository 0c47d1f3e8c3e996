"""Charts for tests: a description from a line, and an SVG taken apart.

chart("columns", [1, None, 3], PL=[2, 2, 2])
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from quarterdeck.render.charts.draw import draw
from quarterdeck.render.charts.read import read
from quarterdeck.render.charts.records import Chart
from quarterdeck.render.charts.svg import Drawing
from quarterdeck.words import Voice

SVG = "{http://www.w3.org/2000/svg}"
EN = Voice("en_US")


def months(count: int, last: str = "2026-10") -> list[str]:
    year, month = map(int, last.split("-"))
    index = year * 12 + month - 1
    return [f"{(index - back) // 12}-{(index - back) % 12 + 1:02d}" for back in range(count - 1, -1, -1)]


def source(
    kind: str, points: list[Any], *, unit: str = "count", labels: list[str] | None = None, **others: Any
) -> dict[str, Any]:
    """A chart of a document; further series by their codes, everything else by its name."""
    named = {name: others.pop(name) for name in [*others] if name in {"title", "note"}}
    series = {"AC": points, **others}
    return {
        "id": "c", "kind": kind, "title": "Sales", "note": "", "kpi": None,
        "labels": months(len(points)) if labels is None else labels,
        "series": [
            {"code": code, "label": "Amount", "unit": unit, "direction": "up", "points": [_plain(p) for p in listed]}
            for code, listed in series.items()
        ],
        **named,
    }  # fmt: skip


def _plain(point: Any) -> Any:
    return point if point is None or isinstance(point, dict) else str(point)


def usd(amount: int) -> dict[str, Any]:
    """Whole dollars as the document has them."""
    return {"minor": amount * 100, "currency": "USD"}


def chart(kind: str, points: list[Any], voice: Voice = EN, **others: Any) -> Chart:
    return read(source(kind, points, **others), voice)


@dataclass(frozen=True)
class Drawn:
    """An SVG as its shapes and words."""

    drawing: Drawing
    root: Element

    @classmethod
    def of(cls, chart: Chart) -> Drawn:
        return cls.made(draw(chart))

    @classmethod
    def made(cls, drawing: Drawing) -> Drawn:
        return cls(drawing, fromstring(drawing.svg))

    def shapes(self, tag: str, kind: str) -> list[dict[str, str]]:
        return [element.attrib for element in self.root.iter(SVG + tag) if kind in element.get("class", "").split()]

    def boxes(self, kind: str) -> list[tuple[float, float, float, float]]:
        """Left, top, right and bottom of the rectangles of a class."""
        found = [tuple(float(shape[name]) for name in ("x", "y", "width", "height")) for shape in self.shapes("rect", kind)]
        return [(x, y, x + width, y + height) for x, y, width, height in found]

    def points(self, kind: str) -> list[list[tuple[float, float]]]:
        """The corners of each path of a class."""
        paths = [re.findall(r"(-?[\d.]+) (-?[\d.]+)", shape["d"]) for shape in self.shapes("path", kind)]
        return [[(float(x), float(y)) for x, y in path] for path in paths]

    @property
    def words(self) -> list[str]:
        return [element.text or "" for element in self.root.iter(SVG + "text")]

    def zero(self) -> float:
        """Where the axis lies."""
        (axis,) = self.shapes("line", "axis")
        return float(axis["y1"])
