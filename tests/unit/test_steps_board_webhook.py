"""A portfolio's cards told to a program: with a sync, with a retry, and after what people do by command."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from quarterdeck.boards.records import Category
from quarterdeck.steps.board import Synced, tell_waiting
from quarterdeck.steps.board_acts import listed, move
from quarterdeck.steps.boards import sync_boards
from quarterdeck.steps.retry import Asked, retry
from quarterdeck.wiring import Parts, open_parts
from tests.hook_server import LOOPBACK, SECRET, Hooks, hook_server
from tests.mail_servers import certificates
from tests.mini import make
from tests.unit.test_steps_board import OCTOBER, kinds, open_findings, run

BOARD = """  board:
    kind: webhook
    most_new: null
    url: "${{env:HOOK}}"
    secrets: ["${{env:HOOK_KEY}}"]
    networks: ["{loopback}"]
    ca_file: "{authority}"
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    config = make(folder)
    head = "portfolio:\n"
    text = config.read_text("utf-8")
    assert text.count(head) == 1
    board = BOARD.format(loopback=LOOPBACK, authority=certificates().authority)
    config.write_text(text.replace(head, head + board), "utf-8")
    run(config, OCTOBER)
    return folder


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    with hook_server() as server:
        yield server


@pytest.fixture
def parts(kept: Path, tmp_path: Path, hooks: Hooks) -> Parts:
    config = shutil.copytree(kept, tmp_path / "copy") / "portfolio.yaml"
    with config.with_name("repos.env").open("a", encoding="utf-8") as file:
        file.write(f"\nHOOK={hooks.url}/cards\nHOOK_KEY={SECRET}\n")
    parts = open_parts(config)
    return Parts(parts.settings, parts.clock, lambda _: None)


def synced(parts: Parts, **how: bool) -> list[Synced]:
    return sync_boards(parts, [], OCTOBER, **how)


def test_a_sync_tells_of_each_card_once_and_a_second_one_of_nothing(parts: Parts, hooks: Hooks) -> None:
    assert kinds(synced(parts, dry_run=True))["create"] > 3
    assert hooks.got == []
    made = synced(parts)
    assert [problem for each in made for problem in each.problems] == []
    wanted = {mark for tenant in parts.settings.tenants for mark in open_findings(parts, tenant.id, OCTOBER)}
    told = {data["reference"].rpartition(":")[2] for type, data in hooks.events() if type == "action_item.opened"}
    assert told == {mark[:16] for mark in wanted}
    before = len(hooks.got)
    assert set(kinds(synced(parts))) == {"skip"}
    assert len(hooks.got) == before


def test_what_a_receiver_did_not_take_a_retry_tells(parts: Parts, hooks: Hooks) -> None:
    hooks.replies[:] = [(503, {})] * 100
    made = synced(parts)
    problems = [problem.what for each in made for problem in each.problems]
    assert problems
    assert all("wait" in what for what in problems)
    assert sum(each.done for each in made) > 3  # the cards are made all the same
    hooks.replies.clear()
    hooks.got.clear()
    assert retry(parts, Asked(period=OCTOBER)).problems == ()  # of one period alone
    assert hooks.got == []
    assert retry(parts).problems == ()
    assert hooks.distinct() == ["action_item.opened"] * sum(each.done for each in made)


def test_what_people_do_by_command_is_told(parts: Parts, hooks: Hooks) -> None:
    synced(parts)
    hooks.got.clear()
    tenant = parts.settings.tenant("alpha")
    card = listed(parts, [tenant])[0].as_dict()["card"]
    move(parts, card, Category.DOING, "Ann")
    assert tell_waiting(parts, [tenant]) == ()
    [(type, data)] = hooks.events()
    assert (type, data["card"], data["column"], data["by"]) == ("action_item.updated", card, "doing", "Ann")
