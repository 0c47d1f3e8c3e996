"""Boards of a small portfolio: cards from figures, over months, with people in between; reports that know their cards."""

from __future__ import annotations

import json
import shutil
import sqlite3
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from flows.plain import Plain
from flows.running import How, run_plan
from quarterdeck.boards.embedded import EmbeddedBoard
from quarterdeck.boards.faults import BoardUnavailableError
from quarterdeck.boards.records import Category
from quarterdeck.errors import ConfigError
from quarterdeck.measure.rows import read_findings
from quarterdeck.model import FindingState
from quarterdeck.steps.board import Synced
from quarterdeck.steps.board_acts import accept, adopt, listed, move, recreate, say
from quarterdeck.steps.boards import sync_boards
from quarterdeck.steps.plan import plan
from quarterdeck.steps.summary import RunSummary
from quarterdeck.wiring import Parts, open_parts
from reports import roles
from tests.mini import make

SEPTEMBER, OCTOBER = "2026-09", "2026-10"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return make(tmp_path)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portfolio of which October has been made and nothing delivered; made once, since each test but looks on from there."""
    folder = tmp_path_factory.mktemp("made")
    run(make(folder), OCTOBER)
    return folder


@pytest.fixture
def made(kept: Path, tmp_path: Path) -> Path:
    """A copy of it; its portfolio.yaml."""
    return shutil.copytree(kept, tmp_path / "copy") / "portfolio.yaml"


def run(config: Path, period: str, *, deliver: bool = False) -> RunSummary:
    parts = open_parts(config)
    todo = plan(parts.settings, roles(), now=parts.clock(), period=period, tenants=[], wanted_roles=[], deliver=deliver)
    with Plain(first_pause=0) as engine:
        return run_plan(engine, parts, todo, How(deliver=deliver))


def synced(config: Path, period: str = OCTOBER, **how: bool) -> list[Synced]:
    return sync_boards(open_parts(config), [], period, **how)


def kinds(made: list[Synced]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in (row for each in made for row in each.rows()):
        counts[row["action"]] = counts.get(row["action"], 0) + 1
    return counts


def cards(config: Path, tenant: str) -> list[dict[str, Any]]:
    parts = open_parts(config)
    return [row.as_dict() for row in listed(parts, [parts.settings.tenant(tenant)])]


def open_findings(parts: Parts, tenant: str, period: str) -> set[str]:
    manifest = parts.snapshots.current(tenant, period, "figures")
    assert manifest is not None
    entry = manifest.find("findings")
    assert entry is not None
    found = read_findings(parts.snapshots.read(tenant, "findings", entry.digest))
    return {f.fingerprint for f in found if f.tenant == tenant and f.state in (FindingState.NEW, FindingState.PERSISTING)}


def report(config: Path, tenant: str, role: str, period: str = OCTOBER) -> dict[str, Any]:
    parts = open_parts(config)
    revision = parts.archive.revisions(tenant, role, period)[-1]
    document: dict[str, Any] = json.loads(parts.archive.read(tenant, role, period, revision, "report.json"))
    return document


def test_every_open_finding_has_one_card_and_a_second_sync_changes_nothing(made: Path) -> None:
    plan_only = synced(made, dry_run=True)
    assert kinds(plan_only)["create"] > 3
    assert cards(made, "alpha") == []
    changed = synced(made)
    assert [problem for each in changed for problem in each.problems] == []
    parts = open_parts(made)
    for tenant in parts.settings.tenants:
        wanted = open_findings(parts, tenant.id, OCTOBER)
        assert len({card["fingerprint"] for card in cards(made, tenant.id)} & wanted) == min(len(wanted), 10)
    before = (made.parent / ".quarterdeck" / "board.sqlite").read_bytes()
    again = synced(made)
    assert set(kinds(again)) == {"skip"}
    assert sum(each.done for each in again) == 0
    assert (made.parent / ".quarterdeck" / "board.sqlite").read_bytes() == before


def test_next_month_the_same_finding_is_the_same_card(config: Path) -> None:
    run(config, SEPTEMBER)
    synced(config, SEPTEMBER)
    first = {card["fingerprint"]: card["card"] for card in cards(config, "alpha")}
    run(config, OCTOBER)
    synced(config)
    after = {card["fingerprint"]: card["card"] for card in cards(config, "alpha")}
    assert first
    assert {mark: after[mark] for mark in first} == first
    assert set(kinds(synced(config, SEPTEMBER))) <= {"skip"}  # it is not the newest any more


def test_a_run_that_delivers_syncs_and_the_next_report_knows_its_cards(config: Path) -> None:
    assert run(config, SEPTEMBER, deliver=True).went_well
    [first, *_] = cards(config, "alpha")
    move(open_parts(config), first["card"], Category.DOING, "Ann")
    assert run(config, OCTOBER, deliver=True).went_well
    urls = {action["finding"]: action["card"] for action in report(config, "alpha", "cfo")["actions"]}
    assert [card["url"] for card in cards(config, "alpha") if card["fingerprint"] in urls]
    assert all(url is None or url.startswith("board/alpha.html#card-") for url in urls.values())
    assert any(urls.values())
    assert next(card for card in cards(config, "alpha") if card["card"] == first["card"])["column"] == "doing"


def test_a_run_that_delivers_nothing_touches_no_board(made: Path) -> None:
    assert not (made.parent / ".quarterdeck" / "board.sqlite").exists()


def test_a_board_that_does_not_answer_is_a_problem_and_stops_no_delivery(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object) -> None:
        raise BoardUnavailableError("the board did not answer (ReadTimeout)")

    monkeypatch.setattr(EmbeddedBoard, "find", silent)
    monkeypatch.setattr("quarterdeck.boards.carry._PAUSE", timedelta(0))
    summary = run(config, OCTOBER, deliver=True)
    assert summary.deliveries["sent"] > 0
    assert not summary.went_well
    assert {problem.what for problem in summary.problems} == {
        "the board did not answer (ReadTimeout)",
        "the board failed again and again, and is left alone",
    }


def test_what_people_do_by_command_stays(made: Path) -> None:
    synced(made)
    parts = open_parts(made)
    one, two, three = (card["card"] for card in cards(made, "alpha")[:3])
    say(parts, one, "The key is with Ann", "Bo")
    accept(parts, two, "Ann", "We live with it", date(2027, 3, 31))
    move(parts, three, Category.DONE, "Ann")
    synced(made)
    found = {card["card"]: card for card in cards(made, "alpha")}
    assert (found[two]["column"], found[two]["status"]) == ("done", "suppressed")
    assert found[two]["why"] == "accepted by Ann until 2027-03-31: We live with it"
    assert (found[three]["column"], found[three]["status"]) == ("done", "done")
    board = parts.board_of(parts.settings.tenant("alpha"))
    assert isinstance(board, EmbeddedBoard)
    lines = [(line.by, line.what, line.text) for line in board.history(one.rpartition("#")[2])]
    assert ("Bo", "said", "The key is with Ann") in lines
    adopt(parts, two, "Ann")
    synced(made)
    assert {card["card"]: card["status"] for card in cards(made, "alpha")}[two] == "live"
    with pytest.raises(ConfigError, match="is open"):
        recreate(parts, two, "Ann")
    recreate(parts, three, "Ann")
    synced(made)
    assert len(cards(made, "alpha")) == len(found)
    assert next(card for card in cards(made, "alpha") if card["reference"].endswith("-2"))["status"] == "live"
    with pytest.raises(ConfigError, match="there is no card"):
        move(parts, "alpha#999", Category.DONE, "Ann")


def test_pages_show_the_cards_and_ask_for_nothing(made: Path) -> None:
    synced(made)
    home = made.parent / ".quarterdeck"
    for page in (home / "board.html", home / "board" / "alpha.html"):
        text = unescape(page.read_text("utf-8"))
        assert cards(made, "alpha")[0]["card"] in text
        assert "default-src 'none'" in text
        assert "http" not in text.replace("http-equiv", "")


def test_the_trail_notes_what_was_changed_without_its_words(made: Path) -> None:
    synced(made)
    parts = open_parts(made)
    [note] = [note for note in parts.audit.notes("board") if note.tenant == "alpha"]
    created = [action for action in note.facts["actions"] if action["action"] == "create"]
    assert len(created) == len([card for card in cards(made, "alpha") if card["made_in"] == OCTOBER])
    assert all("title" not in action for action in note.facts["actions"])
    assert parts.audit.verify().problems == ()


def test_a_tenants_cards_are_its_own(made: Path) -> None:
    synced(made)
    with sqlite3.connect(made.parent / ".quarterdeck" / "board.sqlite") as file:
        rows = file.execute("SELECT tenant, reference FROM cards").fetchall()
    assert rows
    assert all(reference.startswith(f"qd:{tenant}:") for tenant, reference in rows)


def test_a_week_changes_no_board_that_follows_months(config: Path) -> None:
    run(config, "2026-W44")
    assert kinds(synced(config, "2026-W44")) == {}
