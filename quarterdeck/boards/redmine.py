"""Redmine: issues of a project, with the reference in a custom field, over its REST API.

    board:
      kind: redmine
      url: https://redmine.example.com
      project: operations
      key: ${env:REDMINE_KEY}
      reference_field: 3

Redmine has no labels, and says nothing where a workflow forbids a change of status: so the issue is read again after each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from quarterdeck.boards import Means, Options, board
from quarterdeck.boards.calls import Calls
from quarterdeck.boards.faults import BoardUnavailableError, CardMissingError, CardRejectedError
from quarterdeck.boards.framing import Frame, comment_mark
from quarterdeck.boards.records import BoardInfo, Capabilities, Card, Category, Draft, Patch, Resolution
from quarterdeck.http import Answer
from quarterdeck.secrets import Reference

Url = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.\[\]:-]+(/[A-Za-z0-9._~/-]*)?$", max_length=300)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_FRAMES = {"textile": Frame("<pre>", "</pre>", "</pre"), "markdown": Frame("~~~~", "~~~~", "~~~~")}
_CAN = Capabilities(labels=False, max_title=255)


class Statuses(BaseModel):
    """The names of the statuses that stand for our columns; every other open one counts as in progress."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    todo: Name = "New"
    doing: Name = "In Progress"
    done: Name = "Closed"
    not_planned: Name = "Rejected"


