"""What several contract suites start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.storage import Store
from tests.stores import Opening, local, on_s3


@pytest.fixture(params=["local", "s3"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Opening:
    """Each kind of store, empty."""
    return local(tmp_path) if request.param == "local" else on_s3(request.getfixturevalue("emulator"))


@pytest.fixture
def store(opening: Opening) -> Store:
    return opening.here()
