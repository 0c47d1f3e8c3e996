"""A person's word on a delivery of which nobody knows whether it went out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quarterdeck.audit.happenings import Claim, Lose, Send
from quarterdeck.audit.states import Delivery, Denied, State, delivery_key
from quarterdeck.config import load_settings
from quarterdeck.errors import AuditError, ConfigError
from quarterdeck.steps.trail import resolve
from quarterdeck.wiring import Parts
from tests.mini import PORTFOLIO

NOW = datetime(2026, 11, 3, 6, tzinfo=UTC)
REPORT = ("alpha_cfo_2026-10", "a" * 64, "outbox", "cfo@example.com")
KEY = delivery_key(*REPORT)


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    """A trail with one delivery whose answer was lost."""
    file = tmp_path / "portfolio.yaml"
    file.write_text(PORTFOLIO, encoding="utf-8")
    made = Parts(load_settings(file, {}), lambda: NOW)
    report_id, revision, channel, reader = REPORT
    row = Delivery(KEY, report_id, revision, "alpha", "cfo", "2026-10", channel, reader, "b" * 64)
    made.audit.plan([row], NOW)
    for event in (Claim("me", timedelta(minutes=1)), Send(1, "try-1"), Lose(1, "try-1", "no answer")):
        assert not isinstance(made.audit.apply(KEY, event, NOW), Denied)
    return made


@pytest.mark.parametrize(("sent", "state"), [(True, "sent"), (False, "planned")])
def test_a_person_decides_and_the_trail_keeps_who_and_why(parts: Parts, sent: bool, state: str) -> None:
    row = resolve(parts, KEY[:12], sent=sent, by="Ana", reason="asked the reader")
    assert (row["key"], row["state"]) == (KEY, state)
    stored = parts.audit.get(KEY)
    assert stored is not None
    assert stored.state.value == state
    told = str(parts.audit.show(REPORT[0]).events[-1])
    assert "Ana" in told
    assert "asked the reader" in told
    verdict = parts.audit.verify()
    assert verdict.ok
    assert not verdict.unanchored


@pytest.mark.parametrize("key", ["", "0" * 64, "not a key"])
def test_a_key_that_names_no_delivery_is_bad_input(parts: Parts, key: str) -> None:
    with pytest.raises(ConfigError, match="no deliveries have a key"):
        resolve(parts, key, sent=True, by="Ana", reason="asked")


@pytest.mark.parametrize(("by", "reason"), [("", "asked"), ("Ana", " "), ("ana@example.com", "asked")])
def test_a_decision_needs_a_name_and_a_reason(parts: Parts, by: str, reason: str) -> None:
    with pytest.raises((AuditError, ConfigError), match="name"):
        resolve(parts, KEY, sent=True, by=by, reason=reason)
    assert parts.audit.get(KEY).state is State.UNKNOWN  # type: ignore[union-attr]


def test_what_is_decided_is_decided(parts: Parts) -> None:
    resolve(parts, KEY, sent=True, by="Ana", reason="asked")
    with pytest.raises(AuditError, match="only unknown and held"):
        resolve(parts, KEY, sent=False, by="Bo", reason="changed my mind")
