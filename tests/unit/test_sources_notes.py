"""Notes and decisions as people write them: whose they are, which period's, and what is refused with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.errors import Reject, SourceError
from quarterdeck.sources import Pulled, Window
from quarterdeck.sources.notes import NoteOptions, Notes
from tests.sourcing import window, write

HEAD = {"tenant": "alpha", "period": "2026-10", "author": "Ann Ruiz", "date": "2026-11-03"}
WORD = {"tenant": "alpha", "action": "CTO-7K3F", "due": "2026-12-15", "by": "Bo", "date": "2026-10-20", "reason": "No berth"}


def document(text: str = "Paid in advance.", /, **changes: str | None) -> str:
    lines = (f"{key}: {value}\n" for key, value in {**HEAD, **changes}.items() if value is not None)
    return f"---\n{''.join(lines)}---\n{text}\n"


def said(**changes: str | None) -> str:
    """A YAML file with one decision, its first key on line 2."""
    lines = (f"{key}: {value}\n" for key, value in {**WORD, **changes}.items() if value is not None)
    return "decisions:\n  - " + "    ".join(lines)


def pulled(root: Path, files: Mapping[str, str], period: str = "2026-10", tenant: str = "alpha") -> Pulled:
    for name, text in files.items():
        write(root, f"notes/{name}", text)
    seen: Window = replace(
        window(root, period), tenant=tenant, tenants=frozenset({"alpha", "beta"}), roles=frozenset({"ceo", "cfo"})
    )
    return Notes.pull(NoteOptions(folder="notes"), seen)


def rows(given: Pulled, table: str = "notes") -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = next(each for each in given.tables if each.name == table).rows.to_pylist()
    return listed


def rejects(given: Pulled) -> list[Reject]:
    return [fault for table in given.tables for fault in table.rejects]


def test_a_document_is_a_note_of_its_period_whenever_it_was_written(tmp_path: Path) -> None:
    given = pulled(tmp_path, {"october.md": document("First.\n\n- one\n- *two*", roles="[cfo, ceo]", kpi="cash")})
    assert rows(given) == [
        {
            "note": "notes/october.md:1",
            "roles": "cfo,ceo",
            "kpi": "cash",
            "finding": None,
            "author": "Ann Ruiz",
            "date": date(2026, 11, 3),
            "text": "First.\n\n- one\n- *two*",
        }
    ]
    assert rejects(given) == []
    assert rows(pulled(tmp_path, {}, period="2026-09")) == []
    assert rows(pulled(tmp_path, {}, period="2026-Q4")) == []


def test_a_list_of_yaml_holds_notes_and_decisions(tmp_path: Path) -> None:
    text = """\
notes:
  - {tenant: alpha, period: 2026-10, author: Bo, date: 2026-11-01, finding: CFO-7K3F, text: "It is sold in spring"}
  - tenant: alpha
    period: 2026-10
    author: Ann
    date: 2026-11-02
    text: |
      Two charters

      were paid.
decisions:
  - {tenant: alpha, action: CTO-7K3F, owner: Bo Sand, priority: P2, by: Ann, date: 2026-10-20, until: 2027-01-31, reason: Yes}
  - {tenant: alpha, milestone: reserve, due: 2027-03-31, by: Ann, date: 2026-10-21, reason: Winter}
