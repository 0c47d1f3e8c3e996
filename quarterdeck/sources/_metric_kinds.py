"""Which metrics of CloudWatch are asked for, by service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

GLOBAL_REGION = "us-east-1"  # where CloudWatch keeps what AWS has for all regions at once


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric and the statistics that are asked of it."""

    name: str
    statistics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """Metrics of one kind of resource. `resource` is the dimension that names it, `others` the other dimensions it has.

    A metric with more dimensions or fewer is another one, and counts the same things again.
    """

    namespace: str
    resource: str
    metrics: tuple[Metric, ...]
    others: Mapping[str, str] = field(default_factory=dict)
    is_global: bool = False

    def dimensions(self, resource: str) -> list[dict[str, str]]:
        named = {self.resource: resource, **self.others}
        return [{"Name": name, "Value": value} for name, value in named.items()]

    def resource_of(self, dimensions: Mapping[str, str]) -> str | None:
        """The resource that a metric with these dimensions measures; None where it is none of this kind."""
        others = {name: value for name, value in dimensions.items() if name != self.resource}
        return dimensions.get(self.resource) if others == dict(self.others) else None


def _sums(*names: str) -> tuple[Metric, ...]:
    return tuple(Metric(name, ("Sum",)) for name in names)


KINDS: Mapping[str, tuple[Kind, ...]] = {
    "lambda": (
        Kind(
            "AWS/Lambda",
            "FunctionName",
            (*_sums("Invocations", "Errors", "Throttles"), Metric("Duration", ("p95", "Maximum"))),
        ),
    ),
    "api": (
        Kind("AWS/ApiGateway", "ApiId", (*_sums("Count", "4xx", "5xx"), Metric("Latency", ("p95",)))),
        Kind("AWS/ApiGateway", "ApiName", (*_sums("Count", "4XXError", "5XXError"), Metric("Latency", ("p95",)))),
    ),
    "cloudfront": (
        Kind(
            "AWS/CloudFront",
            "DistributionId",
            (
                *_sums("Requests", "BytesDownloaded"),
                Metric("4xxErrorRate", ("Average",)),
                Metric("5xxErrorRate", ("Average",)),
            ),
            {"Region": "Global"},
            is_global=True,
        ),
    ),
    "nat": (Kind("AWS/NATGateway", "NatGatewayId", _sums("BytesOutToDestination")),),
    "dynamodb": (Kind("AWS/DynamoDB", "TableName", _sums("ReadThrottleEvents", "WriteThrottleEvents")),),
    "s3": (
        Kind(
            "AWS/S3",
            "BucketName",
            (*_sums("AllRequests", "4xxErrors", "5xxErrors", "BytesDownloaded"), Metric("FirstByteLatency", ("p95",))),
            {"FilterId": "EntireBucket"},
        ),
        Kind("AWS/S3", "BucketName", (Metric("BucketSizeBytes", ("Average",)),), {"StorageType": "StandardStorage"}),
        Kind("AWS/S3", "BucketName", (Metric("NumberOfObjects", ("Average",)),), {"StorageType": "AllStorageTypes"}),
    ),
    "billing": (Kind("AWS/Billing", "Currency", (Metric("EstimatedCharges", ("Maximum",)),), is_global=True),),
}
