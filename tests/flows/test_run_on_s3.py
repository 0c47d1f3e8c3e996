"""A whole run whose snapshots, archive and anchors are in S3, by the real command over HTTP."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import mini
from tests.commands import Done, printed, quarterdeck
from tests.emulator import CREDENTIALS, REGION, Emulator
from tests.stores import BUCKET, shared

RUN = ("run", "--period", "2026-10", "--deliver", "--json", "--tenant", "alpha", "--role", "cfo")
ANCHORS = "anchors-of-ours"
STORAGE = f"""\
storage:
  snapshots: s3://{BUCKET}/snapshots
  archive: s3://{BUCKET}/archive
  anchors: s3://{ANCHORS}/trail
  anchor_days: 30
  link_hours: 3
"""


class Portfolio:
    """A portfolio and the command on it."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        config = mini.make(folder)
        config.write_text(config.read_text("utf-8") + STORAGE, "utf-8")
        self.folder = folder
        self.names: Mapping[str, str] = {**CREDENTIALS, "AWS_ENDPOINT_URL": emulator.url, "AWS_REGION": REGION}

    def call(self, *words: str, **names: str) -> Done:
        return quarterdeck(*words, folder=self.folder, names={**self.names, **names})


@pytest.fixture
def portfolio(emulator: Emulator, tmp_path: Path) -> Portfolio:
    client = shared(emulator).client("s3")
    client.create_bucket(Bucket=BUCKET)
    client.create_bucket(Bucket=ANCHORS, ObjectLockEnabledForBucket=True)
    return Portfolio(tmp_path / "here", emulator)


def keys(emulator: Emulator, bucket: str) -> set[str]:
    pages = shared(emulator).client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {row["Key"] for page in pages for row in page.get("Contents", ())}


def test_a_run_keeps_everything_in_s3_and_a_second_one_adds_nothing(portfolio: Portfolio, emulator: Emulator) -> None:
    done = portfolio.call(*RUN)
    summary = printed(done, "run")
    assert (done.returncode, summary["problems"]) == (0, []), done.stderr
    paths: list[str] = [path for line in summary["reports"] for path in line["paths"].values()]
    assert all(path.startswith(f"s3://{BUCKET}/archive/") for path in paths)
    first = keys(emulator, BUCKET)
    assert {path.removeprefix(f"s3://{BUCKET}/") for path in paths} <= first
    assert {"archive/index.html", "archive/alpha/index.html"} <= first
    assert keys(emulator, ANCHORS) == {"trail/00000001.json"}
    home = portfolio.folder / ".quarterdeck"
    assert not (home / "snapshots").exists()
    assert not (home / "archive").exists()
    assert not (home / "anchors.jsonl").exists()

    again = printed(portfolio.call(*RUN), "run")
    assert again["deliveries"]["sent"] == 0
    assert again["deliveries"]["already"] == summary["deliveries"]["sent"]
    assert [line["revision"] for line in again["reports"]] == [line["revision"] for line in summary["reports"]]
    assert keys(emulator, BUCKET) == first

    _opens(portfolio)


def _opens(portfolio: Portfolio) -> None:
    """A person gets a link to a report's page that works, and when it ends."""
    story = printed(portfolio.call("audit", "show", "alpha_cfo_2026-10", "--json"), "audit_show")
    [revision] = story["revisions"]
    left = datetime.fromisoformat(revision["page_expires"]) - datetime.now(UTC)
    assert timedelta(hours=2.5) < left < timedelta(hours=3)
    with urllib.request.urlopen(revision["page"], timeout=60) as answer:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert b"Alpha" in answer.read()
    sent = b"".join(path.read_bytes() for path in (portfolio.folder / ".quarterdeck" / "outbox").glob("*.eml"))
    assert b"X-Amz-Signature" not in sent


@pytest.mark.parametrize(
    ("operation", "fault", "remedy"),
    [
        ("PutObject", {"status": 403, "code": "AccessDenied"}, "s3:PutObject"),
        ("*", {"status": 400, "code": "ExpiredToken"}, "renew the AWS credentials"),
    ],
)
def test_a_bucket_that_is_closed_fails_the_run_with_one_remedy_and_sends_nothing(
    portfolio: Portfolio, emulator: Emulator, operation: str, fault: dict[str, Any], remedy: str
) -> None:
    emulator.fail(operation, "error", times=9999, **fault)
    done = portfolio.call(*RUN)
    assert done.returncode == 1, done.stderr
    summary = json.loads(done.stdout)
    assert remedy in " ".join(problem["remedy"] for problem in summary["problems"]), summary["problems"]
    assert summary["deliveries"]["sent"] == 0
    assert "Traceback" not in done.stderr
