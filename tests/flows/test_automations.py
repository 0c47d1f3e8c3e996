"""The automation that tells people of a run which failed in part: loaded as its file says, on a server, and heard."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL

from flows.executive_reports import executive_reports

ROOT = Path(__file__).parents[2]
FILE = ROOT / "deployments" / "automations" / "failed-in-part.yaml"
PATIENCE_SECONDS = 60


class Heard(ThreadingHTTPServer):
    """A place that is written to."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Heard

    def do_POST(self) -> None:
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def heard() -> Iterator[Heard]:
    with Heard() as listening:
        Thread(target=listening.serve_forever, daemon=True).start()
        yield listening
        listening.shutdown()


def create(file: Path, home: Path) -> str:
    """`prefect automation create`, as a person types it; what it said."""
    names = {"PREFECT_API_URL": str(PREFECT_API_URL.value()), "PREFECT_HOME": str(home), "DO_NOT_TRACK": "1"}
    command = [sys.executable, "-m", "prefect", "automation", "create", "--from-file", str(file)]
    done = subprocess.run(command, env={**os.environ, **names}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_whoever_waits_is_told_of_a_run_that_failed_in_part(portfolio: Path, tmp_path: Path, heard: Heard) -> None:
    block = CustomWebhookNotificationBlock(
        name="alerts", url=f"http://127.0.0.1:{heard.server_port}/", json_data={"subject": "{{subject}}", "body": "{{body}}"}
    )
    id = str(block.save("alerts", overwrite=True))
    automation = yaml.safe_load(FILE.read_text("utf-8"))
    assert automation["enabled"] is False  # as nobody has said where to
    nobody = automation["actions"][0]["block_document_id"]
    written = FILE.read_text("utf-8").replace(nobody, id).replace("enabled: false", "enabled: true")
    (tmp_path / "mine.yaml").write_text(written, "utf-8")
    create(tmp_path / "mine.yaml", tmp_path / "prefect")
    (portfolio.parent / "alpha" / "bank.csv").unlink()
    try:
        executive_reports(config=str(portfolio), period="2026-10", tenants=["alpha"], roles=["cfo"], return_state=True)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not heard.bodies and time.monotonic() < deadline:
            time.sleep(0.2)
    finally:
        with get_client(sync_client=True) as client:
            for found in client.read_automations_by_name(automation["name"]):
                client.delete_automation(found.id)
    [told] = heard.bodies
    assert told["subject"] == "alpha · 2026-10: failed in part"
    assert (
        "- alpha/bank.csv: source books of alpha: there is no such file (mend the path, or put the file there)" in told["body"]
    )
    assert "@" not in told["body"]


def test_the_file_is_taken_as_it_stands(tmp_path: Path) -> None:
    create(FILE, tmp_path / "prefect")
    with get_client(sync_client=True) as client:
        [found] = client.read_automations_by_name(yaml.safe_load(FILE.read_text("utf-8"))["name"])
        client.delete_automation(found.id)
    assert found.enabled is False
