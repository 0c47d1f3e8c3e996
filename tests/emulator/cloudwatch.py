"""What moto lacks of CloudWatch's GetMetricData: percentiles, pages, days of UTC, and the dimensions taken exactly.

moto keeps the datapoints; this answers from them, and takes time for each of them once only. `POST /_cloudwatch` sets
`{"page": n}`, how many datapoints an answer holds at most, and `{"forbidden": ["AWS/S3"]}`, namespaces whose queries come
back as `Forbidden`, `{"log_page": n}`, how many lines FilterLogEvents answers with at most; `/_cloudwatch/reset`. Metric math
and SEARCH are refused: moto answers them with nothing at all.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import MetricDatum
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.logs.models import LogGroup

from tests.emulator.shapes import held

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]
Name = tuple[str, str, tuple[tuple[str, str], ...]]
_MOST_QUERIES = 500
_MOST_DATAPOINTS = 100_800
_DAY = 86_400


@dataclass
class Ways:
    """How CloudWatch behaves."""

    page: int = _MOST_DATAPOINTS
    forbidden: list[str] = field(default_factory=list)
    log_page: int | None = None


_WAYS = Ways()


def layer(app: Application) -> Application:
    """The application with the ways beside it."""

    def serve(environ: Environ, start: Start) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if not path.startswith("/_cloudwatch"):
            return app(environ, start)
        told = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"{}")
        if path == "/_cloudwatch/reset":
            vars(_WAYS).update(vars(Ways()))
        vars(_WAYS).update(told)
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
        return [b"{}"]

    return serve


def install() -> None:
    """Let moto answer GetMetricData in this way."""
    CloudWatchResponse.get_metric_data = _get_metric_data  # type: ignore[method-assign]
    whole = LogGroup.filter_log_events

    def in_pages(self: LogGroup, name: str, streams: list[str], start: int, end: int, limit: int | None, *more: Any) -> Any:
        return whole(self, name, streams, start, end, limit or _WAYS.log_page, *more)

    LogGroup.filter_log_events = in_pages  # type: ignore[method-assign, assignment]


def _get_metric_data(self: Any) -> ActionResult:
    asked = self._get_params()
    queries = asked.get("MetricDataQueries", [])
    if len(queries) > _MOST_QUERIES:
        raise ValidationError(f"The collection MetricDataQueries must not have a size greater than {_MOST_QUERIES}.")
    if any("MetricStat" not in query for query in queries):
        raise ValidationError("the emulator knows no expressions")
    first, end = (_utc(asked[edge]) for edge in ("StartTime", "EndTime"))
    if first >= end:
        raise ValidationError("The parameter StartTime must be less than the parameter EndTime.")
    kept: dict[Name, list[Any]] = defaultdict(list)
    for datum in self.cloudwatch_backend.get_all_metrics():
        if first <= _utc(datum.timestamp) < end:
            kept[_name(datum.namespace, datum.name, ((it.name, it.value) for it in datum.dimensions))].append(datum)
    results = [_result(query, kept) for query in queries]
    return ActionResult(
        held("cloudwatch", "GetMetricData", _paged(results, asked, json.dumps(queries, sort_keys=True, default=str)))
    )


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _name(namespace: str, metric: str, dimensions: Iterable[tuple[str, str]]) -> Name:
    return namespace, metric, tuple(sorted(dimensions))


def _result(query: dict[str, Any], kept: dict[Name, list[Any]]) -> dict[str, Any]:
    wanted = query["MetricStat"]
    metric, statistic, period = wanted["Metric"], wanted["Stat"], int(wanted["Period"])
    told: dict[str, Any] = {"Id": query["Id"], "Label": query.get("Label", f"{metric['MetricName']} {statistic}")}
    if metric["Namespace"] in _WAYS.forbidden:
        return {**told, "Timestamps": [], "Values": [], "StatusCode": "Forbidden"}
    dimensions = ((it["Name"], it["Value"]) for it in metric.get("Dimensions", []))
    buckets: dict[int, list[Any]] = defaultdict(list)
    for datum in kept.get(_name(metric["Namespace"], metric["MetricName"], dimensions), []):
        if "Unit" not in wanted or datum.unit == wanted["Unit"]:
            at = int(_utc(datum.timestamp).timestamp())
            buckets[at - at % period].append(datum)
    times = sorted(buckets)
    return {
        **told,
        "Timestamps": [datetime.fromtimestamp(at, UTC) for at in times],
        "Values": [_statistic(statistic, buckets[at]) for at in times],
        "StatusCode": "Complete",
    }


def _statistic(statistic: str, data: list[Any]) -> float:
    values = sorted(it.value for it in data if isinstance(it, MetricDatum))
    sets = [it for it in data if not isinstance(it, MetricDatum)]
    count = len(values) + sum(it.sample_count for it in sets)
    total = float(sum(values) + sum(it.sum for it in sets))
    if statistic.startswith("p"):  # of single values alone: of a set, nobody knows where they lie
        rank = float(statistic[1:]) / 100 * (len(values) - 1)
        low = int(rank)
        return float(values[low] + (rank - low) * (values[min(low + 1, len(values) - 1)] - values[low]))
    told: dict[str, float] = {
        "Sum": total,
        "SampleCount": float(count),
        "Average": total / count,
        "Minimum": float(min([*values, *(it.min for it in sets)])),
        "Maximum": float(max([*values, *(it.max for it in sets)])),
    }
    return told[statistic]


def _paged(results: list[dict[str, Any]], asked: dict[str, Any], question: str) -> dict[str, Any]:
    """The datapoints of all results one after the other, cut into pages; a result that goes on says that it is partial."""
    token = hashlib.sha256(question.encode()).hexdigest()
    begin = 0
    if "NextToken" in asked:
        known, _, number = str(asked["NextToken"]).partition(":")
        if known != token:
            raise ValidationError("The parameter NextToken is invalid.")
        begin = int(number)
    most = min(int(asked.get("MaxDatapoints") or _MOST_DATAPOINTS), _WAYS.page)
    told, place = [], 0
    for result in results:
        low, high = max(begin - place, 0), begin + most - place
        size = len(result["Values"])
        place += size
        if (size and (low >= size or high <= 0)) or (not size and begin):
            continue
        cut = {**result, "Timestamps": result["Timestamps"][low:high], "Values": result["Values"][low:high]}
        told.append({**cut, "StatusCode": "PartialData"} if max(high, 0) < size else cut)
    more = {"NextToken": f"{token}:{begin + most}"} if begin + most < place else {}
    return {"MetricDataResults": told, **more}
