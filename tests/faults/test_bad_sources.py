"""Bad sources: refused as a whole, with their place, or robbed of single rows, which are told. Their reports are made.

Each file and repository of the small portfolio is spoilt in turn, and pulled as a run pulls it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from quarterdeck.errors import SourceError
from quarterdeck.snapshots import Manifest
from quarterdeck.steps.preview import preview
from quarterdeck.steps.pull import pull
from quarterdeck.wiring import Parts
from reports import role
from tests import mini
from tests.reporting import parts_of, report
from tests.spoiling import (
    Content,
    be_file,
    be_folder,
    be_pipe,
    confuse_git,
    corrupt_git,
    lead_out,
    link_to_itself,
    lose_git,
    put,
)

PERIOD = "2026-10"
BANK, CHANNELS, CODE, HANDOFF = "alpha/bank.csv", "alpha/channels.csv", "alpha/code", "alpha/handoffs/booking.md"
YAML = "alpha/channels.yaml"  # the same list, for which portfolio.yaml is changed
SOURCES = {BANK: "books", CHANNELS: "inventory", YAML: "inventory", HANDOFF: "handoffs", CODE: "code"}
NINES = "9" * 5000
BOMB = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\n"
Change = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Bad:
    """A file that its source refuses: what lies there, and the place and words of the reason."""

    file: str
    content: Content
    where: str
    said: str


def _row(text: str) -> str:
    """The bank's file with one more row, on line 9."""
    return f"{mini.BANK}{text}\n"


def _amount(text: str) -> Bad:
    return Bad(
        BANK, _row(f'2026-10-20,"{text}",Ann'), f"{BANK}:9", "1 of 8 rows of entries cannot be read, the first: Amount = "
    )


FILES = {
    "missing": Bad(BANK, Path.unlink, BANK, "there is no such file"),
    "a folder": Bad(BANK, be_folder, BANK, "a folder, not a file"),
    "a pipe": Bad(BANK, be_pipe, BANK, "no regular file"),
    "a link to itself": Bad(BANK, link_to_itself, BANK, "symbolic links"),
    "UTF-16": Bad(BANK, mini.BANK.encode("utf-16"), BANK, "UTF-16, not UTF-8"),
    "UTF-16 without a mark": Bad(BANK, mini.BANK.encode("utf-16-le"), f"{BANK}:1:2", "NUL"),
    "Latin-1": Bad(BANK, _row("2026-10-20,1.00,Ren\xe9").encode("latin-1"), f"{BANK}:9:20", "0xE9 is not UTF-8"),
    "empty": Bad(BANK, "", BANK, "not even a header"),
    "unknown column": Bad(CHANNELS, mini.CHANNELS.replace("reach", "range"), f"{CHANNELS}:1", "unknown column 'range'"),
    "column gone": Bad(BANK, mini.BANK.replace("Amount", "Betrag"), f"{BANK}:1", "the column Amount is missing"),
    "column twice": Bad(BANK, mini.BANK.replace("Party", "Date"), f"{BANK}:1", "two columns are called 'Date'"),
    "a million columns": Bad(CHANNELS, "channel" + "," * 10**6, f"{CHANNELS}:1", "1,000,001 columns"),
    "semicolons": Bad(BANK, mini.BANK.replace(",", ";"), f"{BANK}:1", "not parted by ','"),
    "a quote that never ends": Bad(BANK, _row('2026-10-20,1.00,"Ann'), f"{BANK}:9", "never ends"),
    "a cell too few": Bad(BANK, _row("2026-10-20,1.00"), f"{BANK}:9", "3 cells, as the header has; this row has 2"),
    "a cell too many": Bad(BANK, _row("2026-10-20,1.00,Ann,x"), f"{BANK}:9", "this row has 4"),
    **{
        f"amount {text[:9]}": _amount(text)
        for text in ("1.234,56", "1,000", "(12.00)", "NaN", "inf", "1e400", "1_000", "１２", "١٢", "1.001", "", "$5", NINES)
    },
    "no such day": Bad(BANK, _row("2026-02-30,1.00,Ann"), f"{BANK}:9", "expected a day as 2026-01-31"),
    "a day of nobody's life": Bad(BANK, _row("2299-10-01,1.00,Ann"), f"{BANK}:9", "expected a day between 1900 and 2199"),
    "neither true nor false": Bad(CHANNELS, mini.CHANNELS.replace("false,false", "no,maybe"), f"{CHANNELS}:3", "true or false"),
    "a share in percent": Bad(CHANNELS, mini.CHANNELS.replace("0.15", "15%"), f"{CHANNELS}:3", "without a percent sign"),
    "an id twice": Bad(CHANNELS, f"{mini.CHANNELS}Own site,ota,no,no,1,,,,,,\n", f"{CHANNELS}:4", "line 2 has it already"),
    "YAML: alias bomb": Bad(YAML, BOMB, f"{YAML}:1:4", "an anchor is refused"),
    "YAML: unknown key": Bad(YAML, "- {channel: X, kind: ota, colour: red}\n", f"{YAML}:1:27", "unknown column 'colour'"),
    "YAML: tab": Bad(YAML, "- channel: X\n\tkind: ota\n", f"{YAML}:2:1", "a tab stands where YAML wants spaces"),
    "YAML: key twice": Bad(YAML, "- channel: X\n  channel: Y\n", f"{YAML}:2:3", "'channel' is here twice"),
    "YAML: code": Bad(YAML, "- !!python/object/apply:os.system ['id']\n", f"{YAML}:1:3", "a tag is refused"),
    "hand-off without front matter": Bad(HANDOFF, "# Booking\n", f"{HANDOFF}:1", "begins with '---'"),
    "hand-off in no known state": Bad(HANDOFF, mini.HANDOFF.replace("blocked", "busy"), f"{HANDOFF}:3", "one of planned"),
    "hand-off out of the folder": Bad(HANDOFF, lead_out, f"{HANDOFF}:1", "not followed"),
    "no repository there": Bad(CODE, shutil.rmtree, CODE, "no such folder"),
    "a file for a repository": Bad(CODE, be_file, CODE, "no such folder"),
    "a folder that is no repository": Bad(CODE, lose_git, CODE, "no git repository"),
    "settings of a repository that are none": Bad(CODE, confuse_git, CODE, f"in file {CODE}/.git/config"),
    "a repository that is corrupt": Bad(CODE, corrupt_git, CODE, "cannot read the repository"),
}


