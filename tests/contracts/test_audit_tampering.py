"""`verify` finds what somebody who can write the trail's tables did to them: generated tamperings, many of each kind.

A sample of them is drawn each time; the many, more than a thousand on each store, are drawn by the slow tests.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest

from quarterdeck.audit import AuditStore
from quarterdeck.audit.anchors import AnchorFile
from quarterdeck.audit.dynamodb_items import Key
from quarterdeck.audit.happenings import Claim
from quarterdeck.audit.records import Note, Run
from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.audit.verify import Verification
from quarterdeck.errors import AuditError
from tests.emulator import Emulator
from tests.tampering import DYNAMO_KINDS, KINDS, DynamoHand, Hand, SqliteHand, forget_untold
from tests.trails import MINUTE, NOW, STORES, TABLE, delivery, dynamo_store, report, send

T = TypeVar("T")
Wire = dict[Key, dict[str, Any]]


def tell(audit: AuditStore) -> None:
    """A trail of three tenants with about sixty events, anchored."""
    audit.start(Run("run-1", NOW, {"period": "2026-10"}))
    for tenant in ("alpha", "beta", "portfolio"):
        for role in ("ceo", "cfo"):
            audit.file(report(tenant, role))
            rows = [delivery(tenant, role), delivery(tenant, role, "bob@example.com")]
            audit.plan(rows, NOW)
            for row in rows:
                send(audit, row)
        audit.note(Note("suppressed", tenant, tenant, "", NOW, {"why": "bounced"}, {"reader": "ana@example.com"}))
    for number in "12":
        audit.note(Note("canary", number, "", "", NOW, {"n": 1}, {"to": "ana@example.com"}))
    audit.end("run-1", {"sent": 12}, NOW)
    audit.anchor(NOW)
    assert audit.verify().ok


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trail in a file."""
    folder = tmp_path_factory.mktemp("trail")
    audit = SqliteAudit(folder / "audit.sqlite")
    tell(audit)
    audit.close()  # which also folds the write-ahead log into the file
    return folder


