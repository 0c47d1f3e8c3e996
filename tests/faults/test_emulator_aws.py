"""Where the emulator answers in moto's place for Cost Explorer and CloudWatch, it must refuse what AWS refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from quarterdeck.aws import fault_of
from tests.emulator import Emulator
from tests.emulator.shapes import held

OWN = "123456789012"
MONTH = {"Start": "2026-10-01", "End": "2026-11-01"}
BY_SERVICE = [{"Type": "DIMENSION", "Key": "SERVICE"}]


def cost(emulator: Emulator, **asked: Any) -> dict[str, Any]:
    wanted = {"TimePeriod": MONTH, "Granularity": "MONTHLY", "Metrics": ["UnblendedCost"], **asked}
    told: dict[str, Any] = emulator.aws().client("ce", "once").get_cost_and_usage(**wanted)
    return told


def code_of(call: Any) -> str:
    with pytest.raises(Exception, match=r".+") as caught:
        call()
    fault = fault_of(caught.value)
    assert fault is not None
    return fault.code


def charge(date: str, amount: str, service: str = "s3", **more: Any) -> dict[str, Any]:
    return {"account": OWN, "service": service, "date": date, "amount": amount, **more}


def test_costs_by_month_and_by_two_groups(emulator: Emulator) -> None:
    emulator.cost_explorer(
        charge("2026-10-01", "1.10", tags={"team": "sea"}),
        charge("2026-10-31", "2.20", estimated=True),
        charge("2026-11-01", "9"),
    )
    [month] = cost(emulator)["ResultsByTime"]
    assert month["Total"] == {"UnblendedCost": {"Amount": "3.30", "Unit": "USD"}}
    assert month["Estimated"] is True
    told = cost(emulator, GroupBy=[*BY_SERVICE, {"Type": "TAG", "Key": "team"}])
    groups = {tuple(group["Keys"]): group["Metrics"]["UnblendedCost"]["Amount"] for group in told["ResultsByTime"][0]["Groups"]}
    assert groups == {("s3", "team$"): "2.20", ("s3", "team$sea"): "1.10"}


def test_pages_belong_to_their_question(emulator: Emulator) -> None:
    emulator.cost_explorer(charge("2026-10-01", "1"), page=10)
    first = cost(emulator, Granularity="DAILY")
    assert len(first["ResultsByTime"]) == 10
    token = first["NextPageToken"]
    second = cost(emulator, Granularity="DAILY", NextPageToken=token)
    assert second["ResultsByTime"][0]["TimePeriod"]["Start"] == "2026-10-11"
    assert code_of(lambda: cost(emulator, GroupBy=BY_SERVICE, Granularity="DAILY", NextPageToken=token)) == (
        "InvalidNextTokenException"
    )


def test_an_account_sees_no_other(emulator: Emulator) -> None:
    emulator.cost_explorer(charge("2026-10-01", "5", account="210987654321"))
    assert cost(emulator)["ResultsByTime"][0]["Total"]["UnblendedCost"]["Amount"] == "0"


def test_questions_that_cost_explorer_refuses(emulator: Emulator) -> None:
    emulator.cost_explorer(first="2025-10-01")
    group = BY_SERVICE[0]
    for asked in (
        {"GroupBy": [group, group, group]},
        {"Metrics": ["Hope"]},
        {"TimePeriod": {"Start": "2026-10-01", "End": "2026-10-01"}},
        {"TimePeriod": {"Start": "2025-09-01", "End": "2026-10-01"}},
    ):
        assert code_of(lambda asked=asked: cost(emulator, **asked)) == "ValidationException"
    emulator.cost_explorer(knows=False)
    assert code_of(lambda: cost(emulator)) == "DataUnavailableException"
    emulator.reset()
    assert cost(emulator)["ResultsByTime"][0]["Groups"] == []


def query(metric: str, statistic: str = "Sum", period: int = 86_400, **more: Any) -> dict[str, Any]:
    return {
        "Id": "q",
        "MetricStat": {"Metric": {"Namespace": "N", "MetricName": metric, **more}, "Period": period, "Stat": statistic},
    }


def asked(emulator: Emulator, *queries: dict[str, Any], **more: Any) -> dict[str, Any]:
    span = {"StartTime": datetime(2026, 10, 1, 6, tzinfo=UTC), "EndTime": datetime(2026, 10, 9, tzinfo=UTC)}
    told: dict[str, Any] = (
        emulator.aws().client("cloudwatch", "once").get_metric_data(MetricDataQueries=list(queries), **span, **more)
    )
    return told


def test_days_are_cut_at_midnight_of_utc_wherever_the_question_begins(emulator: Emulator) -> None:
    at = datetime(2026, 10, 2, 3, tzinfo=UTC)
    values = {"MetricName": "M", "Timestamp": at, "Values": [1.0, 3.0], "Counts": [1.0, 2.0]}
    sets = {"MetricName": "M", "Timestamp": at, "StatisticValues": {"SampleCount": 1, "Sum": 9, "Minimum": 9, "Maximum": 9}}
    emulator.aws().client("cloudwatch").put_metric_data(Namespace="N", MetricData=[values, sets])
    for statistic, value in (("Sum", 16), ("SampleCount", 4), ("Average", 4), ("Minimum", 1), ("Maximum", 9), ("p50", 3)):
        [result] = asked(emulator, query("M", statistic))["MetricDataResults"]
        assert result["Values"] == [value]
        assert [time.astimezone(UTC) for time in result["Timestamps"]] == [datetime(2026, 10, 2, tzinfo=UTC)]
    [result] = asked(emulator, query("M", Dimensions=[{"Name": "A", "Value": "b"}]))["MetricDataResults"]
    assert (result["Values"], result["StatusCode"]) == ([], "Complete")


def test_questions_that_cloudwatch_refuses(emulator: Emulator) -> None:
    many = [{**query("M"), "Id": f"q{number}"} for number in range(501)]
    for call in (
        lambda: asked(emulator, *many),
        lambda: asked(emulator, {"Id": "q", "Expression": "SEARCH('{N}', 'Sum')"}),
        lambda: asked(emulator, query("M"), NextToken="another"),
    ):
        assert code_of(call).startswith("Validation")


def test_an_answer_of_another_shape_is_a_fault_of_the_emulator() -> None:
    with pytest.raises(AssertionError, match="ResultsByTime"):
        held("ce", "GetCostAndUsage", {"ResultsByTime": 3})
    with pytest.raises(AssertionError, match="Colour"):
        held("ce", "GetCostAndUsage", {"Colour": "red"})
