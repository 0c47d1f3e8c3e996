"""Datapoints of CloudWatch, one a day, as the services write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from examples.cloud.at import At
from examples.span import Span

_BATCH = 1000
_NOON = 12
_DAYS = 400


@dataclass(frozen=True, slots=True)
class Point:
    """What was measured on a day."""

    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    day: date
    value: float
    unit: str


def measured_days(span: Span) -> tuple[date, ...]:
    """The days that datapoints are made of: CloudWatch keeps no more than fifteen months."""
    return span.days[-_DAYS:]


def put(at: At, region: str, points: Iterable[Point]) -> None:
    """Write datapoints into a region, in the order in which they come."""
    client = at.client("cloudwatch", region)
    for namespace, group in groupby(points, key=lambda point: point.namespace):
        data = [_datum(point) for point in group]
        for first in range(0, len(data), _BATCH):
            client.put_metric_data(Namespace=namespace, MetricData=data[first : first + _BATCH])


def _datum(point: Point) -> dict[str, Any]:
    return {
        "MetricName": point.metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in point.dimensions.items()],
        "Timestamp": datetime(point.day.year, point.day.month, point.day.day, _NOON, tzinfo=UTC),
        "Value": point.value,
        "Unit": point.unit,
    }
