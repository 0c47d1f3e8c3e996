"""The source `dynamodb` over real HTTP, and what may go wrong on it: no item is lost, none comes twice, or it says so."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quarterdeck import aws as sdk
from quarterdeck.aws import Aws
from quarterdeck.errors import SourceError
from quarterdeck.sources import PulledTable, Window
from quarterdeck.sources import _dynamodb_export as exporting
from quarterdeck.sources import _dynamodb_read as reading
from quarterdeck.sources._dynamodb_items import BodyReader
from quarterdeck.sources.dynamodb import DynamoDb, DynamoOptions
from tests import dynamo
from tests.emulator import REGION, Emulator
from tests.sourcing import rows, window

BOOKINGS: dict[str, Any] = {"table": "bookings", "into": "bookings", "columns": dynamo.COLUMNS}
# What each of 40 bookings shall be, worked out by hand from dynamo.booking.
WANTED = [
    {
        "booking": f"B{number}",
        "date": date(2026, 10, 1 + number % 28),
        "status": "confirmed",
        "service_date": date(2026, 11, 7),
        "product": None,
        "party": "Ana Ruiz",
        "channel": None,
        "amount_minor": 100 * (100 + number) + 50,
        "currency": "USD",
    }
    for number in sorted(range(40), key=lambda number: f"B{number}")
]


@pytest.fixture
def aws(emulator: Emulator) -> Aws:
    return emulator.aws()


@pytest.fixture
def filled(aws: Aws) -> Aws:
    """Forty bookings."""
    dynamo.table(aws)
    dynamo.put(aws, map(dynamo.booking, range(40)))
    return aws


def pulled(aws: Aws, view: Window | None = None, /, **options: Any) -> PulledTable:
    view = replace(view or window(Path()), aws=aws)
    [table] = DynamoDb.pull(DynamoOptions.model_validate({**BOOKINGS, **options}), view).tables
    return table


def page(*items: dynamo.Item, **more: Any) -> str:
    return json.dumps({"Items": items, "Count": len(items), "ScannedCount": len(items), **more})


# --- what is there ----------------------------------------------------------------------------------------------------


def test_a_table_comes_whole_and_in_order(filled: Aws, emulator: Emulator) -> None:
    found = pulled(filled)
    assert rows(found) == WANTED
    assert found.covers == (date(2026, 10, 1), date(2026, 11, 1))
    assert found.watermark == datetime(2026, 10, 28, 7, tzinfo=UTC)
    assert len(emulator.calls("Scan")) == 1


@pytest.mark.parametrize("segments", [2, 3, 7])
def test_segments_give_the_same(filled: Aws, emulator: Emulator, segments: int) -> None:
    assert rows(pulled(filled, segments=segments)) == WANTED
    assert len(emulator.calls("Scan")) == segments


def test_the_plain_parser_gives_the_same(filled: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BodyReader, "take", lambda *_: None)
    assert rows(pulled(filled)) == WANTED


def test_the_plain_parser_is_there_where_the_sdk_no_longer_asks(filled: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Aws, "tapped", lambda self, service, *_: self.client(service))
    assert rows(pulled(filled)) == WANTED


def test_the_quick_parser_is_used(filled: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the SDK's event gone, everything above would pass, slowly."""
    monkeypatch.setattr(reading, "of_items", lambda *_: pytest.fail("the SDK parsed the page"))
    assert rows(pulled(filled)) == WANTED


def test_a_map_kept_as_json_is_read_by_the_sdk(filled: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BodyReader, "take", lambda *_: pytest.fail("its kinds are not all known to pyarrow"))
    found = rows(pulled(filled, columns={**dynamo.COLUMNS, "product": {"attribute": "trip", "form": "json"}}))
    assert found == [{**row, "product": '{"day":"2026-11-07","guests":4}'} for row in WANTED]


def test_a_tap_is_its_callers_alone(filled: Aws) -> None:
    taps = filled.tapped("dynamodb", ["Scan"], lambda _: (b'{"Count": 0}', "taken"))
    assert taps.scan(TableName="bookings")["taken"] == "taken"
    assert "Items" not in taps.scan(TableName="bookings")
    assert "TableNames" in taps.list_tables()
    assert filled.client("dynamodb").scan(TableName="bookings")["Count"] == 40


