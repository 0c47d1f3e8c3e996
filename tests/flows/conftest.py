"""Flow tests run against one real, temporary Prefect server for the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.testing.utilities import prefect_test_harness

from tests.mini import make


@pytest.fixture(scope="session", autouse=True)
def server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def portfolio(tmp_path: Path) -> Path:
    """The path of a small portfolio's file, made anew."""
    return make(tmp_path)
