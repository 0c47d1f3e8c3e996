"""Anchors in a file and in S3: in order, for good, one each; and in S3 beyond the reach of whoever can write the trail."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from quarterdeck.audit.anchors import Anchor, AnchorFile, Anchors
from quarterdeck.audit.s3_anchors import S3Anchors
from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.errors import AuditError
from quarterdeck.storage import S3Store
from tests.emulator import Emulator
from tests.forks import together
from tests.stores import BUCKET, shared
from tests.trails import NOW, delivery, report, send

DAYS = 30


def anchor(number: int) -> Anchor:
    return Anchor(NOW + timedelta(hours=number), {"alpha": (number, "a" * 64), "": (number * 2, "b" * 64)})


def in_bucket(emulator: Emulator, days: int = 0, *, lock: bool = False) -> S3Anchors:
    shared(emulator).client("s3").create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=lock)
    return S3Anchors(S3Store(shared(emulator), BUCKET, "trail"), days)


@pytest.fixture(params=["file", "s3"])
def anchors(request: pytest.FixtureRequest, tmp_path: Path) -> Anchors:
    if request.param == "file":
        return AnchorFile(tmp_path / "anchors.jsonl")
    return in_bucket(request.getfixturevalue("emulator"))


def test_anchors_come_back_in_order(anchors: Anchors) -> None:
    assert len(anchors.read()) == 0
    for number in range(1, 13):
        anchors.append(anchor(number))
    found = anchors.read()
    assert list(found) == [anchor(number) for number in range(1, 13)]
    assert (len(found), found[-1], found[0]) == (12, anchor(12), anchor(1))
    assert list(found[:2]) == [anchor(1), anchor(2)]


# --- S3 -----------------------------------------------------------------------------------------------------------------


def test_to_add_an_anchor_takes_as_many_requests_after_many_as_after_one(emulator: Emulator, tmp_path: Path) -> None:
    audit = SqliteAudit(tmp_path / "audit.sqlite", in_bucket(emulator))
    took = []
    for number in range(4):
        audit.file(report(role=f"role{number}"))
        before = len(emulator.calls())
        audit.anchor(NOW + timedelta(hours=number))
        took.append([call["operation"] for call in emulator.calls()[before:]])
    assert took[0] == ["ListObjectVersions", "ListObjectVersions", "PutObject"]
    assert took[1:] == [["ListObjectVersions", "GetObject", "ListObjectVersions", "PutObject"]] * 3
    before = len(emulator.calls())
    audit.anchor(NOW)  # nothing has moved
    assert [call["operation"] for call in emulator.calls()[before:]] == ["ListObjectVersions", "GetObject"]


@pytest.mark.parametrize("how", ["after", "before", "cut"])
def test_an_anchor_whose_answer_was_lost_is_there_once(emulator: Emulator, how: str) -> None:
    anchors = in_bucket(emulator)
    emulator.fail("PutObject", how)
    anchors.append(anchor(1))
    assert list(anchors.read()) == [anchor(1)]


def test_of_two_who_anchor_at_once_both_are_kept(emulator: Emulator) -> None:
    in_bucket(emulator)

    def add(number: int) -> None:
        S3Anchors(S3Store(emulator.aws(), BUCKET, "trail")).append(anchor(number))

    assert together([partial(add, number) for number in range(1, 5)]) == [0] * 4
    found = S3Anchors(S3Store(shared(emulator), BUCKET, "trail")).read()
    assert sorted(found, key=lambda each: each.at) == [anchor(number) for number in range(1, 5)]


def test_an_anchor_that_is_gone_or_no_anchor_is_seen(emulator: Emulator) -> None:
    anchors = in_bucket(emulator)
    for number in (1, 2, 3):
        anchors.append(anchor(number))
    client = shared(emulator).client("s3")
    client.put_object(Bucket=BUCKET, Key="trail/notes.txt", Body=b"not of the trail")
    assert len(anchors.read()) == 3
    client.put_object(Bucket=BUCKET, Key="trail/00000003.json", Body=b"[]")
    with pytest.raises(AuditError, match=r"00000003\.json is no anchor"):
        list(anchors.read())
    client.delete_object(Bucket=BUCKET, Key="trail/00000002.json")
    with pytest.raises(AuditError, match=r"00000002\.json is gone"):
        list(anchors.read())


@pytest.mark.parametrize(
    ("operation", "needs"), [("ListObjectVersions", "s3:ListBucketVersions"), ("PutObject", "s3:PutObject")]
)
def test_a_bucket_that_is_closed_is_an_error_of_the_trail(emulator: Emulator, operation: str, needs: str) -> None:
    anchors = in_bucket(emulator)
    emulator.fail(operation, "error", status=403, code="AccessDenied")
    with pytest.raises(AuditError, match=needs) as caught:
        anchors.append(anchor(1))
    assert caught.value.permanent


def test_a_bucket_without_object_lock_takes_no_locked_anchor(emulator: Emulator) -> None:
    anchors = in_bucket(emulator, DAYS)
    with pytest.raises(AuditError, match="make the bucket with Object Lock"):
        anchors.append(anchor(1))
    assert len(anchors.read()) == 0


# --- what locked anchors prove ------------------------------------------------------------------------------------------


def tell(audit: SqliteAudit, role: str) -> None:
    """A report, delivered and anchored. A lock ends in the future of the real clock, so the anchors are of now."""
    row = delivery(role=role)
    audit.file(report(role=role))
    audit.plan([row], NOW)
    send(audit, row)
    audit.anchor(datetime.now(UTC))


def cut_back(folder: Path, role: str, anchors: Anchors) -> None:
    """What the trail's owner may do: put back the folder as it was before the last report, and tell another story."""
    shutil.rmtree(folder / "home")
    shutil.copytree(folder / "copy", folder / "home")
    audit = SqliteAudit(folder / "home" / "audit.sqlite", anchors)
    audit.file(report(role=role))
    audit.close()