@pytest.mark.parametrize("case", FILES.values(), ids=FILES)
def test_a_source_that_cannot_be_read_says_where_and_what_to_do_and_keeps_nothing(case: Bad, folder: Path) -> None:
    put(folder / case.file, case.content)
    parts = _parts(folder, *([(CHANNELS, YAML)] if case.file == YAML else []))
    with pytest.raises(SourceError) as caught:
        _pull(parts, SOURCES[case.file])
    problem = caught.value.problem
    assert str(problem.where) == case.where
    assert case.said in problem.what
    assert "\n" not in problem.what
    assert problem.remedy
    assert str(folder) not in str(problem), "what a report says must be the same on every machine"
    assert parts.snapshots.current("alpha", PERIOD, SOURCES[case.file]) is None
    assert not list(parts.settings.home.rglob("*.tmp*"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_told(folder: Path) -> None:
    (folder / BANK).chmod(0)
    with pytest.raises(SourceError, match="may not be read"):
        _pull(_parts(folder), "books")


# What a source reads all the same


READ = {
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "CRLF": lambda text: text.replace(b"\n", b"\r\n"),
    "both": lambda text: b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"),
    "no line end at the end": lambda text: text.rstrip(b"\n"),
    "blank lines at the end": lambda text: text + b"\n\n",
}


@pytest.mark.parametrize("changed", READ.values(), ids=READ)
def test_marks_and_line_ends_of_other_systems_change_nothing(changed: Callable[[bytes], bytes], folder: Path) -> None:
    expected = {source: _pull(_parts(folder), source).tables for source in ("books", "inventory", "handoffs")}
    for name in (BANK, CHANNELS, HANDOFF, "alpha/chart.csv", "alpha/categories.yaml"):
        (folder / name).write_bytes(changed((folder / name).read_bytes()))
    assert {source: _pull(_parts(folder), source).tables for source in expected} == expected


def test_text_stays_the_text_that_was_written(folder: Path) -> None:
    (folder / CHANNELS).write_text(mini.CHANNELS.replace("Own site", "NA").replace("Boats Online", "007"))
    rows = _table(_parts(folder), _pull(_parts(folder), "inventory"), "channels").to_pylist()
    assert [row["channel"] for row in rows] == ["NA", "007"]


def test_a_day_after_the_period_is_no_part_of_it(folder: Path) -> None:
    expected = _pull(_parts(folder), "books").find("entries")
    (folder / BANK).write_text(_row("2026-11-03,5.00,Later"))
    assert _pull(_parts(folder), "books").find("entries") == expected


def test_a_list_with_a_header_only_is_a_list_of_nothing(folder: Path) -> None:
    (folder / CHANNELS).write_text(mini.CHANNELS.splitlines()[0] + "\n")
    parts = _parts(folder)
    pulled = _pull(parts, "inventory")
    assert [(table.table, table.rows) for table in pulled.tables] == [("channels", 0)]


def test_a_statement_with_a_header_only_knows_of_no_day_unless_somebody_says_so(folder: Path) -> None:
    (folder / BANK).write_text(mini.BANK.splitlines()[0] + "\n")
    said = _pull(_parts(folder), "books").find("entries")
    assert said is not None
    assert str(said.covers_to) == "2026-11-01"
    unsaid = _pull(_parts(folder, ("            complete_through: 2026-10-31\n", "")), "books").find("entries")
    assert unsaid is not None
    assert unsaid.covers_to is None or str(unsaid.covers_to) < "2026-10-01"


def test_an_empty_repository_is_one_without_commits(folder: Path) -> None:
    shutil.rmtree(folder / CODE)
    (folder / CODE).mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder / CODE, check=True, env=environment)
    made = report(folder / "portfolio.yaml", "alpha", "cto")
    assert made.problems == ()
    assert made.kpi("commits")["value"] is None
    assert made.kpi("commits")["unavailable_reason"]


# What loses single rows


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("2026-10-20,(12.00),Ann,USD,8", "Amount", "(12.00)"),
        ('2026-10-20,"1.234,56",Ann,USD,8', "Amount", "1.234,56"),
        ("2026-10-20,NaN,Ann,USD,8", "Amount", "NaN"),
        ("20.10.2026,1.00,Ann,USD,8", "Date", "20.10.2026"),
        ("2026-10-20,1.00,Ann,EUR,8", "Currency", "EUR"),  # two currencies in one file of one account
        ("2026-10-20,1.00,Ann,USD,7", "Id", "7"),  # an id that line 8 has
        ("2026-10-20,1.00,Ann,USD", "row", "2026-10-20,1.00,Ann,USD"),
    ],
)
def test_a_bad_row_within_what_is_tolerated_is_told_and_the_others_count(
    row: str, column: str, value: str, folder: Path
) -> None:
    head, *good = mini.BANK.splitlines()
    text = [f"{head},Currency,Id", *(f"{line},USD,{number}" for number, line in enumerate(good, start=1)), row]
    (folder / BANK).write_text("\n".join(text) + "\n")
    parts = _parts(
        folder,
        ("        suspense:", "        max_rejected: 0.2\n        suspense:"),
        ("party: Party}", "party: Party, currency: Currency, id: Id}"),
    )
    pulled = _pull(parts, "books")
    [reject] = _table(parts, pulled, "rejects").to_pylist()
    assert (reject["file"], reject["line"], reject["column"], reject["value"]) == (BANK, 9, column, value)
    assert reject["expected"]
    entries = pulled.find("entries")
    assert entries is not None
    assert (entries.rejected, entries.rows) == (1, 16)  # two sides of seven rows and of the opening balance


