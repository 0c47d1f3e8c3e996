"""AWS on loopback: moto behind real HTTP, with faults between the client and it.

`Emulator` runs in a process of its own, since tests fork and kill theirs. It answers HTTP on a free port; every request
passes the rules of `faults.py` first. A test that wants SES, DynamoDB, S3 or SQS takes the fixture `emulator`, which fails
the test where the emulator itself broke (HTTP 500).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quarterdeck.aws import Aws

REGION = "us-east-1"
# Nobody's account: the emulator takes any, and nothing here may ever reach a real one.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}
_START_SECONDS = 60


@dataclass(frozen=True)
class Emulator:
    """A running emulator. `url` is its endpoint."""

    url: str

    def aws(self, region: str = REGION) -> Aws:
        """AWS as the product sees it, on this emulator; no client is shared with another caller."""
        return Aws(region, self.url)

    def reset(self) -> None:
        """Forget everything: resources, mails, faults and the log."""
        self._call("/moto-api/reset", {})
        self._call("/_faults/reset", {})
        for part in ("ses", "ce", "cloudwatch"):
            self._call(f"/_{part}/reset", {})
        self.made_at(None)

    def fail(self, operation: str, how: str, times: int = 1, **more: Any) -> None:
        """Let the next calls of an operation (`SendEmail`, `UpdateItem`, `*`) go wrong; see faults.py for the ways."""
        self._call("/_faults", {"operation": operation, "how": how, "times": times, **more})

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self._call("/_faults/heal", {})

    def set_clock(self, now: datetime) -> None:
        """Let it be so late that AWS refuses what was signed more than five minutes ago."""
        self._call("/_faults/clock", {"now": now.timestamp()})

    def made_at(self, now: datetime | None) -> None:
        """Let what is made from now on have been made then; None: when it is made."""
        self._call("/_clock", {"now": now and now.isoformat()})

    def no_faults(self) -> None:
        """Let nothing go wrong from now on, and forget the log; what the services hold stays."""
        self._call("/_faults/reset", {})

    def connections(self) -> int:
        """How many are under way. Of a process that is gone there are none any more once all that it sent has arrived."""
        return int(self._call("/_faults/open"))

    def calls(self, operation: str = "") -> list[dict[str, Any]]:
        """The calls so far, oldest first: operation, status, how it was made to fail, whether the service did its work."""
        told: list[dict[str, Any]] = self._call("/_faults/log")
        return [call for call in told if operation in ("", call["operation"])]

    def mails(self) -> list[dict[str, Any]]:
        """The mails that SES accepted, oldest first: id, source, destinations, raw_data, configuration_set, tags, suppressed.

        A byte of a message is one character of `raw_data`.
        """
        mails: list[dict[str, Any]] = self._call("/_ses/mails")
        return mails

    def ses(self, **account: Any) -> None:
        """Set SES's account: sandbox, sending, max_24_hour_send, sent_last_24_hours, max_send_rate."""
        self._call("/_ses", account)

    def cost_explorer(self, *costs: dict[str, Any], **ways: Any) -> None:
        """Add costs of days to the bill, and set how Cost Explorer behaves; see ce.py."""
        self._call("/_ce", {"costs": costs, **ways})

    def cloudwatch(self, **ways: Any) -> None:
        """Set how CloudWatch behaves: page, forbidden; see cloudwatch.py."""
        self._call("/_cloudwatch", ways)

    @contextmanager
    def holding_rights(self) -> Iterator[None]:
        """Hold the calls of a block against the policies of whoever makes them, as far as moto knows what each call needs."""
        self._call("/moto-api/reset-auth", 0)
        try:
            yield
        finally:
            self._call("/moto-api/reset-auth", float("inf"))

    def _call(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None


@contextmanager
def running() -> Iterator[Emulator]:
    """An emulator for a block."""
    command = [sys.executable, "-m", "tests.emulator.server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **CREDENTIALS}) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            emulator = Emulator(f"http://127.0.0.1:{port}")
            _wait(emulator)
            yield emulator
        finally:
            process.kill()


def _wait(emulator: Emulator) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            emulator.calls()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return