"""
    given = pulled(tmp_path, {"said.yaml": text})
    assert [(row["note"], row["finding"], row["text"]) for row in rows(given)] == [
        ("notes/said.yaml:2", "CFO-7K3F", "It is sold in spring"),
        ("notes/said.yaml:3", None, "Two charters\n\nwere paid."),
    ]
    first, second = rows(given, "overrides")
    assert first == {
        "override": "notes/said.yaml:12",
        "kind": "action",
        "subject": "CTO-7K3F",
        "owner": "Bo Sand",
        "due_on": None,
        "priority": "P2",
        "by": "Ann",
        "date": date(2026, 10, 20),
        "counts_from": date(2026, 10, 20),
        "until": date(2027, 1, 31),
        "reason": "Yes",
    }
    assert (second["kind"], second["subject"], second["due_on"]) == ("milestone", "reserve", date(2027, 3, 31))


def test_what_is_of_another_tenant_is_passed_over_and_what_is_of_nobody_is_named(tmp_path: Path) -> None:
    files = {
        "a.md": document("for alpha"),
        "b.md": document("for beta", tenant="beta", kpi="no_such_figure"),  # what is wrong with it is told to beta
        "beta/c.md": document("in beta's folder", tenant=None),
        "beta/d.md": document("astray", tenant="alpha"),
        "e.md": document("nobody's", tenant=None),
        "f.md": document("nobody's", tenant="gamma"),
    }
    given = pulled(tmp_path, files)
    assert [row["text"] for row in rows(given)] == ["for alpha"]
    assert [(fault.file, fault.line, fault.column) for fault in rejects(given)] == [
        ("notes/e.md", 1, "tenant"),
        ("notes/f.md", 2, "tenant"),
    ]
    others = pulled(tmp_path, {}, tenant="beta")
    assert [row["text"] for row in rows(others)] == ["in beta's folder"]
    assert {(fault.file, fault.column) for fault in rejects(others)} == {
        ("notes/b.md", "kpi"),
        ("notes/beta/d.md", "tenant"),
        ("notes/e.md", "tenant"),
        ("notes/f.md", "tenant"),
    }


@pytest.mark.parametrize(
    ("changes", "line", "column"),
    [
        ({"period": "soon"}, 3, "period"),
        ({"period": "2026-13"}, 3, "period"),
        ({"period": None}, 1, "period"),
        ({"author": None}, 1, "author"),
        ({"author": "A" * 501}, 4, "author"),
        ({"date": "3 Nov"}, 5, "date"),
        ({"date": "2026-02-30"}, 5, "date"),
        ({"roles": "[cfo, treasurer]"}, 6, "roles"),
        ({"kpi": "no_such_figure"}, 6, "kpi"),
        ({"kpi": "cash", "finding": "CFO-7K3F"}, 7, "finding"),
        ({"colour": "red"}, 6, "colour"),
        ({"text": "twice"}, 6, "text"),
    ],
)
def test_a_note_that_means_nothing_is_named_with_its_line(
    tmp_path: Path, changes: dict[str, str | None], line: int, column: str
) -> None:
    given = pulled(tmp_path, {"bad.md": document(**changes), "good.md": document("good")})
    assert [row["text"] for row in rows(given)] == ["good"]
    assert [(fault.file, fault.line, fault.column) for fault in rejects(given)] == [("notes/bad.md", line, column)]


@pytest.mark.parametrize(
    ("changes", "line", "column"),
    [
        ({"action": None}, 2, "action"),
        ({"milestone": "reserve"}, 8, "action"),
        ({"due": None}, 2, "due"),
        ({"due": "2026-10-19"}, 4, "due"),  # before the decision itself
        ({"until": "2026-10-19"}, 8, "until"),
        ({"priority": "urgent"}, 8, "priority"),
        ({"by": None}, 2, "by"),
        ({"reason": None}, 2, "reason"),
        ({"date": "yesterday"}, 6, "date"),
        ({"action": None, "milestone": "reserve", "owner": "Bo"}, 3, "due"),
        ({"period": "2026-99"}, 8, "period"),
    ],
)
def test_a_decision_that_means_nothing_is_named_with_its_line(
    tmp_path: Path, changes: dict[str, str | None], line: int, column: str
) -> None:
    given = pulled(tmp_path, {"said.yaml": said(**changes)})
    assert rows(given, "overrides") == []
    found = [(fault.file, fault.column) for fault in rejects(given)]
    assert found == [("notes/said.yaml", column)]
    assert column == "action" or line in [fault.line for fault in rejects(given)]


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({}, "2026-10"),
        ({"date": "2026-11-01"}, "2026-11"),
        ({"date": "2026-11-01", "period": "2026-10"}, "2026-10"),  # it answers the report of October
        ({"date": "2026-10-31"}, "2026-10"),
    ],
)
def test_a_decision_counts_from_the_period_of_its_day_or_the_one_it_names(
    tmp_path: Path, changes: dict[str, str], first: str
) -> None:
    files = {"said.yaml": said(**changes)}
    counted = [
        period for period in ("2026-09", "2026-10", "2026-11", "2026-12") if rows(pulled(tmp_path, files, period), "overrides")
    ]
    assert counted == [period for period in ("2026-09", "2026-10", "2026-11", "2026-12") if period >= first]


@pytest.mark.parametrize(
    "text",
    ["no front matter", "---\n- a list\n---\n", "---\na: [\n---\n", "---\na: &x b\n---\n", "---\ntenant: alpha\n"],
)
def test_a_document_that_is_none_takes_no_other_with_it(tmp_path: Path, text: str) -> None:
    given = pulled(tmp_path, {"bad.md": text, "good.md": document("good")})
    assert [row["text"] for row in rows(given)] == ["good"]
    assert {fault.file for fault in rejects(given)} == {"notes/bad.md"}


@pytest.mark.parametrize("text", ["- a list\n", "notes: many\n", "remarks: []\n", "notes: [just words]\n", "notes: [\n", "\0"])
def test_a_file_of_yaml_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    given = pulled(tmp_path, {"bad.yaml": text, "empty.yml": ""})
    assert {fault.file for fault in rejects(given)} == {"notes/bad.yaml"}


def test_hidden_and_turning_letters_do_not_come_in_and_html_stays_letters(tmp_path: Path) -> None:
    given = pulled(tmp_path, {"a.md": document("safe\u202etxt\u200b <script>alert(1)</script>\x1b[31m")})
    assert [row["text"] for row in rows(given)] == ["safetxt <script>alert(1)</script>"]


def test_a_share_of_bad_entries_fails_the_source_where_the_settings_say_so(tmp_path: Path) -> None:
    write(tmp_path, "notes/bad.md", document(period="soon"))
    with pytest.raises(SourceError, match="1 of 1 rows of notes cannot be read"):
        Notes.pull(NoteOptions.model_validate({"folder": "notes", "max_rejected": "0.5"}), window(tmp_path))


def test_a_folder_that_is_not_there_fails_the_source(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        Notes.pull(NoteOptions(folder="gone"), window(tmp_path))


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "outside.md", document("secret"))
    write(tmp_path, "notes/a.md", document("inside"))
    (tmp_path / "notes" / "b.md").symlink_to(tmp_path / "outside.md")
    given = pulled(tmp_path, {})
    assert [row["text"] for row in rows(given)] == ["inside"]
    assert [fault.column for fault in rejects(given)] == ["file"]
