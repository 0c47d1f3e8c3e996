"""What AWS measured and what it charged.

AWS sums up its days from midnight to midnight UTC. A row of such a day stands under the civil day of the same date: at the
edges of a period it may hold some hours of the day beside it. Rows from logs are of the tenant's own civil days. A day
without a row in `metrics` is one without a datapoint, which is no zero; `metrics_asked` tells it from one nobody asked about.
"""

from __future__ import annotations

from quarterdeck.schemas.cloud_stores import PLACE
from quarterdeck.schemas.column import Column, TableSchema, Type, col, maybe, text

METRIC: tuple[Column, ...] = (
    *PLACE,
    text("service", doc="lambda, api, cloudfront, nat, dynamodb, s3, billing"),
    text("resource", doc="name or id of what is measured"),
    text("metric", doc="as AWS calls it: Errors, 5xx, BytesOutToDestination ..."),
    text("statistic", doc="Sum, Average, Maximum, p95"),
)
_METRIC_KEY = tuple(column.name for column in METRIC)

USAGE: tuple[TableSchema, ...] = (
    TableSchema(
        "metrics",
        "Metrics of CloudWatch by day of UTC; a day without a datapoint has no row.",
        (*METRIC, maybe("unit"), col("date", Type.DATE), col("value", Type.RATIO)),
        key=(*_METRIC_KEY, "date"),
        dated=True,
    ),
    TableSchema(
        "metrics_asked",
        "Which metrics CloudWatch was asked for, and the days `[first, last)` that it answered whole.",
        (*METRIC, col("first", Type.DATE), col("last", Type.DATE), col("datapoints", Type.INT, "days that came back")),
        key=_METRIC_KEY,
    ),
    TableSchema(
        "function_runs",
        "What Lambda reported of each run of a function, summed up by civil day of the tenant.",
        (
            *PLACE,
            text("function"),
            col("date", Type.DATE),
            col("invocations", Type.INT, "reports of runs that were read"),
            col("errors", Type.INT, "runs that Lambda itself ended: errors of the runtime and time-outs"),
            col("max_memory_mb", Type.INT, "the most that a run used"),
            col("memory_mb", Type.INT, "what it was given, the most of that day"),
            col("max_duration_ms", Type.RATIO),
            col("billed_ms", Type.INT, "billed duration of all runs"),
            col("billed_mb_ms", Type.INT, "billed duration of each run times the memory it was given"),
        ),
        key=("account", "region", "function", "date"),
        dated=True,
    ),
    TableSchema(
        "runs_asked",
        "Which functions' logs were read, and the days `[first, last)` of which every report was read.",
        (*PLACE, text("function"), col("first", Type.DATE), col("last", Type.DATE), col("reports", Type.INT)),
        key=("account", "region", "function"),
    ),
    TableSchema(
        "cloud_costs",
        "What AWS charged, by service and day of UTC: unblended cost, with credits and refunds as AWS sets them off.",
        (
            *PLACE,
            text("service", doc="as the bill calls it"),
            col("date", Type.DATE),
            col("amount_usd", Type.RATIO, "unblended cost"),
            col("is_estimated", Type.BOOL, "AWS may still change it"),
        ),
        key=("account", "region", "service", "date"),
        dated=True,
    ),
    TableSchema(
        "cloud_cost_tags",
        "The same cost by the value of one cost allocation tag.",
        (
            *PLACE,
            text("tag", doc="the tag's key"),
            text("value", doc="empty for what has no such tag"),
            col("date", Type.DATE),
            col("amount_usd", Type.RATIO),
            col("is_estimated", Type.BOOL),
        ),
        key=("account", "region", "tag", "value", "date"),
        dated=True,
    ),
)
