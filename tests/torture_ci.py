"""What continuous integration adds to `make test`: a choice of the slow tests that is done in half an hour on two cores.

    python -m tests.torture_ci

Each group is a pytest run of its own, so that no server is started beside another's. It says how many tests went well and how
long they took, and fails where fewer went well than should: a test that was skipped, or is not there any more, is no proof.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Group:
    """Tests by their files and a word of their names, and how many of them must go well."""

    name: str
    files: tuple[str, ...]
    word: str
    floor: int


GROUPS = (
    Group("what dies under a run on a Prefect server", ("tests/flows/test_crash_server.py",), "", 5),
    Group("Prefect on PostgreSQL", ("tests/flows/test_postgres.py",), "", 1),
    Group("a delivery on DynamoDB, killed at every step", ("tests/faults/test_delivery_torture.py",), "dynamodb", 1),
)


class Count:
    """Counts the tests that went well, and those that were skipped."""

    def __init__(self) -> None:
        self.passed, self.skipped = 0, 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.passed += report.when == "call" and report.passed
        self.skipped += report.skipped


def main() -> int:
    begun, lines, failed = time.monotonic(), [], False
    for group in GROUPS:
        count, start = Count(), time.monotonic()
        words = ["-m", "slow", "-s", *(["-k", group.word] if group.word else []), *group.files]
        code = pytest.main(words, plugins=[count])
        missing = code != pytest.ExitCode.OK or count.passed < group.floor
        failed |= missing
        verdict = "FAILED" if missing else "ok"
        seconds = time.monotonic() - start
        counts = f"{count.passed} of at least {group.floor}, {count.skipped} skipped"
        lines.append(f"{verdict:6} {group.name}: {counts}, {seconds:.0f} s")
    sys.stdout.write("\n".join(["", *lines, f"{time.monotonic() - begun:.0f} s in all", ""]))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
