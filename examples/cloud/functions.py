"""Lambda functions of an account, and what they leave behind: metrics by day, and a line in the log for every run."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from examples.cloud.at import At
from examples.cloud.metrics import Point, measured_days, put
from examples.cloud.shapes import Function
from examples.span import Span

_THOUSAND = 1000
_BATCH = 1000  # lines that are written at once
_DAYS_AT_ONCE = 10
_DURATIONS = 2  # values of a day
_SPREAD_MB = 9  # how far the memory of a run lies below the most that any run took


def make(at: At) -> None:
    """The functions themselves, with their addresses."""
    if not at.account.functions:
        return
    trust = '{"Version": "2012-10-17", "Statement": []}'
    role = at.client("iam", at.account.regions[0]).create_role(RoleName="functions", AssumeRolePolicyDocument=trust)
    for function in at.account.functions:
        _make(at.client("lambda", function.region), function, role["Role"]["Arn"])


def _make(client: Any, function: Function, role: str) -> None:
    client.create_function(
        FunctionName=function.name,
        Runtime=function.runtime,
        Role=role,
        Handler="handler.handle",
        Code={"ZipFile": _code()},
        MemorySize=function.memory_mb,
        Timeout=function.timeout_seconds,
        Environment={"Variables": dict(function.variables or {})},
    )
    url = function.url
    if url is None:
        return
    cors = {"Cors": {"AllowOrigins": list(url.origins), "AllowMethods": list(url.methods)}} if url.origins else {}
    client.create_function_url_config(FunctionName=function.name, AuthType=url.auth, **cors)


def _code() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("handler.py", "def handle(event, context):\n    return {'statusCode': 200}\n")
    return packed.getvalue()


def measure(at: At, span: Span, rng: Random) -> None:
    """Invocations, errors and duration of every day that CloudWatch is asked for."""
    for function in at.account.functions:
        put(at, function.region, _points(function, span, rng))


def _points(function: Function, span: Span, rng: Random) -> Iterator[Point]:
    work, named = function.work, {"FunctionName": function.name}
    for day in measured_days(span):
        runs = _about(work.runs, rng)
        failed = sum(rng.random() * _THOUSAND < work.fails_of_thousand for _ in range(runs))
        yield Point("AWS/Lambda", "Invocations", named, day, runs, "Count")
        yield Point("AWS/Lambda", "Errors", named, day, failed, "Count")
        for _ in range(_DURATIONS):
            yield Point("AWS/Lambda", "Duration", named, day, _about(work.milliseconds, rng), "Milliseconds")


def _about(value: int, rng: Random) -> int:
    return max(1, round(value * rng.uniform(0.88, 1.12)))


def log(at: At, span: Span, rng: Random) -> None:
    """REPORT lines of all runs of the last month, and of the days beside it that are of the month in some time zone.

    CloudWatch takes no line that is older than a fortnight: so they are written as the days go by.
    """
    first = span.month(1) - timedelta(days=1)
    days = [first + timedelta(days=number) for number in range((span.end - first).days + 1)]
    for begin in range(0, len(days), _DAYS_AT_ONCE):
        part = days[begin : begin + _DAYS_AT_ONCE]
        at.made_at(_midnight(part[-1] + timedelta(days=1)))
        for function in at.account.functions:
            _write(at.client("logs", function.region), function, part, rng)


def _write(client: Any, function: Function, days: Sequence[date], rng: Random) -> None:
    group = f"/aws/lambda/{function.name}"
    stream = f"{days[0]:%Y/%m/%d}/[$LATEST]{rng.getrandbits(128):032x}"
    client.create_log_stream(logGroupName=group, logStreamName=stream)
    events = [event for day in days for event in _events(function, day, rng)]
    for first in range(0, len(events), _BATCH):
        client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events[first : first + _BATCH])


def _events(function: Function, day: date, rng: Random) -> Iterator[dict[str, Any]]:
    work = function.work
    for number in range(work.runs):
        took, used = _about(work.milliseconds, rng), work.used_mb - rng.randrange(_SPREAD_MB)
        yield {
            "timestamp": int((_midnight(day) + timedelta(minutes=number * 1440 // work.runs)).timestamp() * 1000),
            "message": f"REPORT RequestId: {UUID(int=rng.getrandbits(128))}\tDuration: {took:.2f} ms\t"
            f"Billed Duration: {took} ms\tMemory Size: {function.memory_mb} MB\tMax Memory Used: {used} MB\t\n",
        }


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
