"""SVG as text: a few shapes with classes, and one style sheet for light and dark.

Every text goes through `text`, which escapes it; there is no other way for one to get in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from quarterdeck.render.charts.lettering import FAMILY, SIZE

WIDTH = 576  # px; the column of a mail

_STYLE = (
    ".ink{fill:#1b2027}.soft{fill:#57606a}.bold{font-weight:600}"
    ".over{fill:#1b2027;stroke:#fdfdfc;stroke-width:3;stroke-linejoin:round;paint-order:stroke}"
    ".ac{fill:#333e4a}.py{fill:#c6ced5}.pl{fill:none;stroke:#57606a}.up{fill:#4c9670}.down{fill:#cc5a4e}"
    ".hair{stroke:#e3e6e9}.axis{stroke:#7d8791}.link{stroke:#aab2ba}"
    ".line{fill:none;stroke:#333e4a;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}"
    ".then{fill:none;stroke:#b9c2ca;stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}"
    ".next{fill:none;stroke:#333e4a;stroke-width:1.5;stroke-dasharray:4 3}.band{fill:#e6ebef}"
    ".spark{fill:none;stroke:#8a939c;stroke-linejoin:round;stroke-linecap:round}"
    ".age0{fill:#d3dbe2}.age1{fill:#aebac5}.age2{fill:#8695a3}.age3{fill:#5d6d7c}.age4{fill:#333e4a}.cell{fill:#1b2027}"
)
# Within a page the reader's own setting counts; mails get a PNG on light paper.
_DARK = (
    ".ink{fill:#e9ebee}.soft{fill:#a4acb5}.over{fill:#e9ebee;stroke:#17191c}.ac{fill:#c9d1d9}.py{fill:#4d565f}.pl{stroke:#a4acb5}"
    ".up{fill:#6cc28f}.down{fill:#ff8a80}.hair{stroke:#343a41}.axis{stroke:#7d8791}.link{stroke:#5a636c}"
    ".line,.next{stroke:#c9d1d9}.then{stroke:#5a636c}.band{fill:#2b3138}.spark{stroke:#a4acb5}"
    ".age0{fill:#3b444d}.age1{fill:#56616c}.age2{fill:#76838f}.age3{fill:#9ca8b3}.age4{fill:#c9d1d9}"
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """An SVG with its size in px of the page."""

    svg: str
    width: int
    height: int


def document(height: float, parts: Iterable[str], width: int = WIDTH) -> Drawing:
    """A whole SVG, transparent; its height is rounded up to whole px."""
    height = math.ceil(height)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    style = f"<style>{_STYLE}@media (prefers-color-scheme:dark){{{_DARK}}}</style>"
    letters = f'font-family="{FAMILY}" font-size="{number(SIZE)}" style="font-variant-numeric:tabular-nums"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {letters}>{style}{"".join(parts)}</svg>'
    return Drawing(svg, width, height)


def number(value: float) -> str:
    """A coordinate to a hundredth of a px, without needless zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def snap(value: float) -> float:
    """The nearest half px: an edge there is sharp at twice the size."""
    return round(value * 2) / 2


def rect(x: float, y: float, width: float, height: float, kind: str, fill: str = "") -> str:
    paint = f' fill="{fill}"' if fill else ""
    box = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    return f'<rect {box} class="{kind}"{paint}/>' if kind else f"<rect {box}{paint}/>"


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    ends = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
    return f'<line {ends} class="{kind}"/>'


def path(points: Sequence[tuple[float, float]], kind: str, *, closed: bool = False) -> str:
    steps = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return f'<path d="M{steps}{"Z" if closed else ""}" class="{kind}"/>'


def dot(x: float, y: float, radius: float, kind: str) -> str:
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" class="{kind}"/>'


def text(x: float, y: float, content: str, kind: str = "soft", *, anchor: str = "start", size: float = SIZE) -> str:
    """A text on its baseline; `anchor` is start, middle or end."""
    if not content:
        return ""
    where = f'x="{number(x)}" y="{number(y)}"' + (f' text-anchor="{anchor}"' if anchor != "start" else "")
    letters = f' font-size="{number(size)}"' if size != SIZE else ""
    return f'<text {where}{letters} class="{kind}">{escape(content)}</text>'
