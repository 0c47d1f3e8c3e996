"""CloudWatch that fails, answers in pages or not at all: nothing is lost, and no datapoint is neither zero nor "not asked"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from quarterdeck.errors import SourceError
from quarterdeck.sources import SOURCES, Pulled, Window, estimate_of
from quarterdeck.sources.cloudwatch import CloudWatch, CloudWatchOptions
from tests.emulator import Emulator
from tests.sourcing import Row, rows, window

OWN, OTHER = "123456789012", "210987654321"
ROLE = f"arn:aws:iam::{OTHER}:role/Reader"
LAMBDA: Row = {"services": ["lambda"], "functions": []}
OCTOBER = [date(2026, 10, 1) + timedelta(days=number) for number in range(31)]


def put(
    emulator: Emulator,
    namespace: str,
    metric: str,
    dimensions: dict[str, str],
    values: dict[date, float],
    region: str = "us-east-1",
) -> None:
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    points = [
        {
            "MetricName": metric,
            "Dimensions": named,
            "Value": value,
            "Timestamp": datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
        }
        for day, value in values.items()
    ]
    emulator.aws(region).client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=points)


def function(emulator: Emulator, name: str, days: Iterable[date] = OCTOBER, region: str = "us-east-1") -> None:
    for metric, value in (("Invocations", 50.0), ("Errors", 1.0)):
        put(emulator, "AWS/Lambda", metric, {"FunctionName": name}, dict.fromkeys(days, value), region)


def view(root: Path, emulator: Emulator, **more: Any) -> Window:
    return replace(window(root), aws=emulator.aws(), **more)


def pulled(options: Row, seen: Window) -> Pulled:
    source = SOURCES.get("cloudwatch")
    return source.pull(source.Options.model_validate(options), seen)


def table(found: Pulled, name: str) -> list[Row]:
    [one] = [table for table in found.tables if table.name == name]
    return rows(one)


def test_every_page_is_read_and_none_twice(emulator: Emulator, tmp_path: Path) -> None:
    for name in ("a", "b"):
        function(emulator, name)
    emulator.cloudwatch(page=7)
    found = table(pulled(LAMBDA, view(tmp_path, emulator)), "metrics")
    assert len(found) == 2 * 2 * 31
    assert sum(Decimal(str(row["value"])) for row in found if row["metric"] == "Invocations") == 2 * 31 * 50
    assert len(emulator.calls("GetMetricData")) == 18


@pytest.mark.parametrize("how", ["before", "after"])
def test_an_answer_that_is_lost_midway_is_asked_for_again(emulator: Emulator, tmp_path: Path, how: str) -> None:
    function(emulator, "a")
    emulator.cloudwatch(page=20)
    emulator.fail("GetMetricData", how, skip=1)
    assert len(table(pulled(LAMBDA, view(tmp_path, emulator)), "metrics")) == 62


@pytest.mark.parametrize("operation", ["GetMetricData", "ListMetrics"])
def test_a_burst_of_throttling_passes(emulator: Emulator, tmp_path: Path, operation: str) -> None:
    function(emulator, "a", OCTOBER[:2])
    emulator.fail(operation, "error", times=1, code="ThrottlingException")
    assert len(table(pulled(LAMBDA, view(tmp_path, emulator)), "metrics")) == 4


def test_throttling_for_ever_is_said_to_pass(emulator: Emulator, tmp_path: Path) -> None:
    function(emulator, "a", OCTOBER[:2])
    emulator.fail("GetMetricData", "error", times=99, code="ThrottlingException")
    with pytest.raises(SourceError, match="throttled") as refused:
        pulled(LAMBDA, view(tmp_path, emulator))
    assert not refused.value.permanent


@pytest.mark.parametrize("operation", ["GetMetricData", "ListMetrics"])
def test_an_empty_answer_is_no_day_without_errors(emulator: Emulator, tmp_path: Path, operation: str) -> None:
    function(emulator, "a")
    emulator.fail(operation, "says", body="", times=99)
    with pytest.raises(SourceError) as refused:
        pulled(LAMBDA, view(tmp_path, emulator))
    assert not refused.value.permanent


def test_no_datapoint_is_no_zero_and_not_the_same_as_not_asked(emulator: Emulator, tmp_path: Path) -> None:
    function(emulator, "a", [date(2026, 10, 1)])
    put(emulator, "AWS/NATGateway", "BytesOutToDestination", {"NatGatewayId": "nat-1"}, {date(2026, 10, 1): 0.0})
    options: Row = {"services": ["lambda", "nat"], "resources": {"nat": ["nat-2"]}, "functions": [], "months": 1}
    found = pulled(options, view(tmp_path, emulator))
    measured = {(row["resource"], row["metric"]): row["value"] for row in table(found, "metrics")}
    assert measured == {("a", "Invocations"): 50, ("a", "Errors"): 1, ("nat-1", "BytesOutToDestination"): 0}
    asked = {(row["resource"], row["metric"], row["statistic"]): row["datapoints"] for row in table(found, "metrics_asked")}
    assert asked["nat-2", "BytesOutToDestination", "Sum"] == 0
    assert asked["nat-1", "BytesOutToDestination", "Sum"] == 1
    assert asked["a", "Duration", "p95"] == 0
    assert "b" not in {resource for resource, _, _ in asked}
    assert {(row["first"], row["last"]) for row in table(found, "metrics_asked")} == {(date(2026, 10, 1), date(2026, 11, 1))}


def test_days_are_those_of_utc_that_are_over(emulator: Emulator, tmp_path: Path) -> None:
    function(emulator, "a", [date(2026, 9, 30), *OCTOBER, date(2026, 11, 1)])
    seen = view(tmp_path, emulator, today=date(2026, 10, 20))
    assert max(str(row["date"]) for row in table(pulled(LAMBDA, seen), "metrics")) == "2026-10-19"
    auckland = replace(seen, zone=ZoneInfo("Pacific/Auckland"))
    assert max(str(row["date"]) for row in table(pulled(LAMBDA, auckland), "metrics")) == "2026-10-18"


def test_percentiles_and_metrics_with_other_dimensions(emulator: Emulator, tmp_path: Path) -> None:
    client = emulator.aws().client("cloudwatch")
    at = datetime(2026, 10, 5, 9, tzinfo=UTC)
    own = [{"Name": "ApiId", "Value": "orders"}]
    staged = [*own, {"Name": "Stage", "Value": "live"}]
    data = [
        {"MetricName": "Latency", "Dimensions": own, "Timestamp": at, "Values": [float(n) for n in range(1, 22)]},
        {"MetricName": "Latency", "Dimensions": staged, "Timestamp": at, "Values": [9000.0]},
        {"MetricName": "Count", "Dimensions": staged, "Timestamp": at, "Values": [1.0]},
    ]
    client.put_metric_data(Namespace="AWS/ApiGateway", MetricData=data)
    found = table(pulled({"services": ["api"], "functions": []}, view(tmp_path, emulator)), "metrics")
    assert [(row["resource"], row["metric"], row["statistic"], row["value"]) for row in found] == [
        ("orders", "Latency", "p95", 20)
    ]


def test_what_is_global_is_asked_once_an_account(emulator: Emulator, tmp_path: Path) -> None:
    put(emulator, "AWS/CloudFront", "Requests", {"DistributionId": "D1", "Region": "Global"}, {OCTOBER[0]: 5.0})
    put(emulator, "AWS/Billing", "EstimatedCharges", {"Currency": "USD"}, {OCTOBER[0]: 31.5})
    function(emulator, "west", OCTOBER[:1], "us-west-2")
    options: Row = {"regions": ["us-west-2", "eu-west-1"], "functions": []}
    found = table(pulled(options, view(tmp_path, emulator)), "metrics")
    assert {(row["region"], row["service"], row["resource"]) for row in found} == {
        ("global", "cloudfront", "D1"),
        ("global", "billing", "USD"),
        ("us-west-2", "lambda", "west"),
    }


def test_too_many_metrics_cost_nothing(emulator: Emulator, tmp_path: Path) -> None:
    for name in "abc":
        function(emulator, name, OCTOBER[:1])
    seen = view(tmp_path, emulator)
    with pytest.raises(SourceError, match="15 metrics would be asked for, more than 14"):
        pulled({**LAMBDA, "most_metrics": 14}, seen)
    assert emulator.calls("GetMetricData") == []
    source = SOURCES.get("cloudwatch")
    told = estimate_of(source, source.Options.model_validate({"most_metrics": 2000}), seen)
    assert told is not None
    assert (told.requests, told.usd) == (4, Decimal("0.02"))


def test_many_queries_are_put_in_batches(emulator: Emulator, tmp_path: Path) -> None:
    """101 functions of five queries are 505: more than one call takes."""
    names = ([{"Name": "FunctionName", "Value": f"f{number:03d}"}] for number in range(101))
    at = datetime(2026, 10, 1, 9, tzinfo=UTC)
    data = [{"MetricName": "Invocations", "Dimensions": name, "Timestamp": at, "Value": 1.0} for name in names]
    emulator.aws().client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=data)
    emulator.no_faults()
    found = pulled(LAMBDA, view(tmp_path, emulator))
    assert len(table(found, "metrics")) == 101
    assert len(table(found, "metrics_asked")) == 505
    assert len(emulator.calls("GetMetricData")) == 2


# Logs


def report(used: int = 70, billed: int = 100, memory: int = 128, rest: str = "") -> str:
    head = f"REPORT RequestId: 7f1c\tDuration: {billed}.25 ms\tBilled Duration: {billed} ms\tMemory Size: {memory} MB"
    return f"{head}\tMax Memory Used: {used} MB\t{rest}\n"


def log(emulator: Emulator, name: str, *lines: tuple[datetime, str]) -> None:
    client = emulator.aws().client("logs")
    group = f"/aws/lambda/{name}"
    client.create_log_group(logGroupName=group)
    client.create_log_stream(logGroupName=group, logStreamName="s")
    emulator.made_at(max(time for time, _ in lines) + timedelta(hours=1))
    events = [{"timestamp": int(time.timestamp() * 1000), "message": text} for time, text in lines]
    client.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)
    emulator.made_at(None)


def test_runs_by_the_tenants_own_day(emulator: Emulator, tmp_path: Path) -> None:
    """A run at 03:00 UTC on the 8th is one of the 7th in California."""
    night = datetime(2026, 10, 8, 3, tzinfo=UTC)
    lines = (
        (night, report(70, 100)),
        (night + timedelta(seconds=1), "START RequestId: 7f1c\n"),
        (night + timedelta(hours=5), report(90, 300, rest="Status: timeout\t")),
        (night + timedelta(hours=6), report(85, 50)),
    )
    log(emulator, "bookings", *lines)
    found = pulled({"services": ["nat"], "functions": ["bookings"]}, view(tmp_path, emulator))
    first, second = table(found, "function_runs")
    assert (first["date"], first["invocations"], first["errors"]) == (date(2026, 10, 7), 1, 0)
    assert (second["date"], second["invocations"], second["errors"]) == (date(2026, 10, 8), 2, 1)
    assert (second["max_memory_mb"], second["memory_mb"], second["billed_ms"]) == (90, 128, 350)
    assert (second["billed_mb_ms"], second["max_duration_ms"]) == (350 * 128, Decimal("300.25"))
    [asked] = table(found, "runs_asked")
    assert (asked["first"], asked["last"], asked["reports"]) == (date(2026, 10, 1), date(2026, 11, 1), 3)


def test_a_bound_leaves_out_the_day_in_which_it_is_met(emulator: Emulator, tmp_path: Path) -> None:
    """Three requests of ten lines each are allowed; the fourth ten of forty lines, on the 4th, are not asked for."""
    start = datetime(2026, 10, 2, 12, tzinfo=UTC)
    log(emulator, "busy", *((start + timedelta(days=n // 10, minutes=n), report()) for n in range(40)))
    emulator.cloudwatch(log_page=10)
    found = pulled({"services": ["nat"], "functions": ["busy"], "most_log_requests": 3}, view(tmp_path, emulator))
    assert [row["date"] for row in table(found, "function_runs")] == [date(2026, 10, 2), date(2026, 10, 3)]
    [asked] = table(found, "runs_asked")
    assert (asked["first"], asked["last"]) == (date(2026, 10, 1), date(2026, 10, 4))


def test_a_report_that_cannot_be_read_is_a_reject(emulator: Emulator, tmp_path: Path) -> None:
    at = datetime(2026, 10, 8, 12, tzinfo=UTC)
    log(emulator, "odd", (at, report()), (at, "REPORT RequestId: 7f1c Duration: many ms\n"))
    options: Row = {"services": ["nat"], "functions": ["odd"], "max_rejected": 1}
    [one] = [table for table in pulled(options, view(tmp_path, emulator)).tables if table.name == "function_runs"]
    assert one.rows.num_rows == 1
    [reject] = one.rejects
    assert (reject.file, reject.column, reject.line) == ("/aws/lambda/odd", "report", 2)


# Rights


@pytest.mark.parametrize(
    ("operation", "hidden", "permission"),
    [
        ("GetMetricData", ["metrics", "metrics_asked"], "cloudwatch:GetMetricData"),
        ("FilterLogEvents", ["function_runs", "runs_asked"], "logs:FilterLogEvents"),
    ],
)
def test_what_is_denied_is_missing_and_the_rest_is_there(
    emulator: Emulator, tmp_path: Path, operation: str, hidden: list[str], permission: str
) -> None:
    function(emulator, "bookings", OCTOBER[:1])
    log(emulator, "bookings", (datetime(2026, 10, 8, 12, tzinfo=UTC), report()))
    emulator.fail(operation, "error", times=99, code="AccessDeniedException", status=400)
    found = pulled({"services": ["lambda"]}, view(tmp_path, emulator))
    assert [missing.name for missing in found.missing] == hidden
    assert len(found.tables) == 2
    for missing in found.missing:
        assert f"AWS denies {permission} in {OWN} us-east-1" in missing.reason
        assert permission in missing.remedy


def test_a_metric_that_is_forbidden_hides_the_others(emulator: Emulator, tmp_path: Path) -> None:
    """A part of the metrics would read as fewer errors."""
    function(emulator, "a", OCTOBER[:1])
    put(emulator, "AWS/NATGateway", "BytesOutToDestination", {"NatGatewayId": "nat-1"}, {OCTOBER[0]: 0.0})
    emulator.cloudwatch(forbidden=["AWS/NATGateway"])
    with pytest.raises(SourceError, match="denies cloudwatch:GetMetricData"):
        pulled({"services": ["lambda", "nat"], "functions": []}, view(tmp_path, emulator))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("ExpiredTokenException", "credentials ended"),
        ("UnrecognizedClientException", "no such credentials in this region"),
        ("InvalidSignatureException", "refuses the signature"),
    ],
)
def test_a_region_that_is_off_and_credentials_that_end_are_told_apart(
    emulator: Emulator, tmp_path: Path, code: str, says: str
) -> None:
    function(emulator, "a", OCTOBER[:1])
    emulator.fail("GetMetricData", "error", times=99, code=code, status=403)
    with pytest.raises(SourceError, match=says):
        pulled(LAMBDA, view(tmp_path, emulator))


def test_accounts_are_entered_by_role(emulator: Emulator, tmp_path: Path) -> None:
    function(emulator, "mine", OCTOBER[:1])
    found = pulled({**LAMBDA, "accounts": [{}, {"role": ROLE}]}, view(tmp_path, emulator))
    assert {row["account"] for row in table(found, "metrics")} == {OWN}
    assert {row["resource"] for row in table(found, "metrics_asked")} == {"mine"}


def test_an_account_that_is_named_twice_counts_once(emulator: Emulator, tmp_path: Path) -> None:
    function(emulator, "bookings", OCTOBER[:1])
    log(emulator, "bookings", (datetime(2026, 10, 8, 12, tzinfo=UTC), report()))
    options: Row = {"services": ["lambda"], "accounts": [{}, {"role": f"arn:aws:iam::{OWN}:role/Reader"}]}
    found = pulled(options, view(tmp_path, emulator))
    assert [row["invocations"] for row in table(found, "function_runs")] == [1]
    assert len(table(found, "metrics")) == 2


def test_a_check_says_how_many_accounts_and_regions(emulator: Emulator, tmp_path: Path) -> None:
    options = CloudWatchOptions.model_validate({"regions": ["us-west-2", "us-east-1"], "accounts": [{}, {"role": ROLE}]})
    assert CloudWatch.check(options, view(tmp_path, emulator)) == "2 accounts, 2 regions"
