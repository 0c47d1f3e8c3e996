"""Flow tests run against one real, temporary Prefect server for the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_LOCAL_STORAGE_PATH, temporary_settings
from prefect.testing.utilities import prefect_test_harness

from tests.mini import make


@pytest.fixture(scope="session", autouse=True)
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A server with a database of its own, and results that go to a folder of their own, not to the user's."""
    results = {PREFECT_LOCAL_STORAGE_PATH: tmp_path_factory.mktemp("results")}
    with temporary_settings(results), prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def portfolio(tmp_path: Path) -> Path:
    """The path of a small portfolio's file, made anew."""
    return make(tmp_path)
