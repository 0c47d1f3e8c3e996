"""Whom nothing is sent to: what suppresses an address, and what lets it be sent to again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from quarterdeck.errors import ConfigError
from quarterdeck.steps.suppression import LIFTED, SUPPRESSION, Cause, lift, suppress, suppressed, suppressions
from quarterdeck.wiring import Parts, open_parts

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PORTFOLIO = "version: 1\nportfolio: {name: One, currency: USD}\ntenants: [{id: alpha, name: Alpha}]\n"


@pytest.fixture
def at(tmp_path: Path) -> Callable[[datetime], Parts]:
    """The parts of one portfolio as they are at a moment."""
    (tmp_path / "portfolio.yaml").write_text(PORTFOLIO, "utf-8")
    parts = open_parts(tmp_path / "portfolio.yaml")
    return lambda now: replace(parts, clock=lambda: now)


def test_an_address_is_suppressed_whatever_its_case(at: Callable[[datetime], Parts]) -> None:
    assert suppress(at(NOW), "e1", "Ana@Example.com", Cause.BOUNCE, NOW - HOUR)
    assert suppressed(at(NOW)) == {"ana@example.com": "the address bounced for good on 2026-11-04"}


def test_the_same_event_is_noted_once(at: Callable[[datetime], Parts]) -> None:
    parts = at(NOW)
    assert suppress(parts, "e1", "ana@example.com", Cause.BOUNCE, NOW)
    assert not suppress(parts, "e1", "ana@example.com", Cause.BOUNCE, NOW)
    assert len(parts.audit.notes(SUPPRESSION)) == 1


def test_the_chain_holds_no_address(at: Callable[[datetime], Parts]) -> None:
    parts = at(NOW)
    suppress(parts, "e1", "ana@example.com", Cause.COMPLAINT, NOW)
    lift(parts, "ana@example.com", "Bea", "ana@example.com asked for it")
    for note in (*parts.audit.notes(SUPPRESSION), *parts.audit.notes(LIFTED)):
        assert "ana@example.com" not in f"{note.id}{dict(note.facts)}"
    assert parts.audit.verify().ok


def test_what_was_lifted_is_suppressed_again_by_what_comes_later_only(at: Callable[[datetime], Parts]) -> None:
    suppress(at(NOW), "e1", "ana@example.com", Cause.BOUNCE, NOW)
    assert lift(at(NOW + HOUR), "Ana@example.com", "Bea", "the server is back").cause is Cause.BOUNCE
    assert suppressed(at(NOW + HOUR)) == {}
    suppress(at(NOW + 2 * HOUR), "e2", "ana@example.com", Cause.BOUNCE, NOW - HOUR)  # told late
    assert suppressed(at(NOW + 2 * HOUR)) == {}
    suppress(at(NOW + 3 * HOUR), "e3", "ana@example.com", Cause.BOUNCE, NOW + 2 * HOUR)
    assert list(suppressed(at(NOW + 3 * HOUR))) == ["ana@example.com"]


def test_what_comes_to_pass_in_the_future_can_still_be_lifted(at: Callable[[datetime], Parts]) -> None:
    suppress(at(NOW), "e1", "ana@example.com", Cause.BOUNCE, NOW + timedelta(days=900))
    lift(at(NOW + HOUR), "ana@example.com", "Bea", "a clock was wrong")
    assert suppressed(at(NOW + HOUR)) == {}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_reason_does_not_hang_on_the_order(at: Callable[[datetime], Parts], order: tuple[int, ...]) -> None:
    causes = [(Cause.BOUNCE, 1), (Cause.COMPLAINT, 2), (Cause.BOUNCE, 26)]
    for number in order:
        cause, hours = causes[number]
        suppress(at(NOW + 48 * HOUR), f"e{number}", "ana@example.com", cause, NOW + hours * HOUR)
    (found,) = suppressions(at(NOW + 48 * HOUR))
    assert (found.cause, found.since, found.reason) == (Cause.COMPLAINT, NOW + 2 * HOUR, "the reader complained on 2026-11-04")


@pytest.mark.parametrize(
    ("address", "by", "reason", "says"),
    [
        ("bea@example.com", "Bea", "why not", "not suppressed"),
        ("ana", "Bea", "why not", "not an address"),
        ("ana@example.com", " ", "why not", "a name and a reason"),
        ("ana@example.com", "Bea", "", "a name and a reason"),
    ],
)
def test_only_what_is_suppressed_is_lifted_and_by_somebody_for_a_reason(
    at: Callable[[datetime], Parts], address: str, by: str, reason: str, says: str
) -> None:
    suppress(at(NOW), "e1", "ana@example.com", Cause.BOUNCE, NOW)
    with pytest.raises(ConfigError, match=says):
        lift(at(NOW), address, by, reason)
    assert list(suppressed(at(NOW))) == ["ana@example.com"]
