"""The archive's pages on both stores: the same keys and bytes, and a site that works wherever it is put."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quarterdeck.steps.report import make_report
from quarterdeck.steps.send import send_reports
from quarterdeck.steps.site import SiteOutcome, write_site
from quarterdeck.storage import S3Store, Store
from quarterdeck.wiring import Parts
from reports import role
from tests import mini
from tests.emulator import REGION, Emulator
from tests.handbook import examples, page
from tests.pages import check_site
from tests.reporting import basis_of, parts_of
from tests.stores import BUCKET, shared

STORAGE = f"storage: {{snapshots: 's3://{BUCKET}/two/snapshots', archive: 's3://{BUCKET}/two/archive'}}\n"
REPORTS = (("portfolio", "ceo"), ("alpha", "cfo"), ("beta", "cmo"))


def portfolio(folder: Path, settings: str = "") -> Path:
    """The small portfolio without its code, whose commits differ from one making to the next."""
    config = mini.make(folder)
    lines = config.read_text("utf-8").splitlines(keepends=True)
    config.write_text("".join(line for line in lines if "git_history" not in line) + settings, "utf-8")
    return config


def run(config: Path, reports: Sequence[tuple[str, str]] = REPORTS) -> Parts:
    """Make some reports, send them to the outbox, and write the site."""
    parts = parts_of(config)
    filed = [
        make_report(parts, role(id), tenant, parts.period(tenant, "2026-10"), basis_of(parts, tenant)) for tenant, id in reports
    ]
    assert send_reports(parts, filed, send=True).problems == ()
    assert write_site(parts, filed).problems == ()
    return parts


def contents(store: Store) -> dict[str, bytes]:
    return {key: store.get(key) for key in store.list()}


def again(store: Store) -> Store:
    """A store as another process has it."""
    assert isinstance(store, S3Store)
    return S3Store.at(store.aws, store.locate("x").removesuffix("/x"))


def test_the_site_on_s3_is_the_local_one_key_for_key_and_byte_for_byte(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    client = shared(emulator).client("s3")
    client.create_bucket(Bucket=BUCKET)
    local, remote = (run(portfolio(tmp_path / name, settings)) for name, settings in (("local", ""), ("s3", STORAGE)))
    stored = contents(again(remote.archive.store))
    assert stored == contents(local.archive.store)
    assert contents(again(remote.snapshots.store)) == contents(local.snapshots.store)
    assert [path.name for path in (tmp_path / "s3" / ".quarterdeck").iterdir() if path.is_dir()] == ["outbox"]

    for key, data in stored.items():
        file = tmp_path / "downloaded" / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    pages = check_site(tmp_path / "downloaded")
    assert {"index.html", "kpis.html", "alpha/index.html", "beta/index.html"} <= pages.keys()

    heads = {key: client.head_object(Bucket=BUCKET, Key=f"two/archive/{key}") for key in stored}
    kinds = {(key.rpartition(".")[2], head["ContentType"]) for key, head in heads.items()}
    assert kinds >= {("html", "text/html; charset=utf-8"), ("json", "application/json"), ("pdf", "application/pdf")}
    assert {head["CacheControl"] for key, head in heads.items() if key in pages} == {"private, no-cache"}
    assert "immutable" in next(head["CacheControl"] for key, head in heads.items() if key.endswith("/report.html"))

    before = len(emulator.calls("PutObject"))
    assert write_site(remote) == SiteOutcome()
    assert len(emulator.calls("PutObject")) == before


def test_the_rights_that_the_docs_ask_for_are_enough_and_let_nothing_be_deleted(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The emulator holds every call against the policy of docs/storage.md."""
    admin = shared(emulator)
    reports, anchors = "quarterdeck-reports", "quarterdeck-anchors"
    admin.client("s3").create_bucket(Bucket=reports)
    admin.client("s3").create_bucket(Bucket=anchors, ObjectLockEnabledForBucket=True)
    policy = next(block.text for block in examples(page("storage.md")) if "PutObjectRetention" in block.text)
    iam = admin.client("iam")
    iam.create_user(UserName="run")
    iam.put_user_policy(UserName="run", PolicyName="run", PolicyDocument=policy)
    keys = iam.create_access_key(UserName="run")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    settings = next(block.text for block in examples(page("storage.md")) if "anchor_days" in block.text)
    with emulator.holding_rights():
        parts = run(portfolio(tmp_path, settings), REPORTS[-1:])
        parts.audit.anchor(datetime.now(UTC))
        assert parts.audit.verify().ok
        store = again(parts.archive.store)
        key = store.list()[0]
        store.get(key)
        assert not store.exists("no/such/key")
        client = parts.aws.client("s3")
        refused: list[tuple[str, dict[str, object]]] = [
            ("delete_object", {"Bucket": reports, "Key": f"archive/{key}"}),
            ("delete_object", {"Bucket": anchors, "Key": "trail/00000001.json"}),
            ("put_object", {"Bucket": reports, "Key": "elsewhere", "Body": b""}),
        ]
        for operation, asked in refused:
            with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
                getattr(client, operation)(**asked)
