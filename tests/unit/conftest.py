"""Unit tests take seconds, since nothing in them starts Prefect; and here it is held that nothing does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.houses import House, Made, move_in, prepare

HERE = Path(__file__).parent


@pytest.fixture(scope="session", autouse=True)
def without_prefect(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where only unit tests were collected, Prefect must not have been imported by any of them."""
    yield
    if all(item.path.is_relative_to(HERE) for item in request.session.items):
        is_loaded = "prefect" in sys.modules
        assert not is_loaded, "a unit test imports Prefect; what needs it belongs into tests/flows"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    """The small portfolio's reports, made once for a module."""
    return prepare(tmp_path_factory.mktemp("made"))


@pytest.fixture
def house(prepared: tuple[Path, Made], tmp_path: Path) -> Iterator[House]:
    """Those reports in a home of the test's own, whose trail must verify at its end."""
    made = move_in(prepared, tmp_path)
    yield made
    assert made.parts.audit.verify().ok
