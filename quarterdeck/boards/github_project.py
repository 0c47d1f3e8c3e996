"""A project of GitHub's (Projects v2) whose columns show how the issues stand: the values of one field with single choices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from quarterdeck.boards.calls import Calls, mapping
from quarterdeck.boards.faults import (
    BoardBusyError,
    BoardError,
    BoardForbiddenError,
    BoardUnavailableError,
    CardMissingError,
    CardRejectedError,
)
from quarterdeck.boards.records import Category

Login = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]

PROJECT = """
query($owner: String!, $number: Int!, $field: String!) {
  repositoryOwner(login: $owner) {
    ... on ProjectV2Owner {
      projectV2(number: $number) {
        id title
        field(name: $field) { ... on ProjectV2SingleSelectField { id options { id name } } }
      }
    }
  }
}
"""
ITEMS = """
query($issue: ID!, $field: String!) {
  node(id: $issue) {
    ... on Issue {
      projectItems(first: 50) {
        nodes { id project { id } fieldValueByName(name: $field) { ... on ProjectV2ItemFieldSingleSelectValue { name } } }
      }
    }
  }
}
"""
ADD = """
mutation($project: ID!, $issue: ID!) {
  addProjectV2ItemById(input: {projectId: $project, contentId: $issue}) { item { id } }
}
"""
MOVE = """
mutation($project: ID!, $item: ID!, $field: ID!, $option: String!) {
  updateProjectV2ItemFieldValue(
    input: {projectId: $project, itemId: $item, fieldId: $field, value: {singleSelectOptionId: $option}}
  ) { projectV2Item { id } }
}
"""


class ProjectOptions(BaseModel):
    """Which project it is, and the names of its columns; every other column counts as in progress."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    number: Annotated[int, Field(ge=1, le=2**31 - 1)]
    owner: Login | None = None
    field: Name = "Status"
    todo: Name = "Todo"
    doing: Name = "In Progress"
    done: Name = "Done"


class Project:
    """The columns of a project. Issues are named by their node ids."""

    def __init__(self, calls: Calls, options: ProjectOptions, owner: str) -> None:
        self._calls, self._options, self._owner = calls, options, options.owner or owner

    @property
    def title(self) -> str:
        return str(self._found["title"])

    def check(self) -> None:
        """CardRejectedError where the project lacks a column."""
        for category in Category:
            self._option(category)

    def category(self, issue: str) -> Category | None:
        """What an issue's column means; None where it is in none, or not in the project."""
        item = self._item(issue)
        name = ((item or {}).get("fieldValueByName") or {}).get("name")
        if name is None:
            return None
        return {self._options.todo: Category.TODO, self._options.done: Category.DONE}.get(name, Category.DOING)

    def add(self, issue: str) -> None:
        """Put an issue into the project, at the start."""
        made = self._ask(ADD, {"project": self._found["id"], "issue": issue})
        self._set(str(made["addProjectV2ItemById"]["item"]["id"]), Category.TODO)

    def move(self, issue: str, to: Category) -> None:
        """Move an issue to a column; one that people took out of the project stays out."""
        item = self._item(issue)
        if item is not None:
            self._set(str(item["id"]), to)

    def _set(self, item: str, to: Category) -> None:
        found = self._found
        self._ask(MOVE, {"project": found["id"], "item": item, "field": found["field"]["id"], "option": self._option(to)})

    def _item(self, issue: str) -> Mapping[str, Any] | None:
        node = self._ask(ITEMS, {"issue": issue, "field": self._options.field})["node"] or {}
        items = (node.get("projectItems") or {}).get("nodes") or ()
        return next((item for item in items if item and item["project"]["id"] == self._found["id"]), None)

    def _option(self, category: Category) -> str:
        name = str(getattr(self._options, category.value))
        for option in self._found["field"]["options"]:
            if option["name"] == name:
                return str(option["id"])
        raise CardRejectedError(f"the project has no column {name}", remedy="name its own under `project`")

    @cached_property
    def _found(self) -> Mapping[str, Any]:
        wanted = {"owner": self._owner, "number": self._options.number, "field": self._options.field}
        owner = self._ask(PROJECT, wanted)["repositoryOwner"] or {}
        project = owner.get("projectV2")
        if not project:
            raise BoardForbiddenError(
                f"{self._owner} has no project {self._options.number} that the token can see", remedy="see its scopes"
            )
        if not (project.get("field") or {}).get("options"):
            raise CardRejectedError(
                f"the project has no field {self._options.field} with single choices", remedy="name its own as `field`"
            )
        return project  # type: ignore[no-any-return]

    def _ask(self, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        body = mapping(self._calls.ask("POST", "/graphql", body={"query": query, "variables": variables}))
        if body.get("errors"):
            raise _fault(body["errors"])
        if not isinstance(body.get("data"), dict):
            raise BoardUnavailableError("GitHub's answer has no data", remedy="sync it again later")
        return body["data"]  # type: ignore[no-any-return]


def _fault(errors: Any) -> BoardError:
    """What the errors of an answer mean, which come with status 200."""
    kinds = {str(error.get("type", "")) for error in errors if isinstance(error, dict)} if isinstance(errors, list) else set()
    if "RATE_LIMITED" in kinds or "RATE_LIMIT" in kinds:
        return BoardBusyError("GitHub wants fewer calls", retry_after=timedelta(minutes=1))
    if kinds & {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
        return BoardForbiddenError("GitHub does not let the token work with the project", remedy="see its scopes")
    if "NOT_FOUND" in kinds:
        return CardMissingError("GitHub knows no such project or issue", remedy="see `project`, and the token's scopes")
    return CardRejectedError("GitHub does not take what was asked of the project", remedy="see `project`")
