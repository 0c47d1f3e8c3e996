"""Whose report a note stands in, what it is about, and decisions that are about nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from quarterdeck.compose import Material
from quarterdeck.compose.notices import notices
from quarterdeck.compose.people import notes, unheard
from quarterdeck.frames import Tables
from quarterdeck.measure.findings import codes
from tests.material import ROLE, finding, material
from tests.tables import at, frame

BARGE = finding("barge")
CODE = codes([BARGE])[BARGE.fingerprint]
NOTE = {"author": "Ann Ruiz", "date": date(2026, 11, 3), "text": "Paid **in advance**"}
WORD = {"kind": "action", "by": "Ann", "date": date(2026, 10, 20), "counts_from": date(2026, 10, 20), "reason": "Yes"}


def with_table(name: str, *rows: dict[str, Any], tenant: str = "marlin", **changes: Any) -> Material:
    key = {"notes": "note", "overrides": "override"}[name]
    made = material(findings=[BARGE], at=at("2026-10"), **changes)
    listed = [{key: f"a.md:{number}", **row} for number, row in enumerate(rows)]
    frames = {**made.tables.frames, name: frame(name, listed, tenant)}
    return replace(made, tables=Tables(frames, made.tables.coverage, made.tables.missing))


def test_a_note_is_signed_dated_and_in_blocks() -> None:
    assert notes(with_table("notes", NOTE)) == [
        {
            "text": "Paid **in advance**",
            "author": "Ann Ruiz",
            "date": "2026-11-03",
            "about": None,
            "blocks": [
                {
                    "mark": "",
                    "runs": [
                        {"text": "Paid ", "style": "plain", "link": None},
                        {"text": "in advance", "style": "strong", "link": None},
                    ],
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    ("row", "cfo", "cmo"),
    [
        ({}, True, True),
        ({"roles": "cfo"}, True, False),
        ({"roles": "ceo,cmo"}, False, True),
        ({"kpi": "runway"}, True, False),  # only the chief financial officer's report has it
        ({"kpi": "runway", "roles": "cmo"}, False, True),
        ({"finding": CODE}, True, False),
        ({"finding": BARGE.fingerprint}, True, False),
        ({"finding": "CFO-0000"}, True, True),
    ],
)
def test_who_reads_a_note(row: dict[str, str], cfo: bool, cmo: bool) -> None:
    made = with_table("notes", {**NOTE, **row})
    other = replace(made, role=replace(ROLE, id="cmo", kpis=("customers",), rules=()))
    assert (bool(notes(made)), bool(notes(other))) == (cfo, cmo)


def test_a_note_says_what_it_is_about() -> None:
    rows = [{**NOTE, "kpi": "runway"}, {**NOTE, "finding": CODE.lower()}, {**NOTE, "finding": "CFO-0000"}]
    assert [note["about"] for note in notes(with_table("notes", *rows))] == [
        {"kind": "kpi", "ref": "runway", "label": "Runway"},
        {"kind": "finding", "ref": BARGE.fingerprint, "label": "Barge stands idle"},
        {"kind": "finding", "ref": "CFO-0000", "label": "CFO-0000, which nothing in this period is called"},
    ]


def test_a_note_of_another_tenant_is_in_no_report() -> None:
    assert notes(with_table("notes", NOTE, tenant="heron")) == []


def test_notes_are_in_the_order_of_their_days() -> None:
    rows = [{**NOTE, "date": date(2026, 11, day), "text": str(day)} for day in (5, 3, 4)]
    assert [note["text"] for note in notes(with_table("notes", *rows))] == ["3", "4", "5"]


@pytest.mark.parametrize(
    ("row", "is_told"),
    [
        ({"subject": CODE}, False),
        ({"subject": BARGE.fingerprint}, False),
        ({"subject": "CFO-0000"}, True),
        ({"subject": "nonsense"}, True),
        ({"subject": "CFO-" + "0" * 400}, True),
        ({"subject": "CFO-0000", "counts_from": date(2026, 9, 30)}, False),  # the report of September has told it
        ({"subject": "reserve", "kind": "milestone"}, True),
    ],
)
def test_a_decision_about_nothing_is_told_once(row: dict[str, Any], is_told: bool) -> None:
    made = with_table("overrides", {**WORD, "due_on": date(2026, 12, 15), **row})
    assert bool(list(unheard(made))) is is_told
    told = [notice["text"] for notice in notices(made) if notice["kind"] == "unheard"]
    assert told == (
        [f"A decision of Oct 20, 2026 by Ann is about {row['subject']}, which nothing in this period is called"]
        if is_told
        else []
    )