def test_only_named_attributes_leave_aws(filled: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    dynamo.put(filled, [dynamo.booking(1, diary={"S": "never to be seen"})])
    seen: list[bytes] = []
    take = BodyReader.take

    def watched(self: BodyReader, body: bytes) -> object:
        seen.append(body)
        return take(self, body)

    monkeypatch.setattr(BodyReader, "take", watched)
    assert rows(pulled(filled)) == WANTED
    assert seen
    assert not any(b"diary" in body or b"never" in body for body in seen)


def test_a_time_index_is_asked_for_the_window_alone(aws: Aws, emulator: Emulator) -> None:
    dynamo.indexed(aws, "bookings", "by-created", "kind", "created", "N")
    days = {"old": datetime(2023, 10, 31, 6, 59, tzinfo=UTC), "first": datetime(2023, 11, 1, 7, tzinfo=UTC)}
    days |= {"last": datetime(2026, 11, 1, 6, 59, 59, tzinfo=UTC), "late": datetime(2026, 11, 1, 7, 1, tzinfo=UTC)}
    epochs = {name: {"N": str(int(day.timestamp()))} for name, day in days.items()}
    dynamo.put(aws, [dynamo.booking(1, id={"S": n}, created=at, kind={"S": "booking"}) for n, at in epochs.items()])
    dynamo.put(aws, [dynamo.booking(1, id={"S": "quote"}, created=epochs["first"], kind={"S": "quote"})])
    columns = {**dynamo.COLUMNS, "date": {"attribute": "created", "form": "epoch"}}
    found = pulled(aws, columns=columns, index="by-created", key="kind", values=["booking", "nothing"])
    assert [(row["booking"], row["date"]) for row in rows(found)] == [
        ("first", date(2023, 11, 1)),
        ("last", date(2026, 10, 31)),
    ]
    assert len(emulator.calls("Query")) == 2
    assert not emulator.calls("Scan")


def test_months_as_partitions(aws: Aws, emulator: Emulator) -> None:
    dynamo.indexed(aws, "bookings", "by-month", "month", "created")
    at = {"a": "2026-11-01T03:00:00Z", "b": "2023-11-02T00:00:00Z", "c": "2026-10-31T23:00:00-07:00"}
    items = [dynamo.booking(1, id={"S": n}, created={"S": t}, month={"S": t[:7]}) for n, t in at.items()]
    dynamo.put(aws, items)
    columns = {**dynamo.COLUMNS, "date": {"attribute": "created", "form": "instant"}}
    found = pulled(aws, columns=columns, index="by-month", key="month", values="months")
    assert [(row["booking"], row["date"]) for row in rows(found)] == [
        ("a", date(2026, 10, 31)),
        ("b", date(2023, 11, 1)),
        ("c", date(2026, 10, 31)),
    ]
    assert len(emulator.calls("Query")) == 38  # from October 2023 to November 2026, in UTC


def test_an_index_that_is_keyed_otherwise_is_named(aws: Aws) -> None:
    dynamo.indexed(aws, "bookings", "by-created", "kind", "created")
    with pytest.raises(SourceError, match=r"by-created is keyed by kind and created, not by owner and created"):
        pulled(aws, index="by-created", key="owner", values=["x"])
    with pytest.raises(SourceError, match=r"there is no index 'by-owner' \(indexes of the table: by-created\)"):
        pulled(aws, index="by-owner", key="owner", values=["x"])
    with pytest.raises(SourceError, match="the table is keyed by id, not by kind and created"):
        pulled(aws, key="kind", values=["x"])
    epochs = {**dynamo.COLUMNS, "date": {"attribute": "created", "form": "epoch"}}
    with pytest.raises(SourceError, match=r"keyed by kind \(S\) and created \(S\) \(the form epoch takes a number"):
        pulled(aws, index="by-created", key="kind", values=["x"], columns=epochs)


def test_a_role_is_another_account(filled: Aws) -> None:
    role = "arn:aws:iam::210987654321:role/Reader"
    other = filled.assumed(role)
    dynamo.table(other)
    dynamo.put(other, [dynamo.booking(7, id={"S": "theirs"})])
    assert [row["booking"] for row in rows(pulled(filled, role=role))] == ["theirs"]


def test_a_check_says_what_is_there(filled: Aws) -> None:
    view = replace(window(Path()), aws=filled)
    assert DynamoDb.check(DynamoOptions.model_validate(BOOKINGS), view) == "a table of about 40 items"


# --- items as they come -----------------------------------------------------------------------------------------------


def test_items_of_mixed_kinds_are_rejects_and_the_others_stay(filled: Aws) -> None:
    broken = {
        "X1": dynamo.booking(1, total={"S": "12.50"}),
        "X2": dynamo.booking(1, trip={"S": "to the bay"}),
        "X3": dynamo.booking(1, created=None),
        "X4": dynamo.booking(1, party={"M": {"name": {"SS": ["Ana", "Ruiz"]}}}, state={"BOOL": True}),
        "X5": dynamo.booking(1, created={"S": "10/05/2026"}, total={"N": "1.005"}),
    }
    dynamo.put(filled, [{**item, "id": {"S": name}} for name, item in broken.items()])
    found = pulled(filled, max_rejected=1)
    assert rows(found) == WANTED
    told = [(fault.column, fault.value, fault.expected) for fault in found.rejects]
    assert told == [
        ("total", "12.50", "a number (N)"),
        ("trip.day", "", "a map on the way to it"),
        ("created", "", "a value"),
        ("state", "another kind", "text (S)"),
        ("party.name", "another kind", "text (S)"),
        ("created", "10/05/2026", "a day as 2026-01-31"),
        ("total", "1.005", "an amount in USD as 1234.56, digits without grouping, brackets or exponent"),
    ]
    assert {fault.line for fault in found.rejects} == {41, 42, 43, 44, 45}
    with pytest.raises(SourceError, match="5 of 45 rows of bookings cannot be read"):
        pulled(filled)


def test_the_largest_items_there_can_be(aws: Aws, emulator: Emulator) -> None:
    """Pages end at 1 MB, so seven items of 390 KB come on three or more."""
    dynamo.table(aws)
    dynamo.put(aws, [])
    for number in range(7):
        dynamo.put(aws, [dynamo.booking(number, party={"M": {"name": {"S": "Ana"}, "notes": {"S": "ö" * 195_000}}})])
    found = pulled(aws)
    assert [row["booking"] for row in rows(found)] == [f"B{number}" for number in range(7)]
    assert len(emulator.calls("Scan")) >= 3


def test_an_empty_page_that_names_a_key_goes_on(filled: Aws, emulator: Emulator) -> None:
    emulator.fail("Scan", "says", body=page(LastEvaluatedKey={"id": {"S": "B0"}}))
    assert [row["booking"] for row in rows(pulled(filled))] == [row["booking"] for row in WANTED if row["booking"] != "B0"]
    assert len(emulator.calls("Scan")) == 2


def test_kinds_that_nobody_knows_yet_are_rejects(filled: Aws, emulator: Emulator) -> None:
    emulator.fail("Scan", "says", body=page(dynamo.booking(1), dynamo.booking(2, total={"D": "1.5"})))
    found = pulled(filled, max_rejected=1)
    assert [row["booking"] for row in rows(found)] == ["B1"]
    assert [(fault.line, fault.value) for fault in found.rejects] == [(2, "another kind")]


@pytest.mark.parametrize(
    "body",
    [
        page({**dynamo.booking(1), "id": {"S": 1}}),
        page(dynamo.booking(1)).replace('"B1"', r'"B1\ud83d"'),
    ],
    ids=["a number where text should be", "half of a surrogate pair"],
)
def test_what_pyarrow_refuses_the_sdk_reads(filled: Aws, emulator: Emulator, body: str) -> None:
    emulator.fail("Scan", "says", body=body)
    found = pulled(filled, max_rejected=1)
    kept, refused = [row["booking"] for row in rows(found)], [fault.column for fault in found.rejects]
    assert (kept, refused) in ((["B1"], []), ([], ["id"]))


# --- answers that are none --------------------------------------------------------------------------------------------

NO_PAGE = {
    "nothing": "",
    "an empty object": "{}",
    "no items": '{"Count": 0, "ScannedCount": 0}',
    "no count": '{"Items": []}',
    "another count": '{"Items": [], "Count": 2, "ScannedCount": 2}',
    "no JSON": "<html>try later</html>",
    "half of it": '{"Items": [{"id": {"S": "B1"',
}


@pytest.mark.parametrize("body", NO_PAGE.values(), ids=NO_PAGE)
def test_a_page_without_items_or_count_is_no_end(filled: Aws, emulator: Emulator, body: str) -> None:
    emulator.fail("Scan", "says", body=body)
    assert rows(pulled(filled)) == WANTED  # the second answer to the same question is right
    emulator.fail("Scan", "says", times=99, body=body)
    with pytest.raises(SourceError, match=r"without the items of a page|did not answer") as refused:
        pulled(filled)
    assert not refused.value.permanent


@pytest.mark.parametrize("how", ["before", "after", "cut", "half", "empty"])
def test_a_connection_that_breaks_costs_no_item(filled: Aws, emulator: Emulator, how: str) -> None:
    emulator.fail("Scan", how, times=2, skip=1)
    found = pulled(filled, segments=3)
    assert rows(found) == WANTED


def test_a_key_to_go_on_from_that_comes_again_is_no_endless_scan(filled: Aws, emulator: Emulator) -> None:
    emulator.fail("Scan", "says", times=99, body=page(LastEvaluatedKey={"id": {"S": "B0"}}))
    with pytest.raises(SourceError, match="the same key"):
        pulled(filled)
    assert len(emulator.calls("Scan")) == 2


def test_keys_that_go_round_are_no_endless_scan_either(filled: Aws, emulator: Emulator) -> None:
    for name in ("B1", "B2", "B3", "B1"):
        emulator.fail("Scan", "says", body=page(LastEvaluatedKey={"id": {"S": name}}))
    with pytest.raises(SourceError, match="the same key"):
        pulled(filled)


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_throttling_for_a_while_is_waited_out(filled: Aws, emulator: Emulator) -> None:
    emulator.fail("Scan", "error", times=2, code="ProvisionedThroughputExceededException")
    emulator.fail("DescribeTable", "error", times=1, code="ThrottlingException")
    assert rows(pulled(filled)) == WANTED


REFUSALS = [
    ("Scan", "ProvisionedThroughputExceededException", 400, "throttled dynamodb:Scan", False),
    ("Scan", "AccessDeniedException", 400, "AWS denies dynamodb:Scan", True),
    ("Scan", "ExpiredTokenException", 400, "credentials ended", True),
    ("Scan", "InternalServerError", 500, "refused dynamodb:Scan", False),
    ("DescribeTable", "AccessDeniedException", 400, "AWS denies dynamodb:DescribeTable", True),
    ("DescribeTable", "UnrecognizedClientException", 400, "no such credentials in this region", True),
    ("DescribeTable", "InvalidSignatureException", 403, "set this machine's clock", True),
]


@pytest.mark.parametrize(("operation", "code", "status", "says", "permanent"), REFUSALS, ids=str)
def test_a_refusal_says_what_to_do(
    filled: Aws,
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    code: str,
    status: int,
    says: str,
    permanent: bool,
) -> None:
    monkeypatch.setitem(sdk._ATTEMPTS, "reading", 2)  # all five take seconds, and end the same
    emulator.fail(operation, "error", times=99, code=code, status=status)
    with pytest.raises(SourceError, match="bookings") as refused:
        pulled(emulator.aws())
    assert says in str(refused.value)
    assert refused.value.problem.remedy
    assert refused.value.permanent is permanent
    assert refused.value.evidence == {"code": code}


def test_a_token_that_ends_midway_gives_nothing(filled: Aws, emulator: Emulator) -> None:
    emulator.fail("Scan", "error", times=99, skip=2, code="ExpiredTokenException")
    with pytest.raises(SourceError, match="credentials ended"):
        pulled(filled, segments=4)


def test_a_table_that_is_not_there_is_named_with_its_region(aws: Aws) -> None:
    with pytest.raises(SourceError, match=rf"bookings: there is no such table or index in {REGION}"):
        pulled(aws)


def test_without_a_region_nobody_is_asked(emulator: Emulator) -> None:
    with pytest.raises(SourceError, match="no AWS region is named"):
        pulled(Aws(None, emulator.url))
    assert emulator.calls() == []


def test_a_denied_attribute_is_told_in_the_words_of_aws(filled: Aws, emulator: Emulator) -> None:
    emulator.fail("Scan", "error", code="ValidationException", message="One or more parameter values are not valid: #a1")
    with pytest.raises(SourceError, match=r"ValidationException\): One or more parameter values are not valid: #a1"):
        pulled(filled)


# --- exports to S3 ----------------------------------------------------------------------------------------------------

EXPORTS = "example-exports"


def export(
    aws: Aws, *files: Iterable[dynamo.Item], name: str = "01700000000000-a", prefix: str = "nightly/", **summary: Any
) -> str:
    """An export laid out as AWS documents it, with one data file each; the folder that it lies in."""
    client, folder, listed = aws.client("s3"), f"{prefix}AWSDynamoDB/{name}/", []
    client.create_bucket(Bucket=EXPORTS)
    for number, items in enumerate(files):
        lines = [json.dumps({"Item": item}) for item in items]
        packed, key = gzip.compress("".join(f"{line}\n" for line in lines).encode()), f"{folder}data/file{number}.json.gz"
        etag = client.put_object(Bucket=EXPORTS, Key=key, Body=packed)["ETag"].strip('"')
        md5 = base64.b64encode(hashlib.md5(packed, usedforsecurity=False).digest()).decode()
        listed.append({"itemCount": len(lines), "md5Checksum": md5, "etag": etag, "dataFileS3Key": key})
    put(aws, f"{folder}manifest-files.json", "".join(f"{json.dumps(line)}\n" for line in listed))
    told = {
        "version": "2020-06-30",
        "tableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/bookings",
        "exportTime": "2026-11-02T03:00:00.028Z",
        "s3Bucket": EXPORTS,
        "manifestFilesS3Key": f"{folder}manifest-files.json",
        "itemCount": sum(line["itemCount"] for line in listed),
        "outputFormat": "DYNAMODB_JSON",
    }
    put(aws, f"{folder}manifest-summary.json", json.dumps({**told, **summary}))
    return folder


def put(aws: Aws, key: str, body: str) -> None:
    aws.client("s3").put_object(Bucket=EXPORTS, Key=key, Body=body.encode())


def exported(aws: Aws, view: Window | None = None, place: str = f"s3://{EXPORTS}/nightly", **options: Any) -> PulledTable:
    return pulled(aws, view, export=place, **options)


def test_an_export_gives_what_the_table_does(aws: Aws, emulator: Emulator) -> None:
    items = [dynamo.booking(number) for number in range(40)]
    export(aws, items[:25], [], items[25:])
    found = exported(aws)
    assert rows(found) == WANTED
    assert found.covers == (date(2026, 10, 1), date(2026, 11, 1))
    assert not [call for call in emulator.calls() if call["operation"] in ("Scan", "Query", "DescribeTable")]


def test_the_newest_finished_export_of_the_table_is_read(aws: Aws) -> None:
    export(aws, [dynamo.booking(1)], name="01700000000000-a")
    export(aws, [dynamo.booking(2)], name="01700000000001-b")
    export(aws, [dynamo.booking(3)], name="01700000000002-c", tableArn="arn:aws:dynamodb:us-east-1:1:table/others")
    put(aws, "nightly/AWSDynamoDB/01700000000003-d/_started", "")  # this one is under way
    assert [row["booking"] for row in rows(exported(aws))] == ["B2"]
    view = replace(window(Path()), aws=aws)
    told = DynamoDb.check(DynamoOptions.model_validate({**BOOKINGS, "export": f"s3://{EXPORTS}/nightly"}), view)
    assert told == "an export of 2026-11-02 03:00 UTC with 1 items"


def test_a_bucket_without_a_prefix(aws: Aws) -> None:
    export(aws, [dynamo.booking(1)], prefix="")
    assert len(rows(exported(aws, place=f"s3://{EXPORTS}"))) == 1


def test_an_export_of_before_the_end_is_refused_once_the_period_is_over(aws: Aws) -> None:
    export(aws, [dynamo.booking(1), dynamo.booking(27)], exportTime="2026-10-20T12:00:00Z")
    view = window(Path())
    with pytest.raises(SourceError, match=r"the newest export is of 2026-10-20 12:00 UTC, before the period's end"):
        exported(aws, replace(view, today=date(2026, 11, 3)))
    found = exported(aws, replace(view, today=date(2026, 10, 25)))
    assert found.covers == (date(2026, 10, 2), date(2026, 10, 29))


def damaged_file(aws: Aws, folder: str) -> None:
    put(aws, f"{folder}data/file0.json.gz", "other bytes")


def shorter_file(aws: Aws, folder: str) -> None:
    """A file that its manifest knows, with an item less than the manifest says."""
    manifest(aws, folder, itemCount=3)


def missing_file(aws: Aws, folder: str) -> None:
    aws.client("s3").delete_object(Bucket=EXPORTS, Key=f"{folder}data/file0.json.gz")


def shorter_list(aws: Aws, folder: str) -> None:
    put(aws, f"{folder}manifest-files.json", "")


def no_list(aws: Aws, folder: str) -> None:
    aws.client("s3").delete_object(Bucket=EXPORTS, Key=f"{folder}manifest-files.json")


def no_json(aws: Aws, folder: str) -> None:
    put(aws, f"{folder}manifest-files.json", "[]\n")


def manifest(aws: Aws, folder: str, **changed: Any) -> None:
    client, key = aws.client("s3"), f"{folder}manifest-files.json"
    line = json.loads(client.get_object(Bucket=EXPORTS, Key=key)["Body"].read())
    put(aws, key, json.dumps({**line, **changed}))


def half_a_file(aws: Aws, folder: str) -> None:
    _packed_otherwise(aws, folder, lambda packed: packed[:-9])


def no_gzip(aws: Aws, folder: str) -> None:
    _packed_otherwise(aws, folder, gzip.decompress)


def no_item_in_a_line(aws: Aws, folder: str) -> None:
    _packed_otherwise(aws, folder, lambda _: gzip.compress(b'{"Item": {}}\n{"Thing": {}}\n'))


def _packed_otherwise(aws: Aws, folder: str, change: Callable[[bytes], bytes]) -> None:
    """A file that its manifest knows, written otherwise."""
    client, key = aws.client("s3"), f"{folder}data/file0.json.gz"
    packed = change(client.get_object(Bucket=EXPORTS, Key=key)["Body"].read())
    etag = client.put_object(Bucket=EXPORTS, Key=key, Body=packed)["ETag"].strip('"')
    manifest(aws, folder, md5Checksum=None, etag=etag)


def other_etag(aws: Aws, folder: str) -> None:
    manifest(aws, folder, md5Checksum=None, etag="0" * 32)


def no_count(aws: Aws, folder: str) -> None:
    manifest(aws, folder, itemCount="2")


DAMAGES = {
    damaged_file: "file0.json.gz: the file is not the file that the manifest lists",
    shorter_file: "does not hold as many items",
    missing_file: "is not there",
    shorter_list: "does not list as many items as the summary",
    no_list: "is not there",
    no_json: "is not JSON of the form",
    half_a_file: "ends half way",
    no_gzip: "cannot be unpacked",
    no_item_in_a_line: "has a line without an item",
    other_etag: "is not the file that the manifest lists",
    no_count: "has no count",
}


@pytest.mark.parametrize(("damage", "says"), DAMAGES.items(), ids=[damage.__name__ for damage in DAMAGES])
def test_a_damaged_export_gives_nothing(aws: Aws, damage: Callable[[Aws, str], None], says: str) -> None:
    folder = export(aws, [dynamo.booking(1), dynamo.booking(2)])
    damage(aws, folder)
    with pytest.raises(SourceError, match=says) as refused:
        exported(aws)
    assert refused.value.problem.remedy


@pytest.mark.parametrize("block", [2_000, 200])
def test_a_long_file_comes_in_blocks(aws: Aws, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    """In blocks of several lines; and where not even one fits into a block, line by line."""
    monkeypatch.setattr(exporting, "_BLOCK", block)
    export(aws, [dynamo.booking(number) for number in range(40)])
    assert rows(exported(aws)) == WANTED


def test_an_etag_counts_where_there_is_no_md5(aws: Aws) -> None:
    folder = export(aws, [dynamo.booking(1)])
    manifest(aws, folder, md5Checksum=None)
    assert len(rows(exported(aws))) == 1


def test_a_file_of_two_gzip_members_is_read_whole(aws: Aws) -> None:
    folder = export(aws, [dynamo.booking(1), dynamo.booking(2)])
    lines = [f"{json.dumps({'Item': dynamo.booking(number)})}\n".encode() for number in (1, 2)]
    _packed_otherwise(aws, folder, lambda _: b"".join(map(gzip.compress, lines)))
    assert [row["booking"] for row in rows(exported(aws))] == ["B1", "B2"]


def test_an_export_that_stops_on_its_way_may_be_had_later(aws: Aws, emulator: Emulator) -> None:
    export(aws, [dynamo.booking(1)])
    emulator.fail("GetObject", "cut", skip=2)
    with pytest.raises(SourceError, match="AWS did not answer s3:GetObject") as refused:
        exported(aws)
    assert not refused.value.permanent


def test_a_manifest_leads_nowhere_else(aws: Aws) -> None:
    """Its keys are names of files beside it, whatever else they say."""
    folder = export(aws, [dynamo.booking(1)])
    manifest(aws, folder, dataFileS3Key="../../other-tenant/data/file0.json.gz")
    assert len(rows(exported(aws))) == 1
    manifest(aws, folder, dataFileS3Key="../../secrets.txt")
    with pytest.raises(SourceError, match=r"names a file that is no \.gz"):
        exported(aws)


@pytest.mark.parametrize(
    ("summary", "says"),
    [
        ({"outputFormat": "ION"}, "is FULL_EXPORT in ION"),
        ({"exportType": "INCREMENTAL_EXPORT"}, "is INCREMENTAL_EXPORT"),
        ({"exportTime": "yesterday"}, "names no time"),
        ({"itemCount": -1}, "has no count"),
    ],
)
def test_an_export_of_another_form_is_refused(aws: Aws, summary: dict[str, Any], says: str) -> None:
    export(aws, [dynamo.booking(1)], **summary)
    with pytest.raises(SourceError, match=says):
        exported(aws)


def test_where_exports_are_not(aws: Aws, emulator: Emulator) -> None:
    with pytest.raises(SourceError, match="there is no such bucket"):
        exported(aws)
    aws.client("s3").create_bucket(Bucket=EXPORTS)
    with pytest.raises(SourceError, match="there is no finished export of this table under s3://example-exports/nightly"):
        exported(aws)
    export(aws, [dynamo.booking(1)])
    emulator.fail("GetObject", "error", times=99, code="AccessDenied", status=403)
    with pytest.raises(SourceError, match="AWS denies s3:GetObject"):
        exported(aws)


def test_a_line_that_pyarrow_refuses_is_read_as_json(aws: Aws) -> None:
    export(aws, [dynamo.booking(number) for number in range(40)], [dynamo.booking(41, total={"N": 7})])
    found = exported(aws, max_rejected=1)
    assert rows(found) == WANTED
    assert [(fault.line, fault.column) for fault in found.rejects] == [(41, "total")]


def test_a_state_is_known_only_now() -> None:
    contacts = {"contact": "id", "segment": {"constant": "all"}, "is_opted_in": "ok", "added_on": "added"}
    plain = {"table": "contacts", "into": "contacts", "columns": contacts}
    assert DynamoDb.only_now(DynamoOptions.model_validate(plain))
    assert not DynamoDb.only_now(DynamoOptions.model_validate({**plain, "time": "added_on"}))
    assert not DynamoDb.only_now(DynamoOptions.model_validate(BOOKINGS))


def test_contacts_up_to_the_period(aws: Aws) -> None:
    dynamo.table(aws, "contacts")
    days = {"old": "2012-02-03", "then": "2026-10-31", "later": "2026-11-01"}
    dynamo.put(aws, [{"id": {"S": n}, "ok": {"BOOL": True}, "added": {"S": day}} for n, day in days.items()], "contacts")
    columns = {"contact": "id", "segment": {"constant": "all"}, "is_opted_in": "ok", "added_on": "added"}
    found = pulled(aws, table="contacts", into="contacts", columns=columns, time="added_on")
    assert [row["contact"] for row in rows(found)] == ["old", "then"]
    assert found.covers is None
    assert found.watermark == datetime(2026, 10, 31, tzinfo=UTC) + timedelta(hours=7)
