"""What tasks came to is kept where the worker's end does not reach it: plain text, without secrets, and not for ever."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.objects import State

from flows.executive_reports import executive_reports
from quarterdeck.config import load_settings
from quarterdeck.wiring import Parts
from tasks.results import remove_old_results
from tests.emulator import CREDENTIALS, REGION, Emulator
from tests.retried import retry
from tests.stores import BUCKET, shared

SECRET = "correct-horse-battery"  # a password, for a mail server that nobody asks
SMTP = """\
delivery:
  channel: smtp
  channels: {smtp: {host: mail.example.com, user: reports, password: "${env:SMTP_PASSWORD}"}}
  sender: reports@example.com
"""
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def run(portfolio: Path) -> State[Any]:
    state: Any = executive_reports(config=str(portfolio), period="2026-10", tenants=["alpha"], return_state=True)
    found: State[Any] = state
    return found


def test_results_lie_in_the_home_folder_as_plain_text_without_secrets(portfolio: Path) -> None:
    portfolio.write_text(portfolio.read_text() + SMTP)
    portfolio.with_name("repos.env").write_text(f"SMTP_PASSWORD={SECRET}\n")
    assert run(portfolio).is_completed()
    folder = portfolio.parent / ".quarterdeck" / "results"
    assert folder.stat().st_mode & 0o077 == 0, "for its owner alone"
    records = [json.loads(file.read_bytes()) for file in folder.iterdir()]
    assert len(records) == 4 + 1 + 5, "sources, figures and reports of alpha"
    for record in records:
        assert record["metadata"]["serializer"]["type"] == "json", "reading it runs no code"
        assert isinstance(json.loads(record["result"]) if record["result"].startswith('"') else record["result"], str)
    text = json.dumps(records)
    for secret in (SECRET, "cfo@example.com", "archive@example.com", "owner@example.com"):
        assert secret not in text


def test_results_in_s3_serve_a_retry(portfolio: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": emulator.url, "AWS_REGION": REGION}.items():
        monkeypatch.setenv(name, value)
    client = shared(emulator).client("s3")
    client.create_bucket(Bucket=BUCKET)
    portfolio.write_text(portfolio.read_text() + f"storage: {{results: s3://{BUCKET}/results}}\n")

    def kept() -> dict[str, datetime]:
        return {row["Key"]: row["LastModified"] for row in client.list_objects_v2(Bucket=BUCKET)["Contents"]}

    in_the_way = portfolio.parent / ".quarterdeck" / "archive" / "alpha" / "cfo"
    in_the_way.parent.mkdir(parents=True)
    in_the_way.touch()
    first = run(portfolio)
    assert first.is_failed()
    before = kept()
    assert all(key.startswith("results/") for key in before)
    in_the_way.unlink()
    assert first.state_details.flow_run_id is not None
    assert retry(first.state_details.flow_run_id).is_completed()
    after = kept()
    assert sum(after[key] != before.get(key) for key in after) == 1, "only the report that failed was made again"
    assert not (portfolio.parent / ".quarterdeck" / "results").exists()


@pytest.mark.parametrize(("days", "left"), [(30, {"old", "young"}), (10, {"young"})])
def test_results_are_removed_when_no_retry_needs_them(portfolio: Path, days: int, left: set[str]) -> None:
    portfolio.write_text(portfolio.read_text() + f"runs: {{result_days: {days}}}\n")
    parts = Parts(load_settings(portfolio, {}), lambda: NOW)
    folder = parts.settings.home / "results"
    (folder / "sub-runs").mkdir(parents=True)
    for name, age in {"young": 9, "old": 11, "sub-runs/oldest": 31}.items():
        (folder / name).touch()
        made = (NOW - timedelta(days=age)).timestamp()
        os.utime(folder / name, (made, made))
    other = parts.settings.home / "anchors.jsonl"
    other.touch()
    os.utime(other, (0, 0))
    assert remove_old_results(parts) == 3 - len(left)
    assert {path.name for path in folder.rglob("*") if path.is_file()} == left
    assert other.exists(), "nothing else is removed"


def test_what_is_in_s3_is_left_to_the_bucket(portfolio: Path) -> None:
    portfolio.write_text(portfolio.read_text() + f"storage: {{results: s3://{BUCKET}/results}}\n")
    assert remove_old_results(Parts(load_settings(portfolio, {}), lambda: NOW)) == 0
