"""Fingerprints: keyed, of one tenant each, and never without a key."""

from __future__ import annotations

import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quarterdeck.errors import ConfigError
from quarterdeck.fingerprints import Fingerprints, fingerprint
from quarterdeck.wiring import open_parts
from tests.sourcing import write

KEY = "k" * 32
PORTFOLIO = "version: 1\nportfolio: {name: P, currency: USD, timezone: UTC}\ntenants: [{id: alpha, name: A}]\n"


def test_as_the_definition_says() -> None:
    tenants = hmac.new(KEY.encode(), b"fingerprints of alpha", hashlib.sha256).digest()
    assert Fingerprints(KEY).of("alpha", "hunter2") == hmac.new(tenants, b"hunter2", hashlib.sha256).hexdigest()[:12]
    assert fingerprint(Fingerprints(KEY).key("alpha"), b"hunter2") == Fingerprints(KEY).of("alpha", "hunter2")


def test_no_tenant_and_no_key_shares_them_with_another_and_none_is_a_plain_hash() -> None:
    made = {Fingerprints(key).of(tenant, "hunter2") for key in (KEY, "j" * 32) for tenant in ("alpha", "beta")}
    assert len(made) == 4
    assert not made & {hashlib.new(name, b"hunter2").hexdigest()[:12] for name in ("sha1", "sha256", "md5")}


def test_the_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "home" / "hmac.key"
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: Fingerprints(None, file).of("alpha", "hunter2"), range(32)))
    assert len(made) == 1
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["hmac.key"]
    assert made == {Fingerprints("", file).of("alpha", "hunter2")}
    assert made != {Fingerprints(KEY, file).of("alpha", "hunter2")}


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [("k" * 64, 0o644, "others than its owner"), ("short", 0o600, "fewer than 16"), ("\xff" * 40, 0o600, "no key")],
)
def test_a_file_that_is_no_secret_key_is_refused_and_not_shown(tmp_path: Path, content: str, mode: int, said: str) -> None:
    file = tmp_path / write(tmp_path, "hmac.key", content.encode("latin-1"))
    file.chmod(mode)
    with pytest.raises(ConfigError, match=said) as caught:
        Fingerprints(None, file).of("alpha", "hunter2")
    assert content not in str(caught.value)
    assert caught.value.problem.remedy


@pytest.mark.parametrize("given", [None, "", "too short"])
def test_without_a_key_there_is_none(given: str | None) -> None:
    with pytest.raises(ConfigError, match="key") as caught:
        Fingerprints(given).of("alpha", "hunter2")
    assert "hunter2" not in str(caught.value)
    assert "too short" not in str(caught.value)


def test_the_wiring_takes_the_variable_or_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / write(tmp_path, "portfolio.yaml", PORTFOLIO)
    monkeypatch.delenv("QUARTERDECK_HMAC_KEY", raising=False)
    assert open_parts(file).fingerprints.of("alpha", "x") == Fingerprints(None, tmp_path / ".quarterdeck/hmac.key").of(
        "alpha", "x"
    )
    write(tmp_path, "repos.env", f"QUARTERDECK_HMAC_KEY={KEY}\n")
    assert open_parts(file).fingerprints.of("alpha", "x") == Fingerprints(KEY).of("alpha", "x")
