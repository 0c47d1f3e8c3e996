"""A chart in words: the line under its title, its alt text, which carries the numbers, and its rows for a plain text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from quarterdeck.render import trend
from quarterdeck.render.charts.records import WORDS, Chart, Kind, Series
from quarterdeck.render.charts.scale import Scale, from_zero
from quarterdeck.render.clean import clean

Rows = tuple[tuple[str, ...], ...]

_ALT = 600  # characters; read aloud, more would be a burden
_BAR = 20  # blocks of a whole
_LACKING = "n/a"


def note(chart: Chart) -> str:
    """The unit and what the codes stand for: `USD thousand, by month · AC actual · PL budget`."""
    parts = [chart.unit]
    if chart.kind in {Kind.COLUMNS, Kind.TREND}:
        codes = [f"{series.code} {WORDS[series.code]}" for series in chart.series if series.code in WORDS and series.known]
        parts += codes if len(codes) > 1 else []
    if chart.kind is Kind.MAP:
        parts.append("each column from its worst (warm) to its best (cool)")
        parts += [f"{len(chart.labels)} of {len(chart.labels) + chart.left_out} shown"] if chart.left_out else []
    words = " · ".join(part for part in (*parts, chart.note) if part)
    return words[:1].upper() + words[1:]


def alt(chart: Chart) -> str:
    """What the picture shows, with its numbers, for those who do not see it."""
    says = _nothing if chart.is_empty else _SAID[chart.kind]
    return clean(f"{chart.title}{f', {chart.unit}' if chart.unit else ''}: {says(chart)}", _ALT)


def _nothing(_: Chart) -> str:
    return "no data"


def _over_time(chart: Chart) -> str:
    return "; ".join(_series(series, chart) for series in chart.series if series.code in WORDS and series.known)


def _series(series: Series, chart: Chart) -> str:
    first, last = series.known[0], series.known[-1]
    what = WORDS[series.code]
    if first == last:
        return f"{what} {series.texts[last]} in {chart.names[last]}"
    low, high = _extremes(series)
    moved = f"{what} from {series.texts[first]} in {chart.names[first]} to {series.texts[last]} in {chart.names[last]}"
    return f"{moved}, between {series.texts[low]} and {series.texts[high]}"


def _extremes(series: Series) -> tuple[int, int]:
    """The places of the lowest and the highest figure."""

    def lower(one: int, other: int) -> int:
        return other if (series.points[other] or 0.0) < (series.points[one] or 0.0) else one

    def higher(one: int, other: int) -> int:
        return other if (series.points[other] or 0.0) > (series.points[one] or 0.0) else one

    return reduce(lower, series.known), reduce(higher, series.known)


def _parts(chart: Chart) -> str:
    return "; ".join(f"{name} {text or _LACKING}" for name, text in zip(chart.names, chart.series[0].texts, strict=True))


def _rows_of_map(chart: Chart) -> str:
    return "; ".join(
        f"{name}: " + ", ".join(f"{series.label} {series.texts[row] or _LACKING}" for series in chart.series)
        for row, name in enumerate(chart.names)
    )


_SAID = {
    Kind.COLUMNS: _over_time,
    Kind.TREND: _over_time,
    Kind.BRIDGE: _parts,
    Kind.STACK: _parts,
    Kind.MAP: _rows_of_map,
}


def rows(chart: Chart) -> Rows:
    """The chart as a table of texts, a head first: its lines in block characters with the numbers that matter."""
    if chart.is_empty:
        return (("",), ("No data",))
    if chart.kind is Kind.MAP:
        head = ("", *(series.label for series in chart.series))
        return (head, *((name, *(s.texts[row] or _LACKING for s in chart.series)) for row, name in enumerate(chart.names)))
    if chart.kind in {Kind.COLUMNS, Kind.TREND}:
        return (("", "Trend", "Lowest", "Highest", "Last"), *_lines(chart))
    bars = chart.kind is Kind.STACK
    return (("", *(("Share",) if bars else ()), chart.series[0].label or "Figure"), *_steps(chart, bars))


def _lines(chart: Chart) -> Iterator[tuple[str, ...]]:
    scale = from_zero([point for series in chart.series for point in series.points], 0, 1)
    for series in chart.series:
        if series.code in WORDS and series.known:
            low, high = _extremes(series)
            ends = (series.texts[low], series.texts[high], series.texts[series.known[-1]])
            yield (f"{series.code} {WORDS[series.code]}", _blocks(series, scale), *ends)


def _blocks(series: Series, scale: Scale) -> str:
    return trend.blocks([None if point is None else scale.at(point) for point in series.points])


def _steps(chart: Chart, bars: bool) -> Iterator[tuple[str, ...]]:
    series = chart.series[0]
    whole = sum(max(point or 0.0, 0.0) for point in series.points) or 1.0
    for name, point, text in zip(chart.names, series.points, series.texts, strict=True):
        share = ("█" * round(_BAR * (max(point or 0.0, 0.0) / whole)),) if bars else ()
        yield (name, *share, text or _LACKING)
