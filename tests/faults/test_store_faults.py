"""S3 that is busy, broken, slow, or closed to us: a store says what holds, or what to do, and never takes half for whole."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from quarterdeck.aws import Aws
from quarterdeck.errors import StorageError
from quarterdeck.storage import S3Store
from tests.emulator import Emulator
from tests.stores import BUCKET, PREFIX, on_s3, shared

OBJECT = f"s3://{BUCKET}/{PREFIX}/a/b"
Use = Callable[[S3Store], object]
USES: dict[str, Use] = {
    "PutObject": lambda store: store.put("a/b", b"x"),
    "GetObject": lambda store: store.get("a/b"),
    "HeadObject": lambda store: store.exists("a/b"),
    "ListObjectsV2": lambda store: store.list("a/"),
    "ListObjectVersions": lambda store: store.versions("a/"),
}


@pytest.fixture
def store(emulator: Emulator) -> S3Store:
    made = on_s3(emulator).here()
    assert isinstance(made, S3Store)
    return made


@pytest.fixture
def cold(store: S3Store) -> S3Store:
    """The same store as another process has it, which has read nothing yet."""
    return S3Store(store.aws, store.bucket, PREFIX)


@pytest.fixture
def impatient(emulator: Emulator, store: S3Store) -> S3Store:
    """The same store with a client that asks once, so that a test need not wait for the pauses between tries."""
    return S3Store(once(emulator), store.bucket, PREFIX)


@cache
def once(emulator: Emulator) -> Aws:
    aws = emulator.aws()
    aws._clients["s3", "reading"] = aws.client("s3", "once")
    return aws


def told(emulator: Emulator, operation: str) -> list[str]:
    return [call["how"] or str(call["status"]) for call in emulator.calls(operation)]


# --- a put whose answer is lost -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["after", "cut", "empty", "before", "hang"])
def test_a_put_that_has_to_be_asked_again_knows_that_it_was_its_own(store: S3Store, emulator: Emulator, how: str) -> None:
    emulator.fail("PutObject", how, seconds=0.2)
    assert store.put_new("a/b", b"x")
    assert not store.put_new("a/b", b"x")
    assert store.get("a/b") == b"x"


def test_an_error_after_the_work_is_done_is_no_other_writer(store: S3Store, emulator: Emulator) -> None:
    emulator.fail("PutObject", "after_error", status=500, code="InternalError")
    assert store.put_new("a/b", b"x")
    assert told(emulator, "PutObject")[-2:] == ["after_error", "412"]


@pytest.mark.parametrize("other", [b"x", b"y"], ids=["the same bytes", "other bytes"])
def test_a_put_that_had_to_be_asked_again_and_finds_anothers_object_is_not_the_first(
    store: S3Store, emulator: Emulator, other: bytes
) -> None:
    """Even where the bytes are the same: of many who store under one key, one is told True."""
    assert store.put_new("a/b", other)
    emulator.fail("PutObject", "before")
    assert not store.put_new("a/b", b"x")
    assert store.get("a/b") == other


def test_a_key_that_is_taken_costs_one_request(store: S3Store, emulator: Emulator) -> None:
    store.put_new("a/b", b"x")
    before = len(emulator.calls())
    assert not store.put_new("a/b", b"x")
    assert len(emulator.calls()) == before + 1


def test_a_put_that_meets_another_is_asked_again(store: S3Store, emulator: Emulator) -> None:
    conflict = {"status": 409, "code": "ConditionalRequestConflict"}
    emulator.fail("PutObject", "error", times=2, **conflict)
    assert store.put_new("a/b", b"x")
    emulator.fail("PutObject", "error", times=6, **conflict)
    with pytest.raises(StorageError, match="ConditionalRequestConflict") as caught:
        store.put_new("a/c", b"x")
    assert not caught.value.permanent


# --- busy and broken ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", USES)
def test_throttling_passes(store: S3Store, cold: S3Store, emulator: Emulator, operation: str) -> None:
    store.put_new("a/b", b"x")
    emulator.fail(operation, "error", status=503, code="SlowDown")
    USES[operation](cold)
    assert told(emulator, operation)[-2:] == ["error", "200"]


@pytest.mark.parametrize("operation", USES)
@pytest.mark.parametrize(("status", "code"), [(503, "SlowDown"), (500, "InternalError"), (429, "TooManyRequests")])
def test_what_does_not_end_is_a_passing_error(
    impatient: S3Store, emulator: Emulator, operation: str, status: int, code: str
) -> None:
    emulator.fail(operation, "error", times=9, status=status, code=code)
    with pytest.raises(StorageError, match="run it again") as caught:
        USES[operation](impatient)
    assert not caught.value.permanent
    assert caught.value.evidence["operation"] == operation


@pytest.mark.parametrize("operation", USES)
def test_a_connection_that_breaks_every_time_is_a_passing_error(impatient: S3Store, emulator: Emulator, operation: str) -> None:
    emulator.fail(operation, "before", times=9)
    with pytest.raises(StorageError, match="run it again") as caught:
        USES[operation](impatient)
    assert not caught.value.permanent


def test_nobody_there_is_a_passing_error(emulator: Emulator) -> None:
    nobody = type(emulator)("http://127.0.0.1:9")
    with pytest.raises(StorageError, match="EndpointConnectionError") as caught:
        S3Store(once(nobody), BUCKET).exists("a/b")
    assert not caught.value.permanent


# --- bytes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["cut", "empty"])
def test_a_body_that_breaks_off_is_asked_for_again(store: S3Store, cold: S3Store, emulator: Emulator, how: str) -> None:
    store.put_new("a/b", b"x" * 10_000)
    emulator.fail("GetObject", how)
    assert cold.get("a/b") == b"x" * 10_000
    assert told(emulator, "GetObject") == [how, "200"]


@pytest.mark.parametrize("how", ["cut", "empty"])
def test_a_body_that_always_breaks_off_is_never_taken_for_the_whole(
    store: S3Store, cold: S3Store, emulator: Emulator, how: str
) -> None:
    store.put_new("a/b", b"x" * 10_000)
    emulator.fail("GetObject", how, times=9)
    with pytest.raises(StorageError) as caught:
        cold.get("a/b")
    assert not caught.value.permanent
    assert told(emulator, "GetObject") == [how] * 3


@pytest.mark.parametrize("sdk_looks", [True, False])
def test_bytes_that_are_not_those_of_their_digest_are_refused(
    store: S3Store, emulator: Emulator, sdk_looks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not sdk_looks:
        monkeypatch.setattr("botocore.endpoint.handle_checksum_body", lambda *_: None)
    digest = b64encode(hashlib.sha256(b"what was stored").digest()).decode()
    client = shared(emulator).client("s3")
    client.put_object(
        Bucket=BUCKET, Key=f"{PREFIX}/a/b", Body=b"something else", ChecksumAlgorithm="SHA256", ChecksumSHA256=digest
    )
    with pytest.raises(StorageError) as caught:
        store.get("a/b")
    assert not caught.value.permanent
    assert ("is not what was stored" in str(caught.value)) is not sdk_looks


def test_what_is_stored_for_good_is_read_once_and_a_page_each_time(store: S3Store, cold: S3Store, emulator: Emulator) -> None:
    store.put_new("a/report.json", b"x")
    store.put("a/page.html", b"y")
    for _ in range(3):
        assert (store.get("a/report.json"), store.get("a/page.html")) == (b"x", b"y")
        assert (cold.get("a/report.json"), cold.get("a/page.html")) == (b"x", b"y")
    assert len(emulator.calls("GetObject")) == 1 + 2 * 3
    assert store.exists("a/report.json")
    assert emulator.calls("HeadObject") == []
    cold.put("a/page.html", b"z")
    assert store.get("a/page.html") == b"z"


def test_what_others_stored_without_a_digest_is_read_by_its_length(store: S3Store, emulator: Emulator) -> None:
    shared(emulator).client("s3").put_object(Bucket=BUCKET, Key=f"{PREFIX}/a/b", Body=b"theirs")
    assert store.get("a/b") == b"theirs"


def test_of_many_that_fail_the_first_says_why_and_nothing_goes_on(store: S3Store, emulator: Emulator) -> None:
    emulator.fail("PutObject", "error", times=999, status=403, code="AccessDenied")
    with pytest.raises(StorageError, match="AccessDenied") as caught:
        store.put_all({f"a/{number}": b"x" for number in range(200)})
    assert caught.value.permanent
    assert len(emulator.calls("PutObject")) < 150
    assert store.list() == ()


# --- closed to us -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "needs"),
    [
        ("PutObject", f"allow this process on {OBJECT}: s3:PutObject"),
        ("GetObject", f"allow this process on {OBJECT}: s3:GetObject; on the bucket: s3:ListBucket"),
        ("HeadObject", f"allow this process on {OBJECT}: s3:GetObject; on the bucket: s3:ListBucket"),
        ("ListObjectsV2", "allow this process on the bucket: s3:ListBucket"),
        ("ListObjectVersions", "allow this process on the bucket: s3:ListBucketVersions"),
    ],
)
def test_a_missing_permission_is_named(store: S3Store, emulator: Emulator, operation: str, needs: str) -> None:
    emulator.fail(operation, "error", times=9, status=403, code="AccessDenied", message="Access Denied")
    with pytest.raises(StorageError) as caught:
        USES[operation](store)
    assert needs in caught.value.problem.remedy
    assert caught.value.permanent
    assert len([call for call in emulator.calls(operation) if call["how"]]) == 1  # asking again is no use


def test_what_may_not_be_looked_at_is_not_taken_for_missing(store: S3Store, cold: S3Store, emulator: Emulator) -> None:
    store.put_new("a/b", b"x")
    emulator.fail("HeadObject", "error", status=403, code="AccessDenied")
    with pytest.raises(StorageError):
        cold.exists("a/b")
    assert cold.exists("a/b")
    assert not cold.exists("a/c")


def test_a_key_that_may_not_be_used_is_named(emulator: Emulator, store: S3Store) -> None:
    keyed = S3Store(store.aws, BUCKET, PREFIX, kms_key="alias/reports")
    message = "not authorized to perform: kms:GenerateDataKey"
    emulator.fail("PutObject", "error", status=403, code="AccessDenied", message=message)
    with pytest.raises(StorageError, match="on the key: kms:GenerateDataKey"):
        keyed.put_new("a/b", b"x")
    emulator.fail("PutObject", "error", status=400, code="KMS.DisabledException")
    with pytest.raises(StorageError, match=r"storage\.kms_key") as caught:
        keyed.put_new("a/b", b"x")
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("status", "code"), [(400, "ExpiredToken"), (403, "InvalidAccessKeyId"), (403, "SignatureDoesNotMatch")]
)
@pytest.mark.parametrize("operation", ["PutObject", "GetObject", "ListObjectsV2"])
def test_credentials_that_have_ended_midway_are_permanent(
    store: S3Store, cold: S3Store, emulator: Emulator, operation: str, status: int, code: str
) -> None:
    store.put_new("a/b", b"x")
    emulator.fail(operation, "error", times=9, status=status, code=code)
    with pytest.raises(StorageError, match="renew the AWS credentials") as caught:
        USES[operation](cold)
    assert caught.value.permanent


@pytest.mark.parametrize("operation", ["PutObject", "GetObject", "ListObjectsV2"])
def test_a_bucket_that_is_not_there_is_named(store: S3Store, operation: str) -> None:
    nowhere = S3Store(store.aws, "no-such-bucket")
    with pytest.raises(StorageError, match="make the bucket") as caught:
        USES[operation](nowhere)
    assert caught.value.permanent


# --- what is said of an object ------------------------------------------------------------------------------------------


def head(emulator: Emulator, key: str) -> dict[str, Any]:
    found: dict[str, Any] = shared(emulator).client("s3").head_object(Bucket=BUCKET, Key=f"{PREFIX}/{key}")
    return found


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("a/page.html", "text/html; charset=utf-8"),
        ("a/report.txt", "text/plain; charset=utf-8"),
        ("a/report.json", "application/json"),
        ("a/report.pdf", "application/pdf"),
        ("a/logo.png", "image/png"),
        ("a/report.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a/0.parquet", "application/vnd.apache.parquet"),
        ("a/unheard-of", "application/octet-stream"),
    ],
)
def test_an_object_says_what_it_is(store: S3Store, emulator: Emulator, key: str, kind: str) -> None:
    store.put_new(key, b"x")
    assert head(emulator, key)["ContentType"] == kind


def test_what_is_filed_may_be_kept_by_a_reader_and_a_page_is_asked_for_again(store: S3Store, emulator: Emulator) -> None:
    store.put_new("a/report.html", b"x")
    store.put("a/page.html", b"x")
    assert head(emulator, "a/report.html")["CacheControl"] == "private, max-age=31536000, immutable"
    assert head(emulator, "a/page.html")["CacheControl"] == "private, no-cache"


def test_objects_are_encrypted_as_the_settings_say_and_belong_to_nobody_else(store: S3Store, emulator: Emulator) -> None:
    keyed = S3Store(store.aws, BUCKET, PREFIX, kms_key="alias/reports")
    keyed.put_new("a/b", b"x")
    keyed.put("a/c", b"x")
    for key in ("a/b", "a/c"):
        found = head(emulator, key)
        assert (found["ServerSideEncryption"], found["SSEKMSKeyId"]) == ("aws:kms", "alias/reports")
        acl = shared(emulator).client("s3").get_object_acl(Bucket=BUCKET, Key=f"{PREFIX}/{key}")
        assert {grant["Grantee"]["Type"] for grant in acl["Grants"]} == {"CanonicalUser"}
    store.put_new("a/d", b"x")
    assert head(emulator, "a/d").get("ServerSideEncryption") != "aws:kms"


def test_a_listing_is_followed_to_its_end(store: S3Store, emulator: Emulator) -> None:
    keys = tuple(f"m/{number:04d}" for number in range(1001))
    store.put_all(dict.fromkeys(keys, b""))
    before = len(emulator.calls("ListObjectsV2"))
    assert store.list("m/") == keys
    assert len(emulator.calls("ListObjectsV2")) == before + 2


# --- locked -------------------------------------------------------------------------------------------------------------


def test_a_locked_object_keeps_its_first_version_whoever_comes(emulator: Emulator) -> None:
    client = shared(emulator).client("s3")
    client.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    store = S3Store(shared(emulator), "locked")
    until = datetime.now(UTC) + timedelta(days=3)
    assert store.put_new("a", b"first", locked_until=until)
    assert not store.put_new("a", b"other", locked_until=until)
    store.put("a", b"second")
    client.delete_object(Bucket="locked", Key="a")
    (first, second) = store.versions()["a"]
    assert (store.get_version("a", first), store.get_version("a", second)) == (b"first", b"second")
    assert store.list() == ()
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        client.delete_object(Bucket="locked", Key="a", VersionId=first)
    assert client.head_object(Bucket="locked", Key="a", VersionId=first)["ObjectLockMode"] == "COMPLIANCE"


def test_a_lock_that_the_bucket_does_not_know_is_an_error(store: S3Store) -> None:
    with pytest.raises(StorageError, match="make the bucket with Object Lock") as caught:
        store.put_new("a/b", b"x", locked_until=datetime.now(UTC) + timedelta(days=3))
    assert caught.value.permanent
    assert not store.exists("a/b")