class Priorities(BaseModel):
    """The names of the priorities."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    P1: Name = "High"
    P2: Name = "Normal"
    P3: Name = "Low"


class RedmineOptions(Options):
    """Where the project is, and how its fields are called."""

    url: Url
    project: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$")]
    key: Reference
    reference_field: Annotated[int, Field(ge=1)]
    tracker: Name | None = None
    formatting: Literal["textile", "markdown"] = "textile"
    statuses: Statuses = Statuses()
    priorities: Priorities = Priorities()


@board
class RedmineBoard:
    """The issues of a project."""

    kind: ClassVar[str] = "redmine"
    Options: ClassVar[type[Options]] = RedmineOptions

    def __init__(self, means: Means, options: Any, tenant: str) -> None:  # noqa: ARG002 - a reference names its tenant
        self._means, self._options = means, options
        self._frame = _FRAMES[options.formatting]

    @property
    def capabilities(self) -> Capabilities:
        return _CAN

    def check(self) -> BoardInfo:
        self._read("/users/current.json")  # a public project answers nobody, too
        project = self._read(f"/projects/{self._options.project}.json")["project"]
        missing = [name for name in self._names(self._options.statuses) if name not in self._statuses]
        missing += [name for name in self._names(self._options.priorities) if name not in self._priorities]
        if missing:
            raise CardRejectedError(
                f"Redmine has no {', '.join(missing)}", remedy="name its own under `statuses` and `priorities`"
            )
        return BoardInfo(str(project["name"]), f"{self._base}/projects/{self._options.project}")

    def find(self, reference: str) -> Sequence[Card]:
        wanted = {
            "project_id": self._options.project,
            "status_id": "*",
            f"cf_{self._options.reference_field}": reference,
            "sort": "id",
            "limit": "100",
        }
        found = [self._card(issue) for issue in self._read("/issues.json", wanted)["issues"]]
        return [card for card in found if card.reference == reference]  # a field that is no filter is left out without a word

    def get(self, card_id: str) -> Card | None:
        try:
            return self._card(self._read(f"/issues/{_number(card_id)}.json")["issue"])
        except CardMissingError:
            return None

    def create(self, draft: Draft) -> Card:
        said = draft.content
        issue: dict[str, Any] = {
            "project_id": self._options.project,
            "subject": said.title,
            "description": self._frame.framed(said.text),
            "custom_fields": [{"id": self._options.reference_field, "value": draft.reference}],
            "status_id": self._statuses[self._options.statuses.todo]["id"],
            **self._fields(said.priority, said.due),
        }
        if self._options.tracker is not None:
            issue["tracker_id"] = self._trackers[self._options.tracker]
        made = self._calls.ask("POST", "/issues.json", body={"issue": issue}).json()
        card = self._card(made["issue"])
        if card.reference != draft.reference:
            raise CardRejectedError(
                f"issue {card.id} was made without its reference",
                remedy="add the custom field to the project and to its trackers; then close the issue",
            )
        return card

    def update(self, card_id: str, patch: Patch) -> Card:
        issue: dict[str, Any] = self._fields(patch.priority, patch.due)
        if patch.title is not None:
            issue["subject"] = patch.title
        if patch.text is not None:
            issue["description"] = self._frame.framed(patch.text)
        return self._written(card_id, issue)

    def transition(self, card_id: str, to: Category, resolution: Resolution | None = None) -> Card:
        names = self._options.statuses
        done = names.not_planned if resolution is Resolution.NOT_PLANNED else names.done
        name = {Category.TODO: names.todo, Category.DOING: names.doing, Category.DONE: done}[to]
        if name not in self._statuses:
            raise CardRejectedError(f"Redmine has no status {name}", remedy="name its own under `statuses`")
        card = self._written(card_id, {"status_id": self._statuses[name]["id"]})
        if card.category is not to:
            raise CardRejectedError(f"the workflow lets nobody set {name}", remedy="allow it to the role of the key's user")
        return card

    def comment(self, card_id: str, text: str, key: str) -> None:
        mark = comment_mark(key)
        issue = self._read(f"/issues/{_number(card_id)}.json", {"include": "journals"})["issue"]
        if any(mark in (entry.get("notes") or "") for entry in issue.get("journals", [])):
            return
        self._calls.ask(
            "PUT",
            f"/issues/{_number(card_id)}.json",
            body={"issue": {"notes": f"{self._frame.around(text)}\n\n{mark}"}},
        )

    def _written(self, card_id: str, issue: Mapping[str, Any]) -> Card:
        if issue:
            self._calls.ask("PUT", f"/issues/{_number(card_id)}.json", body={"issue": issue})
        card = self.get(card_id)
        if card is None:
            raise CardMissingError(f"issue {card_id} is gone", remedy="`quarterdeck board recreate` has a new one made")
        return card

    def _fields(self, priority: str | None, due: date | None) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if priority is not None:
            name = getattr(self._options.priorities, priority)
            if name not in self._priorities:
                raise CardRejectedError(f"Redmine has no priority {name}", remedy="name its own under `priorities`")
            fields["priority_id"] = self._priorities[name]
        if due is not None:
            fields["due_date"] = due.isoformat()
        return fields

    def _card(self, issue: Mapping[str, Any]) -> Card:
        status = str(issue["status"]["name"])
        is_closed = bool(self._statuses.get(status, {}).get("is_closed"))
        names = self._options.statuses
        how = Resolution.NOT_PLANNED if status == names.not_planned else Resolution.COMPLETED
        open_one = Category.TODO if status == names.todo else Category.DOING
        return Card(
            id=str(issue["id"]),
            key=f"#{issue['id']}",
            url=f"{self._base}/issues/{issue['id']}",
            reference=self._reference(issue),
            title=str(issue["subject"]),
            text=self._frame.unframed(issue.get("description") or ""),
            category=Category.DONE if is_closed else open_one,
            resolution=how if is_closed else None,
            priority=self._priority(str(issue["priority"]["name"])),
            due=date.fromisoformat(issue["due_date"]) if issue.get("due_date") else None,
            assignee=str(issue["assigned_to"]["name"]) if issue.get("assigned_to") else "",
            created_at=str(issue.get("created_on", "")),
        )

    def _reference(self, issue: Mapping[str, Any]) -> str:
        fields = issue.get("custom_fields", [])
        return next((str(f.get("value") or "") for f in fields if f["id"] == self._options.reference_field), "")

    def _priority(self, name: str) -> str:
        """Our name of a priority, or Redmine's own for one that is none of ours: a person has set it."""
        ours = {getattr(self._options.priorities, code): code for code in ("P1", "P2", "P3")}
        return ours.get(name, name)

    def _names(self, of: BaseModel) -> list[str]:
        return [str(value) for value in of.model_dump().values()]

    @cached_property
    def _calls(self) -> Calls:
        return Calls(self._base, {"X-Redmine-API-Key": self._means.secret(self._options.key)}, said=_said)

    @property
    def _base(self) -> str:
        return str(self._options.url).rstrip("/")

    @cached_property
    def _statuses(self) -> dict[str, dict[str, Any]]:
        return {str(each["name"]): each for each in self._read("/issue_statuses.json")["issue_statuses"]}

    @cached_property
    def _priorities(self) -> dict[str, int]:
        listed = self._read("/enumerations/issue_priorities.json")["issue_priorities"]
        return {str(each["name"]): int(each["id"]) for each in listed}

    @cached_property
    def _trackers(self) -> dict[str, int]:
        return {str(each["name"]): int(each["id"]) for each in self._read("/trackers.json")["trackers"]}

    def _read(self, path: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        answer = self._calls.ask("GET", path, params=params).json()
        if not isinstance(answer, dict):
            raise BoardUnavailableError("Redmine's answer is no JSON", remedy="see that the address is Redmine's own")
        return answer


def _number(card_id: str) -> str:
    """An issue's number; anything else is no issue."""
    if not (card_id.isascii() and card_id.isdigit()):
        raise CardMissingError(f"{card_id!r} is no issue's number")
    return card_id


def _said(answer: Answer) -> str:
    body = answer.json()
    errors = body.get("errors") if isinstance(body, dict) else None
    return "; ".join(str(error) for error in errors) if isinstance(errors, list) else ""
