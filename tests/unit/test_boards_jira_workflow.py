"""Which transition of a workflow is taken, over workflows as people have them."""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.boards.faults import CardRejectedError
from quarterdeck.boards.jira_workflow import Way, category_of, way
from quarterdeck.boards.records import Category, Resolution

DROPPED = ("Won't Do", "Duplicate")


def offer(number: int, name: str, key: str, **fields: Any) -> dict[str, Any]:
    return {"id": str(number), "to": {"name": name, "statusCategory": {"key": key}}, "fields": fields}


def resolution(*names: str, required: bool = True) -> dict[str, Any]:
    return {"name": "Resolution", "required": required, "allowedValues": [{"name": name} for name in names]}


def chosen(to: Category, how: Resolution | None, *offered: dict[str, Any]) -> Way:
    return way(offered, to, how, "Done", DROPPED)


def test_a_status_means_what_its_category_says() -> None:
    told = {key: category_of({"statusCategory": {"key": key}}) for key in ("new", "indeterminate", "done", "undefined")}
    assert list(told.values()) == [Category.TODO, Category.DOING, Category.DONE, Category.DOING]


def test_to_do_is_preferred_and_in_progress_will_do() -> None:
    review, backlog = offer(1, "Review", "indeterminate"), offer(2, "Backlog", "new")
    assert chosen(Category.TODO, None, review, backlog).transition == "2"
    assert chosen(Category.TODO, None, review).transition == "1"
    assert chosen(Category.DOING, None, backlog, review).transition == "1"
    with pytest.raises(CardRejectedError, match="means doing, only to: Backlog"):
        chosen(Category.DOING, None, backlog)


@pytest.mark.parametrize(
    ("names", "wanted"),
    [(("Fixed", "Done"), "Done"), (("Duplicate", "Fixed"), "Fixed"), (("DONE",), "DONE")],
)
def test_what_was_done_gets_a_resolution_that_says_so(names: tuple[str, ...], wanted: str) -> None:
    got = chosen(Category.DONE, Resolution.COMPLETED, offer(1, "Closed", "done", resolution=resolution(*names)))
    assert got == Way("1", wanted, tells=True)


def test_a_way_that_says_the_wrong_thing_is_not_taken() -> None:
    dropped, closed = offer(1, "Won't do", "done"), offer(2, "Closed", "done", resolution=resolution("Duplicate"))
    with pytest.raises(CardRejectedError, match="no resolution"):
        chosen(Category.DONE, Resolution.COMPLETED, dropped, closed)
    optional = offer(3, "Closed", "done", resolution=resolution("Duplicate", required=False))
    assert chosen(Category.DONE, Resolution.COMPLETED, dropped, optional) == Way("3", None, tells=True)


def test_not_planned_prefers_the_way_that_tells() -> None:
    plain, resolved = offer(1, "Done", "done"), offer(2, "Closed", "done", resolution=resolution("Done", "Won't Do"))
    status = offer(3, "Won't Do", "done")
    assert chosen(Category.DONE, Resolution.NOT_PLANNED, plain, resolved, status) == Way("2", "Won't Do", tells=True)
    assert chosen(Category.DONE, Resolution.NOT_PLANNED, plain, status) == Way("3", None, tells=True)
    assert chosen(Category.DONE, Resolution.NOT_PLANNED, plain) == Way("1", None, tells=False)
    only_done = offer(4, "Done", "done", resolution=resolution("Done"))
    assert chosen(Category.DONE, Resolution.NOT_PLANNED, only_done) == Way("4", "Done", tells=False)


def test_a_screen_that_asks_for_more_is_not_entered() -> None:
    asking = offer(1, "Done", "done", customfield_1={"name": "Root cause", "required": True})
    filled = offer(2, "Closed", "done", customfield_1={"name": "Root cause", "required": True, "hasDefaultValue": True})
    assert chosen(Category.DONE, Resolution.COMPLETED, asking, filled).transition == "2"
    with pytest.raises(CardRejectedError, match="asks for Root cause on the way to done"):
        chosen(Category.DONE, Resolution.COMPLETED, asking)
