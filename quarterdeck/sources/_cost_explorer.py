"""Cost Explorer: the daily cost of an account, month by month, each month asked for once.

Every request costs 0.01 USD. A month that is over for good is kept in the cache for ever, one that AWS may still change for
the tenant's day; only months that are not there are asked for, those side by side in one request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from quarterdeck import codec
from quarterdeck.aws import Fault, fault_of
from quarterdeck.errors import SourceError, StorageError
from quarterdeck.period import add_months
from quarterdeck.sources import Window
from quarterdeck.sources._aws import Place, denied, error_of
from quarterdeck.sources._aws_calls import part

REGION = "us-east-1"  # where Cost Explorer answers for all regions
PERMISSION = "ce:GetCostAndUsage"
REQUEST_USD = Decimal("0.01")
_SETTLED_DAYS = 10  # after a month's end: AWS closes its bills within the first days of the next
_PAGES = 200
_NAME = re.compile(r"[^A-Za-z0-9._=-]")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a day cost, of one account and one value of what the cost is grouped by; `amount` as AWS wrote it."""

    account: str
    group: str
    date: str
    amount: str
    unit: str
    is_estimated: bool


def months(first: date, end: date) -> list[tuple[date, date]]:
    """The months of `[first, end)`, the last one maybe in part; `first` is the first of a month."""
    found = []
    while first < end:
        found.append((first, min(add_months(first, 1), end)))
        first = add_months(first, 1)
    return found


def costs(
    place: Place, group: dict[str, str], span: tuple[date, date], window: Window, kept_from: date
) -> tuple[list[Cost], date]:
    """The cost of every day by account and group, oldest first, and the day from which on it is known.

    Cost Explorer knows nothing from before `kept_from`; months of then are told as far as they were asked for in time.
    SourceError where the cost cannot be had.
    """
    parts = months(*span)
    kept = {start: _kept(_key(place, group, start, end, window), window) for start, end in parts}
    known = {start: found for start, found in kept.items() if found is not None}
    for run in _runs([month for month in parts if month[0] not in known and month[0] >= kept_from]):
        asked = list(_ask(place, group, run[0][0], run[-1][1]))
        for start, end in run:
            rows = [cost for cost in asked if start.isoformat() <= cost.date < end.isoformat()]
            known[start] = rows
            _keep(_key(place, group, start, end, window), rows, start, window)
    gaps = [end for start, end in parts if start not in known]
    first = max(gaps, default=span[0])
    return [cost for start, _ in parts if start >= first for cost in known[start]], first


def _runs(parts: list[tuple[date, date]]) -> Iterator[list[tuple[date, date]]]:
    """Months that follow one another, together."""
    run: list[tuple[date, date]] = []
    for month in parts:
        if run and run[-1][1] != month[0]:
            yield run
            run = []
        run.append(month)
    if run:
        yield run


def _ask(place: Place, group: dict[str, str], first: date, end: date) -> Iterator[Cost]:
    asked: dict[str, Any] = {
        "TimePeriod": {"Start": first.isoformat(), "End": end.isoformat()},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": [{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}, group],
    }
    client = place.aws.client("ce")
    for _ in range(_PAGES):
        answer = _answer(client, asked)
        for told in part(answer, "ResultsByTime", PERMISSION):
            for found in told.get("Groups", ()):
                amount = found["Metrics"]["UnblendedCost"]
                account, name = found["Keys"]
                yield Cost(account, name, told["TimePeriod"]["Start"], amount["Amount"], amount["Unit"], told["Estimated"])
        if not answer.get("NextPageToken"):
            return
        asked["NextPageToken"] = answer["NextPageToken"]
    raise SourceError(f"Cost Explorer has more than {_PAGES} pages for one question", remedy="ask for fewer `months`")


def _answer(client: Any, asked: dict[str, Any]) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = client.get_cost_and_usage(**asked)
    except Exception as error:
        fault = fault_of(error)
        if fault is None:
            raise
        raise _error(fault) from None
    return answer


def _error(fault: Fault) -> SourceError:
    """Cost Explorer says in the same words that it is switched off and that somebody may not ask."""
    if fault.code == "DataUnavailableException" or "not enabled" in fault.message.lower():
        what = "Cost Explorer is not enabled, or has no data yet"
        return error_of(fault, what, "enable it in the billing console of the account; the first data come within a day")
    return error_of(fault, *denied(fault, PERMISSION))


def _key(place: Place, group: dict[str, str], start: date, end: date, window: Window) -> str:
    """Where a month's answer is kept. Who is asked is part of it: what an emulator said is no answer of AWS."""
    asked = codec.digest([place.aws.client("ce").meta.endpoint_url, group])[:16]
    return f"{window.tenant}/aws_cost/{_NAME.sub('-', place.account)}/{asked}/{start}_{end}"


def _kept(key: str, window: Window) -> list[Cost] | None:
    if window.cache is None or window.today is None:
        return None
    for name in (f"{key}.json", f"{key}_{window.today}.json"):
        try:
            return [Cost(*row) for row in json.loads(window.cache.get(name))]
        except (StorageError, ValueError, TypeError):  # what is gone or damaged is asked for again
            continue
    return None


def _keep(key: str, rows: Iterable[Cost], start: date, window: Window) -> None:
    listed = list(rows)
    if window.cache is None or window.today is None:
        return
    over = add_months(start, 1) + timedelta(days=_SETTLED_DAYS) <= window.today
    # A month without a row may be one that Cost Explorer, just enabled, does not know yet.
    settled = over and bool(listed) and not any(cost.is_estimated for cost in listed)
    text = codec.canonical([[c.account, c.group, c.date, c.amount, c.unit, c.is_estimated] for c in listed])
    try:
        window.cache.put(f"{key}.json" if settled else f"{key}_{window.today}.json", text.encode())
    except StorageError:
        return  # the cost was told, and a full disk is found by whoever has to write
