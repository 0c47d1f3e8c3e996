"""Lines drawn as inline SVG, in the colours of the page: a trend in a row, and the history of a figure with its axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from markupsafe import Markup

_WIDTH, _HEIGHT, _EDGE = 88, 22, 3  # of a trend, and the room that its dot needs
_CHART_WIDTH, _CHART_HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 24, 14, 28
_MOST_LABELS = 12  # below the axis
_TICKS = 4
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_NEAR_ZERO = Decimal("0.5")  # a lowest figure below this part of the highest lets the axis begin at zero

Point = tuple[float, float]


def spark(heights: Sequence[float | None], words: str, *, wide: bool = False) -> Markup:
    """A trend, of one line's height or as wide as its place: a gap where there is no data, a dot on the last figure.

    Nothing for fewer than two figures.
    """
    if sum(height is not None for height in heights) < 2:
        return Markup("")
    step = (_WIDTH - 2 * _EDGE) / (len(heights) - 1)
    points = [
        None if height is None else (_EDGE + index * step, _EDGE + (1 - height) * (_HEIGHT - 2 * _EDGE))
        for index, height in enumerate(heights)
    ]
    last = points[-1]
    # A line without length and with round ends stays a circle however the drawing is stretched.
    dot = Markup('<path class="dot" d="M{} {}h0"/>').format(_short(last[0]), _short(last[1])) if last else ""
    stretched = Markup(' preserveAspectRatio="none"') if wide else ""
    return Markup(
        '<svg class="spark" width="{w}" height="{h}" viewBox="0 0 {w} {h}"{s} role="img" aria-label="{words}">'
        '<path d="{d}"/>{dot}</svg>'
    ).format(w=_WIDTH, h=_HEIGHT, s=stretched, words=words, d=_line(points), dot=dot)


@dataclass(frozen=True, slots=True)
class Mark:
    """One period of a history: its label, its figure in major units or None, and the figure in words."""

    label: str
    value: Decimal | None
    words: str


def history(
    marks: Sequence[Mark], target: Decimal | None, say: Callable[[Decimal], str], title: str, *, whole: bool = False
) -> Markup:
    """The history of a figure, oldest first, with gridlines and, dashed, its target. Nothing for fewer than two figures.

    `say` words a gridline's value; they stand at whole numbers only if `whole`.
    """
    known = [mark.value for mark in marks if mark.value is not None]
    if len(known) < 2:
        return Markup("")
    ticks = nice([*known, *([] if target is None else [target])], whole=whole)
    low, span = ticks[0], ticks[-1] - ticks[0]

    def y(value: Decimal) -> float:
        return _CHART_HEIGHT - _BOTTOM - float((value - low) / span) * (_CHART_HEIGHT - _TOP - _BOTTOM)

    step = (_CHART_WIDTH - _LEFT - _RIGHT) / max(len(marks) - 1, 1)
    points = [None if mark.value is None else (_LEFT + index * step, y(mark.value)) for index, mark in enumerate(marks)]
    parts = [
        *(_gridline(y(tick), say(tick), is_zero=tick == 0) for tick in ticks),
        *_labels([mark.label for mark in marks], step),
        _target(y(target)) if target is not None else "",
        Markup('<path class="line" d="{}"/>').format(_line(points)),
        *(_dot(point, mark) for point, mark in zip(points, marks, strict=True) if point),
    ]
    return Markup('<svg class="history" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _CHART_WIDTH, _CHART_HEIGHT, title, Markup("").join(parts)
    )


def nice(values: Sequence[Decimal], *, whole: bool = False) -> list[Decimal]:
    """Round numbers, evenly apart, that enclose all values; from zero on where the values are not far above it."""
    low, high = min(values), max(values)
    if 0 < low <= high * _NEAR_ZERO:
        low = Decimal(0)
    if high < 0 and high >= low * _NEAR_ZERO:
        high = Decimal(0)
    if low == high:
        low, high = low - (abs(low) / 10 or 1), high + (abs(high) / 10 or 1)
    rough = (high - low) / _TICKS
    unit = Decimal(1).scaleb(rough.adjusted())
    sizes = (factor * unit for factor in _STEPS if factor * unit >= rough)
    step = next(size for size in sizes if not whole or size < 1 or size == size.to_integral_value())
    step = max(step, Decimal(1)) if whole else step
    first = int((low / step).to_integral_value(rounding="ROUND_FLOOR"))
    last = int((high / step).to_integral_value(rounding="ROUND_CEILING"))
    return [number * step for number in range(first, last + 1)]


def _gridline(y: float, text: str, *, is_zero: bool) -> Markup:
    return Markup('<path class="{}" d="M{} {y}H{}"/><text class="tick" x="{}" y="{}">{}</text>').format(
        "zero" if is_zero else "grid", _LEFT, _CHART_WIDTH - _RIGHT, _LEFT - 10, _short(y + 4), text, y=_short(y)
    )


def _labels(labels: Sequence[str], step: float) -> Iterator[Markup]:
    every = -(-len(labels) // _MOST_LABELS)
    for index, label in enumerate(labels):
        if (len(labels) - 1 - index) % every == 0:  # counted from the newest, which always has its label
            yield Markup('<text class="under" x="{}" y="{}">{}</text>').format(
                _short(_LEFT + index * step), _CHART_HEIGHT - 8, label
            )


def _target(y: float) -> Markup:
    return Markup('<path class="target" d="M{} {}H{}"/>').format(_LEFT, _short(y), _CHART_WIDTH - _RIGHT)


def _dot(point: Point, mark: Mark) -> Markup:
    return Markup('<circle cx="{}" cy="{}" r="3"><title>{}: {}</title></circle>').format(
        _short(point[0]), _short(point[1]), mark.label, mark.words
    )


def _line(points: Sequence[Point | None]) -> str:
    """Path data: each stretch of figures without a gap is a line of its own."""
    parts = []
    for there, stretch in groupby(points, key=lambda point: point is not None):
        if there:
            parts.append("M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in filter(None, stretch)))
    return "".join(parts)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
