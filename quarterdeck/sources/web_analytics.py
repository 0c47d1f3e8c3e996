"""What a website's analytics count: sessions by channel, and how it shows in search. From exports; nobody is asked.

- kind: web_analytics
visits:
- path: web/traffic-2026-10.csv       # Google Analytics 4, Traffic acquisition
searches:
- path: web/Dates.csv                 # Google Search Console, Performance
- {path: web/Queries.csv, since: 2026-10-01, through: 2026-10-31}
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Annotated, ClassVar, cast

from pydantic import Field, model_validator

from quarterdeck.errors import Reject, SourceError, Where
from quarterdeck.reading import read_rows
from quarterdeck.reading.cells import CellError
from quarterdeck.reading.rows import Row
from quarterdeck.schemas import build, schema_of
from quarterdeck.sources import Pulled, PulledTable, Window, refuse_too_many, source
from quarterdeck.sources._files import Day, LocalPath, Name, Part, RowOptions, reachable
from quarterdeck.sources._web_exports import Export, Span, searches, visits

_TABLES = {"visits": "web_visits", "searches": "web_search"}
_NEVER_NEGATIVE = ("days", "sessions", "users", "engaged", "clicks", "impressions", "position")

Files = Sequence[tuple[str, Export]]


class VisitFile(Part):
    """An export of Google Analytics 4. `channel` names its first column where the property has channel groups of its own."""

    path: LocalPath
    channel: Name | None = None


class SearchFile(Part):
    """An export of Search Console; one of queries or pages states the days that it sums."""

    path: LocalPath
    since: Day | None = None
    through: Day | None = None

    @model_validator(mode="after")
    def _both_days_or_none(self) -> SearchFile:
        if (self.since is None) != (self.through is None):
            raise ValueError("since and through are stated together")
        if self.since is not None and self.through is not None and self.through < self.since:
            raise ValueError("through is before since")
        return self

    @property
    def span(self) -> Span | None:
        return None if self.since is None or self.through is None else (self.since, self.through)


class WebAnalyticsOptions(RowOptions):
    """The exports, in any number; stretches of days that two of them sum are refused."""

    visits: Annotated[tuple[VisitFile, ...], Field()] = ()
    searches: Annotated[tuple[SearchFile, ...], Field()] = ()

    @model_validator(mode="after")
    def _something(self) -> WebAnalyticsOptions:
        if not self.visits and not self.searches:
            raise ValueError("name at least one file under visits or searches")
        return self


@source
class WebAnalytics:
    """Exports of Google Analytics 4 and Google Search Console."""

    kind: ClassVar[str] = "web_analytics"
    Options = WebAnalyticsOptions

    @staticmethod
    def provides(options: WebAnalyticsOptions) -> tuple[str, ...]:
        return tuple(table for name, table in _TABLES.items() if getattr(options, name))

    @staticmethod
    def states(options: WebAnalyticsOptions) -> tuple[str, ...]:  # noqa: ARG004 - rows have their days
        return ()

    @staticmethod
    def check(options: WebAnalyticsOptions, window: Window) -> str:
        return reachable([*(file.path for file in options.visits), *(file.path for file in options.searches)], window)

    @staticmethod
    def pull(options: WebAnalyticsOptions, window: Window) -> Pulled:
        made: list[PulledTable] = []
        if options.visits:
            read = [(file.path, visits(window.path(file.path), file.path, file.channel)) for file in options.visits]
            made.append(_table("web_visits", read, window, options.limit))
        if options.searches:
            found = [(file.path, searches(window.path(file.path), file.path, file.span)) for file in options.searches]
            made.append(_table("web_search", found, window, options.limit))
        return Pulled(tuple(made))


def _table(name: str, files: Files, window: Window, limit: float) -> PulledTable:
    rows: list[Row] = []
    rejects: list[Reject] = []
    good: list[tuple[str, Sequence[Row]]] = []
    for file, export in files:
        read = read_rows(schema_of(name), export.records, file=file, currency=window.currency, finish=_plausible)
        good.append((file, read.rows))
        rows += read.rows
        rejects += (*export.rejects, *read.rejects)
    _refuse_overlaps(good)
    refuse_too_many(name, rejects, len(rows), limit)
    inside = [row for row in rows if window.history_start <= _first(row) < window.end]
    return PulledTable(name, build(name, inside), tuple(rejects), _covers(inside, window), _watermark(inside, window))


def _plausible(row: Row) -> Row:
    for name in _NEVER_NEGATIVE:
        value = row.get(name)
        if value is not None and cast("int", value) < 0:
            raise CellError("no number below zero", evidence={"column": name})
    for part, whole in (("engaged", "sessions"), ("clicks", "impressions")):
        if row.get(part) is not None and cast("int", row[part]) > cast("int", row[whole]):
            raise CellError(f"at most as many as {whole}", evidence={"column": part})
    return row


def _refuse_overlaps(files: Iterable[tuple[str, Sequence[Row]]]) -> None:
    """Refuse days that two exports sum, or that one sums in two ways: they would count twice."""
    stretches = {(str(row.get("kind")), _first(row), _end(row), file) for file, rows in files for row in rows}
    for (kind, _, end, file), (other_kind, first, _, other) in pairwise(sorted(stretches)):
        if kind == other_kind and first < end:
            twice = "are summed twice" if file == other else f"are in {file} too"
            raise SourceError(
                f"the days from {first} on {twice}", where=Where(other), remedy="name each day in one export only"
            )


def _first(row: Row) -> date:
    return cast("date", row["date"])


def _end(row: Row) -> date:
    return _first(row) + timedelta(days=cast("int", row["days"]))


def _covers(rows: Sequence[Row], window: Window) -> tuple[date, date] | None:
    if not rows:
        return None
    return min(map(_first, rows)), min(max(map(_end, rows)), window.end)


def _watermark(rows: Sequence[Row], window: Window) -> datetime | None:
    past = [_end(row) - timedelta(days=1) for row in rows if _end(row) <= window.end]
    return window.first_instant(max(past)) if past else None
