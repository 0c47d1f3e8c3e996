"""What an auditor, a reader and an operator ask of the trail: an export, a story, an address forgotten, a test sent."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.audit import State
from quarterdeck.audit.happenings import Hear
from quarterdeck.audit.masking import digest_in
from quarterdeck.audit.records import Filter, Run
from quarterdeck.config.models import RoleSettings
from quarterdeck.errors import AuditError, ConfigError, DeliveryError, DeliveryUnknown
from quarterdeck.steps.approval import approve
from quarterdeck.steps.export import COLUMNS, export
from quarterdeck.steps.forget import forget
from quarterdeck.steps.letters import filed as made_of
from quarterdeck.steps.retry import retry
from quarterdeck.steps.suppression import Cause, suppress
from quarterdeck.steps.tell import lines
from quarterdeck.steps.trail import story
from quarterdeck.steps.trial import send_trial, trial_reader
from tests.handbook import examples, page
from tests.houses import NIGHT, REPORT, SECOND, House

GATED = RoleSettings(to=("cfo@example.com",), approval="required")


# Export


def exported(house: House, **asked: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in export(house.parts, "jsonl", **asked)]


def script() -> str:
    """The auditor's own check, as docs/operating.md has it."""
    [found] = [example.text for example in examples(page("operating.md")) if "quarterdeck-audit-v1" in example.text]
    return found


