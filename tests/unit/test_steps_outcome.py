"""What became of a pull comes out of its text as it went in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from quarterdeck.snapshots import Manifest, ManifestTable
from quarterdeck.steps.outcome import read_outcome, write_outcome
from quarterdeck.steps.pull import Failure

READ = datetime(2026, 11, 3, 2, 30, tzinfo=UTC)
MANIFEST = Manifest(
    "alpha",
    "books",
    "transactions",
    "2026-10",
    (ManifestTable("entries", "ab" * 32, 12, 1, date(2025, 1, 1), date(2026, 11, 1), READ, "cd" * 32),),
    READ,
)
FAILURE = Failure("books", "transactions", ("entries", "accounts"), "no such file", "put it there", True)


def test_a_manifest_comes_back() -> None:
    found = read_outcome(write_outcome(MANIFEST))
    assert found == MANIFEST
    assert isinstance(found, Manifest)
    assert found.pulled_at == READ


def test_a_failure_comes_back_with_what_stands_in() -> None:
    assert read_outcome(write_outcome(FAILURE)) == FAILURE
    lenient = replace(FAILURE, instead=MANIFEST)
    found = read_outcome(write_outcome(lenient))
    assert found == lenient
    assert isinstance(found, Failure)
    assert found.instead is not None
    assert found.instead.pulled_at == READ
