"""Small tables of an AWS account for tests: one of everything that could be saved on, and a bill.

aws_tables({"volumes": [...]})    # with other rows in one of them
costs({"AWS Lambda": "3.10"}, month="2026-10")
metric("api", "orders", "Count", {date(2026, 10, 1): 200})
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from quarterdeck.period import Period
from tests.tables import Row, frame

ACCOUNT, WEST = "111122223333", "us-west-2"
PLACE: dict[str, object] = {"account": ACCOUNT, "region": WEST}
LONG_AGO = datetime(2025, 11, 1, tzinfo=UTC)  # 365 days before the end of October 2026
OCTOBER_DAYS = tuple(date(2026, 10, 1) + timedelta(days=number) for number in range(31))


def costs(*months: tuple[str, Mapping[str, str]], **more: object) -> list[dict[str, object]]:
    """What services cost in months, all on the first day: `("2026-10", {"AWS Lambda": "3.10"})`."""
    return [
        {**PLACE, "region": "all", "service": service, "date": Period.parse(month).start, "amount_usd": Decimal(usd), **more}
        for month, services in months
        for service, usd in services.items()
    ]


def metric(
    service: str, resource: str, name: str, values: Mapping[date, Any], statistic: str = "Sum", **more: object
) -> list[dict[str, object]]:
    """Datapoints of one metric by day."""
    names = {**PLACE, "service": service, "resource": resource, "metric": name, "statistic": statistic, **more}
    return [{**names, "date": day, "value": Decimal(str(value))} for day, value in values.items()]


def traffic_asked(gateway: str, first: date = date(2025, 10, 1), last: date = date(2026, 11, 1)) -> dict[str, object]:
    names = {**PLACE, "service": "nat", "resource": gateway, "metric": "BytesOutToDestination", "statistic": "Sum"}
    return {**names, "first": first, "last": last, "datapoints": 31}


ROWS: Mapping[str, list[dict[str, object]]] = {
    "nat_gateways": [
        {**PLACE, "gateway": "nat-1", "name": "staging", "state": "available", "connectivity": "public", "created_at": LONG_AGO}
    ],
    "elastic_ips": [{**PLACE, "allocation": "eip-1", "address": "192.0.2.7", "name": "", "is_associated": False}],
    "volumes": [
        {
            **PLACE,
            "volume": "vol-1",
            "name": "old",
            "type": "gp3",
            "gigabytes": 50,
            "created_at": LONG_AGO,
            "state": "available",
        },
        {**PLACE, "volume": "vol-2", "name": "db", "type": "gp2", "gigabytes": 100, "is_attached": True, "state": "in-use"},
    ],
    "functions": [{**PLACE, "function": "mailing", "memory_mb": 3008, "architecture": "x86_64", "package": "Zip"}],
    "log_groups": [{**PLACE, "name": "/aws/lambda/mailing", "bytes": 10 * 2**30, "created_at": LONG_AGO}],
    "objects": [
        {**PLACE, "bucket": "site", "key": "app.js", "bytes": 3 * 2**20, "content_type": "application/javascript"},
        {**PLACE, "bucket": "site", "key": "pier.jpg", "bytes": 2**20, "content_type": "image/jpeg"},
    ],
    "object_samples": [{**PLACE, "bucket": "site", "listed": 2, "listed_bytes": 4 * 2**20, "asked": 2, "is_whole": True}],
    "distributions": [{**PLACE, "region": "global", "distribution": "D1", "origins": "site.s3.us-west-2.amazonaws.com"}],
    "metrics": [
        *metric("nat", "nat-1", "BytesOutToDestination", dict.fromkeys(OCTOBER_DAYS, 0)),
        *metric("cloudfront", "D1", "BytesDownloaded", {date(2026, 10, 9): 40 * 2**30}, region="global"),
        *metric("lambda", "mailing", "Invocations", dict.fromkeys(OCTOBER_DAYS, 100)),
        *metric("lambda", "mailing", "Errors", dict.fromkeys(OCTOBER_DAYS, 2)),
        *metric("api", "orders", "Count", dict.fromkeys(OCTOBER_DAYS, 400)),
        *metric("api", "orders", "5xx", dict.fromkeys(OCTOBER_DAYS, 1)),
        *metric("api", "orders", "Latency", {day: 100 + day.day for day in OCTOBER_DAYS}, "p95"),
    ],
    "metrics_asked": [traffic_asked("nat-1")],
    "function_runs": [
        {
            **PLACE,
            "function": "mailing",
            "date": day,
            "invocations": 100,
            "max_memory_mb": 200 + day.day,
            "memory_mb": 3008,
            "billed_ms": 4_096_000,
            "billed_mb_ms": 4_096_000 * 3008,
            "max_duration_ms": Decimal(60_000),
        }
        for day in OCTOBER_DAYS
    ],
    "runs_asked": [{**PLACE, "function": "mailing", "first": date(2026, 10, 1), "last": date(2026, 11, 1), "reports": 3100}],
    "cloud_costs": costs(("2026-09", {"AWS Lambda": "6.00"}), ("2026-10", {"AWS Lambda": "7.50", "AWS WAF": "6.00"})),
    "cloud_cost_tags": [
        {**PLACE, "region": "all", "tag": "project", "value": value, "date": date(2026, 10, 1), "amount_usd": Decimal(usd)}
        for value, usd in (("site", "9.00"), ("", "4.50"))
    ],
}


def aws_tables(rows: Mapping[str, Iterable[Row]] | None = None, tenant: str = "a") -> dict[str, pd.DataFrame]:
    """The frames of all tables of an account; `rows` replaces those of some."""
    return {name: frame(name, (rows or {}).get(name, listed), tenant) for name, listed in ROWS.items()}
