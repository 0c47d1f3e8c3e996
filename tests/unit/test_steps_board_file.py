"""What people write into the file of acts: done once, by their name, and told with file and line where it cannot be."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.boards import block
from quarterdeck.boards.acts import Act, Written, read_acts
from quarterdeck.boards.embedded import EmbeddedBoard
from quarterdeck.boards.entries import Entry, Status
from quarterdeck.boards.records import Category, Content, Draft
from quarterdeck.errors import Problem
from quarterdeck.steps.board_acts import listed, move
from quarterdeck.steps.board_file import do_acts
from quarterdeck.wiring import Parts, open_parts
from tests.mini import make

FILE = "board/acts.yaml"


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    """A portfolio whose tenants share a file of acts, each with two cards."""
    config = make(tmp_path)
    text = config.read_text("utf-8")
    assert text.count("portfolio:\n") == 1
    config.write_text(text.replace("portfolio:\n", f"portfolio:\n  board: {{acts: {FILE}}}\n"), "utf-8")
    (tmp_path / "board").mkdir()
    parts = open_parts(config)
    for tenant in ("alpha", "beta"):
        for number in "12":
            card(parts, tenant, number)
    return parts


def card(parts: Parts, id: str, number: str) -> None:
    tenant = parts.settings.tenant(id)
    mark = number * 64
    entry = Entry(id, "embedded", mark, 1, Status.LIVE, "idle", "high", "2026-10", date(2026, 11, 1))
    said = Content(f"Mend {number}", "It is broken.", "P1")
    draft = Draft(entry.reference, Content(said.title, block.wrapped(entry.reference, said.text), "P1"))
    parts.register_of(tenant).save(entry.adopt(parts.board_of(tenant).create(draft), said))


def write(parts: Parts, text: str) -> None:
    (parts.settings.root / FILE).write_text(text, "utf-8")


def acted(parts: Parts, *tenants: str) -> list[str]:
    """The problems, as a sync of these tenants would tell them."""
    named = tenants or ("alpha", "beta")
    found = [problem for id in named for problem in do_acts(parts, parts.settings.tenant(id))]
    return [str(problem) for problem in dict.fromkeys(found)]


def column(parts: Parts, key: str) -> str:
    rows = [row.as_dict() for row in listed(parts, parts.settings.tenants)]
    return next(str(row["column"]) for row in rows if row["card"] == key)


def history(parts: Parts, tenant: str, number: str = "1") -> list[tuple[str, str, str]]:
    board = parts.board_of(parts.settings.tenant(tenant))
    assert isinstance(board, EmbeddedBoard)
    return [(line.by, line.what, line.text) for line in board.history(number)][1:]


def test_each_act_is_done_once_by_whoever_stands_there(parts: Parts) -> None:
    write(
        parts,
        """\
