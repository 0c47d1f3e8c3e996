"""Hand-off documents: front matter is kept whole or rejected whole, and links out of the folder lead nowhere."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from quarterdeck.errors import SourceError
from quarterdeck.sources import PulledTable
from tests.sourcing import pull, rows, window, write

DOCUMENT = """\
---
title: Booking site
state: blocked
owner: Ada
updated: 2026-10-28
blockers:
  - payment keys
  - blocker: no staging account
    since: 2026-09-01
mission: >
  Take bookings
  without a phone call
financial_model: 10 % of each booking
---

# Booking site
"""
PLAIN = "---\ntitle: Plain\nstate: active\nupdated: 2026-10-01\n---\n"


def _pull(root: Path, limit: float = 1, **documents: str | bytes) -> dict[str, PulledTable]:
    (root / "docs").mkdir(exist_ok=True)
    for name, text in documents.items():
        write(root, f"docs/{name}.md", text)
    return pull("handoffs", {"path": "docs", "max_rejected": limit}, window(root))


def _fault(root: Path, text: str | bytes) -> tuple[int, str, str]:
    tables = _pull(root, bad=text)
    assert tables["handoffs"].rows.num_rows == tables["blockers"].rows.num_rows == 0
    fault = tables["handoffs"].rejects[0]
    assert fault.file == "docs/bad.md"
    return fault.line, fault.column, fault.expected


def test_a_document_and_its_blockers(tmp_path: Path) -> None:
    tables = _pull(tmp_path, booking=DOCUMENT)
    (row,) = rows(tables["handoffs"])
    assert row == {
        "project": "booking",
        "title": "Booking site",
        "state": "blocked",
        "owner": "Ada",
        "updated_on": date(2026, 10, 28),
        "blockers": 2,
        "mission": "Take bookings without a phone call",
        "stack": None,
        "deployment": None,
        "financial_model": "10 % of each booking",
        "source_file": "docs/booking.md",
    }
    assert [(b["blocker"], b["since"], b["source_line"]) for b in rows(tables["blockers"])] == [
        ("payment keys", None, 7),
        ("no staging account", date(2026, 9, 1), 8),
    ]
    assert tables["handoffs"].watermark == datetime(2026, 10, 28, 7, tzinfo=UTC)


def test_folders_in_it_count_and_readme_and_hidden_files_do_not(tmp_path: Path) -> None:
    write(tmp_path, "docs/unit/deep.md", PLAIN)
    write(tmp_path, "docs/.git/x.md", PLAIN)
    write(tmp_path, "docs/notes.txt", "no document")
    write(tmp_path, "docs/.hidden.md", PLAIN)
    tables = _pull(tmp_path, README="# How we write these")
    assert [(row["project"], row["source_file"]) for row in rows(tables["handoffs"])] == [("deep", "docs/unit/deep.md")]
    assert tables["handoffs"].rejects == ()


def test_a_byte_order_mark_and_crlf_change_nothing(tmp_path: Path) -> None:
    raw = b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode()
    assert rows(_pull(tmp_path, plain=raw)["handoffs"])[0]["title"] == "Plain"


def test_an_empty_folder_is_measured_absence(tmp_path: Path) -> None:
    tables = _pull(tmp_path)
    assert tables["handoffs"].rows.num_rows == 0
    assert tables["handoffs"].watermark is None


def test_a_document_written_after_the_period_is_read_all_the_same(tmp_path: Path) -> None:
    late = PLAIN.replace("2026-10-01", "2027-03-01")
    table = _pull(tmp_path, late=late)["handoffs"]
    assert rows(table)[0]["updated_on"] == date(2027, 3, 1)
    assert table.watermark is None


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("# No front matter\n", 1, "front matter", "a document that begins with '---'"),
        ("---\ntitle: open\n", 1, "front matter", "a document that begins with '---'"),
        ("---\n- a\n---\n", 1, "front matter", "keys and values"),
        ("---\n---\n", 1, "front matter", "keys and values"),
        ("---\ntitle: a\ntitle: b\n---\n", 3, "front matter", "YAML; the key 'title' is here twice"),
        ("---\ntitle: *x\n---\n", 2, "front matter", "YAML; an alias is refused"),
        ("---\ntitle:\n\t- a\n---\n", 3, "front matter", "YAML; a tab stands"),
        (PLAIN.replace("active", "running"), 3, "state", "one of planned, active"),
        (PLAIN.replace("title: Plain\n", ""), 1, "title", "a value"),
        (PLAIN.replace("2026-10-01", "yesterday"), 4, "updated", "a day as 2026-01-31"),
        (PLAIN.replace("title: Plain", "title: Plain\ncolour: red"), 3, "colour", "one of the keys project, title"),
        (PLAIN.replace("title: Plain", "title: [a, b]"), 2, "title", "a single value"),
        (PLAIN.replace("---\ntitle", "---\nblockers: many\ntitle"), 2, "blockers", "a list"),
        (PLAIN.replace("---\ntitle", "---\nblockers: [a, a]\ntitle"), 2, "blockers", "a blocker that is named once"),
        (PLAIN.replace("---\ntitle", "---\nblockers: [{what: a}]\ntitle"), 2, "blockers", "a mapping of blocker and since"),
        (PLAIN.replace("---\ntitle", "---\nblockers: [{blocker: a, since: soon}]\ntitle"), 2, "blockers", "a day as"),
    ],
)
def test_a_bad_document_is_rejected_whole(tmp_path: Path, text: str, line: int, column: str, expected: str) -> None:
    found_line, found_column, found = _fault(tmp_path, text)
    assert (found_line, found_column) == (line, column)
    assert expected in found


def test_two_documents_of_one_project(tmp_path: Path) -> None:
    tables = _pull(tmp_path, a=PLAIN, b=PLAIN.replace("title", "project: a\ntitle"))
    assert [row["source_file"] for row in rows(tables["handoffs"])] == ["docs/a.md"]
    (fault,) = tables["handoffs"].rejects
    assert (fault.file, fault.line, fault.value) == ("docs/b.md", 2, "a")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "secret/plan.md", PLAIN)
    write(tmp_path, "docs/own.md", PLAIN)
    (tmp_path / "docs/stolen.md").symlink_to(tmp_path / "secret/plan.md")
    (tmp_path / "docs/folder").symlink_to(tmp_path / "secret")
    tables = _pull(tmp_path)
    assert [row["project"] for row in rows(tables["handoffs"])] == ["own"]
    assert [(fault.file, fault.column) for fault in tables["handoffs"].rejects] == [("docs/stolen.md", "file")]


def test_a_document_in_another_encoding_fails_the_source(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"docs/latin\.md:2:9: byte 0xFC is not UTF-8"):
        _pull(tmp_path, latin="---\ntitle: Zürich\n---\n".replace("Zü", "Zü").encode("latin-1"))


def test_too_many_bad_documents_fail_the_source(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="1 of 2 rows of handoffs cannot be read"):
        _pull(tmp_path, limit=0.01, good=PLAIN, bad="nothing")


def test_a_folder_that_is_not_there_or_is_a_file(tmp_path: Path) -> None:
    write(tmp_path, "file.md", PLAIN)
    for path, said in (("gone", "there is no such folder"), ("file.md", "this is a file, not a folder")):
        with pytest.raises(SourceError, match=said):
            pull("handoffs", {"path": path}, window(tmp_path))
