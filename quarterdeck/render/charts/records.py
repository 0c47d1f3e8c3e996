"""What a chart shows, as frozen data: drawn as SVG and said in words, but never measured again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Point = float | None  # a height in any unit; None where there is no data, never zero in its place


class Kind(StrEnum):
    """The kinds of charts, by what they are for."""

    COLUMNS = "columns"  # amounts of periods, beside those a year before and the plan
    TREND = "trend"  # a line over periods, with an outlook and its band
    BRIDGE = "bridge"  # from one amount to another by what changed in between
    STACK = "stack"  # one amount in ordered parts, as by age
    MAP = "map"  # figures of many companies side by side


WORDS = {"AC": "actual", "PY": "a year before", "PL": "budget", "FC": "outlook"}
"""The codes of IBCS for what a series shows. LO and HI are the two edges of an outlook's band."""


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures: `points` as heights, `texts` as readers see them, empty where there is no data.

    In a map a series is a column; `tones` then says how good each figure is among the others, from 0 to 1.
    """

    code: str
    label: str
    points: tuple[Point, ...]
    texts: tuple[str, ...]
    tones: tuple[Point, ...] = ()

    @property
    def known(self) -> tuple[int, ...]:
        """The places that have a figure."""
        return tuple(place for place, point in enumerate(self.points) if point is not None)


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole chart. `labels` stand under its places, or beside its rows.

    `years` are those of its periods, `names` the labels in full, for alt texts. `grid` holds round figures for grid lines
    with their texts, `left_out` counts rows that have no room.
    """

    kind: Kind
    title: str
    unit: str
    note: str
    labels: tuple[str, ...]
    years: tuple[str, ...]
    names: tuple[str, ...]
    series: tuple[Series, ...]
    grid: tuple[tuple[float, str], ...] = ()
    left_out: int = 0

    def of(self, code: str) -> Series | None:
        return next((series for series in self.series if series.code == code), None)

    @property
    def every_point(self) -> tuple[Point, ...]:
        return tuple(point for series in self.series for point in series.points)

    @property
    def is_empty(self) -> bool:
        return not any(series.known for series in self.series)
