"""Who is asked by a check and what the answers come to; nothing is sent, and what may not be shown is not shown."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from quarterdeck.errors import DeliveryError, Where
from quarterdeck.steps.asking import ask_all
from quarterdeck.steps.check import OK, PROBLEM, UNCHECKED, Checked, Question, answers, check
from quarterdeck.wiring import Parts
from reports import roles
from tests.mini import make
from tests.reporting import parts_of

SECRET = "tall.ships+42"


def everything(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def found(parts: Parts) -> dict[tuple[str, str], Checked]:
    return {(each.part, each.name): each for each in check(parts, roles())}


def test_all_of_a_portfolio_is_asked_in_order_and_nothing_is_left_behind(tmp_path: Path) -> None:
    parts = parts_of(make(tmp_path))
    before = everything(tmp_path)
    checks = check(parts, roles())
    assert [(each.part, each.name, each.state, each.told) for each in checks] == [
        ("configuration", "portfolio.yaml", OK, "2 tenants, 5 sources"),
        ("source", "code of alpha", OK, "1 repository"),
        ("source", "handoffs of alpha", OK, "1 document"),
        ("source", "inventory of alpha", OK, "1 file"),
        ("source", "books of alpha", OK, "3 files"),
        ("source", "inventory of beta", OK, "1 file"),
        ("storage", "snapshots", OK, "is made by the first run"),
        ("storage", "archive", OK, "is made by the first run"),
        ("trail", "events", OK, "is made by the first run"),
        ("trail", "anchors", OK, "0 anchors"),
        ("delivery", "readers", OK, "2 of 15 reports have readers"),
        ("channel", "outbox", OK, "the folder is made by the first run"),
    ]
    assert everything(tmp_path) == before


def test_a_trail_that_is_there_is_read_and_one_that_is_spoilt_is_a_problem(tmp_path: Path) -> None:
    parts = parts_of(make(tmp_path))
    parts.audit.anchor(parts.clock())
    assert found(parts)["trail", "events"].told == "can be read"
    other = parts_of(make(tmp_path / "other"))
    other.settings.home.mkdir()
    (other.settings.home / "audit.sqlite").write_bytes(b"no database" * 100)
    assert found(other)["trail", "events"].state == PROBLEM


def test_a_source_that_is_gone_is_named_with_its_place_and_stops_no_other(tmp_path: Path) -> None:
    parts = parts_of(make(tmp_path))
    (tmp_path / "alpha" / "bank.csv").unlink()
    checks = found(parts)
    books = checks["source", "books of alpha"]
    assert (books.state, books.told) == (PROBLEM, "there is no such file")
    assert books.as_dict()["where"] == {"file": "alpha/bank.csv", "line": None, "column": None}
    assert books.as_dict()["remedy"] == "mend the path, or put the file there"
    assert checks["source", "inventory of alpha"].state == OK
    assert checks["channel", "outbox"].state == OK


def test_a_home_where_nothing_can_be_written_is_a_problem_of_each_that_would_be(tmp_path: Path) -> None:
    parts = parts_of(make(tmp_path))
    parts.settings.home.write_text("a file stands where the folder would be", "utf-8")
    checks = found(parts)
    for place in (("storage", "snapshots"), ("storage", "archive"), ("trail", "events"), ("channel", "outbox")):
        assert checks[place].state == PROBLEM, place
        assert checks[place].as_dict()["remedy"]


def test_a_portfolio_that_nobody_reads_says_so(tmp_path: Path) -> None:
    config = make(tmp_path)
    text = config.read_text("utf-8").replace("  roles:\n    ceo: {to: [owner@example.com]}\n", "")
    config.write_text(text.replace("    roles:\n      cfo: {to: [cfo@example.com], bcc: [archive@example.com]}\n", ""), "utf-8")
    readers = found(parts_of(config))["delivery", "readers"]
    assert readers.state == PROBLEM
    assert readers.told.startswith("no report has a reader")


def test_a_board_is_asked_and_one_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    config = make(tmp_path)
    config.write_text(
        config.read_text("utf-8").replace("    name: Beta\n", "    name: Beta\n    board: {kind: embedded}\n"), "utf-8"
    )
    parts = parts_of(config)
    assert found(parts)["board", "embedded of beta"].told == "is made when it is first used"
    assert not parts.settings.home.exists()
    assert parts.board_of(parts.settings.tenant("beta")).check()
    assert found(parts)["board", "embedded of beta"].told == "beta, embedded"


def test_one_that_cannot_be_asked_is_unchecked_and_is_no_problem() -> None:
    [told] = answers([Question("source", "own of alpha", lambda: None)], 5)
    assert (told.state, told.problem) == (UNCHECKED, None)


def raising(error: Exception) -> Callable[[], str]:
    def ask() -> str:
        raise error

    return ask


def test_an_error_of_ours_is_told_and_of_any_other_only_its_kind() -> None:
    ours = DeliveryError("the token is unknown", where=Where("portfolio.yaml", 3), remedy="see the token")
    asked = [Question("channel", "a", raising(ours)), Question("channel", "b", raising(ValueError(f"password {SECRET}")))]
    first, second = answers(asked, 5)
    assert (first.told, first.as_dict()["where"]["line"]) == ("the token is unknown", 3)
    assert second.told == "the check failed with ValueError"
    assert SECRET not in repr(second)


def test_who_does_not_answer_in_time_holds_up_nobody() -> None:
    never = threading.Event()

    def silent() -> str:
        never.wait()
        return "at last"

    asked = [Question("source", "slow", silent), *(Question("source", f"quick {n}", lambda: "there") for n in range(40))]
    slow, *quick = answers(asked, 0.2)
    assert (slow.state, slow.told) == (PROBLEM, "no answer within 0.2 seconds")
    assert [each.state for each in quick] == [OK] * 40
    never.set()


@pytest.mark.parametrize("at_once", [1, 3, 50])
def test_answers_come_in_the_order_of_the_questions_and_never_more_than_so_many_at_once(at_once: int) -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def question(number: int) -> Callable[[], int]:
        def ask() -> int:
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            threading.Event().wait(0.001 * (number % 3))
            with lock:
                now[0] -= 1
            return number

        return ask

    assert ask_all([question(number) for number in range(20)], 30, lambda _: -1, at_once) == list(range(20))
    assert most[0] <= at_once
