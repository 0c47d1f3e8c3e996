"""What Lambda reports of a run, in both of its forms, and what is none of them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.sources._function_logs import Report, report_of

LINE = (
    "REPORT RequestId: 7f1c-22\tDuration: 812.33 ms\tBilled Duration: 813 ms\tMemory Size: 3008 MB\tMax Memory Used: 236 MB\t"
)


def event(**changes: Any) -> str:
    metrics = {"durationMs": 812.33, "billedDurationMs": 813, "memorySizeMB": 3008, "maxMemoryUsedMB": 236}
    record = {"requestId": "7f1c-22", "metrics": metrics, "status": "success", **changes}
    return json.dumps({"time": "2026-10-05T07:00:00.000Z", "type": "platform.report", "record": record})


@pytest.mark.parametrize(
    ("message", "failed"),
    [
        (f"{LINE}\n", False),
        (f"{LINE}Init Duration: 190.20 ms\t\n", False),
        (f"{LINE}Init Duration: 190.20 ms\t\nXRAY TraceId: 1-5\tSegmentId: 9\tSampled: true\t\n", False),
        (f"{LINE}Status: timeout\t\n", True),
        (f"{LINE}Status: error\tError Type: Runtime.ExitError\n", True),
        (event(), False),
        (event(status="error"), True),
        (event(status="timeout"), True),
    ],
)
def test_a_report_is_read(message: str, failed: bool) -> None:
    assert report_of(message) == Report(Decimal("812.33"), 813, 3008, 236, failed)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "START RequestId: 7f1c Version: $LATEST\n",
        "the word REPORT RequestId: 1",
        "REPORT RequestId: 7f1c\tDuration: 1.2.3 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 7 MB\t",
        "REPORT RequestId: 7f1c\tDuration: . ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 7 MB\t",
        "{",
        "{}",
        "[" * 100_000,
        "{" * 100_000,
        '{"type": "platform.start"}',
        '{"type": "platform.report", "record": {}}',
        '{"type": "platform.report", "record": {"metrics": {"durationMs": "x"}}}',
        event(metrics={"durationMs": None, "billedDurationMs": 1, "memorySizeMB": 1, "maxMemoryUsedMB": 1}),
        event(metrics={"durationMs": 1, "billedDurationMs": "many", "memorySizeMB": 1, "maxMemoryUsedMB": 1}),
    ],
)
def test_other_lines_are_none(message: str) -> None:
    assert report_of(message) is None


@given(st.text() | st.text().map(lambda text: LINE + text) | st.text().map(lambda text: "{" + text))
def test_whatever_a_function_writes_is_read_or_is_none(message: str) -> None:
    found = report_of(message)
    assert found is None or found.used_mb == 236
