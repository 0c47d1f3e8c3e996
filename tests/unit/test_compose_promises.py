"""What earlier reports asked for: done, late or moved, what it led to, and who hears of it the third time."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from quarterdeck import codec
from quarterdeck.compose import Material
from quarterdeck.compose.promises import promises
from quarterdeck.frames import Tables
from quarterdeck.measure.findings import codes
from quarterdeck.model import Direction, Finding, FindingState, Severity
from quarterdeck.people import Decision
from tests.material import ROLE, finding, material, value
from tests.tables import at, frame, usd

NEW, PERSISTING, FIXED = FindingState.NEW, FindingState.PERSISTING, FindingState.FIXED
ACCEPTED, UNCHECKED = FindingState.ACCEPTED, FindingState.UNCHECKED
SLOOP = finding("sloop", PERSISTING, severity=Severity.HIGH)


def of(listed: tuple[Finding, ...], period: str = "2026-10", **changes: Any) -> Material:
    return material(findings=listed, at=at(period), **changes)


def told(
    made: Material, *rows: tuple[str, str, str], up: tuple[tuple[str, str, bool], ...] = (("cfo", "ceo", True),)
) -> Material:
    """The material with what delivered reports said of the sloop: role, period, outcome."""
    promised = [
        {"role": role, "period": period, "fingerprint": SLOOP.fingerprint, "due_on": date(2026, 9, 10), "outcome": outcome}
        for role, period, outcome in rows
    ]
    steps = [{"role": role, "to_role": to, "is_own": is_own} for role, to, is_own in up]
    frames = {"promised": frame("promised", promised, "marlin"), "escalations": frame("escalations", steps, "marlin")}
    tables = Tables({**made.tables.frames, **frames}, made.tables.coverage, made.tables.missing)
    return replace(made, tables=tables)


@pytest.mark.parametrize(
    ("state", "first_seen", "outcome", "due"),
    [
        (FIXED, "2026-08", "done", "2026-09-30"),
        (PERSISTING, "2026-09", "late", "2026-10-30"),  # due within the period that has ended
        (PERSISTING, "2026-10", "open", "2026-11-30"),
        (UNCHECKED, "2026-09", "late", "2026-10-30"),  # nobody could look, so nobody knows that it is done
        (UNCHECKED, "2026-10", "open", "2026-11-30"),
    ],
)
def test_what_became_of_a_promise(state: FindingState, first_seen: str, outcome: str, due: str) -> None:
    made = finding("barge", state, first_seen=first_seen)
    assert promises(of((made,))) == [
        {
            "code": codes([made])[made.fingerprint],
            "finding": made.fingerprint,
            "what": "Sell or rent out Barge",
            "owner": "cfo",
            "due": due,
            "first_due": due,
            "outcome": outcome,
            "overrides": [],
            "misses": 1 if outcome == "late" else 0,
            "escalation": None,
            "effect": None,
        }
    ]


def test_a_promise_due_on_the_last_day_is_late_when_the_period_is_over() -> None:
    for days, outcome in ((31, "late"), (32, "open")):  # 31 October, 1 November
        (row,) = promises(of((finding("barge", PERSISTING, due_days=days),)))
        assert row["outcome"] == outcome


def test_only_what_was_asked_before_is_a_promise_and_what_is_done_comes_first() -> None:
    fleet = (
        finding("ketch", NEW),
        finding("yawl", FIXED, severity=Severity.LOW),
        SLOOP,
        finding("raft", ACCEPTED),
        finding("punt", UNCHECKED, severity=Severity.CRITICAL),
        finding("junk", PERSISTING, rule="another_role_reads_it"),
    )
    shown = [row["what"].rpartition(" ")[2] for row in promises(of(fleet))]
    assert shown == ["Yawl", "Punt", "Sloop"]
    shuffled = random.Random(7).sample(fleet, len(fleet))
    assert promises(of(tuple(shuffled))) == promises(of(fleet))
    assert promises(of(())) == []


def test_a_promise_that_was_moved_is_not_late_and_says_from_when_by_whom_and_why() -> None:
    word = Decision("Ann Ruiz", date(2026, 10, 20), "The yard is full", due_on=date(2026, 12, 15))
    (row,) = promises(of((replace(SLOOP, decisions=(word,)),)))
    assert (row["outcome"], row["due"], row["first_due"], row["misses"]) == ("moved", "2026-12-15", "2026-10-30", 0)
    assert row["overrides"] == [
        {
            "field": "due",
            "was": "2026-10-30",
            "now": "2026-12-15",
            "by": "Ann Ruiz",
            "date": "2026-10-20",
            "reason": "The yard is full",
            "until": None,
            "instead_of": None,
        }
    ]


def test_a_promise_that_was_moved_and_has_passed_again_is_late() -> None:
    word = Decision("Ann Ruiz", date(2026, 9, 20), "The yard is full", due_on=date(2026, 10, 31))
    (row,) = promises(of((replace(SLOOP, decisions=(word,)),)))
    assert (row["outcome"], row["due"]) == ("late", "2026-10-31")


def test_what_was_promised_first_is_what_the_first_report_said() -> None:
    made = told(of((SLOOP,), "2026-11"), ("cfo", "2026-09", "asked"))
    assert [row["first_due"] for row in promises(made)] == ["2026-09-10"]  # whatever the rule says today


@pytest.mark.parametrize(
    ("rows", "misses"),
    [
        ([], 1),
        ([("cfo", "2026-10", "late")], 2),
        ([("cfo", "2026-09", "late"), ("cfo", "2026-10", "late")], 3),
        ([("cfo", "2026-09", "late"), ("cfo", "2026-10", "doing")], 1),  # the row is broken
        ([("cfo", "2026-09", "doing"), ("cfo", "2026-10", "late")], 2),
        ([("cfo", "2026-08", "late"), ("cfo", "2026-10", "late")], 2),  # in August it was another fault of that name
        ([("cfo", "2026-09", "late"), ("accounting", "2026-10", "late")], 2),  # two roles were told once each
        ([("cfo", "2026-11", "late"), ("cfo", "2026-12", "late")], 1),  # what this report cannot know yet
    ],
)
def test_misses_are_counted_over_the_reports_of_a_role_that_went_out(rows: list[tuple[str, str, str]], misses: int) -> None:
    (row,) = promises(told(of((SLOOP,), "2026-11"), *rows))
    assert (row["outcome"], row["misses"]) == ("late", misses)
    assert (row["escalation"] is not None) is (misses >= 3)


THRICE = (("cfo", "2026-09", "late"), ("cfo", "2026-10", "late"))


def test_the_third_miss_is_told_to_the_role_above_in_its_report() -> None:
    made = told(of((SLOOP,), "2026-11"), *THRICE)
    ceo = replace(made, role=replace(ROLE, id="ceo", rules=()))  # it does not read the rule itself
    cmo = replace(made, role=replace(ROLE, id="cmo", rules=()))
    assert [row["escalation"] for row in promises(made)] == [{"from": "cfo", "to": "ceo", "is_here": False}]
    assert [row["escalation"] for row in promises(ceo)] == [{"from": "cfo", "to": "ceo", "is_here": True}]
    assert promises(cmo) == []


def test_what_is_done_goes_to_nobody() -> None:
    done = replace(SLOOP, state=FIXED)
    made = told(of((done,), "2026-11"), *THRICE)
    assert [row["outcome"] for row in promises(made)] == ["done"]
    assert promises(replace(made, role=replace(ROLE, id="ceo", rules=()))) == []


def test_a_tenant_without_the_role_above_has_it_told_in_the_portfolio() -> None:
    made = told(of((SLOOP,), "2026-11"), *THRICE, up=(("cfo", "ceo", False),))
    ceo = replace(made, role=replace(ROLE, id="ceo", rules=()))
    portfolio = replace(ceo, tenant=replace(made.tenant, id="portfolio"))
    assert [row["escalation"]["is_here"] for row in promises(portfolio)] == [True]
    own = told(of((SLOOP,), "2026-11"), *THRICE)
    assert promises(replace(own, role=ceo.role, tenant=portfolio.tenant)) == []  # it has a chief executive of its own


@pytest.mark.parametrize(
    ("direction", "now", "verdict"),
    [
        (Direction.DOWN, 40_000, "favourable"),
        (Direction.DOWN, 60_000, "unfavourable"),
        (Direction.UP, 60_000, "favourable"),
        (Direction.NEUTRAL, 60_000, "changed"),
        (Direction.DOWN, 50_000, "unchanged"),
    ],
)
def test_the_kpi_of_a_rule_is_shown_as_it_was_then_and_as_it_is(direction: Direction, now: int, verdict: str) -> None:
    burn = value("net_burn", usd(now), usd(45_000), direction=direction)
    burn = replace(burn, series=(*[None] * 8, usd(20_000), usd(50_000), usd(45_000), usd(now)))  # July to October
    made = finding("net_burn", PERSISTING, rule="target_missed", first_seen="2026-08")
    (row,) = promises(of((made,), kpis=[burn], role=replace(ROLE, rules=("target_missed",))))
    assert row["effect"] == {
        "kpi": "net_burn",
        "label": "Net burn a month",
        "unit": "money",
        "before": codec.plain(usd(50_000)),
        "after": codec.plain(usd(now)),
        "verdict": verdict,
    }


def test_a_kpi_that_cannot_be_compared_says_nothing() -> None:
    made = finding("gross_margin", PERSISTING, rule="target_missed")
    alone = replace(value("gross_margin", Decimal("0.4")), series=(*[None] * 11, Decimal("0.4")))
    for kpis in ([alone], []):
        (row,) = promises(of((made,), kpis=kpis, role=replace(ROLE, rules=("target_missed",))))
        assert row["effect"] is None
