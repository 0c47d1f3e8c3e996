"""A description to its SVG, by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from quarterdeck.render.charts.bars import bridge, columns
from quarterdeck.render.charts.blocks import map_of_cells, stack
from quarterdeck.render.charts.lines import trend
from quarterdeck.render.charts.records import Chart, Kind
from quarterdeck.render.charts.svg import WIDTH, Drawing, document, text

DRAWN: Mapping[Kind, Callable[[Chart], Drawing]] = {
    Kind.COLUMNS: columns,
    Kind.TREND: trend,
    Kind.BRIDGE: bridge,
    Kind.STACK: stack,
    Kind.MAP: map_of_cells,
}


def draw(chart: Chart) -> Drawing:
    """The chart as SVG, the same text for the same description; a line that says so where it has no figure."""
    if chart.is_empty:
        return document(48, [text(WIDTH / 2, 28, "No data", anchor="middle")])
    return DRAWN[chart.kind](chart)
