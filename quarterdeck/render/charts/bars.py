"""Columns of periods, and bridges: amounts as heights above and below a line at zero."""

from __future__ import annotations

from collections.abc import Iterator

from quarterdeck.render.charts.labels import end_labels, period_names
from quarterdeck.render.charts.lettering import SMALL, width, wrap
from quarterdeck.render.charts.records import Chart, Series
from quarterdeck.render.charts.scale import Scale, from_zero
from quarterdeck.render.charts.svg import WIDTH, Drawing, document, line, rect, snap, text

_TOP = 22.0  # room for a label above the highest column
_BELOW = 18.0  # and for one below a negative one
_HIGH = 122.0  # px from the highest figure to the lowest
_WIDEST = 30.0
_BEHIND = 0.27  # how far a column behind another looks out, in parts of its width
_BRIDGE_WIDEST = 64.0


def columns(chart: Chart) -> Drawing:
    """AC in front, solid; PY behind it to the left, light; PL behind it to the right, an outline."""
    actual, before, plan = (chart.of(code) for code in ("AC", "PY", "PL"))
    shown = [series for series in (actual, plan, before) if series and series.known]
    ends = [(f"{series.code} {series.texts[series.known[-1]]}", series) for series in shown]
    plot = WIDTH - max(width(label) for label, _ in ends) * 1.04 - 10
    scale, floor = _heights([point for series in shown for point in series.points])
    pitch = plot / len(chart.labels)
    wide = snap(min(_WIDEST, pitch * 0.5))
    parts: list[str] = []
    for place in range(len(chart.labels)):
        left = snap(pitch * (place + 0.5) - wide / 2)
        for series, kind, shift in ((before, "py", -_BEHIND), (plan, "pl", _BEHIND), (actual, "ac", 0.0)):
            if series and series.points[place] is not None:
                parts.append(_column(scale, left + snap(shift * wide), wide, series.points[place] or 0.0, kind))
    zero = snap(scale.at(0))
    parts.append(line(0, zero, plot, zero, "axis"))
    parts += _values(actual, shown, scale, pitch) if actual else ()
    parts += period_names(chart, pitch / 2, pitch, floor + 15)
    parts += end_labels(ends, scale, plot + 8)
    return document(floor + (33 if any(chart.years) else 19), parts)


def _heights(points: list[float | None]) -> tuple[Scale, float]:
    """The scale of a chart from zero, and where its axis of names begins."""
    negative = any(point is not None and point < 0 for point in points)
    floor = _TOP + _HIGH + (_BELOW if negative else 0)
    return from_zero(points, _TOP + _HIGH, _TOP), floor


def _column(scale: Scale, left: float, wide: float, value: float, kind: str) -> str:
    zero, top = snap(scale.at(0)), snap(scale.at(value))
    if kind == "pl":  # an outline is drawn inside, so that it takes the room of a solid one
        return rect(left + 0.5, min(zero, top) + 0.5, wide - 1, max(abs(zero - top) - 1, 0), kind)
    return rect(left, min(zero, top), wide, max(abs(zero - top), 1.0), kind)


def _values(series: Series, shown: list[Series], scale: Scale, pitch: float) -> Iterator[str]:
    """The figures of a series over all columns of their period: all where they fit beside each other, else the extremes.

    The last one is not among them: it stands at the end of the chart with its code.
    """
    places = series.known[:-1]
    if any(width(series.texts[place], SMALL) > pitch - 2 for place in places):
        by_size = sorted(places, key=lambda place: series.points[place] or 0.0)
        places = tuple(sorted({*by_size[:1], *by_size[-1:]}))
    for place in places:
        is_below = (series.points[place] or 0.0) < 0
        stand = [other.points[place] or 0.0 for other in shown]
        y = scale.at(min(stand)) + 13 if is_below else scale.at(max(stand)) - 5
        yield text(pitch * (place + 0.5), y, series.texts[place], "over", anchor="middle", size=SMALL)


def bridge(chart: Chart) -> Drawing:
    """From the first amount to the last by the changes in between, each where the one before it ended."""
    series = chart.series[0]
    spans = _spans([point or 0.0 for point in series.points])
    scale, floor = _heights([edge for span in spans for edge in span])
    floor += 2
    pitch = WIDTH / len(chart.labels)
    wide = snap(min(_BRIDGE_WIDEST, pitch * 0.56))
    last = len(spans) - 1
    parts: list[str] = []
    rows = 1
    for place, (start, end) in enumerate(spans):
        middle = pitch * (place + 0.5)
        left = snap(middle - wide / 2)
        total = place in (0, last)
        kind = ("py" if place == 0 else "ac") if total else "up" if end >= start else "down"
        high, low = snap(scale.at(max(start, end))), snap(scale.at(min(start, end)))
        if series.points[place] is not None:
            parts.append(rect(left, high, wide, max(low - high, 1.0), kind))
            below = max(start, end) <= 0
            parts.append(_amount(middle, low + 14 if below else high - 6, series.texts[place], place == last))
        if place < last:
            y = snap(scale.at(end))
            parts.append(line(left + wide, y, left + pitch, y, "link"))
        lines = wrap(chart.labels[place], pitch - 8)
        rows = max(rows, len(lines))
        for row, words in enumerate(lines):
            parts.append(text(middle, floor + 15 + 15 * row, words, "ink" if total else "soft", anchor="middle"))
    zero = snap(scale.at(0))
    parts.append(line(0, zero, WIDTH, zero, "axis"))
    return document(floor + 5 + 15 * rows, parts)


def _amount(x: float, y: float, label: str, strong: bool) -> str:
    return text(x, y, label, "ink bold" if strong else "ink", anchor="middle")


def _spans(points: list[float]) -> list[tuple[float, float]]:
    """Where each step of a bridge begins and ends: the first and the last stand on zero."""
    spans = [(0.0, points[0])]
    for point in points[1:-1]:
        spans.append((spans[-1][1], spans[-1][1] + point))
    return [*spans, (0.0, points[-1])] if len(points) > 1 else spans
