"""The demo's AWS where there is none to be had, and what it does to the environment of its process."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from flows import example_cloud
from flows.console import Out
from flows.example_cloud import emulated, serve
from quarterdeck.errors import ConfigError, QuarterdeckError

TODAY = date(2026, 11, 1)
PORTFOLIO = "version: 1\nportfolio: {name: Group, currency: USD}\ntenants: [{id: one, name: One}]\n"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the emulator's packages."""
    monkeypatch.setattr(example_cloud, "_NEEDED", ("flask", "a_package_that_nobody_has"))


def portfolio(folder: Path, more: str = "") -> Path:
    file = folder / "portfolio.yaml"
    file.write_text(PORTFOLIO + more, "utf-8")
    return file


def test_without_the_emulator_the_example_goes_without_aws(
    tmp_path: Path, bare: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with emulated(Out(as_json=False), tmp_path / "portfolio.yaml", TODAY) as endpoint:
        assert endpoint is None
    assert "is not installed" in capsys.readouterr().out


def test_an_example_that_names_no_aws_gets_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with emulated(Out(as_json=False), portfolio(tmp_path), TODAY) as endpoint:
        assert endpoint is None
    assert capsys.readouterr().out == ""


def test_what_cannot_be_held_is_refused_with_what_to_do(tmp_path: Path, bare: None) -> None:
    out = Out(as_json=False)
    with pytest.raises(ConfigError, match="there is no"):
        serve(out, tmp_path / "portfolio.yaml", TODAY)
    with pytest.raises(ConfigError, match="names no address of AWS"):
        serve(out, portfolio(tmp_path), TODAY)
    with pytest.raises(QuarterdeckError, match="is not installed"):
        serve(out, portfolio(tmp_path, "aws: {endpoint: 'http://127.0.0.1:5000'}\n"), TODAY)


def test_what_the_shell_signs_with_is_kept_away_from_the_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    with example_cloud._pretending():
        assert os.environ["AWS_ACCESS_KEY_ID"] == os.environ["AWS_SECRET_ACCESS_KEY"] == "example"
        assert "AWS_SESSION_TOKEN" not in os.environ
    assert os.environ["AWS_ACCESS_KEY_ID"] == os.environ["AWS_SESSION_TOKEN"] == "real"
    assert "AWS_SECRET_ACCESS_KEY" not in os.environ
