"""Charts of areas: one amount in ordered parts, and figures of many companies as a map of cells."""

from __future__ import annotations

from collections.abc import Iterator

from quarterdeck.render.charts.lettering import SIZE, SMALL, drawn, fit, width, wrap
from quarterdeck.render.charts.records import Chart, Point, Series
from quarterdeck.render.charts.svg import WIDTH, Drawing, document, line, rect, snap, text

_BAR_TOP, _BAR = 4.0, 26.0
_TINTS = 5
_NAMES = 190.0  # px that the names of a map's rows may take
_ROW, _CELL_GAP = 29.0, 2.0
_WORST, _MIDDLE, _BEST = (0xF3, 0xCF, 0xBF), (0xF3, 0xF2, 0xEE), (0xBF, 0xD9, 0xE6)  # warm, plain, cool


def stack(chart: Chart) -> Drawing:
    """One bar in parts from left to right, darker by their order, each named and counted below."""
    series = chart.series[0]
    points: list[float] = [max(point or 0.0, 0.0) for point in series.points]
    whole = float(sum(points)) or 1.0
    room = WIDTH / max(len(points), 1)
    parts: list[str] = []
    x, free = 0.0, 0.0
    for place, point in enumerate(points):
        wide = WIDTH * (point / whole)
        kind = f"age{round(place * (_TINTS - 1) / max(len(points) - 1, 1))}"
        if point:
            start = min(snap(x), WIDTH - 1)
            parts.append(rect(start, _BAR_TOP, max(snap(x + wide) - start - 1, 1), _BAR, kind))
        left = max(min(x, WIDTH - room * (len(points) - place)), free)
        said = (fit(chart.labels[place], room - 12), fit(series.texts[place] or "n/a", room - 12))
        if point:
            parts.append(line(snap(x) + 0.5, _BAR_TOP + _BAR, snap(x) + 0.5, _BAR_TOP + _BAR + 5, "link"))
        parts += (text(left, _BAR_TOP + _BAR + 20, said[0]), text(left, _BAR_TOP + _BAR + 36, said[1], "ink bold"))
        free = left + min(max(map(width, said)) + 12, room)
        x += wide
    return document(_BAR_TOP + _BAR + 42, parts)


def map_of_cells(chart: Chart) -> Drawing:
    """Companies by rows, KPIs by columns. A cell's tint runs from the worst of its column (warm) to the best (cool)."""
    names = min(max(width(name) for name in chart.labels) + 12, _NAMES)
    pitch = (WIDTH - names) / max(len(chart.series), 1)
    heads = [wrap(drawn(series.label, f"column {number}"), pitch - 10, SMALL) for number, series in enumerate(chart.series, 1)]
    top = 6 + 14 * max((len(head) for head in heads), default=1)
    parts: list[str] = []
    for column, head in enumerate(heads):
        for row, words in enumerate(head):
            x, y = names + pitch * (column + 1) - 9, top - 6.0 - 14 * (len(head) - 1 - row)
            parts.append(text(x, y, words, anchor="end", size=SMALL))
    for row, name in enumerate(chart.labels):
        y = top + _ROW * row
        parts.append(text(0, y + 18.5, fit(name, names - 10), "ink"))
        for column, series in enumerate(chart.series):
            parts += _cell(series, row, names + pitch * column, y, pitch)
    return document(top + _ROW * len(chart.labels), parts)


def _cell(series: Series, row: int, x: float, y: float, pitch: float) -> Iterator[str]:
    left, wide = snap(x), snap(x + pitch) - snap(x) - _CELL_GAP
    if series.points[row] is None:
        yield rect(left, y, wide, _ROW - _CELL_GAP, "band")
        yield text(x + pitch - 9, y + 18.5, "\N{EN DASH}", "soft", anchor="end")
        return
    yield rect(left, y, wide, _ROW - _CELL_GAP, "", fill=tint(series.tones[row] if series.tones else None))
    yield text(x + pitch - 9, y + 18.5, fit(series.texts[row], pitch - 12, SIZE), "cell", anchor="end")


def tint(tone: Point) -> str:
    """The colour of a tone: 0 is the worst, 0.5 the middle and 1 the best of a column; plain without one."""
    if tone is None:
        tone = 0.5
    start, end = (_WORST, _MIDDLE) if tone < 0.5 else (_MIDDLE, _BEST)
    part = (tone % 0.5 if tone < 1 else 0.5) * 2
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in zip(start, end, strict=True))
