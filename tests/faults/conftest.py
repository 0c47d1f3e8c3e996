"""A small portfolio of its own for each test, and an environment that says nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.mini import make


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("pristine")).parent


@pytest.fixture
def folder(pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a portfolio that may be spoilt."""
    for name in ("RECIPIENT_EMAIL", "BCC_RECIPIENTS", "SES_SENDER_EMAIL", "QUARTERDECK_HOME"):
        monkeypatch.delenv(name, raising=False)
    return shutil.copytree(pristine, tmp_path / "here", symlinks=True)