# What a report says of it


def test_a_source_that_cannot_be_read_is_a_notice_and_no_figure(folder: Path) -> None:
    (folder / BANK).write_text(_row("2026-10-20,(12.00),Ann"))
    made = report(folder / "portfolio.yaml", "alpha", "ceo")
    assert [str(problem.where) for problem in made.problems] == [f"{BANK}:9"]
    kind, text = made.notices()[0]
    assert kind == "missing"
    assert f"{BANK}:9" in text
    assert "(12.00)" in text
    assert made.kpi("cash")["value"] is None
    assert f"{BANK}:9" in made.kpi("cash")["unavailable_reason"]
    assert [finding["subject"] for finding in made.findings if finding["rule"] == "source_failed"] == ["books"]


def test_a_row_that_is_left_out_is_a_notice_and_a_finding_with_its_line(folder: Path) -> None:
    (folder / BANK).write_text(_row("2026-10-20,(12.00),Ann"))
    _edit(folder, ("        suspense:", "        max_rejected: 0.2\n        suspense:"))
    made = report(folder / "portfolio.yaml", "alpha", "accounting")
    assert made.problems == ()
    assert "rejected" in [kind for kind, _ in made.notices()]
    [finding] = [finding for finding in made.findings if finding["rule"] == "rows_rejected"]
    [cell] = finding["evidence"]
    assert (cell["source_file"], cell["source_line"], cell["column"], cell["value"]) == (BANK, "9", "Amount", "(12.00)")


def test_a_preview_of_what_a_bad_source_leaves_is_whole(folder: Path) -> None:
    """Every rendering is there, and what could not be read is told on each page."""
    corrupt_git(folder / CODE)
    (folder / CHANNELS).write_bytes(mini.CHANNELS.encode("utf-16"))
    shown = preview(parts_of(folder / "portfolio.yaml"), "alpha", role("cto"), PERIOD)
    assert {str(problem.where) for problem in shown.problems} == {CODE, CHANNELS}
    for kind in ("html", "txt"):
        page = Path(shown.paths[kind]).read_text(encoding="utf-8")
        assert "cannot read the repository" in page
        assert "UTF-16, not UTF-8" in page
    assert Path(shown.paths["pdf"]).stat().st_size
    assert Path(shown.paths["eml"]).stat().st_size


def _edit(folder: Path, *changes: Change) -> None:
    file = folder / "portfolio.yaml"
    for old, new in changes:
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))


def _parts(folder: Path, *changes: Change) -> Parts:
    _edit(folder, *changes)
    return parts_of(folder / "portfolio.yaml")


def _pull(parts: Parts, source: str) -> Manifest:
    return pull(parts, "alpha", source, parts.period("alpha", PERIOD))


def _table(parts: Parts, pulled: Manifest, name: str) -> pa.Table:
    entry = pulled.find(name)
    assert entry is not None
    return parts.snapshots.read("alpha", name, entry.digest)
