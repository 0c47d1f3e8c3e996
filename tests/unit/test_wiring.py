"""The parts of a portfolio: what only other files can tell of its settings, and under which name its code goes."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.audit.s3_anchors import S3Anchors
from quarterdeck.errors import ConfigError
from quarterdeck.kpis import KPIS
from quarterdeck.storage import S3Store
from quarterdeck.wiring import open_parts
from tests import mini
from tests.reporting import parts_of
from tests.unit.test_images import SVG, png

BRANDING = "    name: Alpha\n    branding: {logo: brand/logo.png}\n"


def portfolio(folder: Path, logo: bytes | None) -> Path:
    config = mini.make(folder)
    config.write_text(config.read_text("utf-8").replace("    name: Alpha\n", BRANDING), "utf-8")
    if logo is not None:
        (folder / "brand").mkdir()
        (folder / "brand" / "logo.png").write_bytes(logo)
    return config


@pytest.mark.parametrize(
    ("logo", "said"),
    [
        (None, "there is no file"),
        (SVG, "is no PNG"),
        (b"a letter", "is no PNG"),
        (bytes(20 * 1024 * 1024), "has more than 512 KB"),
        (png(1300, 10), "has 1300 x 10 pixels"),
    ],
)
def test_a_logo_that_is_none_is_a_fault_with_its_place(tmp_path: Path, logo: bytes | None, said: str) -> None:
    config = portfolio(tmp_path, logo)
    with pytest.raises(ConfigError) as caught:
        open_parts(config)
    (problem,) = caught.value.problems
    assert said in problem.what
    assert str(problem).startswith(f"{config}:11:16: ")
    assert "a PNG of at most 1200 x 600 pixels" in problem.remedy


def test_a_logo_is_read_from_beside_the_file(tmp_path: Path) -> None:
    settings = open_parts(portfolio(tmp_path, png(300, 60))).settings
    logo = settings.logo(settings.tenant("alpha"))
    assert logo is not None
    assert (logo.width, logo.height) == (300, 60)
    assert settings.logo(settings.tenant("beta")) is None


def function_in(file: Path) -> Callable[..., Any]:
    """The function `compute` of a module that lies anywhere."""
    spec = importlib.util.spec_from_file_location("plugged", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[..., Any] = module.compute
    return found


def test_the_code_version_knows_the_code_of_users_own_kpis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = mini.make(tmp_path / "portfolio")
    alone = parts_of(config).code_version
    assert parts_of(config).code_version == alone
    package = tmp_path / "theirs"
    package.mkdir()
    module = package / "kpis.py"
    module.write_text("def compute(postings, at):\n    return 1\n", encoding="utf-8")
    monkeypatch.setitem(KPIS._entries, "cash", replace(KPIS.get("cash"), compute=function_in(module)))
    seen = [alone, parts_of(config).code_version]
    module.write_text("def compute(postings, at):\n    return 2\n", encoding="utf-8")
    seen.append(parts_of(config).code_version)
    (package / "__init__.py").touch()
    (package / "helpers.py").write_text("RATE = 1\n", encoding="utf-8")
    seen.append(parts_of(config).code_version)
    (package / "helpers.py").write_text("RATE = 2\n", encoding="utf-8")
    seen.append(parts_of(config).code_version)
    assert len(set(seen)) == len(seen)


def test_parts_are_opened_anew_where_a_file_has_changed(tmp_path: Path) -> None:
    config = mini.make(tmp_path)
    first = open_parts(config)
    assert open_parts(config) is first
    (tmp_path / "repos.env").write_text("SES_SENDER_EMAIL=desk@example.com\n", encoding="utf-8")
    assert open_parts(config).settings.environment.sender == "desk@example.com"
    config.write_text(config.read_text("utf-8").replace("name: Alpha", "name: Alpha Boats"), encoding="utf-8")
    assert open_parts(config).settings.tenant("alpha").name == "Alpha Boats"


@pytest.mark.parametrize(
    ("delivery", "said"),
    [
        ("channel: smtp", "delivery.channels.smtp.host is missing"),
        ("channel: pigeon", "there is no channel 'pigeon'"),
        ("channels: {pigeon: {}}", "there is no channel 'pigeon'"),
        ("channels: {smtp: {host: mail.example.com, prot: 25}}", "unknown key delivery.channels.smtp.prot"),
    ],
)
def test_a_channel_that_cannot_be_used_is_told_once(tmp_path: Path, delivery: str, said: str) -> None:
    config = tmp_path / "portfolio.yaml"
    config.write_text(
        f"portfolio: {{name: A, currency: USD}}\ndelivery: {{{delivery}}}\ntenants: [{{id: a, name: A}}]\n", "utf-8"
    )
    with pytest.raises(ConfigError) as caught:
        open_parts(config)
    (problem,) = caught.value.problems
    assert problem.what.startswith(said)
    assert problem.where is not None
    assert problem.where.line == 2


@pytest.mark.parametrize(
    ("storage", "said"),
    [
        ("{snapshots: s3://ours/all, archive: s3://ours/all/archive}", "archive must not lie within snapshots"),
        ("{archive: s3://ours, anchors: s3://ours/anchors}", "anchors must not lie within archive"),
        ("{anchor_days: 30}", "anchor_days needs anchors in S3"),
    ],
)
def test_places_in_s3_are_apart_and_only_s3_locks_anchors(tmp_path: Path, storage: str, said: str) -> None:
    config = mini.make(tmp_path)
    line = len(config.read_text("utf-8").splitlines()) + 1
    config.write_text(f"{config.read_text('utf-8')}storage: {storage}\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        open_parts(config)
    (problem,) = caught.value.problems
    assert problem.what == said
    assert str(problem).startswith(f"{config}:{line}:")


def test_places_beside_each_other_become_stores_in_s3(tmp_path: Path) -> None:
    config = mini.make(tmp_path)
    places = "snapshots: s3://ours/kept/s, archive: s3://ours/kept/sa, anchors: s3://anchors"
    config.write_text(f"{config.read_text('utf-8')}storage: {{{places}, anchor_days: 7, kms_key: alias/ours}}\n", "utf-8")
    parts = open_parts(config)
    assert parts.snapshots.store.locate("x") == "s3://ours/kept/s/x"
    assert parts.archive.store.locate("x") == "s3://ours/kept/sa/x"
    assert isinstance(parts.archive.store, S3Store)
    assert parts.archive.store.kms_key == "alias/ours"
    assert isinstance(parts.anchors, S3Anchors)
    assert (parts.anchors.store.locate("x"), parts.anchors.days) == ("s3://anchors/x", 7)


@pytest.mark.parametrize(
    "place", ["s3://ours/..", "s3://ours/a/../b", "s3://ours/.a", "s3://ours//a", "s3://ours/a/", "s3://Ours", "ours"]
)
def test_a_place_in_s3_that_is_none_is_refused(tmp_path: Path, place: str) -> None:
    config = mini.make(tmp_path)
    config.write_text(f"{config.read_text('utf-8')}storage: {{archive: '{place}'}}\n", "utf-8")
    with pytest.raises(ConfigError, match="not a place in S3"):
        open_parts(config)


def test_the_endpoint_of_the_file_is_that_of_every_client(tmp_path: Path) -> None:
    config = mini.make(tmp_path)
    config.write_text(config.read_text("utf-8") + "aws: {endpoint: 'http://127.0.0.1:5000'}\n", "utf-8")
    aws = parts_of(config).aws
    assert (
        aws.at("eu-west-1").assumed("arn:aws:iam::111122223333:role/reader").endpoint == aws.endpoint == "http://127.0.0.1:5000"
    )
