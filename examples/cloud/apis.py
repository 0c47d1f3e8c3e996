"""HTTP APIs of an account, and what is asked of them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from examples.cloud.at import At
from examples.cloud.metrics import Point, measured_days, put
from examples.cloud.shapes import Api
from examples.span import Span

_LATENCIES = 2  # values of a day
_FAILING = 0.004


def make(at: At) -> None:
    for api in at.account.apis:
        cors = {"AllowOrigins": list(api.origins), "AllowMethods": ["GET", "POST"]}
        client = at.client("apigatewayv2", api.region)
        made = client.create_api(Name=api.name, ProtocolType="HTTP", CorsConfiguration=cors)
        client.create_route(ApiId=made["ApiId"], RouteKey="GET /programme")


def measure(at: At, span: Span, rng: Random) -> None:
    """Requests, failures and latency of every day."""
    for api in at.account.apis:
        ids = {item["Name"]: item["ApiId"] for item in at.client("apigatewayv2", api.region).get_apis()["Items"]}
        put(at, api.region, _points(api, ids[api.name], span, rng))


def _points(api: Api, id: str, span: Span, rng: Random) -> Iterator[Point]:
    named = {"ApiId": id}
    for day in measured_days(span):
        requests = round(api.requests * rng.uniform(0.8, 1.2))
        yield Point("AWS/ApiGateway", "Count", named, day, requests, "Count")
        yield Point("AWS/ApiGateway", "4xx", named, day, round(requests * rng.uniform(0.01, 0.03)), "Count")
        yield Point("AWS/ApiGateway", "5xx", named, day, round(requests * _FAILING * rng.uniform(0, 2)), "Count")
        for _ in range(_LATENCIES):
            yield Point(
                "AWS/ApiGateway", "Latency", named, day, round(api.milliseconds * rng.uniform(0.6, 1.6)), "Milliseconds"
            )
