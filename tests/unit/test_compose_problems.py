"""Findings, actions, decisions and the timeline: what asks for something, in which order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from quarterdeck.compose import Material
from quarterdeck.compose.problems import DECISIONS, actions, decisions, findings, timeline
from quarterdeck.measure.findings import codes
from quarterdeck.model import Finding, FindingState, Severity
from quarterdeck.people import Acceptance
from tests.material import finding, material
from tests.tables import at, frame, usd

NEW, PERSISTING, FIXED = FindingState.NEW, FindingState.PERSISTING, FindingState.FIXED
ACCEPTED, UNCHECKED = FindingState.ACCEPTED, FindingState.UNCHECKED
CRITICAL, HIGH, MEDIUM, LOW = Severity

FLEET = (
    finding("ketch", severity=LOW),
    finding("yawl", FIXED, severity=CRITICAL),
    finding("sloop", PERSISTING, severity=HIGH),
    finding("barge", severity=HIGH, money_at_stake=usd(900_000)),
    finding("canoe", severity=HIGH, money_at_stake=usd(200_000)),
    finding("raft", ACCEPTED, severity=MEDIUM),
    finding("punt", UNCHECKED, severity=CRITICAL),
    finding("dhow", severity=CRITICAL),
    finding("ferry", severity=MEDIUM),
    finding("junk", severity=CRITICAL, rule="another_role_reads_it"),
)


def of(listed: tuple[Finding, ...] = FLEET, period: str = "2026-10") -> Material:
    return material(findings=listed, at=at(period))


def code(subject: str) -> str:
    made = finding(subject)
    return codes([made])[made.fingerprint]


# --- findings ---------------------------------------------------------------------------------------------------------


def test_open_findings_come_first_the_worst_before_the_new_before_the_dear() -> None:
    shown = [(row["subject"], row["state"]) for row in findings(of())]
    assert shown == [
        ("dhow", "new"),
        ("barge", "new"),
        ("canoe", "new"),
        ("sloop", "persisting"),
        ("ferry", "new"),
        ("ketch", "new"),
        ("yawl", "fixed"),
        ("raft", "accepted"),
    ]


def test_of_equal_ones_those_come_first_whose_rule_the_role_reads_first() -> None:
    late, idle = finding("a-first", severity=HIGH, rule="late_books"), finding("b-second", severity=HIGH, rule="idle_asset")
    assert [row["subject"] for row in findings(of((late, idle)))] == ["b-second", "a-first"]


def test_a_finding_says_its_figures_in_words() -> None:
    (row,) = findings(of((finding("barge", money_at_stake=usd(900_000)),)))
    assert row == {
        "rule": "idle_asset",
        "fingerprint": finding("barge").fingerprint,
        "tenant": "marlin",
        "severity": "high",
        "title": "Barge stands idle",
        "why": "It costs $500 a month.",
        "subject": "barge",
        "evidence": [{"asset": "barge", "cost": {"minor": 50_000, "currency": "USD"}}],
        "money_at_stake": {"minor": 900_000, "currency": "USD"},
        "first_seen": "2026-10",
        "last_seen": "2026-10",
        "state": "new",
        "accepted": None,
        "acceptance_ended": None,
        "checks": [],
    }


def test_a_finding_that_is_accepted_says_by_whom_and_asks_for_no_action() -> None:
    word = Acceptance(date(2027, 3, 31), "Ann", "It is sold in spring")
    material = of((finding("barge", state=FindingState.ACCEPTED, accepted=word, checks=("prowler_idle",)),))
    (row,) = findings(material)
    assert row["accepted"] == {"until": "2027-03-31", "by": "Ann", "reason": "It is sold in spring"}
    assert row["checks"] == ["prowler_idle"]
    assert actions(material) == []


def test_a_finding_of_another_tenant_names_it() -> None:
    shown = findings(of((finding("barge"), finding("sloop", tenant="heron"), finding("raft", tenant="unknown"))))
    assert [row["title"] for row in shown] == [
        "Heron Tours: Sloop stands idle",
        "Barge stands idle",
        "unknown: Raft stands idle",
    ]


# --- actions and decisions --------------------------------------------------------------------------------------------


def test_every_open_finding_asks_for_one_action() -> None:
    shown = actions(of())
    assert [row["finding"] for row in shown] == [
        finding(subject).fingerprint for subject in ("sloop", "dhow", "barge", "canoe", "ferry", "ketch")
    ]  # the persisting one is due a month before the others of its priority
    assert [row["priority"] for row in shown] == ["P1", "P1", "P1", "P1", "P2", "P3"]
    assert [row["due"] for row in shown[:2]] == ["2026-10-30", "2026-11-30"]


def test_an_action_says_what_why_who_and_when() -> None:
    (row,) = actions(of((finding("barge"),)))
    assert row == {
        "code": code("barge"),
        "finding": finding("barge").fingerprint,
        "tenant": "marlin",
        "what": "Sell or rent out Barge",
        "why": "Barge stands idle",
        "owner": "cfo",
        "priority": "P1",
        "effort": "M",
        "due": "2026-11-30",
        "overrides": [],
        "card": None,
    }


def test_a_code_names_one_action_in_every_role() -> None:
    """The codes come from all of the tenant's findings, so that no role's choice of rules changes them."""
    one, other = finding("barge"), finding("sloop", rule="another_role_reads_it")
    assert actions(of((one, other)))[0]["code"] == codes([one, other])[one.fingerprint]


@pytest.mark.parametrize(("urgent", "expected"), [(0, 0), (1, 1), (3, 3), (7, DECISIONS)])
def test_at_most_three_decisions_all_of_them_urgent(urgent: int, expected: int) -> None:
    listed = [finding(f"ship{i}", due_days=60 - i) for i in range(urgent)] + [
        finding(f"boat{i}", severity=MEDIUM) for i in range(4)
    ]
    shown = actions(of(tuple(listed)))
    asked = decisions(shown)
    assert len(asked) == expected <= 3
    first = [(row["what"], row["code"], row["finding"]) for row in shown[:expected]]  # the first ones due
    assert [(row["text"], row["action"], row["finding"]) for row in asked] == first


# --- timeline ---------------------------------------------------------------------------------------------------------


def test_the_timeline_is_in_order_of_its_dates() -> None:
    milestones = [
        {"id": "reserve", "title": "Reserve", "due": "2026-11-30", "state": "open"},
        {"id": "done", "title": "Done", "due": "2026-11-01", "state": "reached"},
        {"id": "late", "title": "Late", "due": "2026-09-01", "state": "overdue"},
        {"id": "listing", "title": "Listing", "due": "2026-10-01", "state": "unknown"},
    ]
    shown = timeline(actions(of((finding("barge"), finding("sloop", PERSISTING)))), milestones)
    assert [(step["date"], step["kind"], step["ref"], step["text"]) for step in shown] == [
        ("2026-09-01", "milestone", "late", "Late"),
        ("2026-10-01", "milestone", "listing", "Listing"),
        ("2026-10-30", "action", code("sloop"), "Sell or rent out Sloop"),
        ("2026-11-30", "action", code("barge"), "Sell or rent out Barge"),
        ("2026-11-30", "milestone", "reserve", "Reserve"),
    ]
    assert [date.fromisoformat(step["date"]) for step in shown] == sorted(date.fromisoformat(step["date"]) for step in shown)


# --- any order --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_findings_means_nothing(seed: int) -> None:
    shuffled = list(FLEET)
    random.Random(seed).shuffle(shuffled)
    one, other = of(), of(tuple(shuffled))
    assert findings(other) == findings(one)
    assert actions(other) == actions(one)
    assert timeline(actions(other), []) == timeline(actions(one), [])


def test_without_findings_nothing_is_asked() -> None:
    nothing = material()
    assert (findings(nothing), actions(nothing), decisions([]), timeline([], [])) == ([], [], [], [])


@pytest.mark.parametrize(
    ("state", "subject", "is_told"),
    [(PERSISTING, "barge", True), (NEW, "barge", True), (PERSISTING, "yawl", False), (ACCEPTED, "barge", False)],
)
def test_a_finding_that_was_accepted_once_says_that_this_has_ended(state: FindingState, subject: str, is_told: bool) -> None:
    made = of((finding(subject, state),))
    word = {"rule": "idle_asset", "subject": "barge", "until": date(2026, 9, 30), "by": "Ann Ruiz", "reason": "Winter"}
    frames = {**made.tables.frames, "accepted_findings": frame("accepted_findings", [word], "marlin")}
    (row,) = findings(replace(made, tables=replace(made.tables, frames=frames)))
    assert row["acceptance_ended"] == ({"until": "2026-09-30", "by": "Ann Ruiz", "reason": "Winter"} if is_told else None)