- {card: "alpha#1", do: move, to: doing, by: Ann Ruiz}
- {card: "alpha#1", do: note, by: Bo, text: Waiting for the supplier}
- {card: "alpha#2", do: close, by: Bo}
- {card: "beta#1", do: accept, by: Ann Ruiz, reason: It is sold in spring, until: 2027-03-31}
""",
    )
    assert acted(parts) == []
    assert history(parts, "alpha") == [("Ann Ruiz", "moved", "doing"), ("Bo", "said", "Waiting for the supplier")]
    assert column(parts, "alpha#2") == "done"
    words = "accepted by Ann Ruiz until 2027-03-31: It is sold in spring"
    assert history(parts, "beta") == [
        ("Ann Ruiz", "said", words[0].upper() + words[1:]),
        ("Ann Ruiz", "moved", "done, not_planned"),
    ]
    entry = parts.register_of(parts.settings.tenant("beta")).entries()["1" * 64]
    assert (entry.status, entry.until, entry.why) == (Status.SUPPRESSED, date(2027, 3, 31), words)
    before = [history(parts, tenant, number) for tenant in ("alpha", "beta") for number in "12"]
    assert acted(parts) == []
    assert [history(parts, tenant, number) for tenant in ("alpha", "beta") for number in "12"] == before


def test_what_people_do_after_it_stays(parts: Parts) -> None:
    write(parts, '- {card: "alpha#1", do: move, to: doing, by: Ann}\n')
    acted(parts)
    move(parts, "alpha#1", Category.TODO, "Bo")
    acted(parts)
    assert column(parts, "alpha#1") == "todo"
    write(
        parts,
        '- {card: "alpha#1", do: move, to: doing, by: Ann}\n'
        '- {card: "alpha#1", do: move, to: doing, by: Ann, on: 2026-11-03}\n',
    )
    acted(parts)
    assert column(parts, "alpha#1") == "doing"


def test_a_crash_before_it_is_remembered_says_nothing_twice(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    write(parts, '- {card: "alpha#1", do: note, by: Bo, text: Hello}\n')
    with monkeypatch.context() as patched:
        patched.setattr("quarterdeck.steps.board_file.remember", die)
        with pytest.raises(KeyboardInterrupt):
            acted(parts)
    acted(parts)
    assert history(parts, "alpha") == [("Bo", "said", "Hello")]


def test_the_sync_of_one_tenant_touches_no_other(parts: Parts) -> None:
    write(parts, '- {card: "beta#1", do: close, by: Ann}\n')
    assert acted(parts, "alpha") == []
    assert column(parts, "beta#1") == "todo"
    assert acted(parts, "beta") == []
    assert column(parts, "beta#1") == "done"


def test_what_cannot_be_done_is_told_with_its_place_and_holds_up_nothing(parts: Parts) -> None:
    write(
        parts,
        '- {card: "alpha#9", do: close, by: Ann}\n- {card: "alpha#1", do: close}\n\n- {card: "alpha#2", do: close, by: Ann}\n',
    )
    told = acted(parts)
    assert len(told) == 2
    assert f"{FILE}:1:3: there is no card 'alpha#9'" in told[0]
    assert f"{FILE}:2:3: 1.by is missing" in told[1]
    assert column(parts, "alpha#2") == "done"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('- {card: x, do: move, by: Ann}', "move needs to"),
        ('- {card: x, do: move, to: nowhere, by: Ann}', "to"),
        ('- {card: x, do: accept, by: Ann}', "accept needs reason"),
        ('- {card: x, do: accept, by: Ann, reason: y, until: soon}', "is not a date"),
        ('- {card: x, do: note, by: Ann}', "note needs text"),
        ('- {card: x, do: close, by: Ann, reason: y}', "close takes no reason"),
        ('- {card: x, do: remove, by: Ann}', "do"),
        ('- {card: x, do: close, by: Ann, why: y}', "unknown key"),
        ('- close', "must be a mapping"),
        ('card: x', "no list"),
        ('- {card: x', "while parsing"),
        ('- &a {card: x}', ""),
    ],
)  # fmt: skip
def test_what_means_nothing_is_a_problem_with_a_place(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "acts.yaml").write_text(text, "utf-8")
    [problem] = read_acts(tmp_path / "acts.yaml", "acts.yaml")
    assert isinstance(problem, Problem)
    assert problem.where is not None
    assert problem.where.file == "acts.yaml"
    assert told in problem.what


def test_a_file_that_is_not_there_is_a_problem_and_an_empty_one_is_none(parts: Parts) -> None:
    [told] = acted(parts)
    assert FILE in told
    write(parts, "# nothing yet\n")
    assert acted(parts) == []


def test_text_is_one_line_of_what_can_be_seen(tmp_path: Path) -> None:
    (tmp_path / "acts.yaml").write_text('- {card: x, do: note, by: Ann, text: "a\\u202eb\\nc"}', "utf-8")
    [written] = read_acts(tmp_path / "acts.yaml", "acts.yaml")
    assert isinstance(written, Written)
    assert written.act.text is not None
    assert "\u202e" not in written.act.text
    assert "\n" not in written.act.text


def test_an_act_is_remembered_by_all_that_it_says() -> None:
    base: dict[str, Any] = {"card": "x", "do": "note", "by": "Ann", "text": "y"}
    others = [{**base, name: value} for name, value in (("card", "z"), ("by", "Bo"), ("text", "z"), ("on", "2026-11-03"))]
    assert len({Act.model_validate(each).digest for each in (base, base, *others)}) == 5
