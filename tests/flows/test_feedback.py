"""The flow and the command that take feedback in, over a real queue."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.feedback import feedback
from quarterdeck.audit import State
from quarterdeck.wiring import open_parts
from tasks.ui import plain
from tests.commands import printed, quarterdeck
from tests.emulator import CREDENTIALS, REGION, Emulator
from tests.feeding import PORTFOLIO, Station, about, sent, station
from tests.postbox import text
from tests.told import artifacts, events, run_of


@pytest.fixture
def at(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Station:
    """A portfolio with a delivery that was sent, and an empty queue."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
    monkeypatch.setenv("AWS_REGION", REGION)
    made = station(tmp_path)
    queue = emulator.aws().client("sqs").create_queue(QueueName="feedback")["QueueUrl"]
    written = PORTFOLIO.replace("QUEUE", queue).replace("canary_minutes: 60", "canary_minutes: 0")
    (tmp_path / "portfolio.yaml").write_text(written, "utf-8")
    return made


def put(emulator: Emulator, *documents: dict[str, Any]) -> None:
    sqs = emulator.aws().client("sqs")
    url = sqs.get_queue_url(QueueName="feedback")["QueueUrl"]
    for document in documents:
        sqs.send_message(QueueUrl=url, MessageBody=text(document))


def test_the_flow_ends_well_where_all_was_delivered(emulator: Emulator, at: Station) -> None:
    row = sent(at)
    put(emulator, about(row, "Delivery"))
    state: Any = feedback(config=str(at.parts.settings.file), return_state=True)
    assert state.is_completed(), state.message
    assert state.message == "messages 1, new 1, delivered 1"
    assert at.row(row).state is State.DELIVERED


def test_the_flow_ends_as_failed_where_something_came_back_and_its_page_says_what(emulator: Emulator, at: Station) -> None:
    row = sent(at)
    put(emulator, about(row, "Bounce"))
    state: Any = feedback(config=str(at.parts.settings.file), return_state=True)
    assert state.is_failed()
    assert state.result(raise_on_failure=False).summary["counts"]["bounced"] == 1
    found = artifacts(run_of(state))
    assert {"what": "bounced", "number": 1} in json.loads(str(found["feedback"].data))
    assert plain("alpha_ceo_2026-10 over ses bounced for good") in str(found["problems"].data)
    [event] = events(run_of(state), "quarterdeck.")
    assert (event.event, event.payload) == ("quarterdeck.report.bounced", {"messages": 1})
    assert event.resource["prefect.resource.id"] == "quarterdeck.report.alpha_ceo_2026-10"
    assert "ana@" not in f"{found} {event}".replace("\\", "")


def test_the_command_prints_what_it_took_in(emulator: Emulator, at: Station, tmp_path: Path) -> None:
    row = sent(at)
    put(emulator, about(row, "Complaint"))
    names = {**CREDENTIALS, "AWS_ENDPOINT_URL": emulator.url, "AWS_REGION": REGION}
    done = quarterdeck("feedback", "--json", folder=tmp_path, names=names)
    told = printed(done, "feedback")
    assert (done.returncode, told["counts"]["complained"], told["counts"]["suppressed"]) == (1, 1, 1), done.stderr
    assert "its reader complained" in done.stderr
    again = quarterdeck("feedback", folder=tmp_path, names=names)
    assert (again.returncode, again.stdout) == (0, "Feedback: nothing new\n")
    parts = open_parts(tmp_path / "portfolio.yaml")
    assert parts.audit.verify().ok
