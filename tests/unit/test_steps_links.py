"""The way to a filed report: a message gets an address that stays, a person one that is signed for a while."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from quarterdeck.config import load_settings
from quarterdeck.errors import ArchiveError, StorageError
from quarterdeck.steps.links import Link, link_of, shown_at, stable_link
from quarterdeck.wiring import Parts
from tests.mini import PORTFOLIO

NOW = datetime(2026, 11, 3, 6, tzinfo=UTC)
PLACE = ("alpha", "cfo", "2026-10", "a" * 64)
S3 = "storage: {archive: s3://reports-of-ours/archive, link_hours: 48}\n"
FILED = f"alpha/cfo/2026-10/{'a' * 64}"


def parts(folder: Path, settings: str = "", now: datetime = NOW) -> Parts:
    file = folder / "portfolio.yaml"
    file.write_text(PORTFOLIO + settings, encoding="utf-8")
    return Parts(load_settings(file, {"AWS_REGION": "eu-west-1"}), lambda: now)


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A user's keys, which do not end; and nothing else of the machine's."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-key-that-nobody-has")
    return monkeypatch


@pytest.mark.parametrize("url", ["https://reports.example.com/archive", "https://reports.example.com/archive/"])
def test_an_archive_with_an_address_of_its_own_needs_no_signature(tmp_path: Path, url: str) -> None:
    made = parts(tmp_path, f"delivery: {{archive_url: '{url}'}}\n{S3}")
    link = Link(f"https://reports.example.com/archive/{FILED}/page.html", None)
    assert stable_link(made, *PLACE) == link_of(made, *PLACE) == shown_at(made, *PLACE) == link


def test_a_local_archive_has_a_path_for_the_command_line_alone(tmp_path: Path) -> None:
    made = parts(tmp_path)
    assert stable_link(made, *PLACE) is None
    assert link_of(made, *PLACE) is None
    assert shown_at(made, *PLACE) == Link(str(tmp_path / ".quarterdeck" / "archive" / FILED / "report.html"))


def test_an_archive_on_s3_is_read_by_a_link_that_s3_signs_and_that_says_when_it_ends(
    tmp_path: Path, credentials: pytest.MonkeyPatch
) -> None:
    made = parts(tmp_path, S3)
    link = link_of(made, *PLACE)
    assert link is not None
    url, asked = urlsplit(link.url), parse_qs(urlsplit(link.url).query)
    assert f"{url.scheme}://{url.netloc}{url.path}" == (
        f"https://reports-of-ours.s3.eu-west-1.amazonaws.com/archive/{FILED}/report.html"
    )
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert asked["X-Amz-Expires"] == [str(48 * 3600)]
    assert link.expires == NOW + timedelta(hours=48)
    assert "a-key-that-nobody-has" not in link.url
    assert shown_at(made, *PLACE).expires == link.expires


def test_a_signed_link_never_goes_into_a_message(tmp_path: Path, credentials: pytest.MonkeyPatch) -> None:
    """The bytes of a message repeat; a signed address is another one each time."""
    assert stable_link(parts(tmp_path, S3), *PLACE) is None


def test_a_link_ends_with_the_credentials_that_signed_it(tmp_path: Path, credentials: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    end = now + timedelta(hours=3)
    given = {"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "b", "SessionToken": "c", "Expiration": end.isoformat()}
    (tmp_path / "role.json").write_text(json.dumps(given), "utf-8")
    command = f"{sys.executable} -c \"print(open('{tmp_path / 'role.json'}').read())\""
    (tmp_path / "config").write_text(f"[default]\ncredential_process = {command}\n", "utf-8")
    credentials.delenv("AWS_ACCESS_KEY_ID")
    credentials.delenv("AWS_SECRET_ACCESS_KEY")
    link = link_of(parts(tmp_path, S3, now), *PLACE)
    assert link is not None
    assert link.expires == end


def test_without_credentials_no_link_is_signed(tmp_path: Path, credentials: pytest.MonkeyPatch) -> None:
    credentials.delenv("AWS_ACCESS_KEY_ID")
    credentials.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StorageError, match="renew the AWS credentials") as caught:
        link_of(parts(tmp_path, S3), *PLACE)
    assert caught.value.permanent


@pytest.mark.parametrize("place", [("..", *PLACE[1:]), (*PLACE[:3], "latest"), (*PLACE[:2], "2026-13", PLACE[3])])
def test_what_is_no_report_gets_no_link(
    tmp_path: Path, credentials: pytest.MonkeyPatch, place: tuple[str, str, str, str]
) -> None:
    with pytest.raises(ArchiveError):
        link_of(parts(tmp_path, S3), *place)
