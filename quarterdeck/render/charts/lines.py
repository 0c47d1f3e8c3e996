"""Lines over periods: a trend with its outlook and band, and the small trend that stands in a row of figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quarterdeck.render.charts.labels import end_labels, period_names
from quarterdeck.render.charts.lettering import SMALL, width
from quarterdeck.render.charts.records import Chart, Point, Series
from quarterdeck.render.charts.scale import Scale, for_line
from quarterdeck.render.charts.svg import WIDTH, Drawing, document, dot, line, path, snap, text

_TOP, _HIGH = 18.0, 126.0
_LINES = {"PY": "then", "FC": "next", "AC": "line"}  # in the order in which they lie over each other
_EDGES = {"HI": "high", "LO": "low"}


def trend(chart: Chart) -> Drawing:
    """AC as a dark line, PY as a light one behind it, FC dashed within its band. A gap stays a gap."""
    shown = [series for code in _LINES if (series := chart.of(code)) and series.known]
    last = len(chart.labels) - 1
    ends = [(_label(series), series) for series in chart.series if series.known and series.known[-1] == last]
    gutter = max((width(words, SMALL) for _, words in chart.grid), default=0) + 8
    edge = WIDTH - max((width(label) for label, _ in ends), default=0) * 1.04 - 12
    left, floor = gutter + 8, _TOP + _HIGH
    step = (edge - left - 4) / max(last, 1)
    scale = for_line(chart.every_point, floor, _TOP)
    parts = list(_grid(chart, scale, gutter, edge))
    low, high = chart.of("LO"), chart.of("HI")
    if low and high:
        parts += _band(low.points, high.points, scale, left, step)
    for series in shown:
        parts += _line(series.points, scale, left, step, _LINES[series.code])
        place = series.known[-1]
        x, y = left + step * place, scale.at(series.points[place] or 0.0)
        if series.code != "PY":
            parts.append(dot(x, y, 3.2, "ac"))
        if place != last:
            parts.append(_inside(series, x, y))
    parts += period_names(chart, left, step, floor + 19)
    parts += end_labels(ends, scale, edge + 8)
    return document(floor + (38 if any(chart.years) else 24), parts)


def _inside(series: Series, x: float, y: float) -> str:
    """The label of a series that ends before the others do: above its end, beside it where the line comes from above."""
    before, place = series.known[-2:] if len(series.known) > 1 else (series.known[-1],) * 2
    falls = (series.points[before] or 0.0) > (series.points[place] or 0.0)
    kind = "over bold" if series.code == "AC" else "over"
    return text(x + 4 * falls, y - 9, _label(series), kind, anchor="start" if falls else "middle")


def _label(series: Series) -> str:
    return f"{_EDGES.get(series.code, series.code)} {series.texts[series.known[-1]]}"


def _grid(chart: Chart, scale: Scale, gutter: float, edge: float) -> Iterator[str]:
    """A few hairlines at round figures, each with its figure to the left; the one at zero is the axis."""
    for tick, words in chart.grid:
        y = snap(scale.at(tick))
        yield line(gutter, y, edge, y, "axis" if tick == 0 else "hair")
        yield text(gutter - 8, y + 4, words, anchor="end", size=SMALL)


def _band(low: Sequence[Point], high: Sequence[Point], scale: Scale, left: float, step: float) -> Iterator[str]:
    both = [place for place in range(len(low)) if low[place] is not None and high[place] is not None]
    if len(both) > 1:
        over = [(left + step * place, scale.at(high[place] or 0.0)) for place in both]
        under = [(left + step * place, scale.at(low[place] or 0.0)) for place in reversed(both)]
        yield path([*over, *under], "band", closed=True)


def _line(points: Sequence[Point], scale: Scale, left: float, step: float, kind: str) -> Iterator[str]:
    """The line in its unbroken stretches; a figure between two gaps is a dot."""
    for stretch in stretches(points):
        spots = [(left + step * place, scale.at(points[place] or 0.0)) for place in stretch]
        if len(spots) > 1:
            yield path(spots, kind)
        else:
            yield dot(*spots[0], 1.8, "py" if kind == "then" else "ac")


def stretches(points: Sequence[Point]) -> list[list[int]]:
    """The places that have figures, in runs without a gap."""
    runs: list[list[int]] = []
    for place, point in enumerate(points):
        if point is None:
            continue
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def spark(heights: Sequence[Point], wide: int = 76, high: int = 18) -> Drawing:
    """A trend of heights from 0 to 1 as a thin line without axis or words, its last figure a dot."""
    step = (wide - 6) / max(len(heights) - 1, 1)
    scale = Scale(0, 1, high - 3, 3)
    parts = list(_line(heights, scale, 3, step, "spark"))
    known = [place for place, height in enumerate(heights) if height is not None]
    if known and known[-1] == len(heights) - 1:
        parts.append(dot(3 + step * known[-1], scale.at(heights[known[-1]] or 0.0), 2, "ac"))
    return document(high, parts, width=wide)
