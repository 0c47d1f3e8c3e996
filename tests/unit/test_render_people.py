"""What people said and promised, in words; what hostile documents and documents of before make of it."""

from __future__ import annotations

import pytest

from quarterdeck.render.people import decided, ended, notes, promise
from quarterdeck.words import Voice
from tests.documents import note, override
from tests.documents import promise as told

VOICE = Voice("en_US")


def test_one_decision_about_two_things_is_one_line() -> None:
    words = [override("owner", "cto", "Kim Example", "Full"), override("due", "2026-10-31", "2026-11-30", "Full")]
    assert decided(words, VOICE) == (
        "given to Kim Example instead of CTO, moved from Oct 31, 2026 to Nov 30, 2026 by Robin Example on Oct 6, 2026: Full",
    )


def test_two_decisions_are_two_lines_and_the_one_before_is_told() -> None:
    words = [
        override("priority", "P1", "P3", "It can wait", until="2026-12-31"),
        override("due", "2026-10-31", "2026-11-30", "Full", instead_of={"by": "Kim Example", "date": "2026-10-01"}),
    ]
    assert decided(words, VOICE) == (
        "made P3 instead of P1 by Robin Example on Oct 6, 2026: It can wait (until Dec 31, 2026)",
        "moved from Oct 31, 2026 to Nov 30, 2026 by Robin Example on Oct 6, 2026: Full; "
        "before that Kim Example had decided on Oct 1, 2026",
    )


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({}, ()),
        ({"misses": 1}, ()),
        ({"misses": 2}, ("late in 2 reports in a row",)),
        (
            {"misses": 3, "escalation": {"from": "cfo", "to": "ceo", "is_here": False}},
            ("late in 3 reports in a row: told to CEO",),
        ),
        (
            {"misses": 4, "escalation": {"from": "cfo", "to": "ceo", "is_here": True}},
            ("late in 4 reports in a row: brought here from CFO",),
        ),
        ({"first_due": "2026-09-30"}, ("first due Sep 30, 2026",)),
    ],
)
def test_what_stands_under_a_promise(changes: dict[str, object], lines: tuple[str, ...]) -> None:
    assert promise(told("CFO-2HPA", "Post the refunds", "cfo", "2026-10-10", "late", **changes), VOICE).lines == lines


def test_a_promise_and_a_note_of_a_report_of_before_are_shown() -> None:
    old = {"code": "CFO-2HPA", "what": "Post", "owner": "cfo", "due": "2026-10-10", "outcome": "open"}
    assert promise(old, VOICE).lines == ()
    (shown,) = notes([{"text": "Paid", "author": "Ann", "date": "2026-11-03"}], VOICE)
    assert ([block.plain for block in shown.blocks], shown.about) == (["Paid"], "")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://example.com/", "https://", "data:text/html,x", None])
def test_only_https_is_linked(address: str | None) -> None:
    runs = [{"text": "x", "style": "plain", "link": address}]
    (shown,) = notes([note("x", blocks=[{"mark": "", "runs": runs}])], VOICE)
    assert [run.link for block in shown.blocks for run in block.runs] == [""]


def test_an_acceptance_that_ended_says_whose_it_was() -> None:
    assert ended(None, VOICE) == ""
    word = {"until": "2026-09-30", "by": "Ann Ruiz", "reason": "Winter"}
    assert ended(word, VOICE) == "accepted by Ann Ruiz until Sep 30, 2026, which has ended"
