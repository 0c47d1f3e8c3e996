"""Labels that stand beside what they name: at the ends of series, and under the places of a chart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quarterdeck.render.charts.lettering import SMALL, spread, width
from quarterdeck.render.charts.records import Chart, Series
from quarterdeck.render.charts.scale import Scale
from quarterdeck.render.charts.svg import text

_GAP = 15.5  # px between the baselines of two labels


def end_labels(ends: Sequence[tuple[str, Series]], scale: Scale, x: float) -> Iterator[str]:
    """A label for each series at the height of its last figure, kept apart; what is actual stands out."""
    wanted = [scale.at(series.points[series.known[-1]] or 0.0) + 4 for _, series in ends]
    for (label, series), y in zip(ends, spread(wanted, _GAP, scale.start + 4), strict=True):
        yield text(x, y, label, "ink bold" if series.code in {"AC", "FC"} else "soft")


def period_names(chart: Chart, first: float, pitch: float, y: float) -> Iterator[str]:
    """The names of the periods, every second or third where they have no room, each year below its first name."""
    longest = max((width(label) for label in chart.labels), default=0)
    every = int((longest + 5) // pitch) + 1
    last = len(chart.labels) - 1
    year = ""
    for place in range(last % every, last + 1, every):
        x = first + pitch * place
        yield text(x, y, chart.labels[place], "ink" if place == last else "soft", anchor="middle")
        if chart.years[place] != year:
            year = chart.years[place]
            yield text(x, y + 14, year, anchor="middle", size=SMALL)
