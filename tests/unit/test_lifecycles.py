"""The dated tables of runtimes, held against a list that others keep, and how versions are read."""

from __future__ import annotations

import json
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

from quarterdeck.lifecycles import KNOWN_ON, Lifecycle, of_lambda, of_language


def test_the_runtimes_of_lambda_are_those_that_cfn_lint_knows() -> None:
    """cfn-lint comes with the emulator and follows AWS's own page: where it knows another day, ours is to be mended."""
    spec = find_spec("cfnlint")
    assert spec is not None
    assert spec.origin is not None
    file = Path(spec.origin).parent / "data/AdditionalSpecs/LmbdRuntimeLifecycle.json"
    known = json.loads(file.read_text())
    assert len(known) > 40
    for runtime, told in known.items():
        found = of_lambda(runtime)
        assert found is not None, f"{runtime} is missing"
        assert found.ends_on == date.fromisoformat(told["deprecated"]), runtime
        assert found.successor == told["successor"], runtime


@pytest.mark.parametrize(
    ("language", "version", "ends"),
    [
        ("python", "3.8", date(2024, 10, 7)),
        ("Python", "3.8.19", date(2024, 10, 7)),
        ("python", "3.11.7", date(2027, 10, 31)),
        ("python", "3.1", None),  # never taken for 3.10 or 3.11
        ("node", "v18.20.4", date(2025, 4, 30)),
        ("nodejs", "20", date(2026, 4, 30)),
        ("node", "lts", None),
        ("ruby", "3.2.2", date(2026, 3, 31)),
        ("php", "8.1", date(2025, 12, 31)),
        ("go", "1.22.3", date(2025, 2, 11)),
        ("go", "1", None),
        ("cobol", "85", None),
    ],
)
def test_versions_are_read_as_far_as_their_lines_go(language: str, version: str, ends: date | None) -> None:
    found = of_language(language, version)
    assert (found and found.ends_on) == ends


def test_what_is_not_known_is_none() -> None:
    assert of_lambda("cobol85") is None
    assert of_lambda("python3.14") == Lifecycle(date(2029, 6, 30))
    assert date(2026, 1, 1) < KNOWN_ON
