"""Decisions of people about actions: from when until when each counts, and which of several holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.compose.decided import changed
from quarterdeck.frames import Tables
from quarterdeck.measure.decisions import decisions
from quarterdeck.measure.findings import codes, decided, due, first_due, is_named, owner, priority
from quarterdeck.measure.rows import finding_rows, read_findings
from quarterdeck.model import Priority
from quarterdeck.people import Decision
from tests.material import finding
from tests.tables import at, frame

BARGE = finding("barge")
CODE = codes([BARGE])[BARGE.fingerprint]
WORD = {
    "kind": "action", "subject": CODE, "by": "Ann", "date": date(2026, 10, 20), "counts_from": date(2026, 10, 20),
    "reason": "The yard is full",
}  # fmt: skip


def tables(*rows: dict[str, Any]) -> Tables:
    listed = [{"override": f"a.yaml:{number}", **WORD, **row} for number, row in enumerate(rows)]
    return Tables({"overrides": frame("overrides", listed, "marlin")})


@pytest.mark.parametrize(
    ("row", "periods"),
    [
        ({}, ["2026-10", "2026-11", "2026-12"]),
        ({"counts_from": date(2026, 11, 1)}, ["2026-11", "2026-12"]),
        ({"until": date(2026, 11, 30)}, ["2026-10", "2026-11"]),
        ({"until": date(2026, 11, 29)}, ["2026-10"]),  # it does not reach the last day of November
        ({"kind": "milestone"}, []),
    ],
)
def test_when_a_decision_counts(row: dict[str, Any], periods: list[str]) -> None:
    made = tables({"owner": "Bo", **row})
    found = [period for period in ("2026-09", "2026-10", "2026-11", "2026-12") if decisions(made, at(period), "action")]
    assert found == periods


def test_the_newest_decision_about_each_thing_holds_and_the_one_before_is_told() -> None:
    rows = (
        {"due_on": date(2026, 12, 31), "date": date(2026, 10, 25), "by": "Bo"},
        {"due_on": date(2026, 12, 15), "owner": "Cy", "by": "Ann"},
        {"priority": "P3", "date": date(2026, 10, 28)},
    )
    (made,) = decided([BARGE], tables(*rows), at("2026-10"))
    assert (owner(made), due(made, at("2026-10")), priority(made)) == ("Cy", date(2026, 12, 31), Priority.P3)
    assert first_due(made, at("2026-10")) == due(BARGE, at("2026-10")) == date(2026, 11, 30)
    told = changed({"owner": "cfo", "due": "2026-11-30", "priority": "P1"}, made.decisions)
    assert [(each["field"], each["was"], each["now"], each["by"], each["instead_of"]) for each in told] == [
        ("owner", "cfo", "Cy", "Ann", None),
        ("due", "2026-11-30", "2026-12-31", "Bo", {"by": "Ann", "date": "2026-10-20"}),
        ("priority", "P1", "P3", "Ann", None),
    ]
    assert codes([made]) == codes([BARGE])  # an action that is given to somebody keeps its code


def test_of_one_day_the_one_that_stands_below_holds() -> None:
    (made,) = decided([BARGE], tables({"owner": "Bo"}, {"owner": "Cy"}), at("2026-10"))
    assert owner(made) == "Cy"


def test_a_finding_keeps_what_was_decided_through_its_snapshot() -> None:
    words = (
        Decision("Ann", date(2026, 10, 20), "Yes", owner="Bo", due_on=date(2026, 12, 15), until=date(2027, 1, 31)),
        Decision("Bo", date(2026, 10, 21), "No", priority="P2"),
    )
    made = replace(BARGE, decisions=words)
    rows = finding_rows([made], at("2026-10"))
    assert read_findings(rows) == (made,)
    (row,) = rows.to_pylist()
    assert (row["owner"], row["due_on"], row["priority"], row["code"]) == ("Bo", date(2026, 12, 15), "P2", CODE)


@given(st.text(st.sampled_from("CFO-0123456789ABCDEFGHJKMNPQRSTVWXYZabc "), max_size=70))
def test_a_subject_names_a_finding_only_by_its_own_letters(subject: str) -> None:
    whole = next(iter(codes([BARGE]).values())).partition("-")[2]
    assert is_named(BARGE, subject) is (len(subject) >= 8 and subject.upper().startswith(f"CFO-{whole}") and len(subject) == 8)


def test_a_code_may_be_written_longer_or_small_and_not_shorter() -> None:
    assert is_named(BARGE, CODE)
    assert is_named(BARGE, CODE.lower())
    assert not is_named(BARGE, CODE[:-1])
    assert not is_named(BARGE, CODE.replace("CFO", "CTO"))
    assert not is_named(BARGE, "")
