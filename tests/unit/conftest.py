"""Unit tests take seconds, since nothing in them starts Prefect; and here it is held that nothing does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session", autouse=True)
def without_prefect(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where only unit tests were collected, Prefect must not have been imported by any of them."""
    yield
    if all(item.path.is_relative_to(HERE) for item in request.session.items):
        is_loaded = "prefect" in sys.modules
        assert not is_loaded, "a unit test imports Prefect; what needs it belongs into tests/flows"
