"""Twelve months of the example on a board: one card a finding, counted on the board and in the snapshots by other means."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from examples.portfolio import generate
from flows.plain import Plain
from flows.running import How, run_plan
from quarterdeck.period import Period
from quarterdeck.steps.boards import sync_boards
from quarterdeck.steps.plan import plan
from quarterdeck.wiring import open_parts
from reports import roles
from tests import redmine_server
from tests.redmine_server import KEY, Redmine

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
MONTHS = Period.parse("2026-10").trailing(12)


def portfolio(folder: Path, board: dict[str, object]) -> Path:
    file = generate(folder)
    document = yaml.safe_load(file.read_text("utf-8"))
    document["portfolio"]["board"] = board
    file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), "utf-8")
    return file


def run(file: Path, month: Period) -> None:
    """The figures of a month: one report is enough to have them all worked out."""
    parts = open_parts(file)
    todo = plan(
        parts.settings,
        roles(),
        now=parts.clock(),
        period=month.text,
        tenants=["portfolio"],
        wanted_roles=["ceo"],
        deliver=False,
    )
    with Plain(first_pause=0) as engine:
        run_plan(engine, parts, todo, How())


def asked_for(home: Path) -> tuple[set[str], set[str]]:
    """References of all findings that were open in any month, and of those open in the last; read from the files alone."""
    ever: set[str] = set()
    last: set[str] = set()
    for manifest in sorted(home.glob("snapshots/*/manifests/*/figures/*.json")):
        tenant, month = manifest.parts[-5], manifest.parts[-3]
        for entry in yaml.safe_load(manifest.read_text("utf-8"))["tables"]:
            if entry["table"] != "findings":
                continue
            rows = pq.read_table(home / f"snapshots/{tenant}/tables/findings/{entry['digest']}.parquet").to_pylist()
            mine = {
                f"qd:{tenant}:{row['fingerprint'][:16]}"
                for row in rows
                if row["tenant"] == tenant and row["state"] in {"new", "persisting"}
            }
            ever |= mine
            last |= mine if month == MONTHS[-1].text else set()
    return ever, last


def year(file: Path, *, close_all: bool = True) -> None:
    for month in MONTHS:
        run(file, month)
        made = sync_boards(open_parts(file), [], month.text, close_all=close_all)
        assert [problem for each in made for problem in each.problems] == []
    again = sync_boards(open_parts(file), [], MONTHS[-1].text, close_all=close_all)
    assert sum(each.done for each in again) == 0


def finding(reference: str) -> str:
    """The reference without the number of a second card."""
    *front, mark = reference.split(":")
    return ":".join((*front, mark[:16]))


def test_embedded(tmp_path: Path) -> None:
    file = portfolio(tmp_path, {"kind": "embedded", "most_new": None})
    year(file)
    ever, last = asked_for(tmp_path / ".quarterdeck")
    with sqlite3.connect(tmp_path / ".quarterdeck" / "board.sqlite") as board:
        cards = board.execute("SELECT reference, category FROM cards").fetchall()
    assert {finding(reference) for reference, _ in cards} == ever
    live = [finding(reference) for reference, category in cards if category != "done"]
    assert len(live) == len(set(live))
    assert set(live) >= last


def test_embedded_with_its_bound(tmp_path: Path) -> None:
    file = portfolio(tmp_path, {"kind": "embedded"})
    run(file, MONTHS[-1])
    sync_boards(open_parts(file), [], MONTHS[-1].text)
    ever, _ = asked_for(tmp_path / ".quarterdeck")
    with sqlite3.connect(tmp_path / ".quarterdeck" / "board.sqlite") as board:
        for tenant in {reference.split(":")[1] for reference in ever}:
            wanted = sum(reference.startswith(f"qd:{tenant}:") for reference in ever)
            titles = [title for (title,) in board.execute("SELECT title FROM cards WHERE tenant = ?", (tenant,))]
            more = [title for title in titles if "wait" in title and "for a card" in title]
            assert len(titles) - len(more) == min(wanted, 10)
            assert [int(title.split()[0]) for title in more] == ([wanted - 10] if wanted > 10 else [])


def test_redmine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    redmine: Redmine = redmine_server.shared()
    monkeypatch.setenv("REDMINE_KEY", KEY)
    file = portfolio(tmp_path, {"kind": "redmine", "most_new": None, **redmine.options(redmine.project())})
    year(file)
    ever, last = asked_for(tmp_path / ".quarterdeck")
    with sqlite3.connect(redmine.database) as board:
        cards = board.execute(
            "SELECT v.value, s.is_closed FROM issues i JOIN issue_statuses s ON s.id = i.status_id "
            "JOIN custom_values v ON v.customized_id = i.id AND v.customized_type = 'Issue' AND v.custom_field_id = ? "
            "WHERE v.value LIKE 'qd:%'",
            (redmine.field,),
        ).fetchall()
    assert {finding(reference) for reference, _ in cards} == ever
    live = [finding(reference) for reference, is_closed in cards if is_closed not in (1, "t", True)]
    assert len(live) == len(set(live))
    assert set(live) >= last