def begun(folder: Path, anchors: Anchors | None) -> Path:
    """A trail of two reports, and a copy of its folder from after the first one."""
    file = folder / "home" / "audit.sqlite"
    file.parent.mkdir()
    audit = SqliteAudit(file, anchors)
    tell(audit, "ceo")
    audit.close()
    shutil.copytree(folder / "home", folder / "copy")
    audit = SqliteAudit(file, anchors)
    tell(audit, "cfo")
    assert audit.verify().ok
    audit.close()
    return file


def test_a_trail_cut_back_together_with_its_local_anchors_still_verifies(tmp_path: Path) -> None:
    """Why anchors belong elsewhere: whoever has the folder has all of the proof."""
    file = begun(tmp_path, None)
    cut_back(tmp_path, "cmo", AnchorFile(tmp_path / "home" / "anchors.jsonl"))
    assert SqliteAudit(file).verify().ok


def test_a_trail_cut_back_with_all_of_its_folder_is_found_by_anchors_in_s3(emulator: Emulator, tmp_path: Path) -> None:
    anchors = in_bucket(emulator, DAYS, lock=True)
    file = begun(tmp_path, anchors)
    cut_back(tmp_path, "cmo", anchors)
    verdict = SqliteAudit(file, anchors).verify()
    assert not verdict.ok
    assert any("is not the event that was anchored" in problem for problem in verdict.problems)


def test_whoever_may_also_write_the_bucket_cannot_undo_a_locked_anchor(emulator: Emulator, tmp_path: Path) -> None:
    """Deleted, written over, hidden: the first version of each stays, and is the one that counts."""
    anchors = in_bucket(emulator, DAYS, lock=True)
    file = begun(tmp_path, anchors)
    cut_back(tmp_path, "cmo", anchors)
    client = shared(emulator).client("s3")
    first, last = "trail/00000001.json", "trail/00000002.json"
    old = client.get_object(Bucket=BUCKET, Key=first)["Body"].read()
    client.put_object(Bucket=BUCKET, Key=last, Body=old)
    client.delete_object(Bucket=BUCKET, Key=last)
    for version in client.list_object_versions(Bucket=BUCKET, Prefix=last)["Versions"][-1:]:
        with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
            client.delete_object(Bucket=BUCKET, Key=last, VersionId=version["VersionId"])
    kept = client.head_object(Bucket=BUCKET, Key=first)
    assert kept["ObjectLockMode"] == "COMPLIANCE"
    assert kept["ObjectLockRetainUntilDate"] > datetime.now(UTC) + timedelta(days=DAYS - 1)
    assert len(anchors.read()) == 2
    assert not SqliteAudit(file, anchors).verify().ok
