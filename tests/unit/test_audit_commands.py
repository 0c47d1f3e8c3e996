"""The commands around the trail as they are typed: what they print is held to its schema, and how they end."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from tests.handbook import DOCS
from tests.houses import REPORT, House, Made, move_in

GATED = "cfo: {approval: required, to: [cfo@example.com], bcc: [archive@example.com]}"


@pytest.fixture
def house(prepared: tuple[Path, Made], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    for name in ("RECIPIENT_EMAIL", "BCC_RECIPIENTS", "SES_SENDER_EMAIL", "QUARTERDECK_HOME", "PREFECT_API_URL"):
        monkeypatch.delenv(name, raising=False)
    return move_in(prepared, tmp_path)


def call(house: House, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--config", str(house.parts.settings.file)])


def printed(done: Result, schema: str) -> Any:
    document = json.loads(done.stdout)
    rules = json.loads((DOCS / "schemas" / f"{schema}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(rules, format_checker=jsonschema.FormatChecker()).validate(document)
    return document


def change(house: House, old: str, new: str) -> None:
    file = house.parts.settings.file
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1_000_000))  # whoever keeps what he has read must see it


def test_a_report_is_approved_and_sent_and_its_story_told(house: House) -> None:
    change(house, "cfo: {to: [cfo@example.com], bcc: [archive@example.com]}", GATED)
    waiting = printed(call(house, "retry", "--json"), "run")
    assert (waiting["deliveries"]["planned"], waiting["remarks"]) == (0, [])
    from quarterdeck.steps.send import send_reports
    from quarterdeck.wiring import open_parts

    send_reports(open_parts(house.parts.settings.file), [house.file()], send=True)
    nobody = call(house, "audit", "approve", REPORT, "--by", " ", "--json")
    assert (nobody.exit_code, printed(nobody, "problems")["problems"][0]["remedy"]) == (2, "give it with --by")
    waiting = printed(call(house, "retry", "--json"), "run")
    assert waiting["remarks"][0].startswith("2 wait for approval")
    rows = printed(call(house, "audit", "approve", REPORT, "--by", "Ana", "--json"), "audit_list")
    assert [row["state"] for row in rows] == ["planned", "planned"]
    again = call(house, "audit", "approve", REPORT, "--by", "Ana")
    assert again.exit_code == 1
    assert "nothing of alpha_cfo_2026-10 waits for an approval" in again.stderr
    sent = call(house, "retry", "--json")
    assert (sent.exit_code, printed(sent, "run")["deliveries"]["sent"]) == (0, 2)
    assert printed(call(house, "retry", "--json"), "run")["deliveries"]["already"] == 2
    told = call(house, "audit", "show", REPORT).stdout
    for words in ("filed, made of", "waits for an approval", "Ana approves revision", "let go by Ana", "sent, as"):
        assert words in told
    story = printed(call(house, "audit", "show", REPORT, "--json"), "audit_show")
    assert {event["kind"] for event in story["events"]} == {"report", "delivery", "note"}
    unknown = call(house, "audit", "show", "alpha_cfo_2020-01", "--json")
    assert (unknown.exit_code, len(printed(unknown, "problems")["problems"])) == (1, 1)


def test_an_export_goes_to_standard_output_or_into_a_file_for_its_owner(house: House, tmp_path: Path) -> None:
    house.deliver()
    done = call(house, "audit", "export")
    assert done.exit_code == 0
    events = [json.loads(line) for line in done.stdout.splitlines()]
    rules = json.loads((DOCS / "schemas" / "audit_event.schema.json").read_text("utf-8"))
    for event in events:
        jsonschema.Draft202012Validator(rules).validate(event)
    file = tmp_path / "trail.jsonl"
    told = printed(call(house, "audit", "export", "-o", str(file), "--json"), "audit_export")
    assert told == {"file": str(file), "lines": len(events)}
    assert file.read_text("utf-8") == done.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    table = call(house, "audit", "export", "--format", "csv", "--tenant", "alpha", "--period", "2026-10")
    assert table.stdout.startswith("tenant,seq,at,")
    assert len(table.stdout.splitlines()) == 1 + sum(event["tenant"] == "alpha" for event in events)
    for wrong in (("--format", "xml"), ("--tenant", "gamma"), ("--period", "soon"), ("--json",)):
        assert call(house, "audit", "export", *wrong).exit_code == 2, wrong
    nowhere = call(house, "audit", "export", "-o", str(tmp_path / "none" / "trail.jsonl"))
    assert nowhere.exit_code == 1
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == [".quarterdeck"]


def test_a_report_is_reproduced_or_is_not(house: House) -> None:
    house.deliver()
    done = call(house, "audit", "reproduce", REPORT, "--json")
    told = printed(done, "audit_reproduce")
    assert (done.exit_code, told["same"], told["differs"], told["files"]) == (0, True, [], [])
    page = Path(house.file().paths["txt"])
    page.chmod(0o600)
    page.write_text("nicer", "utf-8")
    done = call(house, "audit", "reproduce", REPORT)
    assert done.exit_code == 1
    assert "report.txt" in done.stdout
    assert call(house, "audit", "reproduce", "alpha_cfo_2020-01").exit_code == 1
    assert call(house, "audit", "reproduce", REPORT, "--revision", "zz").exit_code == 2


def test_an_address_is_forgotten(house: House) -> None:
    house.deliver()
    assert call(house, "audit", "forget", "cfo@example.com", "--by", "Ana").exit_code == 2  # a reader still
    change(house, "to: [cfo@example.com]", "to: [other@example.com]")
    done = call(house, "audit", "forget", "cfo@example.com", "--by", "Ana", "--json")
    told = printed(done, "audit_forget")
    assert (done.exit_code, told["records"], told["problems"]) == (0, 2, [])
    assert printed(call(house, "audit", "verify", "--json"), "audit_verify")["ok"]
    assert "cfo@example.com" not in call(house, "audit", "show", REPORT).stdout


def test_a_preview_is_sent_to_one_address(house: House) -> None:
    done = call(house, "preview", "alpha", "cfo", "2026-10", "--send-to", "me@example.com", "--json")
    told = printed(done, "preview")
    assert (done.exit_code, told["test"]["channel"]) == (0, "outbox")
    (mail,) = house.mails()
    assert (str(mail["To"]), str(mail["Subject"]).startswith("Test: ")) == ("me@example.com", True)
    assert call(house, "preview", "alpha", "cfo", "2026-10", "--send-to", "me").exit_code == 2
    change(house, "version: 1\n", "version: 1\ndelivery: {allowed_domains: [example.com]}\n")
    refused = call(house, "preview", "alpha", "cfo", "2026-10", "--send-to", "me@example.org")
    assert refused.exit_code == 2
    assert "example.org is not among the allowed domains" in refused.stderr
    assert len(house.mails()) == 1


def test_settings_that_nobody_may_be_written_to_under_end_a_command_before_it_begins(house: House) -> None:
    change(house, "version: 1\n", "version: 1\ndelivery: {allowed_domains: [example.org]}\n")
    before = sorted(house.parts.settings.home.rglob("*"))
    done = call(house, "run", "--period", "2026-10", "--deliver", "--json")
    problems = printed(done, "run")["problems"]
    assert (done.exit_code, [problem["where"]["line"] for problem in problems]) == (2, [30, 30, 8])
    assert sorted(house.parts.settings.home.rglob("*")) == before
