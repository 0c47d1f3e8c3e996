"""Requests, errors and latency by resource and day, out of the metrics of CloudWatch.

Only days with a datapoint of both requests and errors are counted: where one is missing, the share of the other is not known.
Percentiles are of a day and are never put together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck.frames import between

_KEYS = ["tenant", "account", "region", "service", "resource", "date"]
# Requests and errors of the service's own making; CloudFront gives its errors as percent of its requests.
_COUNTED: Mapping[str, tuple[str, frozenset[str]]] = {
    "lambda": ("Invocations", frozenset({"Errors"})),
    "api": ("Count", frozenset({"5xx", "5XXError"})),
    "cloudfront": ("Requests", frozenset({"5xxErrorRate"})),
    "s3": ("AllRequests", frozenset({"5xxErrors"})),
}
_WAITS: Mapping[str, str] = {"lambda": "Duration", "api": "Latency", "s3": "FirstByteLatency"}
_PERCENT = 100


def requests(metrics: pd.DataFrame, start: date, end: date, services: Collection[str] = tuple(_COUNTED)) -> pd.DataFrame:
    """Requests and errors (`requests`, `errors`, exact) of the days `[start, end)`."""
    found = between(metrics[metrics["service"].isin(services) & metrics["statistic"].isin(["Sum", "Average"])], start, end)
    whole = found[found["metric"] == found["service"].map(lambda name: _COUNTED[name][0])]
    is_error = [metric in _COUNTED[service][1] for service, metric in zip(found["service"], found["metric"], strict=True)]
    part = found[pd.Series(is_error, index=found.index, dtype=bool)]
    both = whole[[*_KEYS, "value"]].merge(part[[*_KEYS, "value"]], on=_KEYS, suffixes=("", "_of_errors"))
    errors = [
        error * request / _PERCENT if service == "cloudfront" else error
        for service, request, error in zip(both["service"], both["value"], both["value_of_errors"], strict=True)
    ]
    both["errors"] = pd.Series(errors, index=both.index, dtype=object)
    counted: pd.DataFrame = both.rename(columns={"value": "requests"})
    return counted[[*_KEYS, "requests", "errors"]]


def waits(metrics: pd.DataFrame, start: date, end: date, services: Collection[str] = tuple(_WAITS)) -> pd.DataFrame:
    """The 95th percentile of each day, in milliseconds (`value`)."""
    is_wait = metrics["service"].isin(services) & (metrics["statistic"] == "p95")
    found = between(metrics[is_wait], start, end)
    own: pd.DataFrame = found[found["metric"] == found["service"].map(_WAITS.get)]
    return own[[*_KEYS, "value"]]


def summed(values: pd.Series) -> Decimal:
    """The exact sum of a column of decimals."""
    return sum(values, Decimal(0))
