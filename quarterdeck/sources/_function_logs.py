"""What Lambda reports at the end of each run, from the logs of functions: time, memory given, memory used.

Both forms are read: the line `REPORT RequestId: …` and the JSON event `platform.report`. A function's reports are read from
the period's first day on, in order and up to a bound; the day in which the bound is met is left out, since a part of a day
would read as a quiet one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from quarterdeck.aws import fault_of
from quarterdeck.errors import Reject, SourceError, Where
from quarterdeck.reading.cells import shorten
from quarterdeck.sources._aws import Place, denied, error_of
from quarterdeck.sources._aws_calls import part

Row = dict[str, object]

PERMISSION = "logs:FilterLogEvents"
_FOLDER = "/aws/lambda/"
# The first that is there is found; both forms begin a line of their own.
_PATTERN = '?"REPORT RequestId" ?"platform.report"'
_LINE = re.compile(
    r"REPORT RequestId: \S+\s+Duration: (?P<duration>[0-9.]{1,15}) ms\s+Billed Duration: (?P<billed>[0-9]{1,12}) ms\s+"
    r"Memory Size: (?P<memory>[0-9]{1,6}) MB\s+Max Memory Used: (?P<used>[0-9]{1,6}) MB(?P<rest>.*)",
    re.DOTALL,
)
_STATUS = re.compile(r"Status: (\w+)")
_DIGITS = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Report:
    """One run of a function."""

    duration_ms: Decimal
    billed_ms: int
    memory_mb: int
    used_mb: int
    failed: bool


@dataclass(frozen=True, slots=True)
class Runs:
    """Rows of `function_runs` and of `runs_asked`, and the reports that could not be read."""

    rows: tuple[Row, ...]
    asked: tuple[Row, ...]
    rejects: tuple[Reject, ...]


def runs(
    place: Place, function: str, span: tuple[date, date], instants: tuple[datetime, datetime], zone: ZoneInfo, requests: int
) -> Runs | None:
    """The runs of a function by civil day; None where it has no logs. `requests` bounds how many answers are read."""
    days: dict[date, list[Report]] = {}
    rejects: list[Reject] = []
    last = span[1]
    try:
        for number, (time, message) in enumerate(_events(place, function, instants, requests), start=1):
            on = datetime.fromtimestamp(time / 1000, UTC).astimezone(zone).date()
            if message is None:
                last = on
                break
            if (report := report_of(message)) is not None:
                days.setdefault(on, []).append(report)
            elif _is_report(message):
                rejects.append(Reject(_FOLDER + function, number, "report", shorten(message), "a report as Lambda writes it"))
    except _NoSuchGroup:
        return None
    names: Row = {"account": place.account, "region": place.region, "function": function}
    rows = tuple({**names, **_summed(on, reports)} for on, reports in sorted(days.items()) if on < last)
    told = sum(len(reports) for on, reports in days.items() if on < last)
    asked = ({**names, "first": span[0], "last": last, "reports": told},) if span[0] < last else ()
    return Runs(rows, asked, tuple(rejects))


def has_logs(place: Place, function: str) -> bool:
    """Whether a function has logs that may be read; no more than one line of them is."""
    try:
        _answer(place.aws.client("logs"), {"logGroupName": _FOLDER + function, "limit": 1}, f"{place.account} {place.region}")
    except _NoSuchGroup:
        return False
    return True


def required(place: Place, function: str) -> SourceError:
    """The error for a function that the options name and that has no logs."""
    what = f"there is no log group {_FOLDER}{function} in {place.account} {place.region}"
    return SourceError(what, where=Where(function), remedy="name a function that has run there, or leave `functions` out")


class _NoSuchGroup(Exception):  # noqa: N818 - a function that never ran has no logs; that is no error
    """A function has no log group."""


def _events(
    place: Place, function: str, instants: tuple[datetime, datetime], requests: int
) -> Iterator[tuple[int, str | None]]:
    """Time in ms and text of each line, oldest first; where the bound is met, the last time again without a text."""
    client = place.aws.client("logs")
    first, last = (int(instant.timestamp() * 1000) for instant in instants)
    asked: dict[str, Any] = {"logGroupName": _FOLDER + function, "startTime": first, "endTime": last - 1}
    latest = first
    for _ in range(requests):
        answer = _answer(client, {**asked, "filterPattern": _PATTERN}, f"{place.account} {place.region}")
        for event in part(answer, "events", PERMISSION):
            latest = max(latest, int(event["timestamp"]))
            yield int(event["timestamp"]), str(event["message"])
        if not answer.get("nextToken"):
            return
        asked["nextToken"] = answer["nextToken"]
    yield latest, None


def _answer(client: Any, asked: dict[str, Any], whom: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = client.filter_log_events(**asked)
    except Exception as error:
        fault = fault_of(error)
        if fault is None:
            raise
        if fault.code == "ResourceNotFoundException":
            raise _NoSuchGroup from None
        reason, remedy = denied(fault, PERMISSION)
        raise error_of(fault, f"{reason} in {whom}", remedy) from None
    return answer


def _is_report(message: str) -> bool:
    return message.startswith("REPORT RequestId") or '"platform.report"' in message


def report_of(message: str) -> Report | None:
    """The report that a line of a log holds; None for other lines."""
    return _from_json(message) if message.lstrip().startswith("{") else _from_line(message)


def _from_line(message: str) -> Report | None:
    found = _LINE.match(message)
    if found is None or found["duration"].count(".") > 1 or found["duration"] == ".":
        return None
    status = _STATUS.search(found["rest"])
    return Report(
        Decimal(found["duration"]),
        int(found["billed"]),
        int(found["memory"]),
        int(found["used"]),
        failed=status is not None and status[1] != "success",
    )


def _from_json(message: str) -> Report | None:
    try:
        told = json.loads(message, parse_float=Decimal)
        if told["type"] != "platform.report":
            return None
        record = told["record"]
        its = record["metrics"]
        figures = (its["billedDurationMs"], its["memorySizeMB"], its["maxMemoryUsedMB"])
        billed, memory, used = (int(figure) for figure in figures)
        return Report(Decimal(its["durationMs"]), billed, memory, used, failed=record.get("status", "success") != "success")
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError):
        return None


def _summed(on: date, reports: Iterable[Report]) -> Row:
    listed = list(reports)
    return {
        "date": on,
        "invocations": len(listed),
        "errors": sum(report.failed for report in listed),
        "max_memory_mb": max(report.used_mb for report in listed),
        "memory_mb": max(report.memory_mb for report in listed),
        "max_duration_ms": max(report.duration_ms for report in listed).quantize(_DIGITS),
        "billed_ms": sum(report.billed_ms for report in listed),
        "billed_mb_ms": sum(report.billed_ms * report.memory_mb for report in listed),
    }
