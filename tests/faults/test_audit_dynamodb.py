"""The trail in DynamoDB when the network and AWS fail: every change is made once or not, and what is said of it is true."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.audit import AuditStore, Delivery, State
from quarterdeck.audit.anchors import AnchorFile
from quarterdeck.audit.dynamodb import DynamoAudit
from quarterdeck.audit.dynamodb_calls import Calls, Sent, pauses
from quarterdeck.audit.dynamodb_items import META
from quarterdeck.audit.happenings import Accept, Claim, Lose, Resolve, Send
from quarterdeck.audit.records import Filter, Note, Run
from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.audit.verify import Verification
from quarterdeck.aws import Aws
from quarterdeck.errors import AuditError
from quarterdeck.wiring import open_parts
from tests.emulator import REGION, Emulator
from tests.forks import together
from tests.handbook import code, examples, page, rows, section
from tests.trails import MINUTE, NOW, TABLE, delivery, dynamo_store, report

ROW, OTHER = delivery(), delivery(role="cfo")
NOTE = Note("bounce", "1", "alpha", ROW.report_id, NOW, {"n": 1}, {"to": "ana@example.com"})


def verdict(found: Verification) -> object:
    return found.problems, found.events, found.unanchored


# A life of the trail, step by step; every kind of write is in it.
STEPS: Sequence[Callable[[AuditStore], object]] = (
    lambda audit: audit.start(Run("run-1", NOW, {"period": "2026-10"})),
    lambda audit: audit.file(report()),
    lambda audit: audit.file(report()),
    lambda audit: audit.plan([ROW, OTHER], NOW),
    lambda audit: audit.plan([delivery(content_sha256="c1"), OTHER], NOW),
    lambda audit: audit.apply(ROW.key, Claim("one", MINUTE), NOW),
    lambda audit: audit.apply(ROW.key, Claim("two", MINUTE), NOW),
    lambda audit: audit.apply(ROW.key, Send(1, "a1"), NOW),
    lambda audit: audit.apply(ROW.key, Accept("a1", "m1"), NOW),
    lambda audit: audit.apply(OTHER.key, Claim("one", MINUTE), NOW),
    lambda audit: audit.apply(OTHER.key, Send(1, "a1"), NOW),
    lambda audit: audit.apply(OTHER.key, Lose(1, "a1", "no answer"), NOW),
    lambda audit: audit.apply(OTHER.key, Resolve("Ana", "not there", sent=False), NOW),
    lambda audit: audit.note(NOTE),
    lambda audit: audit.note(NOTE),
    lambda audit: audit.acquire("sender", "one", MINUTE, NOW),
    lambda audit: audit.renew(audit.acquire("sender", "one", MINUTE, NOW), 2 * MINUTE, NOW),
    lambda audit: audit.acquire("sender", "two", MINUTE, NOW),
    lambda audit: audit.release(audit.acquire("sender", "one", MINUTE, NOW)),
    lambda audit: audit.acquire("sender", "two", MINUTE, NOW),
    lambda audit: audit.anchor(NOW).heads.keys(),
    lambda audit: audit.forget("bob@example.com", "Owner", NOW),
    lambda audit: audit.end("run-1", {"sent": 1}, NOW),
    lambda audit: (audit.list(), audit.list(Filter(tenant="alpha", states=frozenset({State.SENT}))), audit.get(ROW.key)),
    lambda audit: (audit.reports(ROW.report_id), audit.runs(), audit.notes("bounce")),
    lambda audit: [(event["event"], event["at"], event["seq"]) for event in audit.show(ROW.report_id).events],
    lambda audit: audit.forget("ana@example.com", "Owner", NOW),
    lambda audit: verdict(audit.verify()),
)


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def audit(emulator: Emulator, tmp_path: Path, slept: list[float]) -> DynamoAudit:
    """A trail that does not really wait."""
    return dynamo_store(emulator, tmp_path, partial(Calls, sleep=slept.append))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """What each step comes to on the store that has no network."""
    audit = SqliteAudit(tmp_path_factory.mktemp("undisturbed") / "audit.sqlite")
    return [step(audit) for step in STEPS]


ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "undisturbed": {},
    "dropped before": {"how": "before"},
    "dropped after": {"how": "after"},
    "dropped after, twice": {"how": "after", "times": 2},
    "cut short": {"how": "cut"},
    "empty": {"how": "empty"},
    "error 500": {"how": "error", "status": 500, "code": "InternalServerError"},
    "error 500 after all": {"how": "after_error", "status": 500, "code": "InternalServerError"},
    "error 503": {"how": "error", "status": 503, "code": "ServiceUnavailable"},
    "throttled": {"how": "error", "code": "ThrottlingException", "times": 3},
    "too much": {"how": "error", "code": "ProvisionedThroughputExceededException", "times": 3},
    "in each other's way": {
        "how": "error",
        "code": "TransactionCanceledException",
        "message": "Transaction cancelled, please refer cancellation reasons for specific reasons [None, TransactionConflict]",
    },
    "throttled in part": {
        "how": "error",
        "code": "TransactionCanceledException",
        "message": "Transaction cancelled, please refer cancellation reasons for specific reasons [ThrottlingError, None]",
    },
}


def some(*quick: str, names: Sequence[str] = tuple(ANSWERS)) -> list[Any]:
    """Some of the answers, and the others, which differ only in what the SDK makes of them, as slow ones."""
    return [pytest.param(name, marks=[] if name in quick else [pytest.mark.slow]) for name in names]


OF_READS = tuple(name for name in ANSWERS if ANSWERS[name] and "reasons" not in ANSWERS[name].get("message", ""))


@pytest.mark.parametrize(
    "answer", some("undisturbed", "dropped before", "dropped after", "empty", "error 500 after all", "in each other's way")
)
def test_every_step_of_which_each_write_fails_at_first(
    answer: str, emulator: Emulator, audit: DynamoAudit, undisturbed: list[object], slept: list[float]
) -> None:
    for number, step in enumerate(STEPS):
        emulator.no_faults()
        if ANSWERS[answer]:
            emulator.fail("TransactWriteItems", **ANSWERS[answer])
        assert step(audit) == undisturbed[number], number
    assert (sum(slept) > 0) == (answer != "undisturbed")


@pytest.mark.parametrize("answer", some("dropped after", "empty", "throttled", names=OF_READS))
def test_every_step_of_which_the_reads_fail_at_first(
    answer: str, emulator: Emulator, audit: DynamoAudit, undisturbed: list[object]
) -> None:
    for number, step in enumerate(STEPS):
        emulator.no_faults()
        for operation in ("GetItem", "Query", "Scan"):
            emulator.fail(operation, **ANSWERS[answer])
        assert step(audit) == undisturbed[number], number


@pytest.mark.parametrize("operation", ["TransactWriteItems", "GetItem"])
def test_throttled_for_ever_ends_and_changes_nothing(
    operation: str, emulator: Emulator, audit: DynamoAudit, slept: list[float]
) -> None:
    audit.plan([ROW], NOW)
    emulator.fail(operation, "error", times=10_000, code="ThrottlingException")
    with pytest.raises(AuditError) as error:
        audit.apply(ROW.key, Claim("one", MINUTE), NOW)
    assert not error.value.permanent
    assert "not known" not in str(error.value)
    assert "later" in error.value.problem.remedy
    assert len(slept) < 20
    assert sum(slept) < 90
    emulator.no_faults()
    assert audit.list() == (audit.get(ROW.key),)
    assert audit.list()[0].state is State.PLANNED
    assert audit.verify().events == 1


def test_pauses_grow_and_end() -> None:
    drawn = [[pause for pause in pauses(16) if pause is not None] for _ in range(200)]
    assert {len(each) for each in drawn} == {15}
    assert all(pause <= min(5, 0.05 * 2**number) for each in drawn for number, pause in enumerate(each))
    assert max(each[0] for each in drawn) > 0.02
    assert max(each[-1] for each in drawn) > 2.5


def test_answers_that_are_lost_for_ever_are_looked_up(emulator: Emulator, audit: DynamoAudit) -> None:
    audit.plan([ROW], NOW)
    emulator.fail("TransactWriteItems", "after", times=10_000)
    row = audit.apply(ROW.key, Claim("one", MINUTE), NOW)
    assert isinstance(row, Delivery)
    assert (row.owner, row.fence) == ("one", 1)
    assert len(emulator.calls("TransactWriteItems")) == 3  # the salt, the plan, the claim


def test_requests_that_never_arrive_leave_it_open_what_happened(emulator: Emulator, audit: DynamoAudit) -> None:
    audit.plan([ROW], NOW)
    emulator.fail("TransactWriteItems", "before", times=10_000)
    with pytest.raises(AuditError, match="not known") as error:
        audit.apply(ROW.key, Claim("one", MINUTE), NOW)
    assert not error.value.permanent
    emulator.no_faults()
    found = audit.get(ROW.key)
    assert found is not None
    assert found.state is State.PLANNED


def test_when_nothing_can_be_asked_any_more_it_says_so_and_a_new_try_does_nothing_twice(
    emulator: Emulator, audit: DynamoAudit
) -> None:
    audit.plan([ROW], NOW)
    emulator.fail("TransactWriteItems", "after")
    calls = len(emulator.calls("GetItem"))
    emulator.fail("GetItem", "error", times=0, code="x")
    audit.file(report())
    assert len(emulator.calls("GetItem")) > calls
    emulator.fail("TransactWriteItems", "after")
    with pytest.raises(AuditError, match="not known"):
        audit_dies_after_its_write(emulator, audit)
    emulator.no_faults()
    assert not audit.note(NOTE)
    assert [event["event"] for event in audit.show(ROW.report_id).events] == ["plan", "file", "note"]


def audit_dies_after_its_write(emulator: Emulator, audit: DynamoAudit) -> None:
    """Note something; from the pause after the first write on, nothing gets through."""

    def cut(_: float) -> None:
        emulator.fail("*", "before", times=10_000)

    audit._table.calls.sleep = cut
    audit.note(NOTE)


class Late(Calls):
    """A network on which the first write arrives late: after so many later requests, or right before the next write."""

    def __init__(self, table: str, aws: Aws, after: int) -> None:
        super().__init__(table, aws, sleep=lambda _: None)
        self.after = after
        self.under_way: Sequence[Mapping[str, Any]] = ()
        self.is_slow = False

    def read(self, operation: str, **arguments: Any) -> Mapping[str, Any]:
        if self.under_way:
            self.after -= 1
            if self.after < 0:
                self.arrive()
        return super().read(operation, **arguments)

    def write(self, items: Sequence[Mapping[str, Any]]) -> Sent:
        if self.is_slow:
            self.is_slow, self.under_way = False, items
            return Sent.LOST
        self.arrive()
        return super().write(items)

    def arrive(self) -> None:
        items, self.under_way = self.under_way, ()
        if items:
            assert super().write(items) is Sent.DONE


@pytest.mark.parametrize("after", range(7))
def test_a_write_that_arrives_late_is_ones_own(after: int, emulator: Emulator, tmp_path: Path) -> None:
    audit = dynamo_store(emulator, tmp_path, partial(Late, after=after))
    calls = audit._table.calls
    assert isinstance(calls, Late)
    audit.plan([ROW], NOW)
    calls.is_slow = True
    row = audit.apply(ROW.key, Claim("one", MINUTE), NOW)
    assert isinstance(row, Delivery)
    assert (row.owner, row.fence) == ("one", 1)
    calls.after, calls.is_slow = after, True
    assert audit.note(NOTE)
    calls.after, calls.is_slow = after, True
    lease = audit.acquire("sender", "one", MINUTE, NOW)
    assert lease.fence == 1
    assert [event["event"] for event in audit.show(ROW.report_id).events] == ["plan", "claim", "note"]
    assert audit.verify().ok


REFUSALS = {
    "ExpiredTokenException": "sign in",
    "UnrecognizedClientException": "sign in",
    "InvalidSignatureException": "sign in",
    "AccessDeniedException": "rights",
    "ResourceNotFoundException": "make the table",
    "ValidationException": "PK and SK",
}


@pytest.mark.parametrize("operation", ["GetItem", "Query", "Scan", "TransactWriteItems"])
def test_a_refusal_is_told_at_once_with_what_to_do(
    operation: str, emulator: Emulator, audit: DynamoAudit, slept: list[float]
) -> None:
    acts: Mapping[str, Callable[[], object]] = {"Query": audit.list, "Scan": audit.verify}
    audit.plan([ROW], NOW)
    for refusal, remedy in REFUSALS.items():
        emulator.fail(operation, "error", code=refusal, message="arn:aws:iam::123456789012:user/ana quoted what was sent")
        with pytest.raises(AuditError) as error:
            acts.get(operation, lambda: audit.apply(ROW.key, Claim("one", MINUTE), NOW))()
        assert error.value.permanent
        assert remedy in error.value.problem.remedy
        assert TABLE in str(error.value)
        assert "quoted" not in str(error.value)
    assert slept == []


def test_credentials_that_expire_after_an_answer_was_lost_leave_it_open(emulator: Emulator, audit: DynamoAudit) -> None:
    audit.plan([ROW], NOW)
    emulator.fail("TransactWriteItems", "after")

    def expire(_: float) -> None:
        emulator.fail("*", "error", times=10_000, code="ExpiredTokenException")

    audit._table.calls.sleep = expire
    with pytest.raises(AuditError, match="not known") as error:
        audit.apply(ROW.key, Claim("one", MINUTE), NOW)
    assert error.value.permanent
    assert "sign in" in error.value.problem.remedy


def test_a_table_that_is_not_there(emulator: Emulator, tmp_path: Path) -> None:
    audit = DynamoAudit(Calls("nothing", emulator.aws()), AnchorFile(tmp_path / "anchors.jsonl"))
    for act in (lambda: audit.plan([ROW], NOW), audit.list, audit.verify, lambda: audit.get(ROW.key)):
        with pytest.raises(AuditError, match="no such table") as error:
            act()
        assert error.value.permanent
        assert "AWS_REGION" in error.value.problem.remedy


def test_neither_region_nor_credentials(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for aws, said in ((Aws(None, emulator.url), "region"), (Aws(REGION, emulator.url), "credentials")):
        with pytest.raises(AuditError, match=said) as error:
            DynamoAudit(Calls(TABLE, aws), AnchorFile(tmp_path / "anchors.jsonl")).list()
        assert error.value.permanent


class Sparing(Calls):
    """A table that gives one item a page, and pages without any where a filter leaves none."""

    def read(self, operation: str, **arguments: Any) -> Mapping[str, Any]:
        return super().read(operation, **arguments, **({} if operation == "get_item" else {"Limit": 1}))


def test_pages_of_one_item_and_of_none(emulator: Emulator, tmp_path: Path, undisturbed: list[object]) -> None:
    audit = dynamo_store(emulator, tmp_path, Sparing)
    assert [step(audit) for step in STEPS] == undisturbed


def test_two_processes_write_one_chain(emulator: Emulator, tmp_path: Path) -> None:
    audit = dynamo_store(emulator, tmp_path)

    def note(name: str) -> int:
        return sum(audit.note(Note("said", f"{name} {number}", "alpha", "", NOW, {})) for number in range(10))

    assert together([partial(note, "one"), partial(note, "two")]) == [10, 10]
    verdict = audit.verify()
    assert (verdict.ok, verdict.events, verdict.heads["alpha"][0]) == (True, 20, 20)


def test_two_processes_note_the_same_once(emulator: Emulator, tmp_path: Path) -> None:
    audit = dynamo_store(emulator, tmp_path)

    def note() -> int:
        return sum(audit.note(Note("said", f"{number}", "alpha", "", NOW, {})) for number in range(10))

    assert sum(together([note, note])) == 10
    assert audit.verify().events == 10


def test_a_trail_is_verified_while_others_write(emulator: Emulator, tmp_path: Path) -> None:
    audit = dynamo_store(emulator, tmp_path)
    rows = [delivery(role=f"role-{number}") for number in range(6)]
    audit.plan(rows, NOW)

    def write() -> None:
        for row in rows:
            audit.apply(row.key, Claim("one", MINUTE), NOW)
            audit.plan([delivery("beta", row.role)], NOW)
            audit.apply(row.key, Send(1, "a1"), NOW)
            audit.anchor(NOW)

    def verify() -> int:
        return sum(len(audit.verify().problems) for _ in range(5))

    assert together([write, verify]) == [0, 0]
    assert audit.verify().events == 24


def test_what_is_too_large_is_refused_and_changes_nothing(emulator: Emulator, audit: DynamoAudit) -> None:
    snapshots = tuple({"digest": hashlib.sha512(b"%d" % number).hexdigest()} for number in range(8000))
    with pytest.raises(AuditError, match="too large") as error:
        audit.file(report(snapshots=snapshots))
    assert error.value.permanent
    assert "storage.audit" in error.value.problem.remedy
    assert audit.reports(report().report_id) == ()
    assert audit.file(report(snapshots=snapshots[:2000]))
    assert audit.reports(report().report_id)[0].snapshots == snapshots[:2000]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"body": {"S": '{"version":99,"salt":"x"}'}}, "version 99"),
        ({"body": {"S": "no json"}}, "damaged"),
        (None, "salt is gone"),
    ],
)
def test_a_table_of_a_newer_version_or_without_its_salt(
    changes: Mapping[str, Any] | None, said: str, emulator: Emulator, audit: DynamoAudit, tmp_path: Path
) -> None:
    audit.plan([ROW], NOW)
    client = emulator.aws().client("dynamodb")
    key = {"PK": {"S": META[0]}, "SK": {"S": META[1]}}
    item = client.get_item(TableName=TABLE, Key=key)["Item"]
    if changes is None:
        client.delete_item(TableName=TABLE, Key=key)
    else:
        client.put_item(TableName=TABLE, Item={**item, **changes})
    with pytest.raises(AuditError, match=said) as error:
        dynamo_store(emulator, tmp_path).plan([OTHER], NOW)
    assert error.value.permanent


def test_who_only_looks_writes_nothing(emulator: Emulator, audit: DynamoAudit, tmp_path: Path) -> None:
    for step in STEPS:
        step(audit)
    emulator.no_faults()
    auditor = dynamo_store(emulator, tmp_path)
    assert (auditor.verify().ok, len(auditor.list()), len(auditor.runs()), len(auditor.notes("bounce"))) == (True, 2, 1, 1)
    assert auditor.show(ROW.report_id).events
    assert {call["operation"] for call in emulator.calls()} == {"ListTables", "GetItem", "Query", "Scan"}


def test_a_run_needs_the_rights_that_the_docs_list_and_no_others(emulator: Emulator, audit: DynamoAudit) -> None:
    emulator.no_faults()
    for step in STEPS:
        step(audit)
    (policy,) = [json.loads(each.text) for each in examples(section(page("storage.md"), "Rights"))]
    allowed = {action.partition(":")[2] for action in policy["Statement"][0]["Action"]}
    used = {call["operation"] for call in emulator.calls()}
    assert used == {"GetItem", "Query", "Scan", "TransactWriteItems"}
    assert allowed == used - {"TransactWriteItems"} | {"PutItem"}  # which is the right that a transaction of puts wants


def test_the_docs_tell_what_lies_in_the_table(emulator: Emulator, audit: DynamoAudit) -> None:
    for step in STEPS:
        step(audit)
    told = [row[0] for row in rows(section(page("storage.md"), "What lies in it"), "`PK`")]
    named = {name.partition("#")[0] for name in code(" ".join(told))}
    items = emulator.aws().client("dynamodb").scan(TableName=TABLE)["Items"]
    assert {item["PK"]["S"].partition("#")[0] for item in items} == named


def test_a_lease_is_the_only_item_that_dynamodb_may_let_go(emulator: Emulator, audit: DynamoAudit) -> None:
    for step in STEPS:
        step(audit)
    client = emulator.aws().client("dynamodb")
    assert client.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]["AttributeName"] == "expires"
    items = client.scan(TableName=TABLE)["Items"]
    assert {item["PK"]["S"] for item in items if "expires" in item} == {"leases"}
    (until,) = (int(item["expires"]["N"]) for item in items if "expires" in item)
    assert until == int((NOW + MINUTE + timedelta(days=30)).timestamp())


@pytest.fixture
def on_aws(folder: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
    monkeypatch.setenv("AWS_REGION", REGION)
    file = folder / "portfolio.yaml"
    file.write_text(f"{file.read_text('utf-8')}\nstorage:\n  audit: dynamodb://{TABLE}\n", "utf-8")
    return iter([file])


def test_the_settings_name_the_table(on_aws: Iterator[Path], emulator: Emulator, tmp_path: Path) -> None:
    parts = open_parts(next(on_aws))
    with pytest.raises(AuditError, match="no such table"):
        parts.audit.list()
    dynamo_store(emulator, tmp_path).plan([ROW], NOW)
    assert [row.key for row in parts.audit.list()] == [ROW.key]
    parts.audit.anchor(NOW)
    (line,) = (parts.settings.home / "anchors.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["heads"].keys() == {"alpha"}
    assert parts.audit.verify().unanchored == {}
