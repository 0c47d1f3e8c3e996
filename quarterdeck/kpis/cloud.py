"""What AWS costs, and how what runs there answers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck import traffic
from quarterdeck.frames import between
from quarterdeck.kpis import Value, kpi
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even
from quarterdeck.savings import total
from quarterdeck.savings.table import every

_BILL = "Cost Explorer of the AWS accounts, or an export of their bill"
_METRICS = "metrics of CloudWatch"
_RESOURCES = ("nat_gateways", "elastic_ips", "volumes", "functions", "log_groups", "object_samples")
_DIGITS = Decimal("0.00000001")


def _cost(cloud_costs: pd.DataFrame, start: date, end: date) -> Decimal | None:
    """USD of the days `[start, end)`; None where the bill has no line of them."""
    rows = between(cloud_costs, start, end)
    return traffic.summed(rows["amount_usd"]) if len(rows) else None


def _money(usd: Decimal, at: At) -> Value:
    """USD as the tenant's money: there is no rate from one currency to another in here."""
    if at.currency != "USD":
        return Unavailable(f"AWS charges USD, and the figures are in {at.currency}")
    return round_half_even(usd * 100)


@kpi(
    "aws_cost",
    label="AWS cost",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="unblended cost of all services in the period, with credits, refunds and taxes as AWS sets them off",
    needs=_BILL,
)
def aws_cost(cloud_costs: pd.DataFrame, at: At) -> Value:
    """What AWS charged for the period."""
    cost = _cost(cloud_costs, at.start, at.end)
    return Unavailable("the bill has no line in the period") if cost is None else _money(cost, at)


@kpi(
    "aws_cost_change",
    label="AWS cost against the period before",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="(cost - cost of as many days of the period before) / cost of those days; whole periods where this one is over",
    needs=_BILL,
)
def aws_cost_change(cloud_costs: pd.DataFrame, at: At) -> Value:
    """How the cost of AWS changed, the same first days of both periods compared while this one lasts."""
    now, before = _cost(cloud_costs, at.start, at.end), _cost(cloud_costs, *at.window_before)
    if now is None or before is None or before <= 0:
        return Unavailable("the bill has no cost in the period or in the one before")
    return ((now - before) / before).quantize(_DIGITS)


@kpi(
    "aws_cost_untagged",
    label="AWS cost without a tag",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="cost without a value of the tag / cost",
    needs=f"{_BILL}, with a cost allocation tag",
)
def aws_cost_untagged(cloud_cost_tags: pd.DataFrame, at: At) -> Value:
    """What share of the cost nobody can be asked about, since it has no value of the tag."""
    rows = between(cloud_cost_tags, at.start, at.end)
    whole = traffic.summed(rows["amount_usd"])
    if whole <= 0:
        return Unavailable("the bill has no cost in the period")
    return (traffic.summed(rows.loc[rows["value"] == "", "amount_usd"]) / whole).quantize(_DIGITS)


@kpi(
    "aws_saving",
    label="AWS cost that could be saved a month",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="sum of the savings table: what is idle or oversized at list prices, no more than the bill has for its service",
    needs=f"{_BILL}, an inventory of the accounts and {_METRICS}",
)
def aws_saving(
    nat_gateways: pd.DataFrame,
    elastic_ips: pd.DataFrame,
    volumes: pd.DataFrame,
    functions: pd.DataFrame,
    log_groups: pd.DataFrame,
    objects: pd.DataFrame,
    object_samples: pd.DataFrame,
    distributions: pd.DataFrame,
    metrics: pd.DataFrame,
    metrics_asked: pd.DataFrame,
    function_runs: pd.DataFrame,
    runs_asked: pd.DataFrame,
    cloud_costs: pd.DataFrame,
    at: At,
) -> Value:
    """What AWS would cost less a month without what nobody uses."""
    tables = {name: table for name, table in locals().items() if name != "at"}
    if not any(len(tables[name]) for name in _RESOURCES):
        return Unavailable("no resource of an AWS account was read")
    return _money(total(every(tables, at)), at)


@kpi(
    "function_error_rate",
    label="Failed runs of functions",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="errors / invocations of all Lambda functions that report both",
    needs=_METRICS,
)
def function_error_rate(metrics: pd.DataFrame, at: At) -> Value:
    """What share of the runs of functions failed."""
    return _error_rate(metrics, at, ("lambda",), "no function ran in the period, or none was asked about")


@kpi(
    "server_error_rate",
    label="Answers with a server error (5xx)",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="answers of APIs and distributions with a status of 5xx / all their answers, of those that report both",
    needs=_METRICS,
)
def server_error_rate(metrics: pd.DataFrame, at: At) -> Value:
    """What share of the requests to APIs and distributions ended in an error of the server."""
    return _error_rate(metrics, at, ("api", "cloudfront"), "nothing was asked for in the period, or nobody was asked about it")


def _error_rate(metrics: pd.DataFrame, at: At, services: tuple[str, ...], reason: str) -> Value:
    found = traffic.requests(metrics, at.start, at.end, services)
    whole = traffic.summed(found["requests"])
    return (traffic.summed(found["errors"]) / whole).quantize(_DIGITS) if whole > 0 else Unavailable(reason)


@kpi(
    "api_latency",
    label="Latency of APIs on the worst day (p95, ms)",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="the highest of all daily 95th percentiles of latency, of all APIs; milliseconds",
    needs=_METRICS,
)
def api_latency(metrics: pd.DataFrame, at: At) -> Value:
    """How long the slowest twentieth of the requests waited at least, on the worst day of the slowest API."""
    days = traffic.waits(metrics, at.start, at.end, ("api",))
    return round_half_even(max(days["value"])) if len(days) else Unavailable("no API has a datapoint of latency in the period")
