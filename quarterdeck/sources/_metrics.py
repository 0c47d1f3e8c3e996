"""CloudWatch's metrics by day: found with ListMetrics or named, asked for with GetMetricData.

A day is one of UTC. Nothing is made of a day without a datapoint; what was asked for is told beside what came back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from quarterdeck.errors import Reject, SourceError
from quarterdeck.period import add_months
from quarterdeck.reading.cells import clean
from quarterdeck.sources._aws import Place
from quarterdeck.sources._aws_calls import asking, part
from quarterdeck.sources._metric_kinds import GLOBAL_REGION, KINDS, Kind

Row = dict[str, object]

_QUERIES = 500  # that one GetMetricData takes
_PAGES = 1000
_DAY = 86_400
_KEPT_DAYS = 455  # how long CloudWatch keeps datapoints of an hour and more
_DIGITS = Decimal("0.00000001")
_LARGEST = Decimal(10) ** 19
LIST, GET = "cloudwatch:ListMetrics", "cloudwatch:GetMetricData"


@dataclass(frozen=True, slots=True)
class Query:
    """One metric of one resource in one statistic, and where it is asked for."""

    place: Place
    region: str
    service: str
    resource: str
    kind: Kind
    metric: str
    statistic: str

    @property
    def names(self) -> Row:
        return {
            "account": self.place.account,
            "region": self.region,
            "service": self.service,
            "resource": self.resource,
            "metric": self.metric,
            "statistic": self.statistic,
        }

    def asked(self, id: str) -> dict[str, Any]:
        metric = {
            "Namespace": self.kind.namespace,
            "MetricName": self.metric,
            "Dimensions": self.kind.dimensions(self.resource),
        }
        return {"Id": id, "MetricStat": {"Metric": metric, "Period": _DAY, "Stat": self.statistic}}


@dataclass(frozen=True, slots=True)
class Measured:
    """Rows of `metrics` and of `metrics_asked`, and the values that no column can hold."""

    rows: tuple[Row, ...]
    asked: tuple[Row, ...]
    rejects: tuple[Reject, ...]


def queries(places: Sequence[Place], services: Iterable[str], named: Mapping[str, Sequence[str]]) -> list[Query]:
    """What is asked for in every account and region: all resources that CloudWatch lists, and those that are named."""
    found: dict[tuple[object, ...], Query] = {}
    firsts = {place.account: place for place in reversed(places)}
    for service in services:
        for kind in KINDS[service]:
            everywhere = [Place(p.account, "global", p.aws.at(GLOBAL_REGION)) for p in firsts.values()]
            for place in everywhere if kind.is_global else places:
                for resource in sorted({*listed(place, kind), *named.get(service, ())}):
                    for query in _of(place, service, kind, resource):
                        found.setdefault(tuple(query.names.values()), query)
    return list(found.values())


def _of(place: Place, service: str, kind: Kind, resource: str) -> Iterator[Query]:
    for metric in kind.metrics:
        for statistic in metric.statistics:
            yield Query(place, place.region, service, resource, kind, metric.name, statistic)


def listed(place: Place, kind: Kind) -> set[str]:
    """The resources of a kind that have a metric; CloudWatch lists those that had a datapoint in the last two weeks."""
    client = place.aws.client("cloudwatch")
    asked: dict[str, Any] = {"Namespace": kind.namespace, "Dimensions": [{"Name": kind.resource}]}
    if len(kind.metrics) == 1:
        asked["MetricName"] = kind.metrics[0].name
    found: set[str] = set()
    for _ in range(_PAGES):
        with asking(LIST, f"{place.account} {place.region}"):
            answer = client.list_metrics(**asked)
        for metric in part(answer, "Metrics", LIST):
            resource = kind.resource_of({it["Name"]: it["Value"] for it in metric["Dimensions"]})
            if resource is not None and clean(resource) == resource:  # AWS gives no other names
                found.add(resource)
        if not answer.get("NextToken"):
            return found
        asked["NextToken"] = answer["NextToken"]
    raise _too_many(f"{kind.namespace} of {place.account}")


def measured(wanted: Iterable[Query], span: tuple[date, date]) -> Measured:
    """What CloudWatch has of some queries in the days of a span."""
    rows: list[Row] = []
    asked: list[Row] = []
    rejects: list[Reject] = []
    by_place: dict[tuple[str, str], list[Query]] = {}
    for query in wanted:
        by_place.setdefault((query.place.account, query.place.region), []).append(query)
    for of_place in by_place.values():
        for batch in (of_place[begin : begin + _QUERIES] for begin in range(0, len(of_place), _QUERIES)):
            values = _values(batch, span)
            for query, found in zip(batch, values, strict=True):
                good, bad = _rows(query, found)
                rows += good
                rejects += bad
                asked.append({**query.names, "first": span[0], "last": span[1], "datapoints": len(found)})
    return Measured(tuple(rows), tuple(asked), tuple(rejects))


def _values(batch: Sequence[Query], span: tuple[date, date]) -> list[dict[date, float]]:
    """The datapoints of each query, by day."""
    place = batch[0].place
    whom = f"{place.account} {place.region}"
    ids = {f"m{number}": number for number in range(len(batch))}
    found: list[dict[date, float]] = [{} for _ in batch]
    status: dict[str, str] = {}
    first, last = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in span)
    asked: dict[str, Any] = {
        "MetricDataQueries": [query.asked(id) for id, query in zip(ids, batch, strict=True)],
        "StartTime": first,
        "EndTime": last,
        "ScanBy": "TimestampAscending",
    }
    for _ in range(_PAGES):
        with asking(GET, whom):
            answer = place.aws.client("cloudwatch").get_metric_data(**asked)
        for result in part(answer, "MetricDataResults", GET):
            if result["Id"] not in ids:
                raise SourceError(f"CloudWatch answered another question in {whom}", remedy="run it again", permanent=False)
            status[result["Id"]] = result["StatusCode"]
            days = (time.astimezone(UTC).date() for time in result["Timestamps"])
            found[ids[result["Id"]]].update(zip(days, result["Values"], strict=True))
        if not answer.get("NextToken"):
            _require_whole(status, ids, whom)
            return found
        asked["NextToken"] = answer["NextToken"]
    raise _too_many(whom)


def _require_whole(status: Mapping[str, str], ids: Iterable[str], whom: str) -> None:
    """Every query was answered to its end; a part of the datapoints would read as fewer errors."""
    told = {status.get(id, "") for id in ids}
    if "Forbidden" in told:
        raise SourceError(f"AWS denies {GET} in {whom} for a part of the metrics", remedy=f"allow {GET} on all resources")
    if told - {"Complete"}:
        raise SourceError(f"CloudWatch did not answer whole in {whom}", remedy="run it again later", permanent=False)


def _rows(query: Query, found: Mapping[date, float]) -> tuple[list[Row], list[Reject]]:
    rows: list[Row] = []
    rejects: list[Reject] = []
    for number, (day, value) in enumerate(sorted(found.items()), start=1):
        exact = Decimal(str(value))
        if exact.is_finite() and abs(exact) < _LARGEST:
            rows.append({**query.names, "date": day, "value": exact.quantize(_DIGITS)})
        else:
            file = f"{query.metric} of {query.resource}"
            rejects.append(Reject(file, number, "value", str(value), f"a number below {_LARGEST:.0e}"))
    return rows, rejects


def _too_many(whom: str) -> SourceError:
    return SourceError(f"CloudWatch has more than {_PAGES} pages for {whom}", remedy="name fewer `services` or `months`")


def span_of(months: int, end: date, today: date | None) -> tuple[date, date]:
    """The days asked for: some months up to `end`, as far as CloudWatch keeps them."""
    first = add_months((end - timedelta(days=1)).replace(day=1), 1 - months)
    return (first if today is None else max(first, today - timedelta(days=_KEPT_DAYS))), end
