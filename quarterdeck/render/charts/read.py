"""A chart of the document as a frozen description: figures parsed, labels cleaned, every text in the reader's form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from quarterdeck.errors import QuarterdeckError, ReportError
from quarterdeck.model import Direction, Figure, Unit
from quarterdeck.period import Period, PeriodKind
from quarterdeck.render.charts.forms import Form, bare, form_of
from quarterdeck.render.charts.lettering import drawn
from quarterdeck.render.charts.records import Chart, Kind, Point, Series
from quarterdeck.render.charts.scale import for_line, ticks
from quarterdeck.render.clean import PROSE, clean
from quarterdeck.render.figures import parse
from quarterdeck.words import Voice

Json = Mapping[str, Any]

_OVER_TIME = frozenset({Kind.COLUMNS, Kind.TREND})
_LABEL = 60  # characters
_PLACES = {Kind.BRIDGE: "step", Kind.STACK: "part", Kind.MAP: "row"}
_ROWS = 24  # of a map; more would make a picture that no mail should carry
_EVERY = {
    PeriodKind.WEEK: "by week",
    PeriodKind.MONTH: "by month",
    PeriodKind.QUARTER: "by quarter",
    PeriodKind.YEAR: "by year",
}


def read(source: Json, voice: Voice) -> Chart:
    """The description of a chart; ReportError where its series do not fit each other."""
    kind = Kind(source["kind"])
    labels = [clean(label, _LABEL) for label in source["labels"]]
    if not labels or not source["series"] or any(len(series["points"]) != len(labels) for series in source["series"]):
        raise ReportError(f"the chart {clean(source['title'], 60)!r} has no series, or one that does not fit its labels")
    if kind is Kind.MAP:
        return _map(source, labels, voice)
    figures = [[parse(point) for point in series["points"]] for series in source["series"]]
    form = form_of([figure for listed in figures for figure in listed], Unit(source["series"][0]["unit"]), voice)
    series = tuple(
        _series(given, listed, form, steps=kind is Kind.BRIDGE) for given, listed in zip(source["series"], figures, strict=True)
    )
    short, years, names, every = _over_time(labels, voice) if kind in _OVER_TIME else _named(labels, kind)
    in_all = f"{_sum(figures[0], form)} in all" if kind is Kind.STACK else ""
    return Chart(
        kind=kind,
        title=clean(source["title"]),
        unit=", ".join(part for part in (form.unit, every, in_all) if part),
        note=clean(source["note"], PROSE),
        labels=tuple(short),
        years=tuple(years),
        names=tuple(names),
        series=series,
        grid=_grid(series, form) if kind is Kind.TREND else (),
    )


def _sum(figures: Sequence[Figure | None], form: Form) -> str:
    return form.text(sum((bare(figure) for figure in figures if figure is not None), Decimal(0)))


def _series(given: Json, figures: Sequence[Figure | None], form: Form, *, steps: bool = False) -> Series:
    """`steps` are changes but for the first and the last figure, and written with their sign."""
    values = [None if figure is None else bare(figure) for figure in figures]
    last = len(values) - 1
    return Series(
        code=given["code"],
        label=clean(given["label"], _LABEL),
        points=tuple(None if value is None else float(value) for value in values),
        texts=tuple(form.text(value, signed=steps and 0 < place < last) for place, value in enumerate(values)),
    )


def _grid(series: Sequence[Series], form: Form) -> tuple[tuple[float, str], ...]:
    found = ticks(for_line([point for each in series for point in each.points], 1, 0))
    values = [Decimal(str(tick)) for tick in found]
    exact = form_of_ticks(values, form)
    return tuple((tick, exact.text(value)) for tick, value in zip(found, values, strict=True))


def form_of_ticks(values: Sequence[Decimal], form: Form) -> Form:
    """The chart's form with just the decimals that its round figures need."""
    needed = max((max(-int((value / form.divisor).normalize().as_tuple().exponent), 0) for value in values), default=0)
    return replace(form, decimals=min(needed, 2))


def _over_time(labels: Sequence[str], voice: Voice) -> tuple[list[str], list[str], list[str], str]:
    """Periods as short labels, their years, their names in full, and how long they are."""
    try:
        periods = [Period.parse(label) for label in labels]
    except QuarterdeckError as error:
        raise ReportError(f"a chart is over something that is no period: {error}") from error
    kind = periods[0].kind
    years = ["" if kind is PeriodKind.YEAR else label.partition("-")[0] for label in labels]
    return [voice.short(period) for period in periods], years, [voice.period(period) for period in periods], _EVERY[kind]


def _named(labels: Sequence[str], kind: Kind) -> tuple[list[str], list[str], list[str], str]:
    """The same for labels that are names: what the font cannot draw is counted instead."""
    short = [drawn(label, f"{_PLACES[kind]} {number}") for number, label in enumerate(labels, 1)]
    return short, [""] * len(labels), list(labels), ""


def _map(source: Json, labels: Sequence[str], voice: Voice) -> Chart:
    """A map's amounts share one form, so that its columns can be compared with each other."""
    shown = labels[:_ROWS]
    columns = [(given, [parse(point) for point in given["points"]], Unit(given["unit"])) for given in source["series"]]
    amounts = form_of([f for _, figures, unit in columns if unit is Unit.MONEY for f in figures], Unit.MONEY, voice)
    return Chart(
        kind=Kind.MAP,
        title=clean(source["title"]),
        unit="",
        note=clean(source["note"], PROSE),
        labels=tuple(_named(shown, Kind.MAP)[0]),
        years=("",) * len(shown),
        names=tuple(shown),
        series=tuple(
            _column(given, figures, amounts if unit is Unit.MONEY else form_of(figures, unit, voice))
            for given, figures, unit in columns
        ),
        left_out=len(labels) - len(shown),
    )


def _column(given: Json, figures: Sequence[Figure | None], form: Form) -> Series:
    series = _series(given, figures, form)
    label = ", ".join(part for part in (series.label, form.unit) if part)
    tones = _tones(series.points, Direction(given["direction"]))
    return Series(series.code, label, series.points[:_ROWS], series.texts[:_ROWS], tones[:_ROWS])


def _tones(points: Sequence[Point], direction: Direction) -> tuple[Point, ...]:
    """Where each figure stands between the worst and the best; none where there is nothing to tell apart."""
    known = [point for point in points if point is not None]
    if direction is Direction.NEUTRAL or len(set(known)) < 2:
        return (None,) * len(points)
    low, high = min(known), max(known)
    place = [None if point is None else (point / 2 - low / 2) / (high / 2 - low / 2) for point in points]
    return tuple(part if part is None or direction is Direction.UP else 1 - part for part in place)
