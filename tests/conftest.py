"""For all tests: how Hypothesis looks for counterexamples, and AWS on loopback for those that ask for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.emulator import CREDENTIALS, Emulator, running

# The same examples on every machine and no limit of time on any of them: a test fails because of the code or not at all.
# `pytest --hypothesis-profile=explore` looks further, at other examples each time.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", action="store_true", help="take a picture of every page that the browser tests open")


@pytest.fixture(scope="session")
def _emulator() -> Iterator[Emulator]:
    with running() as emulator:
        yield emulator


@pytest.fixture
def emulator(_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """AWS on loopback, empty, under nobody's credentials. What it cannot do must not look like an answer of AWS."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    _emulator.reset()
    yield _emulator
    broken = [call for call in _emulator.calls() if call["status"] == 500 and not call["how"]]
    assert not broken, f"the emulator itself failed: {broken}"