def check(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "check.py").write_text(script(), "utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(folder / "check.py")],
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_an_auditor_checks_the_export_with_a_script_of_his_own(house: House, tmp_path: Path) -> None:
    house.deliver()
    house.parts.audit.start(Run("r1", house.now, {"period": "2026-10", "note": "ünïcode"}))
    text = "".join(export(house.parts, "jsonl"))
    done = check(text, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    heads = {chain: f"{seq} {digest}" for chain, (seq, digest) in house.parts.audit.anchor(house.now).heads.items()}
    assert dict(line.split(" ", 1) for line in done.stdout.splitlines()) == heads
    assert len(script().splitlines()) <= 20
    whole = list(export(house.parts, "jsonl", tenant="alpha"))
    tampered = {
        "changed": [whole[0], whole[1].replace('"planned"', '"skipped"'), *whole[2:]],
        "missing": [whole[0], *whole[2:]],
        "moved": [whole[1], whole[0], *whole[2:]],
        "twice": [whole[0], whole[0], *whole[1:]],
    }
    for what, changed in tampered.items():
        assert changed != whole, what
        assert check("".join(changed), tmp_path).returncode == 1, what


def test_an_export_can_be_of_a_tenant_or_a_period_and_names_no_address(house: House) -> None:
    house.deliver()
    house.parts.audit.start(Run("r1", house.now, {"period": "2026-10"}))
    house.parts.audit.start(Run("r2", house.now, {"period": "2026-09"}))
    everything = exported(house)
    assert {event["tenant"] for event in everything} == {"alpha", "_runs"}
    assert {event["tenant"] for event in exported(house, tenant="alpha")} == {"alpha"}
    assert exported(house, tenant="beta") == []
    of_october = exported(house, period="2026-10")
    assert [event["id"] for event in of_october if event["kind"] == "run"] == ["r1"]
    assert len(of_october) == len(everything) - 1
    assert exported(house, period="2026-09", tenant="alpha") == []
    assert "example.com" not in json.dumps(everything)
    for wrong in ({"tenant": "gamma"}, {"period": "soon"}):
        with pytest.raises(ConfigError):
            exported(house, **wrong)
    with pytest.raises(ConfigError, match="no format 'xml'"):
        export(house.parts, "xml")


def test_the_table_has_a_row_an_event_and_no_cell_that_is_a_formula(house: House) -> None:
    house.set(GATED)
    house.deliver()
    approve(house.parts, REPORT, by="=HYPERLINK(1)", reason='a "quote", and\nmore')
    rows = list(csv.reader(io.StringIO("".join(export(house.parts, "csv")), newline="")))
    events = exported(house)
    assert rows[0] == list(COLUMNS)
    assert [(row[0], int(row[1]), row[-1]) for row in rows[1:]] == [(e["tenant"], e["seq"], e["hash"]) for e in events]
    cells = [dict(zip(COLUMNS, row, strict=True)) for row in rows[1:]]
    approved = next(cell for cell in cells if cell["event"] == "approve")
    assert (approved["by"], approved["from"], approved["state"]) == ("'=HYPERLINK(1)", "awaiting_approval", "planned")
    assert not [cell for row in rows for cell in row if re.match(r"[=+\-@\t\r]", cell)]
    noted = next(cell for cell in cells if cell["kind"] == "note")
    assert json.loads(noted["facts"])["facts"]["reason"] == 'a "quote", and\nmore'


def test_what_is_no_event_is_told_and_not_exported(house: House) -> None:
    house.deliver()
    connection = house.parts.audit._file._open()  # type: ignore[attr-defined]
    connection.execute("DROP TRIGGER IF EXISTS events_no_update")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    before = connection.execute("SELECT body FROM events WHERE seq = 2 AND tenant = 'alpha'").fetchone()[0]
    connection.execute("UPDATE events SET body = 'no' WHERE seq = 2 AND tenant = 'alpha'")
    with pytest.raises(AuditError, match="event 2 of alpha is damaged"):
        list(export(house.parts, "jsonl"))
    connection.execute("UPDATE events SET body = ? WHERE seq = 2 AND tenant = 'alpha'", (before,))


# The story


def test_a_story_is_told_in_order_and_in_words(house: House) -> None:
    house.set(GATED, quiet_hours="20:00-07:00")
    house.now = NIGHT
    house.deliver()
    approve(house.parts, REPORT, by="Ana", reason="read it")
    house.now += timedelta(hours=9)
    retry(house.parts)
    row = house.rows()["cfo@example.com"]
    house.parts.audit.apply(row.key, Hear(State.BOUNCED, "mailbox full"), house.now)
    house.sold = SECOND
    house.deliver(revise=True)
    told = [line.partition("  ") for line in lines(story(house.parts, REPORT))]
    assert [when for when, _, _ in told][:2] == ["2026-11-03 04:00:00"] * 2
    first, second = (report.revision[:12] for report in house.parts.audit.reports(REPORT))
    reader = "cfo@example.com over outbox"
    words = [re.sub(r"\b\S+:\d+:\d+", "HOST", text) for _, _, text in told]
    assert re.sub(r"\d+ snapshots", "N snapshots", words[0]) == (
        f"revision {first} filed, made of N snapshots, to be read by 1 reader"
    )
    assert words[1:4] == [
        f"{first} to {reader}: planned, waits for an approval",
        f"Ana approves revision {first} for 1 reader: read it",
        f"{first} to {reader}: let go by Ana",
    ]
    assert words[4:-2] == [
        f"{first} to {reader}: planned anew",
        f"{first} to {reader}: taken in hand by HOST",
        f"{first} to {reader}: handed to the channel, try 1",
        f"{first} to {reader}: sent, as {row.message_id}",
        f"{first} to {reader}: bounced: mailbox full",
    ]
    assert words[-2].startswith(f"revision {second} filed")
    assert words[-1] == f"{second} to {reader}: planned, waits for an approval"


def test_every_event_of_a_delivery_has_its_words() -> None:
    from quarterdeck.audit import happenings
    from quarterdeck.steps.tell import _WORDS

    events = {name.lower() for name, each in vars(happenings).items() if isinstance(each, type) and hasattr(each, "on")}
    events -= {"delivery", "event"}
    assert events <= set(_WORDS)


# Forgetting


def test_an_address_is_taken_out_of_all_that_is_kept(house: House) -> None:
    house.set(RoleSettings(to=("cfo@example.com", "o.cfo@example.com"), bcc=("archive@example.com",)))
    house.deliver()
    with pytest.raises(ConfigError, match="still named: cfo of alpha"):
        forget(house.parts, "CFO@example.com", by="Ana")
    house.set(RoleSettings(to=("o.cfo@example.com",)))
    assert len(house.mails()) == 3
    done = forget(house.parts, "CFO@Example.com", by="Ana")
    assert (done.records, done.problems) == (2, ())  # the report and the delivery
    # Everybody's message showed him under To, and he had one of his own.
    home = house.parts.settings.home
    assert [path for path in (home / "outbox").iterdir() if re.search(rb"(?<!\.)cfo@example.com", path.read_bytes())] == []
    found = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file() and path.suffix != ".parquet")
    assert re.search(rb"(?<!o\.)cfo@example\.com", found) is None
    assert b"o.cfo@example.com" in found
    rows = house.parts.audit.list(Filter(report_id=REPORT))
    assert [bool(digest_in(row.reader)) for row in rows].count(True) == 1
    again = forget(house.parts, "cfo@example.com", by="Ana")
    assert (again.records, again.files) == (0, 0)
    made = house.deliver()
    assert (made.planned, made.already) == (1, 1)  # and nobody else is written to again


def test_a_message_that_may_yet_tell_something_stays(house: House) -> None:
    outbox = house.parts.channel_of("outbox")
    real = outbox.send

    def lost(*given: Any) -> Any:
        real(*given)
        raise DeliveryUnknown("the disk went away")

    outbox.send = lost  # type: ignore[method-assign, assignment]
    outbox.settle = lambda *_: (_ for _ in ()).throw(DeliveryError("busy"))  # type: ignore[method-assign]
    assert house.deliver().unknown == 2
    house.set(RoleSettings(to=("other@example.com",)))
    done = forget(house.parts, "cfo@example.com", by="Ana")
    assert done.files == 0
    assert len(done.problems) == 3  # his own message, what lies beside it, and the one that shows him under To
    assert len(house.mails()) == 2


@pytest.mark.parametrize(
    ("address", "by"), [("no address", "Ana"), ("gone@example.com", ""), ("gone@example.com", "a@example.com")]
)
def test_what_is_no_address_and_who_is_no_name(house: House, address: str, by: str) -> None:
    with pytest.raises(ConfigError):
        forget(house.parts, address, by=by)


# A test to one address


def test_a_test_goes_to_one_address_and_is_no_delivery_of_the_report(house: House) -> None:
    filed = house.file()
    made = made_of(house.parts, filed.tenant, filed.role, filed.period, filed.revision)
    reader = trial_reader(house.parts, "Somebody <me@example.com>")
    for _ in range(2):
        assert send_trial(house.parts, made, reader)["channel"] == "outbox"
    first, second = house.mails()
    assert str(first["Subject"]).startswith("Test: ")
    assert (str(first["To"]), first["Cc"], first["List-Unsubscribe"]) == ("Somebody <me@example.com>", None, None)
    assert first["Message-ID"] != second["Message-ID"]
    house.set(RoleSettings(to=("me@example.com",)))
    assert house.deliver().sent == 1  # the report itself goes out all the same, under an id of its own
    assert len({mail["Message-ID"] for mail in house.mails()}) == 3
    assert len(house.parts.audit.list()) == 1
    asked, outcomes = house.parts.audit.notes("test-send"), house.parts.audit.notes("test-outcome")
    assert [note.private for note in asked] == [{"reader": "me@example.com"}] * 2
    assert [note.facts["outcome"] for note in outcomes] == ["sent", "sent"]
    assert "me@example.com" not in json.dumps([note.facts for note in (*asked, *outcomes)])
    told = list(lines(story(house.parts, REPORT)))
    assert sum("is sent to somebody as a test over outbox" in line for line in told) == 2
    assert sum("the test is sent: " in line for line in told) == 2


def test_a_test_that_fails_is_on_record_too(house: House) -> None:
    filed = house.file()
    made = made_of(house.parts, filed.tenant, filed.role, filed.period, filed.revision)
    outbox = house.parts.channel_of("outbox")
    for error in (DeliveryError("550 me@example.com unknown"), DeliveryUnknown("no answer")):
        outbox.send = lambda *_, error=error: (_ for _ in ()).throw(error)  # type: ignore[method-assign]
        with pytest.raises(type(error)):
            send_trial(house.parts, made, trial_reader(house.parts, "me@example.com"))
        house.now += timedelta(minutes=1)
    outcomes = [dict(note.facts) for note in house.parts.audit.notes("test-outcome")]
    assert [facts["outcome"] for facts in outcomes] == ["refused", "unknown"]
    assert "me@example.com" not in json.dumps(outcomes)


def test_who_may_not_be_written_to_gets_no_test_either(house: House) -> None:
    house.set(allowed_domains=["example.com"])
    suppress(house.parts, "e1", "gone@example.com", Cause.BOUNCE, NIGHT)
    for address, said in (
        ("me@example.org", "example.org is not among the allowed domains"),
        ("gone@example.com", "the address bounced for good"),
        ("me", "is not an address"),
    ):
        with pytest.raises(ConfigError, match=said):
            trial_reader(house.parts, address)
