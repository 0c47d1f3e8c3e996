"""One suite for all stores of the audit trail."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.audit import AuditStore, Delivery, State, chain, sqlite_rows, sqlite_schema
from quarterdeck.audit.dynamodb_items import from_wire
from quarterdeck.audit.happenings import Approve, Claim, Close, Hear, Lose, Refuse, Resolve, Send, Unclaim
from quarterdeck.audit.records import Filter, Note, Run
from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.audit.states import Denied
from quarterdeck.errors import AuditError
from tests.emulator import Emulator
from tests.forks import together
from tests.trails import MINUTE, NOW, STORES, TABLE, delivery, dynamo_store, open_store, report, send


@pytest.fixture(params=STORES)
def audit(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AuditStore]:
    store = open_store(request.param, tmp_path, lambda: request.getfixturevalue("emulator"))
    yield store
    assert store.verify().ok, store.verify().problems


def test_plans_once(audit: AuditStore) -> None:
    ana, bob = delivery(), delivery(reader="bob@example.com")
    assert audit.plan([ana, bob], NOW).new == (ana.key, bob.key)
    again = audit.plan([bob, ana, delivery(role="cfo")], NOW)
    assert (again.new, again.known) == ((delivery(role="cfo").key,), (bob.key, ana.key))
    assert [row.reader for row in audit.list(Filter(role="ceo"))] == ["ana@example.com", "bob@example.com"]


def test_planning_again_takes_new_bytes_only_while_nothing_is_under_way(audit: AuditStore) -> None:
    waiting, gone = delivery(), delivery(role="cfo")
    audit.plan([waiting, gone], NOW)
    send(audit, gone)
    later = NOW + MINUTE
    changed = [delivery(content_sha256="c1", not_before=later), delivery(role="cfo", content_sha256="c1")]
    assert audit.plan(changed, NOW).new == ()
    found = audit.get(waiting.key)
    assert found is not None
    assert (found.content_sha256, found.not_before, found.state) == ("c1", later, State.PLANNED)
    kept = audit.get(gone.key)
    assert kept is not None
    assert (kept.content_sha256, kept.state) == ("c0", State.SENT)


def test_all_events_chain_by_chain_with_the_hashes_that_link_them(audit: AuditStore) -> None:
    rows = [delivery(), delivery(role="cfo"), delivery(tenant="beta")]
    audit.plan(rows, NOW)
    send(audit, rows[0])
    audit.note(Note("remark", "n1", "beta", "", NOW, {"said": "so"}))
    found = list(audit.entries())
    assert [(entry.tenant, entry.seq) for entry in found] == [
        *(("alpha", seq) for seq in range(1, 6)),
        ("beta", 1),
        ("beta", 2),
    ]
    assert [json.loads(entry.body)["event"] for entry in found[:5]] == ["plan", "plan", "claim", "send", "accept"]
    assert [entry.tenant for entry in audit.entries("beta")] == ["beta", "beta"]
    assert list(audit.entries("gamma")) == []
    for before, entry in pairwise(found):
        assert entry.prev == (before.hash if before.tenant == entry.tenant else chain.GENESIS)
        assert entry.hash == chain.link(entry.prev, entry.body)


def test_a_batch_with_a_wrong_row_plans_nothing(audit: AuditStore) -> None:
    with pytest.raises(AuditError):
        audit.plan([delivery(), delivery(role="cfo", key="0" * 64)], NOW)
    assert audit.list() == ()


def test_all_fields_come_back(audit: AuditStore) -> None:
    row = delivery(not_before=NOW, state=State.AWAITING_APPROVAL)
    audit.plan([row], NOW)
    found = audit.apply(row.key, Approve("Ana"), NOW + MINUTE)
    assert isinstance(found, Delivery)
    assert found == audit.get(row.key)
    assert (found.updated_at, found.not_before, found.version) == (NOW + MINUTE, NOW, 2)
    sent = send(audit, row, now=NOW + MINUTE)
    assert sent == audit.get(row.key)
    assert (sent.attempts, sent.message_id, sent.fence) == (("a1",), f"m-{row.key[:8]}", 1)


def test_a_denied_event_changes_and_tells_nothing(audit: AuditStore) -> None:
    row = delivery()
    audit.plan([row], NOW)
    audit.apply(row.key, Claim("one", MINUTE), NOW)
    before = audit.show(row.report_id)
    denied = audit.apply(row.key, Claim("two", MINUTE), NOW)
    assert isinstance(denied, Denied)
    assert denied.row == audit.get(row.key)
    assert audit.show(row.report_id) == before
    assert isinstance(audit.apply("nothing", Claim("one", MINUTE), NOW), Denied)
    assert audit.get("nothing") is None


def test_lists_what_is_asked_for(audit: AuditStore) -> None:
    rows = [delivery(tenant, role) for tenant in ("beta", "alpha") for role in ("cfo", "ceo")]
    rows.append(delivery("alpha", "ceo", channel="ses"))
    audit.plan(rows, NOW)
    send(audit, rows[0])
    assert [(row.tenant, row.role, row.channel) for row in audit.list()] == [
        ("alpha", "ceo", "outbox"),
        ("alpha", "ceo", "ses"),
        ("alpha", "cfo", "outbox"),
        ("beta", "ceo", "outbox"),
        ("beta", "cfo", "outbox"),
    ]
    assert len(audit.list(Filter(tenant="alpha", role="ceo"))) == 2
    assert len(audit.list(Filter(channel="ses"))) == 1
    assert [row.key for row in audit.list(Filter(states=frozenset({State.SENT, State.HELD})))] == [rows[0].key]
    assert audit.list(Filter(period="2026-09")) == ()
    assert audit.list(Filter(tenant="' OR 1=1 --")) == ()


def test_tells_the_whole_story_of_a_report(audit: AuditStore) -> None:
    row = delivery()
    assert audit.file(report())
    assert not audit.file(report(snapshots=()))
    assert audit.file(report(revision="r2", filed_at=NOW + MINUTE))
    audit.plan([row, delivery(role="cfo")], NOW)
    send(audit, row)
    story = audit.show(row.report_id)
    assert [found.revision for found in story.reports] == ["r1", "r2"]
    assert story.reports[0] == report()
    assert story.reports == audit.reports(row.report_id)
    assert [found.state for found in story.deliveries] == [State.SENT]
    assert [event["event"] for event in story.events] == ["file", "file", "plan", "claim", "send", "accept"]
    assert story.events[-1]["from"] == "sending"
    assert story.events[-1]["facts"]["message_id"] == f"m-{row.key[:8]}"
    assert audit.show("nothing").events == ()


def test_events_name_no_reader(audit: AuditStore) -> None:
    row = delivery()
    audit.file(report())
    audit.plan([row], NOW)
    audit.apply(row.key, Claim("one", MINUTE), NOW)
    audit.apply(row.key, Send(1, "a1"), NOW)
    audit.apply(row.key, Refuse(1, "a1", "550 ANA@example.com is unknown", permanent=True), NOW)
    told = json.dumps(audit.show(row.report_id).events)
    assert "ana" not in told.lower().replace("(the reader)", "")
    assert len({event["facts"].get("reader") for event in audit.show(row.report_id).events[1:]}) == 1


def test_says_who_decided_and_why(audit: AuditStore) -> None:
    row = delivery()
    audit.plan([row], NOW)
    audit.apply(row.key, Claim("one", MINUTE), NOW)
    audit.apply(row.key, Send(1, "a1"), NOW)
    audit.apply(row.key, Refuse(1, "a1", "throttled"), NOW)
    audit.apply(row.key, Close(State.CANCELLED, "superseded"), NOW)
    held = delivery(role="cfo")
    audit.plan([held], NOW)
    audit.apply(held.key, Claim("one", MINUTE), NOW)
    audit.apply(held.key, Send(1, "a1"), NOW)
    audit.apply(held.key, Lose(1, "a1", "no answer"), NOW)
    audit.apply(held.key, Resolve("Ana Ruiz", "asked the reader", sent=True), NOW)
    last = audit.show(held.report_id).events[-1]
    assert (last["by"], last["facts"]["reason"], last["facts"]["state"]) == ("Ana Ruiz", "asked the reader", "sent")


def test_records_runs(audit: AuditStore) -> None:
    audit.start(Run("run-1", NOW, {"period": "2026-10", "deliver": True}))
    with pytest.raises(AuditError, match="already"):
        audit.start(Run("run-1", NOW, {}))
    audit.start(Run("run-2", NOW + MINUTE, {}))
    ended = audit.end("run-1", {"sent": 3, "problems": [{"what": "x"}]}, NOW + MINUTE)
    with pytest.raises(AuditError, match="under way"):
        audit.end("run-1", {}, NOW)
    with pytest.raises(AuditError, match="under way"):
        audit.end("run-9", {}, NOW)
    assert audit.runs() == (Run("run-2", NOW + MINUTE, {}), ended)
    assert ended.outcome == {"sent": 3, "problems": [{"what": "x"}]}


def test_keeps_a_note_once(audit: AuditStore) -> None:
    first = Note("bounce", "m1 1", "alpha", "alpha_ceo_2026-10", NOW, {"type": "Permanent", "n": 1}, {"to": "ana@example.com"})
    later = Note("bounce", "m0 1", "beta", "", NOW + MINUTE, {})
    assert audit.note(later)
    assert audit.note(first)
    assert not audit.note(replace(first, at=NOW + MINUTE, facts={"type": "Transient"}, private={}))
    assert audit.note(replace(first, kind="canary", id="m1 1", tenant="", report_id=""))
    assert audit.notes("bounce") == (first, later)
    assert audit.notes("bounce", "beta") == (later,)
    assert audit.notes("canary")[0].tenant == ""
    assert audit.notes("nothing") == ()
    (event,) = audit.show("alpha_ceo_2026-10").events
    assert (event["event"], event["kind"], event["id"]) == ("note", "note", "bounce m1 1")
    assert event["facts"]["facts"] == {"type": "Permanent", "n": 1}
    assert audit.anchor(NOW).heads.keys() == {"alpha", "beta", "_general"}


def test_a_notes_private_values_are_in_no_event(audit: AuditStore) -> None:
    told = {"said": ["550 <ANA@example.com> no\ud800 such user"], "at": NOW, "rate": 0.5}
    audit.note(Note("bounce", "1", "alpha", "alpha_ceo_2026-10", NOW, told, {"to": "ana@example.com"}))
    (kept,) = audit.notes("bounce")
    assert kept.private == {"to": "ana@example.com"}
    assert kept.facts == {"said": ["550 <(the reader)> no? such user"], "at": "2026-11-01T08:00:00.000000Z", "rate": "0.5"}
    assert "ana@" not in json.dumps(audit.show("alpha_ceo_2026-10").events).lower()


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": ""},
        {"kind": "two words"},
        {"kind": "k" * 65},
        {"id": ""},
        {"id": "é" * 451},
        {"id": "\ud800"},
        {"tenant": "", "report_id": "alpha_ceo_2026-10"},
        {"at": NOW.replace(tzinfo=None)},
    ],
)
def test_a_note_without_a_name_or_a_time_is_refused(changes: dict[str, Any], audit: AuditStore) -> None:
    with pytest.raises(AuditError):
        audit.note(replace(Note("canary", "1", "alpha", "", NOW, {}), **changes))
    assert audit.anchor(NOW).heads == {}


def told_of_ana(audit: AuditStore) -> Delivery:
    """A trail that names Ana in every place there is, and Bob beside her."""
    audit.file(report(recipients=("Ana@example.com", "bob@example.com")))
    audit.note(
        Note("bounce", "1", "alpha", "alpha_ceo_2026-10", NOW, {"n": 1}, {"to": "ana@example.com", "cc": "bob@example.com"})
    )
    row, other = delivery(reader="Ana@Example.com"), delivery(reader="bob@example.com")
    audit.plan([row, other], NOW)
    send(audit, other)
    return send(audit, row)


def test_forgets_an_address_and_nothing_else(audit: AuditStore) -> None:
    row = told_of_ana(audit)
    before = audit.show(row.report_id)
    audit.anchor(NOW)
    assert audit.forget(" ANA@example.com ", "Owner", NOW + MINUTE) == 3
    assert audit.verify().ok
    found = audit.get(row.key)
    assert found is not None
    digest = before.events[0]["facts"]["recipients"][0]
    marker = f"forgotten:{digest}"
    assert found == replace(row, reader=marker)
    assert audit.reports(row.report_id)[0].recipients == (marker, "bob@example.com")
    assert audit.notes("bounce")[0].private == {"to": marker, "cc": "bob@example.com"}
    assert audit.show(row.report_id).events == before.events
    (note,) = audit.notes("forgotten")
    assert (note.facts, note.at) == ({"digest": digest, "by": "Owner"}, NOW + MINUTE)
    assert "ana" not in repr((audit.list(), audit.show(row.report_id), note)).lower()


def test_a_forgotten_reader_is_known_all_the_same(audit: AuditStore) -> None:
    row = told_of_ana(audit)
    assert audit.forget("ana@example.com", "Owner", NOW) == 3
    assert audit.forget("ana@example.com", "Owner", NOW) == 0
    assert audit.forget("nobody@example.com", "Owner", NOW) == 0
    assert len(audit.notes("forgotten")) == 1
    assert not audit.file(report(recipients=("ana@example.com",)))
    assert audit.plan([delivery(reader="Ana@Example.com")], NOW).known == (row.key,)
    heard = audit.apply(row.key, Hear(State.BOUNCED, "550 ana@example.com is unknown"), NOW)
    assert isinstance(heard, Delivery)
    assert (heard.state, heard.reason) == (State.BOUNCED, "550 (an address) is unknown")
    audit.file(report(revision="r2", recipients=("ana@example.com",)))  # who is told of anew
    assert audit.forget("ana@example.com", "Owner", NOW + MINUTE) == 1
    assert len(audit.notes("forgotten")) == 2


@pytest.mark.parametrize(
    ("address", "by"), [("", "Owner"), (" ", "Owner"), ("ana@example.com", " "), (f"forgotten:{'0' * 64}", "x")]
)
def test_to_forget_takes_an_address_and_a_name(address: str, by: str, audit: AuditStore) -> None:
    told_of_ana(audit)
    with pytest.raises(AuditError):
        audit.forget(address, by, NOW)
    assert audit.notes("forgotten") == ()


def test_an_address_is_forgotten_while_others_write(audit: AuditStore) -> None:
    """Nobody who had read a row before writes the address back."""
    rows = [delivery(role=f"role-{number}") for number in range(8)]
    audit.plan(rows, NOW)

    def work() -> None:
        for turn in range(2):
            for row in rows:
                audit.apply(row.key, Claim("one", MINUTE), NOW)
                audit.apply(row.key, Unclaim(turn + 1, "not now"), NOW)

    def forget() -> None:
        assert audit.forget("ana@example.com", "Owner", NOW) == len(rows)

    assert together([work, forget]) == [0, 0]
    assert {row.reader.partition(":")[0] for row in audit.list()} == {"forgotten"}


def test_a_lease_has_one_holder(audit: AuditStore) -> None:
    first = audit.acquire("sender", "one", MINUTE, NOW)
    assert (first.holder, first.until, first.fence) == ("one", NOW + MINUTE, 1)
    assert audit.acquire("sender", "two", MINUTE, NOW) == first  # and so the loser knows whom to name
    assert audit.acquire("other", "two", MINUTE, NOW).holder == "two"
    assert audit.acquire("sender", "one", MINUTE, NOW).fence == 1
    renewed = audit.renew(first, 2 * MINUTE, NOW)
    assert renewed is not None
    assert audit.acquire("sender", "two", MINUTE, NOW + MINUTE).holder == "one"
    taken = audit.acquire("sender", "two", MINUTE, NOW + 2 * MINUTE)
    assert (taken.holder, taken.fence) == ("two", 2)
    assert audit.renew(renewed, MINUTE, NOW) is None
    assert not audit.release(renewed)
    assert audit.release(taken)
    again = audit.acquire("sender", "one", MINUTE, NOW)
    assert (again.holder, again.fence) == ("one", 3)


def test_an_expired_lease_of_ones_own_is_taken_anew(audit: AuditStore) -> None:
    audit.acquire("sender", "one", MINUTE, NOW)
    assert audit.acquire("sender", "one", MINUTE, NOW + MINUTE).fence == 2


def test_anchors_are_added_when_the_heads_move(audit: AuditStore) -> None:
    audit.plan([delivery(), delivery("beta")], NOW)
    assert audit.verify().unanchored == {"alpha": 1, "beta": 1}
    first = audit.anchor(NOW)
    assert {tenant: seq for tenant, (seq, _) in first.heads.items()} == {"alpha": 1, "beta": 1}
    assert audit.anchor(NOW + MINUTE) == first
    assert audit.verify().unanchored == {}
    send(audit, delivery())
    assert audit.verify().unanchored == {"alpha": 3}
    assert audit.anchor(NOW + MINUTE).heads["alpha"][0] == 4
    verified = audit.verify()
    assert (verified.ok, verified.events, verified.unanchored) == (True, 5, {})


def test_times_need_a_zone(audit: AuditStore) -> None:
    with pytest.raises(AuditError, match="time zone"):
        audit.plan([delivery()], NOW.replace(tzinfo=None))
    assert audit.list() == ()


def test_two_processes_claim_each_delivery_once(audit: AuditStore) -> None:
    rows = [delivery(role=f"role-{number}") for number in range(25)]
    audit.plan(rows, NOW)

    def claim_all(name: str) -> int:
        return sum(isinstance(audit.apply(row.key, Claim(name, MINUTE), NOW), Delivery) for row in rows)

    won = together([lambda: claim_all("one"), lambda: claim_all("two")])
    assert sum(won) == 25
    assert {row.fence for row in audit.list()} == {1}


def test_sqlite_opened_by_many_at_once_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "home" / "audit.sqlite"

    def open_and_plan(number: int) -> None:
        SqliteAudit(path).plan([delivery(role=f"role-{number}")], NOW)

    assert together([partial(open_and_plan, number) for number in range(6)]) == [0] * 6
    audit = SqliteAudit(path)
    assert len(audit.list()) == 6
    assert audit.verify().ok
    assert path.stat().st_mode & 0o077 == 0


def test_sqlite_refuses_a_file_that_is_none_and_one_of_a_newer_version(tmp_path: Path) -> None:
    (tmp_path / "audit.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(AuditError, match="cannot be used"):
        SqliteAudit(tmp_path / "audit.sqlite").list()
    newer = SqliteAudit(tmp_path / "newer.sqlite")
    newer.plan([delivery()], NOW)
    newer.close()
    with sqlite3.connect(tmp_path / "newer.sqlite") as connection:
        connection.execute("INSERT INTO migrations VALUES (99)")
    connection.close()
    with pytest.raises(AuditError, match="version 99"):
        newer.list()


def test_sqlite_keeps_events_deliveries_and_reports_from_change(tmp_path: Path) -> None:
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    audit.file(report())
    audit.plan([delivery()], NOW)
    audit.close()
    connection = sqlite3.connect(tmp_path / "audit.sqlite")
    for sql in ("UPDATE events SET seq = 9", *(f"DELETE FROM {table}" for table in ("events", "deliveries", "reports"))):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            connection.execute(sql)
    connection.close()


def test_sqlite_goes_on_after_being_closed(tmp_path: Path) -> None:
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    audit.plan([delivery()], NOW)
    audit.close()
    audit.close()
    assert len(audit.list()) == 1
    assert audit.anchor(NOW + timedelta(days=1)).heads["alpha"][0] == 1


def test_no_byte_of_a_forgotten_address_is_left_in_the_file(tmp_path: Path) -> None:
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    other = SqliteAudit(tmp_path / "audit.sqlite")
    told_of_ana(audit)
    for number in range(60):  # more pages than one
        other.plan([delivery(role=f"role-{number}"), delivery(role=f"role-{number}", reader="bob@example.com")], NOW)
    assert b"ana@example.com" in bytes_of(tmp_path)
    assert other.forget("ana@example.com", "Owner", NOW) == 63
    assert b"ana@example" not in bytes_of(tmp_path)
    assert b"bob@example.com" in bytes_of(tmp_path)


def test_a_file_in_use_is_scrubbed_when_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_schema, "_BUSY_SECONDS", 0.05)
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    told_of_ana(audit)
    reader = sqlite3.connect(tmp_path / "audit.sqlite", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM deliveries").fetchall()
    with pytest.raises(AuditError, match="older pages") as error:
        audit.forget("ana@example.com", "Owner", NOW)
    assert not error.value.permanent
    reader.close()
    assert audit.forget("ana@example.com", "Owner", NOW) == 0
    assert b"ana@example" not in bytes_of(tmp_path)


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir()).lower()


def test_no_item_holds_a_forgotten_address(emulator: Emulator, tmp_path: Path) -> None:
    audit = dynamo_store(emulator, tmp_path)
    told_of_ana(audit)
    many = tuple({"tenant": "alpha", "digest": f"{number:064x}"} for number in range(800))
    audit.file(report(role="cfo", recipients=("ana@example.com",), snapshots=many))
    assert "ana@example.com" in everything_in(emulator)
    audit.forget("ana@example.com", "Owner", NOW)
    assert "ana@example" not in everything_in(emulator)
    assert "bob@example.com" in everything_in(emulator)
    assert audit.reports("alpha_cfo_2026-10")[0].snapshots == many
    assert audit.verify().ok


def everything_in(emulator: Emulator) -> str:
    """All items of the table, unpacked."""
    found = []
    for page in emulator.aws().client("dynamodb").get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True):
        found += [repr((item, from_wire(item).body)) for item in page["Items"]]
    return "".join(found).lower()


def test_sqlite_brings_an_older_file_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sqlite_schema, "MIGRATIONS", sqlite_schema.MIGRATIONS[:1])
        older = SqliteAudit(tmp_path / "audit.sqlite")
        older.plan([delivery()], NOW)
        older.close()
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    assert audit.note(Note("canary", "1", "", "", NOW, {}))
    assert len(audit.list()) == 1
    assert audit.verify().ok


def test_events_come_in_parts_and_others_may_write_meanwhile(audit: AuditStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_rows, "_PART", 2)
    audit.plan([delivery(role=f"r{number}") for number in range(5)], NOW)
    found = audit.entries()
    first = next(iter(found))
    audit.plan([delivery(tenant="beta")], NOW)
    rest = list(found)
    assert [(entry.tenant, entry.seq) for entry in (first, *rest)][:5] == [("alpha", seq) for seq in range(1, 6)]
