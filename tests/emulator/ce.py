"""What moto lacks of Cost Explorer: costs by account, day, service, region and tag, in pages, and an account without it.

`POST /_ce {"costs": [{"account", "service", "date", "amount", "region"?, "tags"?, "payer"?, "unit"?, "estimated"?}]}` adds
costs of a day; an account sees its own and those that it pays for. `{"page": 30}` sets how many days a page holds,
`{"enabled": false}` switches Cost Explorer off, `{"first": "2025-10-01"}` is the first day that it knows. `/_ce/reset`.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from moto.ce.responses import CostExplorerResponse
from moto.core.exceptions import JsonRESTError

from tests.emulator.shapes import held

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]
_METRICS = frozenset({"AmortizedCost", "BlendedCost", "NetAmortizedCost", "NetUnblendedCost", "UnblendedCost"})
_DIMENSIONS = {"SERVICE": "service", "LINKED_ACCOUNT": "account", "REGION": "region"}


@dataclass
class Bill:
    """What was charged, and how Cost Explorer behaves."""

    costs: list[dict[str, Any]] = field(default_factory=list)
    page: int = 100
    enabled: bool = True
    first: str = "0001-01-01"
    knows: bool = True


_BILL = Bill()


def layer(app: Application) -> Application:
    """The application with the bill beside it."""

    def serve(environ: Environ, start: Start) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if not path.startswith("/_ce"):
            return app(environ, start)
        told = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"{}")
        if path == "/_ce/reset":
            vars(_BILL).update(vars(Bill()))
        _BILL.costs += told.pop("costs", [])
        vars(_BILL).update(told)
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
        return [b"{}"]

    return serve


def install() -> None:
    """Let moto answer from the bill."""
    CostExplorerResponse.get_cost_and_usage = _get_cost_and_usage  # type: ignore[method-assign]


def _get_cost_and_usage(self: Any) -> str:
    return json.dumps(held("ce", "GetCostAndUsage", _answer(self.current_account, json.loads(self.body))))


def _answer(account: str, asked: dict[str, Any]) -> dict[str, Any]:
    if not _BILL.enabled:
        raise _refusal("AccessDeniedException", "User not enabled for cost explorer access")
    if not _BILL.knows:
        raise _refusal("DataUnavailableException", "Data is not available. Please try to adjust the time period.")
    groups, days = _groups(asked), list(_buckets(asked))
    question = hashlib.sha256(json.dumps({**asked, "NextPageToken": ""}, sort_keys=True).encode()).hexdigest()
    begin = _begin(asked.get("NextPageToken"), question)
    seen: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for cost in _BILL.costs:
        if account in (cost["account"], cost.get("payer")):
            seen[cost["date"]].append(cost)
    page = days[begin : begin + _BILL.page]
    told = [_bucket(first, end, seen, groups, asked["Metrics"]) for first, end in page]
    more = {"NextPageToken": f"{question}:{begin + len(page)}"} if begin + len(page) < len(days) else {}
    return {"GroupDefinitions": asked.get("GroupBy", []), "ResultsByTime": told, "DimensionValueAttributes": [], **more}


def _groups(asked: dict[str, Any]) -> list[dict[str, str]]:
    groups: list[dict[str, str]] = asked.get("GroupBy", [])
    if len(groups) > 2 or "Filter" in asked or not set(asked["Metrics"]) <= _METRICS:
        raise _refusal("ValidationException", "the emulator knows two groups, costs alone, and no filters")
    if any(group["Type"] == "DIMENSION" and group["Key"] not in _DIMENSIONS for group in groups):
        raise _refusal("ValidationException", "the emulator does not know this dimension")
    return groups


def _buckets(asked: dict[str, Any]) -> Iterator[tuple[date, date]]:
    first, end = (date.fromisoformat(asked["TimePeriod"][edge]) for edge in ("Start", "End"))
    if first >= end:
        raise _refusal("ValidationException", "Start date (and hour) should be before end date (and hour)")
    if first.isoformat() < _BILL.first:
        raise _refusal("ValidationException", "You haven't enabled historical data beyond 14 months")
    while first < end:
        if asked["Granularity"] == "DAILY":
            after = first + timedelta(days=1)
        else:
            after = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(after, end)
        first = after


def _begin(token: str | None, question: str) -> int:
    if token is None:
        return 0
    known, _, begin = token.partition(":")
    if known != question:
        raise _refusal("InvalidNextTokenException", "the token belongs to another question")
    return int(begin)


def _bucket(
    first: date, end: date, costs: dict[str, list[dict[str, Any]]], groups: list[dict[str, str]], metrics: list[str]
) -> Any:
    days = (first + timedelta(days=number) for number in range((end - first).days))
    inside = [cost for day in days for cost in costs.get(day.isoformat(), ())]
    sums: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for cost in inside:
        sums[tuple(_key(cost, group) for group in groups)].append(cost)
    told: dict[str, Any] = {
        "TimePeriod": {"Start": first.isoformat(), "End": end.isoformat()},
        "Estimated": any(cost.get("estimated", False) for cost in inside),
    }
    if not groups:
        return {**told, "Groups": [], "Total": _amounts(inside, metrics)}
    listed = [{"Keys": list(key), "Metrics": _amounts(found, metrics)} for key, found in sorted(sums.items())]
    return {**told, "Total": {}, "Groups": listed}


def _key(cost: dict[str, Any], group: dict[str, str]) -> str:
    if group["Type"] == "TAG":
        return f"{group['Key']}${cost.get('tags', {}).get(group['Key'], '')}"
    return str(cost.get(_DIMENSIONS[group["Key"]], "NoRegion"))


def _amounts(costs: list[dict[str, Any]], metrics: list[str]) -> Any:
    try:
        amount = str(sum((Decimal(cost["amount"]) for cost in costs), Decimal(0)))
    except ArithmeticError:  # a test wants to see what becomes of an amount that is none
        amount = costs[0]["amount"]
    unit = costs[0].get("unit", "USD") if costs else "USD"
    return {metric: {"Amount": amount, "Unit": unit} for metric in metrics}


def _refusal(code: str, message: str) -> JsonRESTError:
    return JsonRESTError(code, message)
