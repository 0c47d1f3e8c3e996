"""Jira when it refuses, lags behind, has a workflow of its own, or when people got there first; on a stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.boards import KnownBoard, block
from quarterdeck.boards.faults import (
    BoardBusyError,
    BoardError,
    BoardForbiddenError,
    BoardUnavailableError,
    CardMissingError,
    CardRejectedError,
)
from quarterdeck.boards.records import Category, Content, Draft, Patch, Resolution
from tests import jira_server
from tests.board_servers import made
from tests.board_stub import Fault
from tests.jira_server import REFERENCE, RESOLUTION, TOKEN, Jira

NAME = "qd:acme:0123456789abcdef"
DRAFT = Draft(NAME, Content("Mend a", block.wrapped(NAME, "a is broken"), "P1", date(2026, 12, 1), frozenset({"qd"})))
MAKING = "POST /rest/api/3/issue$"
TEAM = {"required": True, "name": "Team", "fieldId": "customfield_10010"}


@pytest.fixture
def jira() -> Iterator[Jira]:
    with jira_server.running() as server:
        yield server


def board(jira: Jira, home: Path, token: str = TOKEN, **options: Any) -> KnownBoard:
    return made("jira", home, jira.options(**options), {REFERENCE: token})


def paragraph(*words: str) -> dict[str, Any]:
    return {"type": "paragraph", "content": [{"type": "text", "text": word} for word in words]}


def test_who_is_taken_for_nobody_sees_no_deleted_card(jira: Jira, tmp_path: Path) -> None:
    card = board(jira, tmp_path).create(DRAFT)
    at = board(jira, tmp_path, "ATATT-wrong")
    for call in (at.check, lambda: at.get(card.id), lambda: at.find(NAME), lambda: at.create(DRAFT)):
        with pytest.raises(BoardForbiddenError, match="refuses our credentials") as refused:
            call()
        assert "ATATT" not in str(refused.value)
        assert "example.com" not in str(refused.value)


def test_a_project_out_of_sight_is_no_deleted_card(jira: Jira, tmp_path: Path) -> None:
    at = board(jira, tmp_path)
    card = at.create(DRAFT)
    jira.is_hidden = True
    for call in (at.check, lambda: at.get(card.id), lambda: at.find(NAME)):
        with pytest.raises(BoardForbiddenError, match="does not reach the project OPS"):
            call()


def test_a_deleted_card_is_missing(jira: Jira, tmp_path: Path) -> None:
    at = board(jira, tmp_path)
    card = at.create(DRAFT)
    del jira.issues[int(card.id)]
    for each in (card.id, "../project/OPS"):
        assert at.get(each) is None
        with pytest.raises(CardMissingError):
            at.transition(each, Category.DONE, Resolution.COMPLETED)


@pytest.mark.parametrize(
    ("status", "headers", "fault"),
    [
        (429, {"Retry-After": "7"}, BoardBusyError),
        (403, {}, BoardForbiddenError),
        (400, {}, CardRejectedError),
        (503, {}, BoardUnavailableError),
        (0, {}, BoardUnavailableError),
    ],
)
def test_what_a_refusal_means(
    jira: Jira, tmp_path: Path, status: int, headers: dict[str, str], fault: type[BoardError]
) -> None:
    jira.fail(MAKING, status, headers)
    with pytest.raises(fault) as error:
        board(jira, tmp_path).create(DRAFT)
    assert type(error.value) is fault
    assert len(jira.calls(MAKING)) == 1
    if isinstance(error.value, BoardBusyError):
        assert error.value.retry_after.total_seconds() == 7


def test_a_card_whose_making_was_not_answered_is_found_before_the_search_knows_it(jira: Jira, tmp_path: Path) -> None:
    at = board(jira, tmp_path)
    at.create(Draft(f"{NAME}-2", DRAFT.content))
    jira.settle()
    people_made = at.create(Draft(f"{NAME}-3", DRAFT.content))
    jira.fail(MAKING, 502, is_after=True)
    with pytest.raises(BoardUnavailableError):
        at.create(DRAFT)
    del jira.issues[int(people_made.id)]  # keys may have gaps
    next_run = board(jira, tmp_path)
    assert [(card.reference, card.key) for card in next_run.find(NAME)] == [(NAME, "OPS-3")]


def test_where_the_search_knows_all_a_few_keys_are_tried(jira: Jira, tmp_path: Path) -> None:
    at = board(jira, tmp_path)
    at.create(DRAFT)
    jira.settle()
    assert list(at.find(f"{NAME}-2")) == []
    assert [asked.path.rpartition("/")[2] for asked in jira.calls("GET .*/issue/OPS-")] == ["OPS-2", "OPS-3", "OPS-4"]


def test_the_search_is_told_of_what_we_made(jira: Jira, tmp_path: Path) -> None:
    at = board(jira, tmp_path)
    card = at.create(DRAFT)
    assert [found.id for found in at.find(NAME)] == [card.id]
    assert jira.calls("/search/jql")[0].body["reconcileIssues"] == [int(card.id)]
    assert not jira.calls("GET .*/issue/OPS-")


def test_a_busy_answer_after_the_making_does_not_have_it_made_again(jira: Jira, tmp_path: Path) -> None:
    jira.fail("GET /rest/api/3/issue/", 429, {"Retry-After": "1"})
    with pytest.raises(BoardUnavailableError) as error:
        board(jira, tmp_path).create(DRAFT)
    assert not isinstance(error.value, BoardBusyError)
    assert len(jira.issues) == 1


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"id": "x"}', b"[" * 3000 + b"]" * 3000])
def test_an_answer_that_is_not_jiras_leaves_it_open_whether_there_is_a_card(jira: Jira, tmp_path: Path, body: bytes) -> None:
    jira.faults.append(Fault(MAKING, 201, body=body, is_after=True))
    with pytest.raises(BoardUnavailableError):
        board(jira, tmp_path).create(DRAFT)


def test_a_document_that_is_nested_without_an_end_is_no_crash(jira: Jira, tmp_path: Path) -> None:
    at = board(jira, tmp_path)
    card = at.create(DRAFT)
    deep = '{"type": "panel", "content": [' * 900 + "]}" * 900
    body = f'{{"id": "{card.id}", "key": "OPS-1", "fields": {{"description": {{"content": [{deep}]}}}}}}'
    jira.faults.append(Fault("GET .*/issue/", 200, body=body.encode()))
    with pytest.raises(BoardUnavailableError):
        at.get(card.id)


def test_two_issues_of_one_reference_are_both_found(jira: Jira, tmp_path: Path) -> None:
    at = board(jira, tmp_path)
    first, second = at.create(DRAFT), at.create(DRAFT)
    shouted = NAME.upper()  # of which a search takes no notice
    at.create(Draft(shouted, Content("Mend a", block.wrapped(shouted, "a is broken"))))
    assert [card.id for card in at.find(NAME)] == [first.id, second.id]


def test_a_field_that_new_issues_need_is_told_and_can_be_given(jira: Jira, tmp_path: Path) -> None:
    jira.screen["customfield_10010"] = "Team"
    jira.required.add("customfield_10010")
    with pytest.raises(CardRejectedError, match=r"needs Team \(customfield_10010\)") as told:
        board(jira, tmp_path).check()
    assert "`fields`" in told.value.problem.remedy
    with pytest.raises(CardRejectedError, match="customfield_10010: Team is required"):
        board(jira, tmp_path).create(DRAFT)
    at = board(jira, tmp_path, fields={"customfield_10010": {"value": "Deck"}, "summary": "theirs"})
    assert at.check().name == "Operations"
    assert at.create(DRAFT).title == "Mend a"
    assert jira.issues[10_001]["fields"]["customfield_10010"] == {"value": "Deck"}


def test_a_project_without_priorities_and_due_days(jira: Jira, tmp_path: Path) -> None:
    del jira.screen["priority"], jira.screen["duedate"]
    with pytest.raises(CardRejectedError, match="has no duedate, priority"):
        board(jira, tmp_path).check()
    with pytest.raises(CardRejectedError, match="priority: Field 'priority' cannot be set"):
        board(jira, tmp_path).create(DRAFT)
    at = board(jira, tmp_path, priorities=None, due=False)
    at.check()
    assert (at.capabilities.priority, at.capabilities.due) == (False, False)
    card = at.create(DRAFT)
    assert (card.priority, card.due) == (None, None)


def test_other_names_are_told(jira: Jira, tmp_path: Path) -> None:
    with pytest.raises(CardRejectedError, match="no issue type Story") as told:
        board(jira, tmp_path, issue_type="Story").check()
    assert "Task, Bug" in told.value.problem.remedy
    with pytest.raises(CardRejectedError, match="priority: Specify a valid"):
        board(jira, tmp_path, priorities={"P1": "Urgent"}).create(DRAFT)


def test_a_workflow_without_the_transition_is_a_problem_with_names(jira: Jira, tmp_path: Path) -> None:
    at = board(jira, tmp_path)
    card = at.create(DRAFT)
    jira.offers = [("In Progress", {}), ("Review", {})]
    with pytest.raises(CardRejectedError, match="leads nowhere that means done, only to: In Progress, Review"):
        at.transition(card.id, Category.DONE, Resolution.COMPLETED)
    jira.offers = [("Done", {"customfield_10010": TEAM})]
    with pytest.raises(CardRejectedError, match="asks for Team on the way to done"):
        at.transition(card.id, Category.DONE, Resolution.COMPLETED)
    jira.offers = []
    with pytest.raises(CardRejectedError, match="only to: none"):
        at.transition(card.id, Category.DOING)
    assert not jira.calls("POST .*/transitions")
    assert at.transition(card.id, Category.TODO).category is Category.TODO  # where it is


@pytest.mark.parametrize(
    ("offers", "resolution", "label"),
    [
        ([("Done", {"resolution": RESOLUTION})], "Won't Do", False),
        ([("Done", {}), ("Won't Do", {})], "Done", False),
        ([("Done", {})], "Done", True),
    ],
)
def test_not_planned_is_said_in_the_words_of_the_workflow(
    jira: Jira, tmp_path: Path, offers: list[tuple[str, dict[str, Any]]], resolution: str, label: bool
) -> None:
    at = board(jira, tmp_path)
    card = at.create(DRAFT)
    jira.offers = offers
    closed = at.transition(card.id, Category.DONE, Resolution.NOT_PLANNED)
    assert (closed.category, closed.resolution) == (Category.DONE, Resolution.NOT_PLANNED)
    assert jira.issues[int(card.id)]["fields"]["resolution"] == {"name": resolution}
    assert ("wontfix" in closed.labels) is label
    jira.offers = [("In Progress", {})]
    again = at.transition(card.id, Category.TODO)
    assert (again.category, sorted(again.labels)) == (Category.DOING, ["qd"])


def test_what_was_done_is_not_closed_as_rejected(jira: Jira, tmp_path: Path) -> None:
    at = board(jira, tmp_path)
    card = at.create(DRAFT)
    jira.offers = [("Won't Do", {}), ("Done", {"resolution": RESOLUTION})]
    closed = at.transition(card.id, Category.DONE, Resolution.COMPLETED)
    assert closed.resolution is Resolution.COMPLETED
    fields = jira.issues[int(card.id)]["fields"]
    assert (fields["status"]["name"], fields["resolution"]) == ("Done", {"name": "Done"})
    jira.offers = [("Won't Do", {})]
    at.transition(card.id, Category.DONE, Resolution.NOT_PLANNED)
    with pytest.raises(CardRejectedError, match="no resolution for what was done"):
        at.transition(card.id, Category.DONE, Resolution.COMPLETED)


def test_what_people_did_is_seen_and_their_words_keep_their_form(jira: Jira, tmp_path: Path) -> None:
    at = board(jira, tmp_path)
    card = at.create(DRAFT)
    fields = jira.issues[int(card.id)]["fields"]
    (ours,) = fields["description"]["content"]
    mine = {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Mine"}]}
    mention = {"type": "mention", "attrs": {"id": "5b10", "text": "@Ann"}}
    asks = {"type": "paragraph", "content": [{"type": "text", "text": "ask "}, mention]}
    fields.update(
        summary="Ask Ann",
        status=jira_server.status("Review"),
        assignee={"accountId": "5b10", "displayName": "Ann"},
        priority={"name": "Highest"},
        description={
            "version": 1,
            "type": "doc",
            "content": [mine, {"type": "expand", "attrs": {"title": ""}, "content": [ours]}, asks],
        },
    )
    found = at.get(card.id)
    assert found is not None
    assert (found.title, found.category, found.assignee, found.priority) == ("Ask Ann", Category.DOING, "Ann", "Highest")
    assert (found.text[:4], found.text[-8:], block.inside(found.text)) == ("Mine", "ask @Ann", "a is broken")
    again = at.update(card.id, Patch(text=block.replaced(found.text, NAME, "a is worse")))
    assert block.inside(again.text) == "a is worse"
    now = fields["description"]["content"]
    assert (now[0], now[2], now[1]["type"]) == (mine, asks, "expand")


def test_our_part_out_of_its_block_is_a_persons_and_comes_anew(jira: Jira, tmp_path: Path) -> None:
    at = board(jira, tmp_path)
    card = at.create(DRAFT)
    fields = jira.issues[int(card.id)]["fields"]
    said = fields["description"]["content"][0]["content"][0]["text"]
    fields["description"]["content"] = [paragraph(line) for line in said.split("\n")]
    found = at.get(card.id)
    assert found is not None
    assert block.inside(found.text) is None
    assert found.reference == NAME
    again = at.update(card.id, Patch(text=block.replaced(found.text, NAME, "a is worse")))
    assert block.inside(again.text) == "a is worse"
    assert [node["type"] for node in fields["description"]["content"]] == ["paragraph"] * 3 + ["codeBlock"]


def test_an_issue_in_another_project_is_known_by_its_id(jira: Jira, tmp_path: Path) -> None:
    at = board(jira, tmp_path)
    card = at.create(DRAFT)
    jira.issues[int(card.id)]["key"] = "TEAM-7"
    found = at.get(card.id)
    assert found is not None
    assert (found.key, found.url) == ("TEAM-7", f"{jira.url}/browse/TEAM-7")
    assert at.transition(card.id, Category.DONE, Resolution.COMPLETED).category is Category.DONE


def test_a_comment_is_text_and_said_once_among_many(jira: Jira, tmp_path: Path) -> None:
    at = board(jira, tmp_path)
    card = at.create(DRAFT)
    at.comment(card.id, "[~ann] {code} @Ann", "key")
    jira.comments[int(card.id)] += [{"version": 1, "type": "doc", "content": [paragraph("so many")]}] * 120
    at.comment(card.id, "[~ann] {code} @Ann", "key")
    assert len(jira.comments[int(card.id)]) == 121
    first = jira.comments[int(card.id)][0]["content"]
    assert [node["type"] for node in first] == ["codeBlock", "paragraph"]


def test_a_title_over_its_limit_is_refused_with_jiras_words(jira: Jira, tmp_path: Path) -> None:
    with pytest.raises(CardRejectedError, match="summary: Summary must be less than 255"):
        board(jira, tmp_path).create(Draft(NAME, Content("x" * 256, "")))
