"""From figures to places on paper: linear scales, and round values for grid lines."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from quarterdeck.render.charts.records import Point

_NICE = (1, 2, 2.5, 5, 10)
_NEAR_ZERO = 0.4  # a line whose lowest figure lies below so much of its highest is drawn from zero
_AIR = 0.08


@dataclass(frozen=True, slots=True)
class Scale:
    """Figures from `low` to `high` on a stretch of paper from `start` to `end`, which may run either way."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        # Each divided on its own: the difference of two huge figures may be no number.
        part = (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return self.start + part * (self.end - self.start)


def from_zero(points: Iterable[Point], start: float, end: float) -> Scale:
    """A scale on which zero has its place, as columns need it."""
    known = [point for point in points if point is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    return Scale(low, high if high > low else 1.0, start, end)


def for_line(points: Iterable[Point], start: float, end: float) -> Scale:
    """A scale for a line: from zero where that is near, else from a little below the lowest figure."""
    known = [point for point in points if point is not None] or [0.0]
    low, high = min(known), max(known)
    if 0 <= low <= _NEAR_ZERO * high:
        low = 0.0
    elif _NEAR_ZERO * low <= high <= 0:
        high = 0.0
    air = (high - low) * _AIR or abs(high) * _AIR or 1.0
    return Scale(low - air * (low != 0), high + air * (high != 0 or low == 0), start, end)


def ticks(scale: Scale, most: int = 5) -> tuple[float, ...]:
    """At most so many round values within a scale, evenly spaced."""
    span = scale.high / most - scale.low / most
    power = 10.0 ** math.floor(math.log10(span))
    step = next(nice * power for nice in _NICE if nice * power >= span * 0.999)
    first, last = math.ceil(scale.low / step - 1e-9), math.floor(scale.high / step + 1e-9)
    return tuple(number * step for number in range(first, last + 1))[: most + 1]
