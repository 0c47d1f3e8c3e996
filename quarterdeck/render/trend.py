"""Twelve periods as a trend: each figure's height between the series' own lowest and highest, and as block characters."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from quarterdeck.model import Figure
from quarterdeck.money import Money

_BLOCKS = "▁▂▃▄▅▆▇█"
_GAP = "·"
_LEVEL = 0.5  # where all figures are equal the trend is a line through the middle


def heights(series: Sequence[Figure | None]) -> tuple[float | None, ...]:
    """Heights from 0 to 1 in steps of a thousandth; None where there is no data."""
    values = [
        Decimal(figure.minor if isinstance(figure, Money) else figure) if figure is not None else None for figure in series
    ]
    known = [value for value in values if value is not None]
    if not known:
        return tuple(None for _ in values)
    low, span = min(known), max(known) - min(known)
    return tuple(None if v is None else float(round((v - low) / span, 3)) if span else _LEVEL for v in values)


def blocks(points: Sequence[float | None]) -> str:
    """One block character per height, a dot where there is no data; nothing where there are fewer than two figures."""
    if sum(point is not None for point in points) < 2:
        return ""
    top = len(_BLOCKS) - 1
    return "".join(_GAP if point is None else _BLOCKS[round(point * top)] for point in points)