def verify_after(trail: Path, tmp_path: Path, tamper: Callable[[sqlite3.Connection], object]) -> Verification:
    """The verdict on a copy of the trail that was tampered with by whoever owns the file."""
    for name in ("audit.sqlite", "anchors.jsonl"):
        shutil.copy(trail / name, tmp_path / name)
    for name in ("audit.sqlite-wal", "audit.sqlite-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    connection = sqlite3.connect(tmp_path / "audit.sqlite", isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    SqliteHand(connection)
    tamper(connection)
    connection.execute("COMMIT")
    connection.close()
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    try:
        return audit.verify()
    finally:
        audit.close()


class Tabled:
    """The trail in a table: it is tampered with item by item, and mended again."""

    def __init__(self, emulator: Emulator, folder: Path, told: tuple[Wire, bytes] | None = None) -> None:
        """The trail as it was told, or told anew, which takes longer."""
        self._client = emulator.aws().client("dynamodb", "once")
        self.audit = dynamo_store(emulator, folder)
        if told is None:
            tell(self.audit)
            items = self._client.scan(TableName=TABLE, ConsistentRead=True)["Items"]
            self.wire: Wire = {(item["PK"]["S"], item["SK"]["S"]): item for item in items}
        else:
            self.wire = told[0]
            (folder / "anchors.jsonl").write_bytes(told[1])
            self._change({}, self.wire)

    def verify_after(self, tamper: Callable[[DynamoHand], object]) -> Verification:
        hand = DynamoHand(self.wire)
        tamper(hand)
        self._change(self.wire, hand.wire())
        try:
            return self.audit.verify()
        finally:
            self._change(hand.wire(), self.wire)

    def _change(self, before: Wire, after: Wire) -> None:
        requests: list[Mapping[str, Any]] = [
            {"DeleteRequest": {"Key": {"PK": {"S": pk}, "SK": {"S": sk}}}} for pk, sk in before.keys() - after.keys()
        ]
        requests += [{"PutRequest": {"Item": item}} for key, item in after.items() if before.get(key) != item]
        for start in range(0, len(requests), 25):
            self._client.batch_write_item(RequestItems={TABLE: requests[start : start + 25]})


@pytest.fixture(scope="module")
def told() -> list[tuple[Wire, bytes]]:
    """What was told once, for all tests."""
    return []


@pytest.fixture
def tabled(emulator: Emulator, tmp_path: Path, told: list[tuple[Wire, bytes]]) -> Tabled:
    tabled = Tabled(emulator, tmp_path, *told)
    told[:] = [(tabled.wire, (tmp_path / "anchors.jsonl").read_bytes())]
    return tabled


Verify = Callable[[Callable[[Hand], object]], Verification]


@pytest.fixture(params=STORES)
def verified(request: pytest.FixtureRequest, trail: Path, tmp_path: Path) -> Iterator[Verify]:
    """The verdict of a store's `verify` after a tampering."""
    if request.param == "dynamodb":
        yield request.getfixturevalue("tabled").verify_after
    else:
        yield in_the_file(trail, tmp_path)


def in_the_file(trail: Path, tmp_path: Path) -> Verify:
    return lambda tamper: verify_after(trail, tmp_path, lambda connection: tamper(OpenHand(connection)))


class OpenHand(SqliteHand):
    """The hand on a file whose triggers are gone already."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection


def missed(kind: str, seeds: range, verified: Verify) -> list[object]:
    """The tamperings of a kind that were not found for what they are."""
    tamper, said = KINDS[kind]
    silent: list[object] = []
    for seed in seeds:
        verdict = verified(drawing(tamper, f"{kind} {seed}"))
        if verdict.ok or not any(said in problem for problem in verdict.problems):
            silent.append((kind, seed, verdict.problems))
    return silent


def missed_with_items(kind: str, seeds: range, tabled: Tabled) -> list[object]:
    tamper = DYNAMO_KINDS[kind]
    return [(kind, seed) for seed in seeds if tabled.verify_after(drawing(tamper, f"{kind} {seed}")).ok]


def drawing(tamper: Callable[[T, random.Random], None], seed: str) -> Callable[[T], None]:
    """A tampering as it comes out of a seed."""
    return lambda hand: tamper(hand, random.Random(seed))


@pytest.mark.parametrize("kind", KINDS)
def test_finds_a_sample_of_tamperings_with_the_file(kind: str, trail: Path, tmp_path: Path) -> None:
    assert missed(kind, range(20), in_the_file(trail, tmp_path)) == []


def test_finds_a_sample_of_tamperings_with_the_table(tabled: Tabled) -> None:
    assert [found for kind in KINDS for found in missed(kind, range(1), tabled.verify_after)] == []
    assert [found for kind in DYNAMO_KINDS for found in missed_with_items(kind, range(1), tabled)] == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_finds_every_tampering(kind: str, verified: Verify) -> None:
    assert missed(kind, range(20, 120), verified) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", DYNAMO_KINDS)
def test_finds_every_tampering_with_items(kind: str, tabled: Tabled) -> None:
    assert missed_with_items(kind, range(1, 61), tabled) == []


def test_an_untouched_table_verifies_however_often(tabled: Tabled) -> None:
    for _ in range(2):
        verdict = tabled.verify_after(lambda _: None)
        assert (verdict.problems, verdict.unanchored) == ((), {})


def test_a_careful_truncation_is_found_by_the_anchor_alone(trail: Path, tmp_path: Path) -> None:
    def cut(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM events WHERE tenant = 'beta' AND seq > 3")
        forget_untold(OpenHand(connection))

    verdict = verify_after(trail, tmp_path, cut)
    assert len(verdict.problems) == 1
    assert "anchored on 2026-11-01 08:00" in verdict.problems[0]


def test_nothing_is_found_where_nothing_was_done(trail: Path, tmp_path: Path) -> None:
    verdict = verify_after(trail, tmp_path, lambda _: None)
    assert verdict.problems == ()
    assert verdict.unanchored == {}


def test_what_came_after_the_last_anchor_is_counted_as_unanchored(trail: Path, tmp_path: Path) -> None:
    verify_after(trail, tmp_path, lambda _: None)
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    audit.plan([delivery("beta", "cmo"), delivery("gamma")], NOW)
    audit.apply(delivery("gamma").key, Claim("one", MINUTE), NOW)
    verdict = audit.verify()
    assert (verdict.ok, verdict.unanchored) == (True, {"beta": 1, "gamma": 2})


def test_a_shortened_or_missing_anchor_file_is_found(trail: Path, tmp_path: Path) -> None:
    verify_after(trail, tmp_path, lambda _: None)
    (tmp_path / "anchors.jsonl").write_bytes(b"")
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    assert audit.verify().problems == ("1 anchors were written and 0 are left",)
    (tmp_path / "anchors.jsonl").unlink()
    assert audit.verify().problems == ("1 anchors were written and 0 are left",)


def test_an_edited_or_broken_anchor_is_found(trail: Path, tmp_path: Path) -> None:
    verify_after(trail, tmp_path, lambda _: None)
    path = tmp_path / "anchors.jsonl"
    intact = json.loads(path.read_text())
    intact["heads"]["beta"][0] += 1
    path.write_text(json.dumps(intact) + "\n")
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    (problem,) = audit.verify().problems
    assert "is not the event that was anchored" in problem
    for text in ("{}\n", "null\n", "not json\n", '{"at": 1, "heads": {}}\n', '{"at": "2026-11-01", "heads": {"a": 1}}\n'):
        path.write_text(text)
        (problem,) = audit.verify().problems
        assert "jsonl:1 is no anchor" in problem


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE deliveries SET state = 'nonsense'",
        "UPDATE deliveries SET attempts = 'no json'",
        "UPDATE deliveries SET updated_at = 'yesterday'",
        "UPDATE reports SET snapshots = '1'",
        "UPDATE runs SET parameters = '['",
        "UPDATE events SET body = 'no json'",
        "UPDATE events SET body = '[]'",
        "DELETE FROM meta WHERE name = 'anchors'",
        "UPDATE meta SET value = 'many' WHERE name = 'anchors'",
    ],
)
def test_nonsense_in_a_table_is_a_problem_and_no_crash(sql: str, trail: Path, tmp_path: Path) -> None:
    assert not verify_after(trail, tmp_path, lambda connection: connection.execute(sql)).ok


def test_a_line_that_a_crash_cut_short_is_no_anchor_and_is_replaced(trail: Path, tmp_path: Path) -> None:
    verify_after(trail, tmp_path, lambda _: None)
    path = tmp_path / "anchors.jsonl"
    with path.open("ab") as file:
        file.write(b'{"at": "2026-')
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    assert audit.verify().ok
    audit.plan([delivery("gamma")], NOW)
    audit.anchor(NOW + MINUTE)
    assert len(AnchorFile(path).read()) == 2
    assert path.read_bytes().count(b"\n") == 2
    assert audit.verify().unanchored == {}


def test_a_damaged_file_is_found(trail: Path, tmp_path: Path) -> None:
    data = bytearray((trail / "audit.sqlite").read_bytes())
    drawn = random.Random(3)
    silent = 0
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(64):
            damaged[drawn.randrange(4096, len(damaged))] = drawn.randrange(256)
        (tmp_path / "audit.sqlite").write_bytes(damaged)
        shutil.copy(trail / "anchors.jsonl", tmp_path / "anchors.jsonl")
        audit = SqliteAudit(tmp_path / "audit.sqlite")
        try:
            silent += audit.verify().ok
        except AuditError:
            pass
        finally:
            audit.close()
    assert silent == 0
